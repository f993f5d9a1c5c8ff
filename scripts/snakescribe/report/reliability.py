"""Reliability tables -> the diagram that shows whether the model's confidence can be believed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from snakescribe.report.canvas import Canvas, mark
from snakescribe.report.figures import tone_of
from snakescribe.report.numbers import percent
from snakescribe.report.study import Study
from snakescribe.report.svg import LINE, MUTED, TONES
from snakescribe.tables import read_table
from snakescribe.tables.scores import CALIBRATION

# Fewer words than this say too little about how many of a bin are right.
FEWEST_WORDS = 10


@dataclass(frozen=True)
class Bin:
    """Words of about the same confidence: how sure the model was, how many are right."""

    words: int
    confidence: float
    accuracy: float


def read_bins(scores: Path) -> dict[str, list[Bin]]:
    """The folder of an experiment's scores -> the bins of equal width of each condition."""
    found: dict[str, list[Bin]] = {}
    for row in read_table(CALIBRATION, scores / CALIBRATION.file_name):
        if row["bins"] == "equal_width" and row["words"] >= FEWEST_WORDS:
            one = Bin(row["words"], row["mean_confidence"], row["accuracy"])
            found.setdefault(row["condition"], []).append(one)
    return found


def draw_reliability(study: Study, bins: dict[str, list[Bin]]) -> Markup:
    """Accuracy against confidence, of the baseline and the best condition; empty where unknown."""
    names = dict.fromkeys([study.baseline.name, *(one.name for one in study.ranked[:1])])
    shown = {name: bins[name] for name in names if len(bins.get(name, ())) > 1}
    if not shown:
        return Markup("")
    label = "Share of words that are right against the model's confidence. " + "; ".join(
        f"{name}: {', '.join(map(_say, found))}" for name, found in shown.items()
    )
    return _draw(study, shown).to_svg("reliability", label, "half")


def _say(one: Bin) -> str:
    return f"{percent(one.accuracy, 0)} right at {percent(one.confidence, 0)}"


def _draw(study: Study, shown: dict[str, Sequence[Bin]] | dict[str, list[Bin]]) -> Canvas:
    width, height, left = 440, 400, 48
    canvas = Canvas(width, height)
    axes = canvas.panel(left, 30, width - left - 16, height - 84, (0, 1))
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.grid(axis="y", color=LINE, linewidth=1)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: f"{100 * value:g}%")
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, dashes=(4, 4), zorder=2)
    canvas.text(2, 12, "words that are right", color=MUTED)
    canvas.text(width - 4, height - 12, "confidence →", color=MUTED, ha="right")
    for name, found in shown.items():
        tone = tone_of(study, next(one for one in study.conditions if one.name == name))
        xs, ys = [one.confidence for one in found], [one.accuracy for one in found]
        axes.plot(xs, ys, color=TONES[tone], linewidth=1.5, zorder=3)
        for one in found:
            mark(axes, one.confidence, one.accuracy, tone, TONES[tone])
            x, y = axes.transData.transform((one.confidence, one.accuracy))
            title = f"{name}: {_say(one)}, {one.words:,} words"
            canvas.hot_area(x - 9, x + 9, height - y - 9, height - y + 9, title)
    return canvas
