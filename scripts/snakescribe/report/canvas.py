"""A matplotlib figure laid out in the page's pixels: y grows downwards, one unit is one pixel."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from snakescribe.report.svg import (
    INK,
    LINE,
    MUTED,
    NOTHING,
    SURFACE,
    UNCLEAR,
    Words,
    figure_to_svg,
)

WIDE, NARROW = 960, 400
FONT_SIZE = 13


class Canvas:
    """A figure of `width` x `height` pixels with panels, texts and areas that have tool tips."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.words = Words()
        self.figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        self.page = self._axes(0, 0, width, height)
        self.page.set_xlim(0, width)
        self.page.set_axis_off()

    def _axes(self, x: float, y: float, width: float, height: float) -> Axes:
        box = (
            x / self.width,
            1 - (y + height) / self.height,
            width / self.width,
            height / self.height,
        )
        axes = self.figure.add_axes(box)
        axes.set_ylim(y + height, y)
        axes.patch.set_visible(False)
        return axes

    def panel(
        self, x: float, y: float, width: float, height: float, limits: tuple[float, float]
    ) -> Axes:
        """A panel whose x axis is data and whose y axis is the page's pixels."""
        axes = self._axes(x, y, width, height)
        axes.set_xlim(*limits)
        axes.set_yticks([])
        axes.xaxis.set_major_locator(
            MaxNLocator(max(3, int(width // 60)), steps=[1, 2, 2.5, 5, 10])
        )
        axes.tick_params(length=0, pad=6, colors=MUTED, labelsize=FONT_SIZE - 1)
        axes.grid(axis="x", color=LINE, linewidth=1, clip_on=False)
        axes.set_axisbelow(True)
        for spine in axes.spines.values():
            spine.set_visible(False)
        return axes

    def text(self, x: float, y: float, text: str, **style: Any) -> None:
        """Write `text` at a pixel, centred vertically."""
        style = {"color": INK, "fontsize": FONT_SIZE, "va": "center", **style}
        self.page.text(x, y, self.words.text(text), **style)

    def rule(self, x0: float, x1: float, y: float) -> None:
        """A faint horizontal line."""
        self.page.plot([x0, x1], [y, y], color=LINE, linewidth=1, solid_capstyle="butt", zorder=0)

    def hot_area(self, x0: float, x1: float, y0: float, y1: float, title: str) -> None:
        """An invisible area that shows a tool tip."""
        gid = self.words.title(title)
        self.page.fill([x0, x1, x1, x0], [y0, y0, y1, y1], color=NOTHING, linewidth=0, gid=gid)
        # Above the panels, or they would take the pointer.
        self.page.set_zorder(9)

    def to_svg(self, name: str, label: str, css_class: str) -> Markup:
        """The figure as an inline `<svg>` element; see `figure_to_svg`."""
        return figure_to_svg(self.figure, self.words, name, label, css_class)


def interval(axes: Axes, y: float, low: float | None, high: float | None, color: str) -> None:
    """Draw an interval as a bar at height `y`."""
    if low is not None and high is not None:
        axes.plot(
            [low, high], [y, y], color=color, linewidth=4.5, alpha=0.4,
            solid_capstyle="round", clip_on=False, zorder=3,
        )  # fmt: skip


def mark(axes: Axes, x: float, y: float, tone: str, color: str) -> None:
    """Draw an estimate; its shape says what its colour says."""
    shape, size = {"worse": ("D", 7.5), "better": ("o", 10)}.get(tone, ("o", 9))
    hollow = tone in {"baseline", "unclear"}
    axes.plot(
        [x], [y], marker=shape, markersize=size, color=color, markeredgewidth=2,
        markerfacecolor=SURFACE if hollow else color, clip_on=False, zorder=5,
    )  # fmt: skip


def dots(axes: Axes, xs: Sequence[float], y: float) -> None:
    """Small dots of lesser importance."""
    axes.plot(
        xs, [y] * len(xs), "o", markersize=5, color=UNCLEAR, alpha=0.55, markeredgewidth=0,
        clip_on=False, zorder=4,
    )  # fmt: skip


def nice_limits(values: Sequence[float], zero: bool = False) -> tuple[float, float]:
    """Values -> limits with some room; 0 is inside when `zero`, or when it is not far away."""
    low, high = min(values), max(values)
    if zero or (low > 0 and low < 0.35 * high):
        low, high = min(low, 0.0), max(high, 0.0)
    room = 0.06 * (high - low) or 0.1 * abs(high) or 0.01
    return (low - room if low else 0.0 if not zero else -room), high + room
