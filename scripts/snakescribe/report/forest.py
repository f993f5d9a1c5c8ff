"""Rows of estimates with intervals -> a forest plot, in a wide and a narrow form."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from snakescribe.report.canvas import NARROW, WIDE, Canvas, interval, mark, nice_limits
from snakescribe.report.numbers import shorten
from snakescribe.report.svg import INK, MUTED, TONES

LETTER = 7.2
WIDEST_LABEL = 26
FIGURE_ROOM = 58
GAP = 34


@dataclass(frozen=True)
class Row:
    """A row of a plot: what it is called, its estimate and interval, and its tool tip."""

    labels: tuple[str, ...]
    value: float
    low: float | None
    high: float | None
    tone: str
    figure: str
    title: str
    strong: bool = False


@dataclass(frozen=True)
class Panel:
    """A column of estimates: its heading, the rows, where the reference line stands."""

    heading: str
    rows: Sequence[Row | None]
    line: float | None
    zero: bool
    unit: str

    def limits(self) -> tuple[float, float]:
        """The range of the axis."""
        rows = [row for row in self.rows if row is not None]
        numbers = [row.value for row in rows]
        numbers += [end for row in rows for end in (row.low, row.high) if end is not None]
        return nice_limits([*numbers, *([] if self.line is None else [self.line])], self.zero)


def draw_panels(panels: list[Panel], headings: list[str], name: str, label: str) -> Markup:
    """Panels that share their rows -> two inline SVGs; the page shows the one that fits.

    The rows of the first panel carry the labels, one for each of `headings`.
    """
    return _draw_wide(panels, headings, f"{name}-wide", label) + _draw_narrow(
        panels, f"{name}-narrow", label
    )


def _draw_wide(panels: list[Panel], headings: list[str], name: str, label: str) -> Markup:
    """Labels in columns at the left, the panels side by side, figures at their right."""
    rows = [row for row in panels[0].rows if row is not None]
    step = 38 if len(rows) <= 12 else 26
    top = 34
    height = top + step * len(rows) + 34
    canvas = Canvas(WIDE, height)
    columns = [
        min(WIDEST_LABEL, max(map(len, [heading, *(row.labels[place] for row in rows)])))
        for place, heading in enumerate(headings)
    ]
    lefts = [4.0]
    for column in columns:
        lefts.append(lefts[-1] + column * LETTER + 22)
    for left, heading in zip(lefts, headings, strict=False):
        canvas.text(left, 12, heading, color=MUTED)
    for number, row in enumerate(rows):
        middle = top + step * (number + 0.5)
        canvas.rule(0, WIDE, middle + step / 2)
        for left, text in zip(lefts, row.labels, strict=False):
            weight = "bold" if row.strong else "normal"
            canvas.text(left, middle, shorten(text, WIDEST_LABEL), fontweight=weight)
    width = (WIDE - lefts[-1] - GAP * (len(panels) - 1)) / len(panels)
    for place, panel in enumerate(panels):
        left = lefts[-1] + place * (width + GAP)
        canvas.text(left, 12, panel.heading, color=MUTED)
        middles = [top + step * (number + 0.5) for number in range(len(rows))]
        _draw_panel(canvas, panel, middles, (left, top, width - FIGURE_ROOM, step * len(rows)))
        for estimate, middle in zip(panel.rows, middles, strict=True):
            if estimate is None:
                canvas.text(left + width, middle, "baseline", ha="right", color=MUTED)
                continue
            canvas.text(left + width, middle, estimate.figure, ha="right", fontweight="bold")
            canvas.hot_area(
                left, left + width, middle - step / 2, middle + step / 2, estimate.title
            )
    return canvas.to_svg(name, label, "wide")


def _draw_narrow(panels: list[Panel], name: str, label: str) -> Markup:
    """The panels below each other, each row's label above its interval."""
    labels = [row.labels for row in panels[0].rows if row is not None]
    step, head, foot = 52, 40, 40
    heights = [head + foot + step * sum(row is not None for row in panel.rows) for panel in panels]
    canvas = Canvas(NARROW, sum(heights))
    top = 0.0
    for panel, height in zip(panels, heights, strict=True):
        canvas.text(2, top + 16, panel.heading, color=MUTED)
        kept = [(names, row) for names, row in zip(labels, panel.rows, strict=True) if row]
        middles = [top + head + step * number + 34 for number in range(len(kept))]
        box = (8, top + head, NARROW - 16, step * len(kept))
        rows = [row for _, row in kept]
        _draw_panel(
            canvas, Panel(panel.heading, rows, panel.line, panel.zero, panel.unit), middles, box
        )
        for (names, row), middle in zip(kept, middles, strict=True):
            tag = " (baseline)" if row.tone == "baseline" and len(kept) > 1 else ""
            canvas.text(2, middle - 20, shorten(" · ".join(names), 34) + tag, fontsize=14)
            canvas.text(
                NARROW - 2, middle - 20, row.figure, ha="right", fontweight="bold", fontsize=14
            )
            canvas.hot_area(0, NARROW, middle - 30, middle + 18, row.title)
        top += height
    return canvas.to_svg(name, label, "narrow")


def _draw_panel(
    canvas: Canvas, panel: Panel, middles: Sequence[float], box: tuple[float, float, float, float]
) -> None:
    axes = canvas.panel(*box, panel.limits())
    unit = panel.unit
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:g}{unit}".replace("-", "−"))
    if panel.line is not None:
        axes.axvline(panel.line, color=INK, linewidth=1.2, linestyle=(0, (3, 3)), clip_on=False)
    for row, middle in zip(panel.rows, middles, strict=True):
        if row is not None:
            interval(axes, middle, row.low, row.high, TONES[row.tone])
            mark(axes, row.value, middle, row.tone, TONES[row.tone])
