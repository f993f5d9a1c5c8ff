"""Error rates along what makes recordings hard: noise, length, place in the recording."""

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup

from snakescribe.report.figures import tone_of
from snakescribe.report.insights import Insights, Level
from snakescribe.report.numbers import percent
from snakescribe.report.plots.paper import DASHES, NARROW, WIDE, Paper, both_widths
from snakescribe.report.study import Study
from snakescribe.report.svg import TONES

# Fields of chunks.parquet whose levels are stretches of a scale: what they are.
FIELDS = {
    "snr_db": "signal-to-noise ratio, dB",
    "seconds": "length of the chunk, seconds",
    "position": "place in the recording, 0 to 1",
}


def draw_along(study: Study, insights: Insights) -> Markup:
    """WER with intervals by SNR, length and place: of the baseline and the best condition.

    Empty where none of them divides the corpus.
    """
    fields = [name for name in FIELDS if name in insights.strata]
    names = list(dict.fromkeys([study.baseline.name, *(row.name for row in study.ranked[:1])]))
    shown = [insights.shown.index(name) for name in names if name in insights.shown]
    if not fields or not shown:
        return Markup("")
    label = f"{study.rate_name.capitalize()}. " + "; ".join(
        _say(insights, field, level, column)
        for field in fields
        for level in insights.strata[field]
        for column in shown
    )
    return both_widths(
        "along", label, *(_draw(study, insights, fields, shown, width) for width in (WIDE, NARROW))
    )


def _say(insights: Insights, field: str, level: Level, column: int) -> str:
    rate, low, high = level.rates[column]
    return (
        f"{insights.shown[column]}, {FIELDS[field]} {level.name}: {percent(rate)} "
        f"({percent(low)} to {percent(high)}), {level.words:,} words"
    )


def _draw(
    study: Study, insights: Insights, fields: Sequence[str], shown: Sequence[int], width: int
) -> Paper:
    columns = len(fields) if width == WIDE else 1
    rows = len(fields) // columns
    paper = Paper(width, 290 * rows, rows, columns, sharey=width == WIDE)
    for axes, field in zip(paper.panels, fields, strict=True):
        levels = insights.strata[field]
        paper.rates(axes)
        paper.head(axes, study.rate_name, f"{FIELDS[field]} →")
        paper.names(axes, [level.name.replace("_", " ") for level in levels], 14)
        axes.set_xlim(-0.5, len(levels) - 0.5)
        for order, column in enumerate(shown):
            condition = next(row for row in study.conditions if row.name == insights.shown[column])
            tone = tone_of(study, condition)
            points = [
                (place + 0.12 * order, rate, low, high, level)
                for place, level in enumerate(levels)
                for rate, low, high in [level.rates[column]]
                if rate is not None
            ]
            for start, end in pairwise(points):
                axes.plot([start[0], end[0]], [start[1], end[1]], color=TONES[tone], linewidth=1.4,
                          dashes=DASHES[order], zorder=2)  # fmt: skip
            for x, rate, low, high, level in points:
                if low is not None and high is not None:
                    axes.plot([x, x], [low, high], color=TONES[tone], linewidth=4.5, alpha=0.4,
                              solid_capstyle="round", zorder=3)  # fmt: skip
                paper.mark(axes, (x, rate), tone, _say(insights, field, level, column))
        axes.set_ylim(bottom=0)
    return paper
