"""A matplotlib figure that lays itself out, in the page's fonts and colours."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Bbox

from snakescribe.report.numbers import shorten
from snakescribe.report.svg import INK, LINE, MUTED, SURFACE, TONES, Words, figure_to_svg

WIDE, NARROW = 960, 400
FONT_SIZE = 13
# How lines are told apart without colours; in this order.
DASHES: tuple[tuple[float, ...], ...] = ((1, 0), (6, 3), (1, 2), (9, 3, 2, 3), (3, 2), (12, 4))
# Where the name of a point may stand, in points of the page from it.
_PLACES = ((0, 15, "center"), (0, -15, "center"), (12, 0, "left"), (-12, 0, "right"))
SHAPES = {"worse": ("D", 7.0), "better": ("o", 9.5)}


class Paper:
    """A figure of `rows` x `columns` panels, `width` x `height` in pixels of the page.

    Texts and tool tips may be a stranger's: they go through `say` and `tip`.
    """

    def __init__(
        self, width: float, height: float, rows: int = 1, columns: int = 1, sharey: bool = False
    ) -> None:
        self.words = Words()
        self.figure = Figure(figsize=(width / 72, height / 72), dpi=72, layout="constrained")
        self.panels: list[Axes] = list(
            self.figure.subplots(rows, columns, squeeze=False, sharey=sharey).flat
        )
        for axes in self.panels:
            axes.tick_params(length=0, pad=5, colors=MUTED, labelsize=FONT_SIZE - 1)
            axes.patch.set_visible(False)
            axes.set_axisbelow(True)
            for spine in axes.spines.values():
                spine.set_visible(False)

    def say(self, text: str, most: int = 60) -> str:
        """A text -> what matplotlib shall write for it, of about the same width."""
        return self.words.text(shorten(text, most))

    def tip(self, artist: Artist, text: str) -> None:
        """Give an artist a tool tip."""
        artist.set_gid(self.words.title(text))

    def head(self, axes: Axes, title: str, below: str = "") -> None:
        """Write what a panel's y axis is above it, and what its x axis is below it."""
        style: dict[str, Any] = {"color": MUTED, "fontsize": FONT_SIZE}
        axes.set_title(self.say(title), loc="left", **style)
        if below:
            axes.set_xlabel(self.say(below), loc="right", **style)

    def rates(self, axes: Axes, limits: tuple[float, float] | None = None) -> None:
        """Make the y axis one of rates, in percent."""
        axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10], min_n_ticks=3))
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g}%".replace("-", "−"))
        axes.grid(axis="y", color=LINE, linewidth=1)
        if limits:
            axes.set_ylim(*limits)

    def names(self, axes: Axes, names: Sequence[str], most: int = 26, turn: bool = False) -> None:
        """Write names along the x axis, at 0, 1, 2..."""
        axes.set_xlim(-0.5, len(names) - 0.5)
        axes.set_xticks(range(len(names)), [self.say(name, most) for name in names])
        if turn:
            axes.tick_params(axis="x", rotation=55)
            for label in axes.get_xticklabels():
                label.set(ha="right", rotation_mode="anchor")

    def mark(self, axes: Axes, at: tuple[float, float], tone: str, tip: str) -> None:
        """Draw an estimate; its shape says what its colour says."""
        shape, size = SHAPES.get(tone, ("o", 8.5))
        hollow = tone in {"baseline", "unclear"}
        (artist,) = axes.plot(
            *([number] for number in at), marker=shape, markersize=size, color=TONES[tone],
            markeredgewidth=2, markerfacecolor=SURFACE if hollow else TONES[tone],
            clip_on=False, zorder=5,
        )  # fmt: skip
        self.tip(artist, tip)

    def label_points(self, axes: Axes, points: Sequence[tuple[float, float, str]]) -> None:
        """Write names beside points, the first ones first, each where it hides no other.

        One that finds no place is left to its tool tip.
        """
        self.figure.draw_without_rendering()
        room = axes.get_window_extent()
        at = [axes.transData.transform((x, y)) for x, y, _ in points]
        taken = [Bbox.from_bounds(x - 7, y - 7, 14, 14) for x, y in at]
        for x, y, name in points:
            for dx, dy, align in _PLACES:
                note = axes.annotate(
                    self.say(name, 30), (x, y), (dx, dy), textcoords="offset points", ha=align,
                    va="center", color=INK, fontsize=FONT_SIZE - 1, zorder=6,
                )  # fmt: skip
                note.set_in_layout(False)
                box = note.get_window_extent()
                inside = box.x0 >= room.x0 and box.x1 <= room.x1
                if inside and not any(box.overlaps(other) for other in taken):
                    taken.append(box)
                    break
                note.remove()

    def to_svg(self, name: str, label: str, css_class: str) -> Markup:
        """The figure as an inline `<svg>` element; see `figure_to_svg`."""
        return figure_to_svg(self.figure, self.words, name, label, css_class)


def both_widths(name: str, label: str, *papers: Any) -> Markup:
    """A wide and a narrow paper -> both as SVG; the page shows the one that fits."""
    return Markup("").join(
        paper.to_svg(f"{name}-{size}", label, size)
        for paper, size in zip(papers, ("wide", "narrow"), strict=True)
    )
