"""What a factor does under each level of another: lines that run side by side, or do not."""

from collections.abc import Sequence
from itertools import combinations
from statistics import fmean

from markupsafe import Markup

from snakescribe.report.numbers import percent
from snakescribe.report.plots.paper import DASHES, FONT_SIZE, NARROW, WIDE, Paper, both_widths
from snakescribe.report.study import Study
from snakescribe.report.svg import INK, SURFACE, TONES

MOST_PANELS = 4
MOST_LINES = 12
MOST_LEVELS = 12
Means = dict[tuple[str, str], float]


def draw_interactions(study: Study) -> Markup:
    """Mean WER by the levels of two factors, for each pair of factors that vary."""
    pairs = [pair for pair in combinations(study.factors, 2) if len(_means(study, *pair)) > 3]
    # Pairs whose effects depend on each other come first.
    real = {(row.factor, row.by_factor) for row in study.effects if row.by_factor and row.real}
    pairs.sort(key=lambda pair: pair not in real and pair[::-1] not in real)
    pairs = pairs[:MOST_PANELS]
    if not pairs:
        return Markup("")
    label = f"Mean {study.rate_name} by the levels of two factors. " + "; ".join(
        f"{first} {a}, {second} {b}: {percent(rate)}"
        for first, second in pairs
        for (a, b), rate in _means(study, first, second).items()
    )
    return both_widths(
        "interactions", label, *(_draw(study, pairs, width) for width in (WIDE, NARROW))
    )


def _means(study: Study, across: str, lines: str) -> Means:
    """Two factors -> mean WER of the conditions that have both levels, best levels first."""
    rates: dict[tuple[str, str], list[float]] = {}
    for condition in study.ranked:
        key = (condition.levels[across], condition.levels[lines])
        rates.setdefault(key, []).append(condition.wer or 0.0)
    means = {key: fmean(values) for key, values in rates.items()}
    kept = [
        set(_best_first(means, place)[:most])
        for place, most in enumerate((MOST_LEVELS, MOST_LINES))
    ]
    return {key: rate for key, rate in means.items() if key[0] in kept[0] and key[1] in kept[1]}


def _best_first(means: Means, place: int) -> list[str]:
    levels = dict.fromkeys(key[place] for key in means)
    return sorted(
        levels, key=lambda level: fmean(rate for key, rate in means.items() if key[place] == level)
    )


def _draw(study: Study, pairs: Sequence[tuple[str, str]], width: int) -> Paper:
    columns = min(2, len(pairs)) if width == WIDE else 1
    rows = -(-len(pairs) // columns)
    paper = Paper(width, 330 * rows, rows, columns)
    for axes, (first, second) in zip(paper.panels, pairs, strict=False):
        # The factor with more levels runs along the axis: few lines are read more easily.
        if len(study.factors[first]) < len(study.factors[second]):
            first, second = second, first
        means = _means(study, first, second)
        levels, lines = _best_first(means, 0), _best_first(means, 1)
        paper.rates(axes)
        paper.head(axes, f"{study.rate_name} by {first}; lines: {second}")
        paper.names(axes, levels, 22, turn=len(levels) * 110 > width / columns)
        axes.set_xlim(-0.3, len(levels) - 1 + 0.3)
        ends: list[tuple[float, str]] = []
        for number, line in enumerate(lines):
            at = [place for place, level in enumerate(levels) if (level, line) in means]
            ys = [means[levels[place], line] for place in at]
            tone = TONES["better"] if number == 0 else INK
            axes.plot(at, ys, color=tone, linewidth=1.6, dashes=DASHES[number % len(DASHES)])
            for x, y in zip(at, ys, strict=True):
                (dot,) = axes.plot([x], [y], "o", color=tone, markerfacecolor=SURFACE,
                                   markersize=7, markeredgewidth=1.6, zorder=4)  # fmt: skip
                paper.tip(dot, f"{first} {levels[x]}, {second} {line}: {percent(y)}")
            ends.append((ys[-1], line))
        _name_lines(paper, axes.get_ylim(), ends, number=paper.panels.index(axes))
    for axes in paper.panels[len(pairs) :]:
        axes.set_visible(False)
    return paper


def _name_lines(
    paper: Paper, limits: tuple[float, float], ends: list[tuple[float, str]], number: int
) -> None:
    """Names of lines at the right, apart from each other where their lines end close together."""
    axes = paper.panels[number]
    gap = (limits[1] - limits[0]) / 11
    places: list[float] = []
    for y, _ in sorted(ends):
        places.append(max(y, places[-1] + gap) if places else y)
    # What was pushed up beyond the panel comes down again, all of it.
    over = max(0.0, places[-1] - limits[1])
    side = axes.secondary_yaxis("right")
    side.set_yticks(
        [place - over for place in places], [paper.say(name, 22) for _, name in sorted(ends)]
    )
    side.tick_params(length=0, colors=INK, labelsize=FONT_SIZE - 1)
    side.spines["right"].set_visible(False)
