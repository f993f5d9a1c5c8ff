"""A study -> the figure that answers its question: every condition with its interval."""

from markupsafe import Markup

from snakescribe.report.forest import Panel, Row, draw_panels
from snakescribe.report.numbers import percent, points
from snakescribe.report.study import ConditionResult, Study


def tone_of(study: Study, condition: ConditionResult) -> str:
    """A condition -> `baseline`, or `better`, `worse` or `unclear` compared with it."""
    if condition.is_baseline:
        return "baseline"
    row = study.compare(condition.name, study.baseline.name)
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
            labels=_labels(study, condition),
            value=sure,
            low=None,
            high=None,
            tone="baseline" if condition.is_baseline else "unclear",
            figure=percent(sure),
            title=f"{condition.name}: {percent(sure)}",
        )
        for condition in study.conditions
        if (sure := study.sureness(condition)) is not None
    ]
    if not rows:
        return Markup("")
    measured = "mean confidence of words" if study.rates_words else "mean token probability"
    panel = Panel(measured, rows, None, False, "%")
    label = f"{measured.capitalize()} by condition. " + "; ".join(row.title for row in rows)
    return draw_panels([panel], [*study.factors] or ["condition"], "confidence", label)


def _labels(study: Study, condition: ConditionResult) -> tuple[str, ...]:
    return tuple(condition.levels[factor] for factor in study.factors) or (condition.name,)


def _wer_panel(study: Study) -> Panel:
    rows = [
        Row(
            labels=_labels(study, condition),
            value=condition.wer,
            low=condition.wer_low,
            high=condition.wer_high,
            tone=tone_of(study, condition),
            figure=percent(condition.wer),
            strong=study.answer is not None and condition.name == study.answer.leader,
            title=f"{condition.name}: {study.rate} {percent(condition.wer)}, "
            f"{percent(condition.wer_low)} to {percent(condition.wer_high)}",
        )
        for condition in study.ranked
        if condition.wer is not None
    ]
    line = study.baseline.wer if len(rows) > 1 else None
    return Panel(study.rate_name, rows, line, False, "%")


def _difference_panel(study: Study) -> Panel:
    rows: list[Row | None] = []
    for condition in study.ranked:
        comparison = study.compare(condition.name, study.baseline.name)
        if condition.is_baseline or comparison is None or comparison.delta is None:
            rows.append(None)
            continue
        limits = f"{points(comparison.low, unit=False)} to {points(comparison.high, unit=False)}"
        rows.append(
            Row(
                labels=(),
                value=comparison.delta,
                low=comparison.low,
                high=comparison.high,
                tone=tone_of(study, condition),
                figure=points(comparison.delta, unit=False),
                title=f"{condition.name}: {points(comparison.delta)}, {limits}",
            )
        )
    return Panel("difference from the baseline, points", rows, 0.0, True, "")
