"""The explorer's other views, marks and corrections, hostile texts, every kind of study."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from explorer_study import Explored, chosen, explore, exploring, listed, settle
from playwright.sync_api import Browser, Page, expect
from report_study import TITLES, Made

from snakescribe.evaluate.reference.corrections import COLUMNS, read_corrections
from snakescribe.report.differences import mark_words

pytestmark = pytest.mark.slow

A, B = "raw.none", "denoised.names"
PAIR = f"#a={A}&b={B}"
AXE = Path(__file__).parents[1] / "vendored" / "axe-core" / "axe.min.js"
TERMS = ("szabo", "okafor", "nobody out")
VIEWS = ("chunks", "recordings", "words", "terms", "marks")
# Each kind of study that may look different, as fields of `Plan`.
KINDS: dict[str, dict[str, Any]] = {
    "without-times": {"timed": False, "recordings": 3, "chunks": 2},
    "no-references": {"references": False, "recordings": 3, "chunks": 2},
    "nothing-said": {"said": "[silence]", "recordings": 6, "chunks": 1},
    "right-to-left": {"language": "he", "recordings": 5, "chunks": 1},
    "without-spaces": {"language": "ja", "recordings": 5, "chunks": 1},
    "one-recording": {"recordings": 1, "chunks": 60},
    "chunkings": {"chunkings": ["short", "long"], "audio": ["raw"], "recordings": 6},
    "random-groups": {"design": "random_groups", "audio": ["raw"], "recordings": 8},
    "one-condition": {"audio": ["raw"], "prompts": ["none"], "recordings": 3},
    "forty-conditions": {
        "prompts": [f"p{number}-with-quite-a-long-name-that-says-it-all" for number in range(20)],
        "recordings": 3, "chunks": 2,
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def explored(
    make_results: Callable[..., Made], tmp_path_factory: pytest.TempPathFactory
) -> Explored:
    terms = tmp_path_factory.mktemp("terms") / "terms.tsv"
    terms.write_text("\n".join(["term", *TERMS, ""]))
    return explore(make_results, scoring={"terms": {"tables": [str(terms)]}})


def figures(page: Page, name: str) -> list[str]:
    """The cells of the row of a table that has a name."""
    row = page.locator("#other tbody tr").filter(
        has=page.get_by_role("button", name=name, exact=True)
    )
    return row.locator("td").all_text_contents()


def test_recordings_along_their_time(chromium: Browser, explored: Explored) -> None:
    with exploring(chromium, explored, f"{PAIR}&view=recordings") as page:
        expect(page.locator("#other tbody tr")).to_have_count(10)
        for condition, column in ((A, 1), (B, 2)):
            chunks = [chunk for chunk in explored.chunks if chunk.startswith("rec-02-")]
            errors = sum(explored.errors(condition, chunk) for chunk in chunks)
            words = sum(explored.row(condition, chunk)["words"] for chunk in chunks)
            shown = figures(page, TITLES[2])[column]
            assert shown == f"{100 * errors / words:.1f} %"
        page.get_by_label("Find a recording").fill("quotes")
        expect(page.locator("#other tbody tr")).to_have_count(1)
        page.get_by_role("button", name=TITLES[2], exact=True).click()
        expect(page.locator("path.rate")).to_have_count(6)  # one line for each condition
        expect(page.locator("circle.dot")).to_have_count(4)  # A's points, one a chunk
        expect(page.locator("rect.win")).to_have_count(4)
        worst = max(
            chunks, key=lambda chunk: max(explored.errors(A, chunk), explored.errors(B, chunk))
        )
        told = page.locator(".detail li").first
        expect(told).to_contain_text(f"{explored.errors(A, worst)} errors in A")
        told.locator("button").click()
        expect(page.locator("#chunk .facts code")).to_have_text(worst)
        assert f"chunk={worst}" in page.url and "view=" not in page.url
        page.keyboard.press("2")
        bars = page.locator("rect.win")
        bars.nth(3).click()
        expect(page.locator("#chunk .facts code")).to_have_text("rec-02-0003")


def _count_words(explored: Explored) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """How often each word is said, and goes wrong under A and B, as the report marks words."""
    said: Counter[str] = Counter()
    wrong: dict[str, Counter[str]] = {A: Counter(), B: Counter()}
    for chunk in explored.chunks:
        said.update(explored.row(A, chunk)["reference_normalized"].split())
        for condition, counter in wrong.items():
            row = explored.row(condition, chunk)
            reference = row["reference_normalized"].split()
            heard = row["hypothesis_normalized"].split()
            for word in mark_words(reference, heard, row["alignment"]):
                if word.kind == "substitution":
                    counter[word.instead_of] += 1
                elif word.kind == "deletion":
                    counter[word.text] += 1
    return said, wrong


def test_words_with_every_place_where_they_went_wrong(
    chromium: Browser, explored: Explored
) -> None:
    said, wrong = _count_words(explored)
    with exploring(chromium, explored, f"{PAIR}&view=words") as page:
        expect(page.locator("#other tbody tr").first).to_be_visible()
        shown = page.locator("#other tbody tr").evaluate_all(
            "all => all.map(row => [...row.cells].slice(0, 4).map(cell => cell.textContent))"
        )
        assert {name for name, *_ in shown} == wrong[A].keys() | wrong[B].keys()
        for name, *numbers in shown:
            assert [*map(int, numbers)] == [said[name], wrong[A][name], wrong[B][name]], name
        totals = [int(first) + int(second) for _, _, first, second in shown]
        assert totals == sorted(totals, reverse=True)
        page.get_by_label("Find a word").fill("quillf")
        expect(page.locator("#other tbody tr")).to_have_count(1)
        page.get_by_role("button", name="quillfeather", exact=True).click()
        places = page.locator(".places li")
        expect(places).to_have_count(wrong[A]["quillfeather"] + wrong[B]["quillfeather"])
        page.evaluate(
            "Sound.player.addEventListener('play', () => { document.body.dataset.played = 'yes'; })"
        )
        places.first.get_by_role("button", name="Listen").click()
        expect(page.locator("body")).to_have_attribute("data-played", "yes")
        places.first.locator("button.plain").click()
        chunk = chosen(page)
        assert "quillfeather" in explored.row(A, chunk)["reference_normalized"]


def test_terms_with_every_place_where_they_went_wrong(
    chromium: Browser, explored: Explored
) -> None:
    with exploring(chromium, explored, f"{PAIR}&view=terms") as page:
        expect(page.locator("#other tbody tr").first).to_be_visible()
        for term in TERMS:
            rows = [
                cell
                for condition in (A, B)
                for chunk in explored.chunks
                for cell in explored.row(condition, chunk)["terms"] or ()
                if cell["term"] == term
            ]
            missed = sum(cell["said"] - cell["hit"] + cell["false_alarms"] for cell in rows)
            cells = figures(page, term)
            assert int(cells[1]) + int(cells[2]) == missed > 0
            page.get_by_role("button", name=term, exact=True).click()
            expect(page.locator(".places li")).to_have_count(missed)
            instead = page.locator(".places li bdi").first.text_content() or ""
            assert instead and instead != term


def test_marks_are_kept_and_the_next_run_scores_with_the_corrections(
    chromium: Browser,
    explored: Explored,
    make_results: Callable[..., Made],
    tmp_path: Path,
) -> None:
    chunk, other, third = "rec-03-0001", "rec-05-0002", "rec-06-0000"
    before = explored.row(A, chunk)["reference"]
    word = "Delphine" if "Delphine" in before else before.split()[4]
    path = tmp_path / "corrections.tsv"
    with exploring(chromium, explored, f"{PAIR}&chunk={chunk}") as page:
        page.locator("#corrected").fill(before.replace(word, "Xanthippe", 1))
        expect(page.locator(".notes [role=status]")).to_contain_text("1 place corrected")
        page.evaluate(f"location.hash = '#chunk={other}'")
        expect(page.locator("#chunk .facts code")).to_have_text(other)
        page.locator("#note").fill('=SUM(1)\t"quoted"\n# and more')
        page.evaluate(f"location.hash = '#chunk={third}'")
        expect(page.locator("#chunk .facts code")).to_have_text(third)
        page.locator("#star").click()
        expect(page.locator("#marked")).to_have_text("(3)")
        page.reload()
        page.wait_for_selector("body[data-ready=yes]")
        expect(page.locator("#star")).to_have_attribute("aria-pressed", "true")
        page.locator("#filters summary").click()
        page.locator("[data-name=marked]").check()
        expect(page.locator("#count")).to_have_text("3 of 40 chunks")
        page.locator("nav [data-view=marks]").click()
        expect(page.locator("#other li")).to_have_count(3)
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Save corrections.tsv").click()
        assert waiting.value.suggested_filename == "corrections.tsv"
        waiting.value.save_as(path)
        page.get_by_role("button", name=chunk).click()
        assert "Xanthippe" in page.locator("#corrected").input_value()
    lines = path.read_text().splitlines()
    assert lines[0].split("\t") == [*COLUMNS, "chunk", "mark", "note"] and len(lines) == 4
    assert "\t=" not in path.read_text()  # nothing that a spreadsheet would run
    corrections = read_corrections([str(path)])
    assert list(corrections) == ["rec-03"]
    made = make_results(scoring={"corrections": [str(path)]})
    row = Explored(made).row(A, chunk)
    assert row["reference_normalized"].split().count("xanthippe") == 1
    changed = [
        one for one in explored.chunks
        if Explored(made).row(A, one)["reference"] != explored.row(A, one)["reference"]
    ]  # fmt: skip
    assert changed == [chunk]


def test_texts_from_outside_are_never_more_than_text(chromium: Browser, explored: Explored) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    with exploring(chromium, explored, f"{PAIR}&chunk=rec-01-0000&q={hostile}") as page:
        expect(page.locator("#chunk h2")).to_have_text(TITLES[1])  # a script in a title
        page.locator("#q").fill("")
        page.locator("#note").fill(hostile)
        page.locator("#corrected").fill(hostile)
        for view in VIEWS:
            page.locator(f"nav [data-view={view}]").click()
            settle(page)
            found = "main img, main script, main b b, main i i, main iframe, [onerror], [onclick]"
            assert page.locator(found).count() == 0, view
        page.locator("#other li button").click()
        text = (page.text_content("#fields") or "") + (page.text_content("#chunk") or "")
        assert "<i>Emmy</i>" in text


def test_a_damaged_folder_says_what_is_wrong(
    chromium: Browser, make_results: Callable[..., Made]
) -> None:
    broken = explore(make_results, recordings=2, chunks=1)
    for sound in (broken.index.parent / "data" / "sound").iterdir():
        sound.unlink()
    (broken.index.parent / "data" / "condition" / "2.js").write_text("snakescribe();\n")
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.goto(broken.index.as_uri())
    page.wait_for_selector("body[data-ready=yes]")
    expect(page.locator("#soundless")).to_contain_text("is missing or cannot be read")
    page.select_option("#a", "2")
    expect(page.locator("#trouble")).to_contain_text("data/condition/2.js")
    context.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1360), ("dark", 1360), ("light", 390)])
def test_axe_finds_nothing(chromium: Browser, explored: Explored, scheme: str, width: int) -> None:
    size = {"width": width, "height": 900}
    shown = {"color_scheme": scheme, "viewport": size, "bypass_csp": True}
    place = f"{PAIR}&chunk={explored.chunks[0]}"
    with exploring(chromium, explored, place, **shown) as page:
        page.add_script_tag(path=AXE)
        page.locator("#filters summary").click()
        page.locator("#star").click()
        for view in VIEWS:
            page.locator(f"nav [data-view={view}]").click()
            settle(page)
            faults = page.evaluate(
                """async () => (await axe.run({preload: false})).violations.map(
                    ({id, impact, help, nodes}) => ({id, impact, help, first: nodes[0].html})
                )"""
            )
            assert faults == [], f"{view}: {json.dumps(faults, indent=1)}"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_study_opens(
    chromium: Browser, make_results: Callable[..., Made], pictures: Path, kind: str
) -> None:
    study = explore(make_results, **KINDS[kind])
    with exploring(chromium, study) as page:
        for view in VIEWS:
            page.locator(f"nav [data-view={view}]").click()
            settle(page)
            expect(page.locator("#trouble")).to_be_hidden()
            assert "NaN" not in (page.text_content("main") or "")
            page.screenshot(path=pictures / f"explorer-{kind}-{view}.png")
        page.locator("nav [data-view=chunks]").click()
        for order in page.locator("#sort option").evaluate_all("all => all.map(one => one.value)"):
            page.select_option("#sort", order)
            settle(page)
            expect(page.locator("#trouble")).to_be_hidden()
            assert listed(page)
    with exploring(chromium, study, viewport={"width": 390, "height": 844}) as page:
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        page.locator(".row").first.click()
        expect(page.locator("#chunk h2")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_pictures_for_people_to_look_at(
    chromium: Browser, explored: Explored, pictures: Path
) -> None:
    for name, context in {
        "light": {},
        "dark": {"color_scheme": "dark"},
        "phone": {"viewport": {"width": 390, "height": 844}},
    }.items():
        with exploring(chromium, explored, PAIR, **context) as page:
            for view in VIEWS[:4]:
                page.locator(f"nav [data-view={view}]").click()
                settle(page)
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, f"{view}, {name}: {wide} pixels too wide"
                page.screenshot(path=pictures / f"explorer-{view}-{name}.png")


def test_nothing_at_all_is_said(chromium: Browser, make_results: Callable[..., Made]) -> None:
    nothing = explore(make_results, recordings=0, chunks=0)
    with exploring(chromium, nothing) as page:
        for view in VIEWS:
            page.locator(f"nav [data-view={view}]").click()
            settle(page)
            expect(page.locator("#trouble")).to_be_hidden()
        page.locator("nav [data-view=chunks]").click()
        expect(page.locator("#chunk")).to_contain_text("No chunk is like that.")
