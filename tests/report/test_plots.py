"""The figures beside the first one say what the tables say."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from report_study import SOUNDS, Made

from snakescribe.report.compose import compose_page
from snakescribe.report.numbers import percent, points
from snakescribe.report.plots.matrices import choose_ends
from snakescribe.report.plots.paper import Paper
from snakescribe.results import Results
from snakescribe.tables.scores import COMPARISONS, CONDITIONS, STRATA

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page(made: Made) -> str:
    return compose_page(Results(made.folder), made.params, SOUNDS)


def tips(page: str, label: str) -> list[str]:
    """The tool tips of the figure whose label begins so."""
    svg = re.search(rf'<svg [^>]*aria-label="{label}.*?</svg>', page, re.DOTALL)
    assert svg, label
    return [unescape(tip) for tip in re.findall(r"<title>(.*?)</title>", svg[0])]


def test_the_matrix_has_every_pair_both_ways(page: str, made: Made) -> None:
    said = tips(page, "Differences of all pairs")
    real = {}
    for row in made.rows(COMPARISONS):  # p of the family `baseline` are the sharper ones
        pair = frozenset((row["condition"], row["other"]))
        if row["family"] == "baseline" or pair not in real:
            real[pair] = row
    assert len(real) == 15
    for row in real.values():
        sure = "real" if row["real"] else "cannot tell"
        for one, other, sign in (
            (row["condition"], row["other"], 1),
            (row["other"], row["condition"], -1),
        ):
            of_pair = [tip for tip in said if tip.startswith(f"{one} against {other}: ")]
            assert of_pair, (one, other)
            for tip in of_pair:
                assert f": {points(sign * row['delta'])} (" in tip
                assert tip.endswith(sure)


def test_the_heat_map_has_every_recording_under_every_condition(page: str) -> None:
    said = [tip for tip in tips(page, "Word error rate of 10 of 10 recordings") if "%" in tip]
    assert len(set(said)) == 60
    assert any(tip.startswith("<script>alert('title')</script>, raw.none: ") for tip in said)


def test_interactions_are_means_of_conditions(page: str, made: Made) -> None:
    rates = {row["condition"]: row["wer"] for row in made.rows(CONDITIONS)}
    said = tips(page, "Mean word error rate by the levels of two factors")
    for audio in ("raw", "denoised"):
        for prompt in ("none", "names", "unrelated"):
            wanted = f"prompt {prompt}, audio {audio}: {percent(rates[f'{audio}.{prompt}'])}"
            assert wanted in said


def test_rates_along_the_recording_are_those_of_the_strata(page: str, made: Made) -> None:
    said = tips(page, "Word error rate. raw.none, place in the recording")
    rows = [
        row
        for row in made.rows(STRATA)
        if (row["field"], row["figure"], row["condition"]) == ("position", "wer", "raw.none")
    ]
    assert len(rows) == 4
    for row in rows:
        start = f"raw.none, place in the recording, 0 to 1 {row['level']}: {percent(row['value'])}"
        assert any(tip.startswith(start) for tip in said)


def test_many_conditions_and_levels_are_all_in_the_matrices(
    make_results: Callable[..., Made],
) -> None:
    prompts = ["none", "names", *(f"prompt{number}" for number in range(10))]
    made = make_results(recordings=3, chunks=1, prompts=prompts, models=["tiny-en", "base-en"])
    page = compose_page(Results(made.folder), made.params, SOUNDS)
    said = set(tips(page, "Word error rate of 3 of 3 recordings"))
    assert len(said) == 3 * 40  # of 48 conditions the best 27 and the worst 13
    assert "of more than 40, the first and the last" in page
    lines = tips(page, "Mean word error rate by the levels of two factors")
    assert {tip.partition(",")[0] for tip in lines} >= {f"prompt prompt{n}" for n in range(10)}


def test_the_ends_of_a_long_list() -> None:
    names = [str(number) for number in range(100)]
    assert choose_ends(names, 100) == names
    assert choose_ends(names, 9) == ["0", "1", "2", "3", "4", "5", "97", "98", "99"]


def test_a_strangers_text_is_text_in_a_figure() -> None:
    paper = Paper(300, 200)
    paper.names(paper.panels[0], ["<b>$x^2$", "שלום", "東京の試合", "@0@"])
    paper.mark(paper.panels[0], (0, 0), "better", "<i>\x07 & co")
    svg = str(paper.to_svg("odd", "a <label>", "wide"))
    assert "&lt;b&gt;$x^2$" in svg
    assert "שלום" in svg and "東京の試合" in svg and ">@0@<" in svg
    assert "<title>&lt;i&gt;\ufffd &amp; co</title>" in svg
