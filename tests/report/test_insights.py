"""Errors, terms, strata and confidence: on the page where there is something to show."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from report_study import Made

from results_folder import blank_row
from snakescribe.cli import cli
from snakescribe.config.block import as_json
from snakescribe.report.insights import LEAST_CHANGE, MAX_COLUMNS, MAX_ERRORS, read_insights
from snakescribe.report.tables import read_study
from snakescribe.tables import Row, Table, write_table
from snakescribe.tables.scores import CALIBRATION, CONDITIONS, ERRORS, STRATA, TERMS

pytestmark = pytest.mark.slow


def build(made: Made, folder: Path | None = None) -> str:
    folder = folder or made.folder
    page = folder / "page.html"
    arguments = ["--results", folder, "--settings", as_json(made.params), "--output", page]
    result = CliRunner().invoke(cli, ["report", "build", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return page.read_text(encoding="utf-8")


def rewrite(table: Table, folder: Path, rows: list[Row]) -> None:
    """Put other rows into a table of the study's scores."""
    path = folder / table.path.format(experiment="prompt_study")
    with path.open(encoding="utf-8") as stream:
        whole = table.from_header(stream.readline().rstrip().split(","))
    assert whole is not None
    write_table(whole, path, [blank_row(whole, **row) for row in rows])


@pytest.fixture
def copy(made: Made, tmp_path: Path) -> Path:
    """The ordinary case, to be changed."""
    return Path(shutil.copytree(made.folder, tmp_path / "results"))


def test_errors_are_those_of_the_table(made: Made) -> None:
    scores = made.folder / "scores" / "prompt_study"
    study = read_study(scores, made.params)
    found = read_insights(scores, study)
    rows = made.rows(ERRORS)
    of_baseline = sorted(
        (row["count"] for row in rows if row["condition"] == study.baseline.name), reverse=True
    )
    assert [one.count for one in found.frequent] == of_baseline[:MAX_ERRORS]
    changes = {one.condition: one for one in found.changes}
    assert study.baseline.name not in changes
    for name, one in changes.items():
        known = {
            (row["kind"], row["reference"], row["hypothesis"]): row["change"]
            for row in rows
            if row["condition"] == name
        }
        for error in (*one.mended, *one.made):
            assert known[error.kind, error.said, error.written] == error.count - error.before
        assert all(error.before - error.count >= LEAST_CHANGE for error in one.mended)
        assert all(error.count - error.before >= LEAST_CHANGE for error in one.made)
    assert found.shown[0] == study.baseline.name
    assert len(found.shown) == min(MAX_COLUMNS, len(study.conditions))


def test_terms_strata_and_confidence_have_their_place(made: Made, copy: Path) -> None:
    names = [row["condition"] for row in made.rows(CONDITIONS)]
    rewrite(
        TERMS,
        copy,
        [
            {"condition": name, "term": term, "said": said, "hit": hit if name == best else 0}
            for best in names[1:2]
            for name in names
            for term, said, hit in (("never <b>", 9, 0), ("rescued", 2, 2), ("not said", 0, 0))
        ],
    )
    estimate = {"figure": "wer", "value": 0.1234, "low": 0.1, "high": 0.15, "recordings": 3}
    rewrite(
        STRATA,
        copy,
        [
            {"condition": name, "field": field, "level": level, "words": 50, **estimate}
            for name in names
            for field, level in (("snr_db", "below 10"), ("snr_db", "10 and above"), ("tier", "x"))
        ],
    )
    rewrite(
        CALIBRATION,
        copy,
        [
            {
                "condition": names[0], "bins": "equal_width", "bin": place, "words": words,
                "mean_confidence": place / 15, "accuracy": 0.5,
            }
            for place, words in ((3, 40), (9, 9), (14, 400))
        ],
    )  # fmt: skip
    page = build(made, copy)
    assert page.index("rescued</th>") < page.index("never &lt;b&gt;</th>")
    assert "not said</th>" not in page
    assert "12.3%" in page
    assert "below 10</th>" in page
    assert 'aria-label="By tier"' not in page  # one tier divides nothing
    label = "50% right at 20%, 50% right at 93%"
    assert label in page  # the bin with nine words is left out


@pytest.mark.parametrize("anchor", ["errors", "terms", "strata", "reliability"])
def test_what_has_nothing_to_show_is_not_there(
    make_results: Callable[..., Made], anchor: str
) -> None:
    page = build(make_results(references=False, recordings=2))
    assert f'id="{anchor}"' not in page
    assert f'href="#{anchor}"' not in page


def test_changes_are_told_of_paired_designs_only(make_results: Callable[..., Made]) -> None:
    page = build(make_results(design="random_groups"))
    assert "Most frequent with the baseline" in page
    assert "What changes with" not in page


def test_confidence_is_that_of_the_table_where_words_have_one(made: Made, copy: Path) -> None:
    assert "Token probability</button>" in build(made, copy)
    rows = made.rows(CONDITIONS)
    for place, row in enumerate(rows):
        row["mean_confidence"] = None if place == 1 else 0.861 + place / 100
    rewrite(CONDITIONS, copy, rows)
    page = build(made, copy)
    assert "Token probability" not in page
    assert "Confidence</button>" in page
    assert '<td class="number" data-value="0.861">86%</td>' in page
    assert '<td class="number" data-value="0.911">91%</td>' in page


def test_without_references_the_figure_shows_the_same_confidence(
    make_results: Callable[..., Made],
) -> None:
    made = make_results(references=False, recordings=2)
    rows = made.rows(CONDITIONS)
    page = build(made)
    assert "Mean token probability by condition." in page
    assert "the geometric mean of token probabilities" in page
    for row in rows:
        row["mean_confidence"] = 0.861
    rewrite(CONDITIONS, made.folder, rows)
    page = build(made)
    assert f"Mean confidence of words by condition. {rows[0]['condition']}: 86.1%" in page
    assert "the mean of their probabilities" in page
    assert "oken probabilit" not in page
