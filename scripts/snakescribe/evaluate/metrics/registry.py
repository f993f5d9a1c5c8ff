"""Metrics by the name that the config calls them."""

from functools import cache

from snakescribe.errors import UserError
from snakescribe.evaluate.metrics.base import Metric
from snakescribe.evaluate.metrics.confidence import CALIBRATION
from snakescribe.evaluate.metrics.inventions import HALLUCINATION, PROMPT_LEAK
from snakescribe.evaluate.metrics.terms import TERMS
from snakescribe.evaluate.metrics.timing import TIMING
from snakescribe.evaluate.metrics.words import BASE_COUNTS, CER, MER, WER, WIL, WIP
from snakescribe.evaluate.plugins import find_plugin

METRICS: dict[str, Metric] = {
    one.name: one
    for one in (
        WER,
        CER,
        MER,
        WIL,
        WIP,
        TERMS,
        PROMPT_LEAK,
        HALLUCINATION,
        CALIBRATION,
        TIMING,
    )
}


@cache
def find_metric(name: str) -> Metric:
    """A name of the config -> the metric.

    Args:
        name: one of `METRICS`, an entry point of the group ``snakescribe.metrics``, or
            ``module:attribute`` with a `Metric`.

    Raises:
        UserError: there is no such metric, or it is no `Metric`.
    """
    found = find_plugin("metrics", name, METRICS)
    if not isinstance(found, Metric):
        raise UserError(f"scoring.metrics: '{name}' is not a snakescribe.evaluate.metrics.Metric")
    if taken := set(found.counts) & set(BASE_COUNTS):
        raise UserError(f"scoring.metrics: '{name}' may not count {', '.join(sorted(taken))}")
    return found
