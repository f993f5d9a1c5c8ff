"""The documentation as a site: built strictly, and every link of it leads somewhere."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import lxml.html
import psycopg2
import pytest
import yaml
from click.testing import CliRunner
from pages import PAGES, anchors, links, name_of

from snakescribe.cli import cli
from snakescribe.docs.commands import commands_text
from snakescribe.docs.database_tables import database_text
from snakescribe.docs.generated import DATABASE, with_generated
from snakescribe.paths import REPOSITORY


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=REPOSITORY,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return folder


def pages_of(site: Path) -> dict[Path, lxml.html.HtmlElement]:
    return {path: lxml.html.parse(path).getroot() for path in site.rglob("*.html")}


@pytest.mark.slow
def test_every_link_of_the_site_leads_somewhere(site: Path) -> None:
    pages = pages_of(site)
    places = {path: set(page.xpath("//@id")) for path, page in pages.items()}
    followed = 0
    for path, page in pages.items():
        if path.name == "404.html":
            continue
        for target in (*page.xpath("//a/@href"), *page.xpath("//img/@src")):
            address = urlsplit(target)
            if address.scheme:
                continue
            there = (path.parent / unquote(address.path)).resolve() if address.path else path
            if there.is_dir():
                there /= "index.html"
            assert there.is_file(), (path.name, target)
            if address.fragment and there in places:
                assert unquote(address.fragment) in places[there] | {"__top"}, (path.name, target)
            followed += 1
    assert followed > 1_000


@pytest.mark.slow
def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    for path, page in pages_of(site).items():
        for target in (
            *page.xpath("//script/@src"),
            *page.xpath("//link[@rel='stylesheet']/@href"),
            *page.xpath("//img/@src"),
        ):
            assert not urlsplit(target).netloc, (path.name, target)


@pytest.mark.slow
def test_pages_made_from_code_say_what_the_code_says(site: Path) -> None:
    texts = {
        name: lxml.html.parse(site / f"{name}.html").getroot().text_content()
        for name in ("reference/commands", "reference/tables", "reference/protocols", "examples")
    }
    assert "snakescribe config check" in texts["reference/commands"]
    assert "scores/{experiment}/conditions.csv" in texts["reference/tables"]
    assert "READS_PROMPTS" in texts["reference/protocols"]
    for path in (REPOSITORY / "config" / "examples").glob("*.yaml"):
        assert path.name in texts["examples"]


@pytest.mark.slow
def test_the_page_on_postgres_is_what_the_migrations_make(database: str) -> None:
    page = (REPOSITORY / "docs" / "reference" / "database.md").read_text(encoding="utf-8")
    connection = psycopg2.connect(database)
    try:
        assert with_generated(page, DATABASE, database_text(connection)) == page
    finally:
        connection.close()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_hold_in_the_repository_too(page: Path) -> None:
    for target in links(page):
        address = urlsplit(target)
        if address.scheme:
            assert address.netloc and address.scheme in {"http", "https"}, target
            continue
        there = page.parent / unquote(address.path) if address.path else page
        assert there.exists(), target
        if address.fragment:
            assert address.fragment in anchors(there), target


def test_every_page_is_in_the_menu_once() -> None:
    loader = yaml.SafeLoader
    loader.add_multi_constructor("tag:yaml.org,2002:python/name:", lambda *_: None)
    menu = yaml.load((REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8"), loader)["nav"]

    def names(entries: list[dict[str, object]]) -> list[str]:
        found: list[str] = []
        for entry in entries:
            for value in entry.values():
                found += names(value) if isinstance(value, list) else [str(value)]
        return found

    listed = names(menu)
    assert len(listed) == len(set(listed))
    written = {
        path.relative_to(REPOSITORY / "docs").as_posix()
        for path in (REPOSITORY / "docs").rglob("*.md")
    }
    assert written <= set(listed)


def test_commands_are_described_with_all_their_options() -> None:
    text = commands_text(cli, "snakescribe")
    for name in ("config check", "db shell", "prompts preview"):
        shown = text.partition(f"`snakescribe {name}`\n")[2].partition("\n#")[0]
        helped = CliRunner().invoke(cli, [*name.split(), "--help"]).output
        assert shown
        for option in helped.split():
            if option.startswith("--"):
                assert option.strip(",") in shown or option.strip(",.;`") in shown, option
