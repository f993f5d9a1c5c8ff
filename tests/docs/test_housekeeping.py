"""What is kept beside the code: licences, the picture of the rules, versions, the catalogue."""

import json
import os
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from snakescribe import __version__
from snakescribe.paths import REPOSITORY

CHANGES = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")


def read_yaml(name: str) -> Any:
    return yaml.safe_load((REPOSITORY / name).read_text(encoding="utf-8"))


def pinned() -> set[str]:
    lines = (REPOSITORY / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return {
        Requirement(line).name.lower().replace("_", "-") for line in lines if line[:1] not in "#-"
    }


def test_every_dependency_has_its_licence_listed() -> None:
    page = (REPOSITORY / "docs" / "reference" / "licences.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| (\w[\w.-]+) \| (.+) \|$", page, re.MULTILINE))
    del listed["package"]
    names = {name.lower().replace("_", "-") for name in listed}
    here = {name for name in pinned() if is_installed(name)}
    assert here - names == set()
    assert names - pinned() == set()
    assert "not stated" not in listed.values()


def is_installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False


@pytest.mark.slow
def test_licences_are_those_that_packages_state() -> None:
    """As far as versions are those of the page: other Pythons have others of a few packages."""
    done = subprocess.run(
        [sys.executable, "-m", "piplicenses", "--format=json", "--from=mixed"],
        stdout=subprocess.PIPE,
        text=True,
        timeout=120,
        check=True,
    )
    stated = {row["Name"]: " ".join(row["License"].split()) for row in json.loads(done.stdout)}
    page = (REPOSITORY / "docs" / "reference" / "licences.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| ([\w.-]+) \| (.+) \|$", page, re.MULTILINE))
    shared = {name for name in listed.keys() & stated.keys() if stated[name] != "UNKNOWN"}
    assert len(shared) > 80
    assert {name: listed[name] for name in shared} == {name: stated[name] for name in shared}


@pytest.mark.slow
def test_the_picture_of_the_rules_has_all_of_them(tmp_path: Path) -> None:
    def snakemake(*arguments: str) -> str:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "snakemake", "--configfile", "config/demo.yaml"),
                *("--workflow-profile", "none", "--cores", "1"),
                *("--config", f"results={tmp_path}", *arguments),
            ],
            cwd=REPOSITORY,
            env={**os.environ, "SNAKESCRIBE_DATABASE_URL": ""},
            stdout=subprocess.PIPE,
            text=True,
            timeout=120,
            check=True,
        )
        return done.stdout

    snakemake("--quiet", "all", "--", f"{tmp_path}/items.tsv")
    drawn = snakemake("--rulegraph", "--", "all", "export", "describe", "library")
    names = dict(re.findall(r'^\s*(\d+)\[label = "(\w+)"', drawn, re.MULTILINE))
    arrows = {
        (names[one], names[other])
        for one, other in re.findall(r"^\s*(\d+) -> (\d+)", drawn, re.MULTILINE)
    }
    picture = (REPOSITORY / "docs" / "rulegraph.svg").read_text(encoding="utf-8")
    shown = dict(re.findall(r"<title>(\d+)</title>.*?<text[^>]*>(\w+)</text>", picture, re.DOTALL))
    assert sorted(shown.values()) == sorted(names.values()), "call `make rulegraph`"
    assert arrows == {
        (shown[one], shown[other])
        for one, other in re.findall(r"<title>(\d+)&#45;&gt;(\d+)</title>", picture)
    }, "call `make rulegraph`"


def test_one_version_everywhere() -> None:
    assert f'\nversion = "{__version__}"\n' in (REPOSITORY / "pyproject.toml").read_text("utf-8")
    assert read_yaml("CITATION.cff")["version"] == __version__
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)


def test_changes_stand_by_version_the_latest_first() -> None:
    headings = re.findall(r"^## (.*)$", CHANGES, re.MULTILINE)
    assert headings[0] == "Unreleased"
    released = [
        re.fullmatch(r"(\d+)\.(\d+)\.(\d+) - (\d{4}-\d\d-\d\d)", one) for one in headings[1:]
    ]
    assert all(released)
    numbers = [tuple(map(int, match.groups()[:3])) for match in released if match]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == len(numbers)
    if released and released[0]:
        assert ".".join(released[0].groups()[:3]) == __version__


def test_the_catalogue_is_told_how_the_workflow_is_deployed() -> None:
    usage = read_yaml(".snakemake-workflow-catalog.yml")["usage"]
    assert usage.keys() == {"mandatory-flags", "software-stack-deployment"}
    assert usage["mandatory-flags"].keys() == {"desc", "flags"}
    deployed = usage["software-stack-deployment"]
    assert deployed.pop("report") is True
    assert deployed.keys() == {"conda", "apptainer", "apptainer+conda"}
    tests = (REPOSITORY / "tests" / "workflow" / "test_deployments.py").read_text(encoding="utf-8")
    for method, works in deployed.items():
        assert works == (f'"{method}"' in tests), method
    for name in ("workflow/Snakefile", "config/README.md", "config/config.yaml", "LICENSE"):
        assert (REPOSITORY / name).is_file()


def test_the_check_list_of_a_release_names_targets_that_there_are() -> None:
    page = (REPOSITORY / "docs" / "releasing.md").read_text(encoding="utf-8")
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"`make ([a-z-]+)", page)
    assert {"lint", "test", "docs", "site", "licences", "rulegraph"} <= set(targets)
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    assert page.count("- [ ] ") >= 8
