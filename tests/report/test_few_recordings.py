"""What the page says where recordings are few, or chunks were resampled instead."""

from collections.abc import Callable
from typing import Any

import pytest
from markupsafe import Markup
from report_study import SOUNDS, Made
from rich.console import Console

from snakescribe.cli.figures import print_summary
from snakescribe.report.compose import compose_page
from snakescribe.report.recordings import read_corpus
from snakescribe.report.sample import find_dominant
from snakescribe.report.scores import read_scores
from snakescribe.report.tables import read_study
from snakescribe.results import Results
from snakescribe.tables.scores import COMPARISONS, CONDITIONS, SCORES

pytestmark = pytest.mark.slow


TOO_FEW = "There are too few recordings to resample, so chunks were"
ASKED_FOR = "Chunks were resampled, not recordings, as scoring.bootstrap_unit asks"


@pytest.mark.parametrize(
    ("unread", "wanted"),
    [
        (1, "11 of 12 recordings have a reference that counts and were scored."),
        (11, "1 of 12 recordings has a reference that counts and was scored."),
        (0, ""),
    ],
)
def test_recordings_without_a_reference_are_told_of(
    make_results: Callable[..., Made], unread: int, wanted: str
) -> None:
    made = make_results(
        recordings=12, chunks=2, audio=["raw"], prompts=["none", "names"], unread=unread
    )
    page = compose_page(Results(made.folder), made.params, SOUNDS)
    assert ("a reference that counts" in page) == bool(wanted)
    assert wanted in page


@pytest.mark.parametrize(
    ("scoring", "wanted"),
    [
        ({}, "There are no references: how"),
        (
            {"tiers": ["human", "synthetic"]},
            "There are no references of the tiers that count (scoring.tiers: human, synthetic): ",
        ),
    ],
)
def test_no_references_may_be_none_of_the_tiers_that_count(
    make_results: Callable[..., Made], scoring: dict[str, Any], wanted: str
) -> None:
    made = make_results(
        tier="automatic_caption", references=bool(scoring), recordings=2, scoring=scoring
    )
    assert wanted in compose_page(Results(made.folder), made.params, SOUNDS)
    console = Console(record=True, width=200)
    print_summary(made.folder, "prompt_study", console)
    assert "No references that count: nothing to compare" in console.export_text()


@pytest.mark.parametrize("recordings", [3, 4])
def test_the_page_says_what_the_table_says(
    make_results: Callable[..., Made], recordings: int
) -> None:
    made = make_results(recordings=recordings, audio=["raw"], prompts=["none", "names"])
    page = compose_page(Results(made.folder), made.params, SOUNDS)
    (row,) = [one for one in made.rows(COMPARISONS) if one["family"] == "baseline"]
    assert row["real"] is False
    assert "fewer than 5 recordings can show nothing for sure" in row["verdict"]
    assert (
        f"Cannot tell: {recordings} recordings, {row['words']:,} words; "
        "fewer than 5 recordings can show nothing for sure"
    ) in page
    assert f": {row['verdict']}." in page
    assert "may well be chance" not in page and "may be chance" not in page


@pytest.mark.parametrize(
    ("recordings", "unit", "wanted"),
    [
        (10, "chunk", ASKED_FOR),
        (3, "chunk", ASKED_FOR),
        (2, "chunk", TOO_FEW),
        (2, "auto", TOO_FEW),
    ],
)
def test_why_chunks_were_resampled(
    make_results: Callable[..., Made], recordings: int, unit: str, wanted: str
) -> None:
    made = make_results(
        recordings=recordings, audio=["raw"], scoring={"bootstrap_unit": unit}, chunks=6
    )
    page = compose_page(Results(made.folder), made.params, SOUNDS)
    assert f"{wanted}: intervals and p-values hold for these recordings only" in page
    assert (TOO_FEW in page) == (wanted == TOO_FEW)
    assert "too few recordings to tell" not in page
    rows = [row for row in made.rows(COMPARISONS) if row["family"] == "baseline"]
    here = [row for row in rows if row["p_adjusted"] < 0.05]
    assert (", or in these recordings only" in page) == bool(here)
    equal = page.partition("Cannot tell apart from it: ")[2].partition("</p>")[0]
    best = min(made.rows(CONDITIONS), key=lambda row: row["wer"])["condition"]
    for row in made.rows(COMPARISONS):
        names = {row["condition"], row["other"]} - {best}
        if len(names) == 1 and row["p_adjusted"] < 0.05:
            assert f">{names.pop()}<" not in equal


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"recordings": 6, "chunks": 1, "audio": ["raw"], "prompts": ["none", "unrelated"]},
        {"recordings": 2, "audio": ["raw"], "prompts": ["none", "names"]},
        {"recordings": 2, "prompts": ["none", "names"], "references": False},
        {"design": "random_groups", "recordings": 3, "references": False},
        {"design": "random_groups", "recordings": 6, "chunks": 1, "prompts": ["none", "names"]},
    ],
)
def test_the_console_says_what_the_page_says(
    make_results: Callable[..., Made], changes: dict[str, Any]
) -> None:
    made = make_results(**changes)
    page = Markup(compose_page(Results(made.folder), made.params, SOUNDS)).striptags()
    told = " ".join(page.split())
    console = Console(record=True, width=200)
    print_summary(made.folder, "prompt_study", console)
    lines = console.export_text().partition("\n\n")[0].splitlines()
    # The verdict of a single factor of two levels is not said twice.
    assert len(lines) >= (2 if "audio" in changes else 3)
    for line in lines:
        words = line.partition(": ")[2] if line.startswith(("prompt: ", "audio: ")) else line
        assert words in told.replace(" ,", ",")


def test_random_groups_count_what_all_groups_have(make_results: Callable[..., Made]) -> None:
    made = make_results(design="random_groups", recordings=6, chunks=1, prompts=["none", "names"])
    page = compose_page(Results(made.folder), made.params, SOUNDS)
    assert "Only 6 recordings with a reference" in page
    assert '<p class="about">6 recordings · ' in page
    assert "Cannot tell: 6 recordings, " in page
    assert "made the fewest errors" not in page


def test_one_recording_with_most_of_the_errors_is_told(
    make_results: Callable[..., Made],
) -> None:
    made = make_results(recordings=4, audio=["raw"], prompts=["none", "names"])
    study = read_study(made.folder / "scores" / "prompt_study", made.params)
    scores = read_scores(made.folder / "scores" / "prompt_study" / SCORES.file_name, study)
    corpus = read_corpus(Results(made.folder), study)
    assert find_dominant(study, scores, corpus) == ""
    scores.frame.loc[scores.frame["recording"] != "rec-01", "errors"] = 0
    told = find_dominant(study, scores, corpus)
    assert "One recording, <script>alert('title')</script>, holds 100% of all errors" in told
    assert "0.0% without" in told
