"""Prompts with lists of terms -> how errors and leaks answer to longer lists."""

from collections.abc import Mapping
from typing import NamedTuple

from markupsafe import Markup
from matplotlib.ticker import MaxNLocator

from snakescribe.config.controls import ORACLE, OTHER, OWN, controls_of, find_rungs
from snakescribe.report.canvas import NARROW, WIDE, Canvas, mark, nice_limits
from snakescribe.report.figures import tone_of
from snakescribe.report.numbers import estimate
from snakescribe.report.study import ConditionResult, Study
from snakescribe.report.svg import LINE, MUTED, TONES
from snakescribe.report.transcripts import PromptUse

# Figures by their names in conditions.csv: what they are, and their unit.
_PANELS = {
    "b_wer": ("WER of words on the list", "rate"),
    "u_wer": ("WER of all other words", "rate"),
    "prompt_leak_per_1000": ("leaked words per 1,000", ""),
}
_HEIGHT = 300
# How lines are drawn that a longer list is held against.
_DASHES = {"": (4, 4), OTHER: (1, 3), ORACLE: (9, 3)}


class Point(NamedTuple):
    """A condition, and how many terms stand in its prompt, as the mean over chunks."""

    terms: float
    condition: ConditionResult


def draw_response(study: Study, uses: Mapping[str, PromptUse]) -> Markup:
    """B-WER, U-WER and leaks over the number of terms; empty without lists of several lengths.

    Of the conditions that have the baseline's levels of all factors but the prompt. The other rungs
    of the ladder are lines to hold it against.

    Args:
        study: the study.
        uses: how prompts were rendered, by their names.
    """
    rungs = find_rungs(
        {name: prompt.template for name, prompt in study.params.prompts.items()},
        study.params.scoring.terms.fields,
    )
    beside = [condition for condition in study.conditions if _is_beside(condition, study)]
    points = _points(study, beside, rungs, uses)
    if len({point.terms for point in points}) < 2:
        return Markup("")
    lines: dict[str, ConditionResult] = {}
    for condition in beside:
        prompt = condition.levels["prompt"]
        empty = not study.params.prompts[prompt].template.strip()
        kind = "" if empty else rungs.get(prompt, OWN)
        if kind != OWN:
            lines.setdefault(kind, condition)
    drawn = [point.condition for point in points] + [*lines.values()]
    panels = [
        name
        for name in _PANELS
        if any(condition.more.get(name, (None,))[0] is not None for condition in drawn)
    ]
    if not panels:
        return Markup("")
    label = "Errors and leaks over the number of terms in the prompt. " + "; ".join(
        _title(point, name) for name in panels for point in points
    )
    return Markup("").join(
        _draw(study, points, lines, panels, width).to_svg(f"response-{size}", label, size)
        for width, size in ((WIDE, "wide"), (NARROW, "narrow"))
    )


def _is_beside(condition: ConditionResult, study: Study) -> bool:
    levels, baseline = condition.levels, study.baseline.levels
    return all(levels[name] == baseline[name] for name in levels if name != "prompt")


def _points(
    study: Study,
    beside: list[ConditionResult],
    rungs: Mapping[str, str],
    uses: Mapping[str, PromptUse],
) -> list[Point]:
    """The conditions whose prompts have the own terms, by how many terms these have.

    What a field of the recording lists is as long as the own terms among others are without these.
    """
    sizes: dict[str, float] = {}
    others: dict[str, int] = {}
    for condition in beside:
        prompt = condition.levels["prompt"]
        controls = controls_of(study.params.prompts[prompt].template)
        if rungs.get(prompt) == OWN and controls and prompt in uses:
            sizes[prompt] = uses[prompt].mean_terms
            others[prompt] = controls[0].others
    if not sizes:
        return []
    shortest = min(sizes, key=lambda prompt: others[prompt])
    own = sizes[shortest] - others[shortest]
    points = [
        Point(sizes.get(condition.levels["prompt"], own), condition)
        for condition in beside
        if rungs.get(condition.levels["prompt"]) == OWN
    ]
    return sorted(points, key=lambda point: point.terms)


def _title(point: Point, name: str) -> str:
    what, unit = _PANELS[name]
    value = estimate(*point.condition.more.get(name, (None, None, None)), unit)
    return f"{point.condition.name}, {point.terms:.1f} terms: {what} {value}"


def _draw(
    study: Study,
    points: list[Point],
    lines: Mapping[str, ConditionResult],
    panels: list[str],
    width: int,
) -> Canvas:
    """The panels beside each other, or one under the other where the page is narrow."""
    columns = len(panels) if width == WIDE else 1
    across = width / columns
    canvas = Canvas(width, 24 + _HEIGHT * (len(panels) // columns))
    x = 2.0
    for kind, condition in lines.items():
        canvas.page.plot([x, x + 34], [12, 12], color=MUTED, linewidth=1.5, dashes=_DASHES[kind])
        canvas.text(x + 42, 12, condition.levels["prompt"][:20], color=MUTED)
        x += 60 + 8 * len(condition.levels["prompt"][:20])
    for place, name in enumerate(panels):
        row, column = divmod(place, columns)
        _panel(study, canvas, (across * column, 24 + _HEIGHT * row, across), name, points, lines)
    return canvas


def _panel(
    study: Study,
    canvas: Canvas,
    box: tuple[float, float, float],
    name: str,
    points: list[Point],
    lines: Mapping[str, ConditionResult],
) -> None:
    """One figure over the number of terms; `box` is left, top and width in pixels."""
    left, top, width = box
    what, unit = _PANELS[name]
    estimates = [(*point, *point.condition.more.get(name, (None, None, None))) for point in points]
    known = [
        (at, where, value, low, high)
        for at, where, value, low, high in estimates
        if value is not None
    ]
    levels = {kind: line.more.get(name, (None,))[0] for kind, line in lines.items()}
    numbers = [number for cells in known for number in cells[2:] if number is not None]
    numbers += [level for level in levels.values() if level is not None]
    axes = canvas.panel(
        left + 50, top + 30, width - 74, _HEIGHT - 84, nice_limits([at for at, _ in points], True)
    )
    axes.set_ylim(*nice_limits(numbers or [0.0]))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    if unit == "rate":
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g}%")
    else:
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.grid(axis="y", color=LINE, linewidth=1)
    canvas.text(left + 2, top + 14, what, color=MUTED)
    canvas.text(
        left + width - 20, top + _HEIGHT - 14, "terms in the prompt →", color=MUTED, ha="right"
    )
    for kind, level in levels.items():
        if level is not None:
            axes.axhline(level, color=MUTED, linewidth=1.5, dashes=_DASHES[kind], zorder=2)
    axes.plot([cells[0] for cells in known], [cells[2] for cells in known], color=LINE, zorder=2)
    for at, condition, value, low, high in known:
        tone = tone_of(study, condition)
        if low is not None and high is not None:
            axes.plot([at, at], [low, high], color=TONES[tone], linewidth=4.5, alpha=0.4, zorder=3)
        mark(axes, at, value, tone, TONES[tone])
        x, y = axes.transData.transform((at, value))
        title = _title(Point(at, condition), name)
        canvas.hot_area(x - 9, x + 9, canvas.height - y - 9, canvas.height - y + 9, title)
