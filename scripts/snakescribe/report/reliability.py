"""Reliability tables -> the diagram that shows whether the model's confidence can be believed."""

from collections.abc import Mapping, Sequence
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
    bins: dict[str, list[Bin]] = {}
    for row in read_table(CALIBRATION, scores / CALIBRATION.file_name):
        if row["bins"] == "equal_width" and row["words"] >= FEWEST_WORDS:
            confidence_bin = Bin(row["words"], row["mean_confidence"], row["accuracy"])
            bins.setdefault(row["condition"], []).append(confidence_bin)
    return bins


def draw_reliability(study: Study, bins: Mapping[str, Sequence[Bin]]) -> Markup:
    """Accuracy against confidence, of the baseline and the best condition; empty where unknown."""
    best = study.ranked[0] if study.ranked else study.baseline
    names = dict.fromkeys([study.baseline.name, best.name])
    shown = {name: bins[name] for name in names if len(bins.get(name, ())) > 1}
    if not shown:
        return Markup("")
    label = "Share of words that are right against the model's confidence. " + "; ".join(
        f"{name}: {', '.join(map(_say, condition_bins))}" for name, condition_bins in shown.items()
    )
    return _draw(study, shown).to_svg("reliability", label, "half")


def _say(confidence_bin: Bin) -> str:
    right, sure = percent(confidence_bin.accuracy, 0), percent(confidence_bin.confidence, 0)
    return f"{right} right at {sure}"


def _draw(study: Study, shown: Mapping[str, Sequence[Bin]]) -> Canvas:
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
    for name, condition_bins in shown.items():
        tone = tone_of(
            study, next(condition for condition in study.conditions if condition.name == name)
        )
        xs = [confidence_bin.confidence for confidence_bin in condition_bins]
        ys = [confidence_bin.accuracy for confidence_bin in condition_bins]
        axes.plot(xs, ys, color=TONES[tone], linewidth=1.5, zorder=3)
        for confidence_bin in condition_bins:
            mark(axes, confidence_bin.confidence, confidence_bin.accuracy, tone, TONES[tone])
            x, y = axes.transData.transform((confidence_bin.confidence, confidence_bin.accuracy))
            title = f"{name}: {_say(confidence_bin)}, {confidence_bin.words:,} words"
            canvas.hot_area(x - 9, x + 9, height - y - 9, height - y + 9, title)
    return canvas
