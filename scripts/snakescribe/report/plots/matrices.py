"""Conditions by recordings, and conditions by conditions, as shaded cells."""

import pandas as pd
from markupsafe import Markup
from matplotlib.patches import Rectangle

from snakescribe.report.numbers import percent, points
from snakescribe.report.plots.paper import FONT_SIZE, WIDE, Paper
from snakescribe.report.recordings import Corpus
from snakescribe.report.study import Comparison, Study
from snakescribe.report.svg import BETTER, INK, MUTED, SURFACE, UNCLEAR, WORSE

MOST_ROWS = 40
MOST_COLUMNS = 40
MOST_PAIRED = 30
# A figure stands in each cell where there is room for it.
MOST_WRITTEN = 14
# The darkest shade still lets the page's ink be read on it.
DARKEST = 0.62
_SHADES = {"better": BETTER, "worse": WORSE, "unclear": UNCLEAR}


def draw_heat_map(study: Study, rates: pd.DataFrame, corpus: Corpus) -> Markup:
    """WER with a row a recording (hardest first) and a column a condition (best first).

    Args:
        study: the study.
        rates: a row a recording, a column a condition.
        corpus: knows the titles.
    """
    names = [condition.name for condition in study.ranked if condition.name in rates]
    if len(names) < 2 or len(rates) < 2:
        return Markup("")
    names = choose_ends(names, MOST_COLUMNS)
    order = rates.mean(axis=1).sort_values(ascending=False, kind="stable").index
    shown = rates.loc[choose_ends([str(name) for name in order], MOST_ROWS), names]
    top = float(shown.max().max()) or 1.0
    height = 130 + 22 * len(shown)
    paper = Paper(WIDE, height)
    for row, (recording, cells) in enumerate(shown.iterrows()):
        title = corpus.title(str(recording))
        for column, name in enumerate(names):
            rate = float(cells[name])
            known = rate == rate
            text = percent(rate) if known else "nothing scored"
            _cell(paper, (column, row), WORSE, rate / top if known else 0.0,
                  f"{title}, {name}: {text}", percent(rate, 0) if known else "",
                  len(names) <= MOST_WRITTEN)  # fmt: skip
    _frame(paper, names, [corpus.title(str(name)) for name in shown.index])
    label = (
        f"{study.rate_name.capitalize()} of {len(shown)} of {len(rates)} recordings, hardest "
        f"first, under {len(names)} conditions, best first"
    )
    return paper.to_svg("heat", label, "map")


def draw_pairs(study: Study) -> Markup:
    """Differences of all pairs of conditions, best first; empty for fewer than three."""
    names = choose_ends([condition.name for condition in study.ranked], MOST_PAIRED)
    rows = {
        (one, other): row
        for one in names
        for other in names
        if one != other and (row := study.compare(one, other)) and row.delta is not None
    }
    if len(names) < 3 or len(rows) < 6:
        return Markup("")
    top = max(abs(row.delta or 0.0) for row in rows.values()) or 1.0
    paper = Paper(WIDE, 130 + 24 * len(names))
    for (one, other), row in rows.items():
        delta = row.delta or 0.0
        place = (names.index(other), names.index(one))
        shade = max(0.12, abs(delta) / top) if row.real else 0.0
        text = points(delta, unit=False) if row.real else "?"
        _cell(paper, place, _SHADES[row.tone], shade, _say(row), text, len(names) <= MOST_WRITTEN)
    _frame(paper, names, names)
    real = sum(row.real for row in rows.values()) // 2
    label = f"Differences of all pairs of {len(names)} conditions: {real} are real, as listed below"
    return paper.to_svg("pairs", label, "map")


def choose_ends(names: list[str], most: int) -> list[str]:
    """Names in order -> at most `most`: the first two thirds of the room, and the last ones."""
    if len(names) <= most:
        return names
    last = most // 3
    return [*names[: most - last], *names[-last:]]


def _say(row: Comparison) -> str:
    limits = f"{points(row.low, unit=False)} to {points(row.high, unit=False)}"
    sure = "real" if row.real else "cannot tell"
    return f"{row.condition} against {row.other}: {points(row.delta)} ({limits}), {sure}"


def _cell(
    paper: Paper, at: tuple[int, int], color: str, shade: float, tip: str, text: str, write: bool
) -> None:
    column, row = at
    (axes,) = paper.panels
    cell = Rectangle(
        (column - 0.48, row - 0.46), 0.96, 0.92, facecolor=color if shade else SURFACE,
        alpha=round(DARKEST * shade, 2) if shade else None, linewidth=0,
    )  # fmt: skip
    paper.tip(axes.add_patch(cell), tip)
    if write and text:
        # The pointer shall find the cell, whose tool tip says more.
        words = axes.text(column, row, paper.say(text), ha="center", va="center", color=INK,
                          fontsize=FONT_SIZE - 2, zorder=4)  # fmt: skip
        paper.tip(words, tip)


def _frame(paper: Paper, columns: list[str], rows: list[str]) -> None:
    """Names at the left and above."""
    (axes,) = paper.panels
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    paper.names(axes, columns, 24)
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", rotation=50, length=0, pad=4)
    for name in axes.get_xticklabels():
        name.set(ha="left", rotation_mode="anchor", color=MUTED)
    axes.set_yticks(range(len(rows)), [paper.say(name, 32) for name in rows])
