"""A study -> the figure that answers its question: every condition with its interval."""

from markupsafe import Markup

from snakescribe.report.forest import Panel, Row, draw_panels
from snakescribe.report.numbers import percent, points
from snakescribe.report.study import ConditionResult, Study


def tone_of(study: Study, one: ConditionResult) -> str:
    """A condition -> `baseline`, or `better`, `worse` or `unclear` compared with it."""
    if one.is_baseline:
        return "baseline"
    row = study.compare(one.name, study.baseline.name)
    return row.tone if row else "unclear"


def draw_conditions(study: Study) -> Markup:
    """WER of every condition with its interval, beside its difference from the baseline."""
    panels = [_wer_panel(study)]
    difference = _difference_panel(study)
    if any(row is not None for row in difference.rows):
        panels.append(difference)
    label = f"{study.rate_name.capitalize()} by condition. " + "; ".join(
        row.title for row in panels[0].rows if row is not None
    )
    headings = [*study.factors] or ["condition"]
    return draw_panels(panels, headings, "conditions", label)


def draw_confidence(study: Study) -> Markup:
    """How sure each condition was of its words, where there is no WER; empty where not known."""
    rows = [
        Row(
            labels=_labels(study, one),
            value=sure,
            low=None,
            high=None,
            tone="baseline" if one.is_baseline else "unclear",
            figure=percent(sure),
            title=f"{one.name}: {percent(sure)}",
        )
        for one in study.conditions
        if (sure := study.sureness(one)) is not None
    ]
    if not rows:
        return Markup("")
    measured = "mean confidence of words" if study.rates_words else "mean token probability"
    panel = Panel(measured, rows, None, False, "%")
    label = f"{measured.capitalize()} by condition. " + "; ".join(row.title for row in rows)
    return draw_panels([panel], [*study.factors] or ["condition"], "confidence", label)


def _labels(study: Study, one: ConditionResult) -> tuple[str, ...]:
    return tuple(one.levels[factor] for factor in study.factors) or (one.name,)


def _wer_panel(study: Study) -> Panel:
    rows = [
        Row(
            labels=_labels(study, one),
            value=one.wer,
            low=one.wer_low,
            high=one.wer_high,
            tone=tone_of(study, one),
            figure=percent(one.wer),
            strong=one is study.ranked[0],
            title=f"{one.name}: {study.rate} {percent(one.wer)}, "
            f"{percent(one.wer_low)} to {percent(one.wer_high)}",
        )
        for one in study.ranked
        if one.wer is not None
    ]
    line = study.baseline.wer if len(rows) > 1 else None
    return Panel(study.rate_name, rows, line, False, "%")


def _difference_panel(study: Study) -> Panel:
    rows: list[Row | None] = []
    for one in study.ranked:
        found = study.compare(one.name, study.baseline.name)
        if one.is_baseline or found is None or found.delta is None:
            rows.append(None)
            continue
        limits = f"{points(found.low, unit=False)} to {points(found.high, unit=False)}"
        rows.append(
            Row(
                labels=(),
                value=found.delta,
                low=found.low,
                high=found.high,
                tone=tone_of(study, one),
                figure=points(found.delta, unit=False),
                title=f"{one.name}: {points(found.delta)}, {limits}",
            )
        )
    return Panel("difference from the baseline, points", rows, 0.0, True, "")
