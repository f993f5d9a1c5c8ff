"""Error rates against speed and cost: which conditions no other beats at both."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from snakescribe.report.figures import tone_of
from snakescribe.report.numbers import percent, speed
from snakescribe.report.plots.paper import FONT_SIZE, NARROW, WIDE, Paper, both_widths
from snakescribe.report.speeds import Speed, Speeds
from snakescribe.report.study import ConditionResult, Study
from snakescribe.report.svg import LINE, MUTED, TONES

# The picture is worth its place where speeds differ by more than measurement noise.
SPEED_RATIO = 1.25
# Of more conditions only those that no other beats, and the baseline, have their names written.
MOST_NAMED = 14


@dataclass(frozen=True)
class Timed:
    """A condition, its error rate, and its speed."""

    condition: ConditionResult
    wer: float
    speed: Speed

    @property
    def title(self) -> str:
        """What its tool tip says."""
        middle = ""
        if self.speed.low is not None and self.speed.high is not None:
            middle = (
                f" (half of the recordings: {speed(self.speed.low)} to {speed(self.speed.high)})"
            )
        return f"{self.condition.name}: {percent(self.wer)} at {speed(self.speed.rtfx)}{middle}"


def find_front(timed: Sequence[Timed]) -> list[Timed]:
    """Conditions -> those that no other beats at both figures, fastest first."""
    front: list[Timed] = []
    for point in sorted(timed, key=lambda point: (-point.speed.rtfx, point.wer)):
        if not front or point.wer < front[-1].wer:
            front.append(point)
    return front


def draw_tradeoff(study: Study, speeds: Speeds) -> Markup:
    """WER against speed; empty where speeds hardly differ, are not known or cannot be compared."""
    timed = [
        Timed(condition, condition.wer, known)
        for condition in study.ranked
        if condition.wer is not None and (known := speeds.get(condition.name))
    ]
    rates = [point.speed.rtfx for point in timed]
    if len(timed) < 2 or max(rates) < SPEED_RATIO * min(rates):
        return Markup("")
    front = find_front(timed)
    label = (
        f"{study.rate_name.capitalize()} against speed. "
        + "; ".join(point.title for point in timed)
        + ". No other is both faster and better than "
        + ", ".join(point.condition.name for point in front)
    )
    return both_widths(
        "tradeoff", label, *(_draw(study, timed, front, width) for width in (WIDE, NARROW))
    )


def _draw(study: Study, timed: list[Timed], front: list[Timed], width: int) -> Paper:
    paper = Paper(width, 380)
    (axes,) = paper.panels
    rates = [point.speed.rtfx for point in timed]
    if max(rates) > 4 * min(rates):
        axes.set_xscale("log")
        axes.xaxis.set_minor_formatter(lambda *_: "")
    axes.margins(0.12, 0.16)
    paper.rates(axes)
    axes.grid(axis="x", color=LINE, linewidth=1)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}×")
    paper.head(axes, study.rate_name, "speed, times real time →")
    cost = axes.secondary_xaxis("top")
    cost.tick_params(length=0, colors=MUTED, labelsize=FONT_SIZE - 1)
    cost.xaxis.set_major_formatter(lambda value, _: f"{100 / value:.3g} h" if value > 0 else "")
    cost.xaxis.set_minor_formatter(lambda *_: "")
    cost.spines["top"].set_visible(False)
    cost.set_xlabel(paper.say("← cost: hours of compute for 100 hours of sound"), loc="left",
                    color=MUTED, fontsize=FONT_SIZE)  # fmt: skip
    axes.step(
        [point.speed.rtfx for point in front], [point.wer for point in front],
        where="post", color=MUTED, linewidth=1.5, dashes=(4, 3), zorder=2,
    )  # fmt: skip
    for point in timed:
        tone = tone_of(study, point.condition)
        if point.speed.low is not None and point.speed.high is not None:
            axes.plot(
                [point.speed.low, point.speed.high], [point.wer] * 2, color=TONES[tone],
                linewidth=4.5, alpha=0.3, solid_capstyle="round", zorder=3,
            )  # fmt: skip
        paper.mark(axes, (point.speed.rtfx, point.wer), tone, point.title)
    few = len(timed) <= MOST_NAMED
    named = [
        *front,
        *(row for row in timed if (few or row.condition.is_baseline) and row not in front),
    ]
    paper.label_points(
        axes, [(point.speed.rtfx, point.wer, point.condition.name) for point in named]
    )
    return paper
