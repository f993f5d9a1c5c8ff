"""What the averages hide: WER by recording."""

import pandas as pd
from markupsafe import Markup

from snakescribe.report.canvas import NARROW, WIDE, Canvas, dots, mark, nice_limits
from snakescribe.report.figures import tone_of
from snakescribe.report.numbers import percent, shorten
from snakescribe.report.recordings import Corpus
from snakescribe.report.study import Study
from snakescribe.report.svg import LINE, TONES

MAX_RECORDINGS = 30


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
