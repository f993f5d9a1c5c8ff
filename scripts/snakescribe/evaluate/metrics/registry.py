"""Metrics by the name that the config calls them."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from snakescribe.errors import UserError
from snakescribe.evaluate.metrics.base import Metric
from snakescribe.evaluate.metrics.error_rates import BASE_COUNTS
from snakescribe.evaluate.metrics.guard import HINT, check_counts, guard, try_figures
from snakescribe.evaluate.metrics.outcomes import OUTCOMES
from snakescribe.evaluate.metrics.sample import Samples
from snakescribe.evaluate.plugins import METRICS
from snakescribe.tables.scores import CONDITIONS, SCORES


@cache
def built_in_metrics() -> dict[str, Metric]:
    """Our own metrics by name."""
    return {name: METRICS.find(name) for name in METRICS.built_in}


@cache
def find_metric(name: str) -> Metric:
    """A name of the config -> the metric.

    Args:
        name: one of ours, the name of an entry point, or ``module:attribute`` with a `Metric`.

    Raises:
        UserError: there is no such metric, it cannot be loaded, or it takes names that are taken.
    """
    metric: Metric = METRICS.find(name)
    if _is_built_in(metric):
        return metric
    guarded = guard(name, metric)
    _check_names(name, guarded)
    return guarded


def _is_built_in(metric: Metric) -> bool:
    return built_in_metrics().get(metric.name) is metric


def _check_names(name: str, metric: Metric) -> None:
    own = built_in_metrics().values()
    counts = {*SCORES.names, *(count for ours in own for count in ours.counts)}
    reported = [figure.name for ours in own for figure in ours.figures]
    figures = {*CONDITIONS.expand(figure=reported).names}
    for kind, names, taken in (
        ("count", metric.counts, counts),
        ("report", [figure.name for figure in metric.figures], figures),
    ):
        if both := sorted(set(names) & taken):
            raise UserError(
                f"scoring.metrics: the metric '{name}' may not {kind} {', '.join(both)}: "
                "snakescribe has that itself; take another name"
            )


def find_metrics(names: Sequence[str]) -> list[Metric]:
    """The names of the config -> the metrics.

    Raises:
        UserError: as `find_metric`, or two metrics share the name of a count or a figure, or a
            user's figure cannot be computed.
    """
    metrics = [find_metric(name) for name in names]
    owner: dict[str, str] = {}
    for name, metric in zip(names, metrics, strict=True):
        for own in {*metric.counts, *(figure.name for figure in metric.figures)}:
            if owner.setdefault(own, name) != name:
                raise UserError(
                    f"scoring.metrics: both '{owner[own]}' and '{name}' have '{own}'; rename one"
                )
    try_figures(metrics, {*BASE_COUNTS, *(name for metric in metrics for name in metric.counts)})
    return metrics


def counted_metrics(names: Sequence[str]) -> list[Metric]:
    """The names of the config -> what is counted: these metrics, and what needs no reference.

    Raises:
        UserError: see `find_metrics`.
    """
    return list({metric.name: metric for metric in [OUTCOMES, *find_metrics(names)]}.values())


def count_samples(metric: Metric, samples: Samples) -> dict[str, Any]:
    """A metric and samples -> its counts: by name a value for each sample.

    Raises:
        UserError: a user's metric fails, or counts what it did not announce.
    """
    if not len(samples):  # a user's function may not expect that
        return {name: np.empty(0) for name in metric.counts}
    if _is_built_in(metric):
        return dict(metric.count(samples))
    try:
        counted = dict(metric.count(samples))
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        raise _wrong(metric, f"failed to count: {what}") from error
    if counted.keys() != set(metric.counts):
        names = f"{', '.join(map(str, counted)) or 'nothing'}, not {', '.join(metric.counts)}"
        raise _wrong(metric, f"counts {names}")
    for name, values in counted.items():
        if not hasattr(values, "__len__"):
            raise _wrong(metric, f"gives {values!r} as {name}, not a value for each sample")
        if len(values) != len(samples):
            raise _wrong(metric, f"gives {len(values)} values of {name} for {len(samples)} samples")
        counted[name] = check_counts(metric, name, values)
    return counted


def _wrong(metric: Metric, what: str) -> UserError:
    hint = f"a function from one sample needs @each_sample; {HINT}"
    return UserError(f"scoring.metrics: the metric '{metric.name}' {what}; {hint}")
