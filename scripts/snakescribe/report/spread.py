"""What the averages hide: WER by recording, and WER against speed."""

import pandas as pd
from markupsafe import Markup
from matplotlib.ticker import Locator, MaxNLocator

from snakescribe.report.canvas import NARROW, WIDE, Canvas, dots, mark, nice_limits
from snakescribe.report.figures import tone_of
from snakescribe.report.numbers import percent, shorten, speed
from snakescribe.report.recordings import Corpus
from snakescribe.report.study import ConditionResult, Study
from snakescribe.report.svg import INK, LINE, MUTED, TONES

MAX_RECORDINGS = 30
LABELLED_POINTS = 10
# A speed picture is worth its place where speeds differ by more than measurement noise.
SPEED_RATIO = 1.25


def draw_recordings(study: Study, rates: pd.DataFrame, corpus: Corpus) -> Markup:
    """WER by recording -> a row a recording, hardest first: baseline, best, all others as dots."""
    order = rates.max(axis=1).sort_values(ascending=False, kind="stable").index[:MAX_RECORDINGS]
    label = (
        f"{study.rate_name.capitalize()} by recording, {len(order)} of {len(rates)}, hardest first."
    )
    shown = rates.loc[order]
    wide = _recordings(study, shown, corpus, WIDE).to_svg("recordings-wide", label, "wide")
    narrow = _recordings(study, shown, corpus, NARROW).to_svg("recordings-narrow", label, "narrow")
    return wide + narrow


def _recordings(study: Study, rates: pd.DataFrame, corpus: Corpus, width: int) -> Canvas:
    is_wide = width == WIDE
    step = 30 if is_wide else 48
    left = 310 if is_wide else 8
    height = 8 + step * len(rates) + 34
    canvas = Canvas(width, height)
    numbers = [float(value) for value in rates.to_numpy().ravel() if value == value]
    limits = nice_limits([0.0, *numbers])
    axes = canvas.panel(left, 8, width - left - 16, step * len(rates), limits)
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:g}%")
    best = study.ranked[0]
    highlighted = [study.baseline] if best.is_baseline else [study.baseline, best]
    for number, (recording, row) in enumerate(rates.iterrows()):
        y0 = 8 + step * number
        middle = y0 + (15 if is_wide else 34)
        title = corpus.title(str(recording))
        if is_wide:
            canvas.text(left - 22, middle, shorten(title, 38), ha="right")
        else:
            canvas.text(2, y0 + 14, shorten(title, 46), fontsize=14)
        values = row.dropna()
        axes.plot(
            [values.min(), values.max()], [middle, middle], color=LINE, linewidth=3, zorder=2,
            clip_on=False, solid_capstyle="round",
        )  # fmt: skip
        names = {condition.name for condition in highlighted}
        dots(axes, [float(value) for name, value in values.items() if name not in names], middle)
        parts = []
        for condition in highlighted:
            if condition.name in values:
                tone = tone_of(study, condition)
                mark(axes, float(values[condition.name]), middle, tone, TONES[tone])
                parts.append(f"{condition.name} {percent(float(values[condition.name]))}")
        parts.append(f"highest {percent(float(values.max()))} ({values.idxmax()})")
        canvas.hot_area(0, width, y0, y0 + step, f"{title}: {', '.join(parts)}")
    return canvas


def draw_speed(study: Study) -> Markup:
    """WER against speed -> a scatter plot; empty where speeds hardly differ or are not known."""
    timed = [condition for condition in study.ranked if condition.rtfx]
    speeds = [condition.rtfx for condition in timed if condition.rtfx]
    if len(timed) < 2 or max(speeds) < SPEED_RATIO * min(speeds):
        return Markup("")
    titles = (_speed_title(study, condition) for condition in timed)
    label = f"{study.rate_name.capitalize()} against speed. " + "; ".join(titles)
    return _speed(study, timed, WIDE).to_svg("speed-wide", label, "wide") + _speed(
        study, timed, NARROW
    ).to_svg("speed-narrow", label, "narrow")


def _speed_title(study: Study, condition: ConditionResult) -> str:
    return f"{condition.name}: {study.rate} {percent(condition.wer)} at {speed(condition.rtfx)}"


def _speed(study: Study, timed: list[ConditionResult], width: int) -> Canvas:
    height, left = 340, 52
    canvas = Canvas(width, height)
    speeds = [condition.rtfx or 0.0 for condition in timed]
    is_log = max(speeds) > 8 * min(speeds)
    room = (max(speeds) / min(speeds)) ** 0.08 if is_log else 0.0
    low, high = (min(speeds) / room, max(speeds) * room) if is_log else nice_limits(speeds)
    axes = canvas.panel(left, 30, width - left - 20, height - 84, (low, high))
    errors = [condition.wer or 0.0 for condition in timed]
    bottom, top = nice_limits(errors)
    axes.set_ylim(bottom, top)
    axes.yaxis.set_major_locator(_few_ticks())
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g}%")
    axes.grid(axis="y", color=LINE, linewidth=1)
    if is_log:
        axes.set_xscale("log")
        axes.xaxis.set_minor_formatter(lambda *_: "")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}×")
    canvas.text(2, 12, study.rate_name, color=MUTED)
    canvas.text(width - 4, height - 12, "speed, times real time →", color=MUTED, ha="right")
    pixels = [
        (float(x), height - float(y))
        for x, y in axes.transData.transform(list(zip(speeds, errors, strict=True)))
    ]
    taken = [(x - 8, y - 8, x + 8, y + 8) for x, y in pixels]
    for place, (condition, (x, y)) in enumerate(zip(timed, pixels, strict=True)):
        tone = tone_of(study, condition)
        mark(axes, condition.rtfx or 0.0, condition.wer or 0.0, tone, TONES[tone])
        if place < LABELLED_POINTS or condition.is_baseline:
            _label(canvas, condition.name, x, y, taken)
        canvas.hot_area(x - 12, x + 12, y - 12, y + 12, _speed_title(study, condition))
    return canvas


def _few_ticks() -> Locator:
    return MaxNLocator(5, steps=[1, 2, 2.5, 5, 10])


def _label(
    canvas: Canvas, name: str, x: float, y: float, taken: list[tuple[float, float, float, float]]
) -> None:
    """Write a point's name where it hides nothing; where it would, its tool tip must do."""
    text = shorten(name, 30)
    wide = 7.4 * len(text)
    places = (
        ("left", x + 12, y, x + 12), ("right", x - 12, y, x - 12 - wide),
        ("center", x, y - 18, x - wide / 2), ("center", x, y + 18, x - wide / 2),
    )  # fmt: skip
    for align, at, level, x0 in places:
        box = (x0, level - 9, x0 + wide, level + 9)
        inside = box[0] > 50 and box[2] < canvas.width and 24 < box[1] < canvas.height - 72
        clear = all(
            box[2] < x0_ or box[0] > x1_ or box[3] < y0_ or box[1] > y1_
            for x0_, y0_, x1_, y1_ in taken
        )
        if inside and clear:
            canvas.text(at, level, text, ha=align, color=INK, fontsize=12)
            taken.append(box)
            return
