"""A study -> the figure that answers its question: every condition with its interval."""

from collections.abc import Sequence

from markupsafe import Markup

from snakescribe.report.forest import Panel, Row, draw_panels
from snakescribe.report.numbers import percent, points
from snakescribe.report.study import ConditionResult, Study

# Of more conditions than this the first figure has the best, the baseline and the worst.
MOST_DRAWN = 14
BEST_DRAWN = 8
WORST_DRAWN = 3


def tone_of(study: Study, condition: ConditionResult) -> str:
    """A condition -> `baseline`, or `better`, `worse` or `unclear` compared with it."""
    if condition.is_baseline:
        return "baseline"
    row = study.compare(condition.name, study.baseline.name)
    return row.tone if row else "unclear"


def pick_conditions(study: Study) -> list[ConditionResult]:
    """The conditions of the first figure, best first: all, or best, baseline and worst of many."""
    ranked = study.ranked
    if len(ranked) <= MOST_DRAWN:
        return ranked
    kept = [*ranked[:BEST_DRAWN], *ranked[-WORST_DRAWN:]]
    return [condition for condition in ranked if condition in kept or condition.is_baseline]


def draw_conditions(
    study: Study, conditions: Sequence[ConditionResult], name: str = "conditions"
) -> Markup:
    """WER of conditions with its interval, beside the difference from the baseline.

    Args:
        study: the study.
        conditions: those to draw, best first.
        name: of the figure; unlike all others of the page.
    """
    panels = [_wer_panel(study, conditions)]
    difference = _difference_panel(study, conditions)
    if any(row is not None for row in difference.rows):
        panels.append(difference)
    label = f"{study.rate_name.capitalize()} by condition. " + "; ".join(
        row.title for row in panels[0].rows if row is not None
    )
    headings = [*study.factors] or ["condition"]
    return draw_panels(panels, headings, name, label)


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


def _wer_panel(study: Study, conditions: Sequence[ConditionResult]) -> Panel:
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
        for condition in conditions
        if condition.wer is not None
    ]
    line = study.baseline.wer if len(rows) > 1 else None
    return Panel(study.rate_name, rows, line, False, "%")


def _difference_panel(study: Study, conditions: Sequence[ConditionResult]) -> Panel:
    rows: list[Row | None] = []
    for condition in conditions:
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
