"""What users' own metrics do wrong, said with the names of the metric and of its part."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from numbers import Real
from typing import Any

import numpy as np

from snakescribe.errors import UserError, did_you_mean
from snakescribe.evaluate.metrics.base import Metric
from snakescribe.evaluate.statistics.figure import Figure, Sums

HINT = "see docs/evaluate.md, Metrics"


def guard(name: str, metric: Metric) -> Metric:
    """A user's metric and its name in the config -> the same, whose figures say what is wrong.

    Raises:
        UserError: it is not made of what a metric is made of.
    """
    for what, well in (
        ("`counts` is no tuple of texts", _are(metric.counts, str)),
        ("`count` is no function", callable(metric.count)),
        ("`figures` is no tuple of Figure", _are(metric.figures, Figure)),
    ):
        if not well:
            raise UserError(f"scoring.metrics: the metric '{name}': {what}; {HINT}")
    figures = [
        replace(
            figure, value=UsersValue(name, figure), needs_reference=bool(metric.needs_reference)
        )
        for figure in metric.figures
    ]
    return replace(metric, figures=tuple(figures))


def _are(values: Any, kind: type) -> bool:
    return isinstance(values, tuple | list) and all(isinstance(value, kind) for value in values)


class UsersValue:
    """A user's `Figure.value`, which raises a UserError where it fails or gives no such array."""

    def __init__(self, metric: str, figure: Figure) -> None:
        """Take the metric's name in the config, and the figure as the user made it."""
        self._value: Callable[[Any], Any] = figure.value
        self._name = f"scoring.metrics: the figure '{figure.name}' of '{metric}'"

    def __call__(self, sums: Sums) -> np.ndarray:
        """Sums -> the figure."""
        watched = _Watched(sums)
        try:
            value = np.array(self._value(watched), float)
        except Exception as error:  # whatever a user's function raises
            if watched.is_busy:  # our own
                raise
            raise UserError(f"{self._name} {_explain(error, sums)}; {HINT}") from error
        if value.shape != watched.shape:
            raise UserError(
                f"{self._name} gives {_describe(value.shape)} for sums that are "
                f"{_describe(watched.shape)}: it must give a value for each; {HINT}"
            )
        return value


class _Watched(Mapping[str, np.ndarray]):
    """Sums, not to be written to, that remember their shape once they were asked for."""

    def __init__(self, sums: Sums) -> None:
        self._sums = sums
        self.shape: tuple[int, ...] | None = None
        self.is_busy = False

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._sums:
            raise KeyError(name)
        self.is_busy = True
        values = self._sums[name].view()
        values.flags.writeable = False
        self.is_busy = False
        self.shape = values.shape
        return values

    def __contains__(self, name: object) -> bool:
        return name in self._sums

    def __iter__(self) -> Iterator[str]:
        return iter(self._sums)

    def __len__(self) -> int:
        return len(self._sums)


def _explain(error: Exception, sums: Sums) -> str:
    if isinstance(error, KeyError) and error.args and error.args[0] not in sums:
        remedy = did_you_mean(str(error.args[0]), sums)
        return f"asks for the count '{error.args[0]}', which there is not; {remedy}"
    return f"fails with {type(error).__name__}: {error}; sums are arrays, not single numbers"


def _describe(shape: tuple[int, ...] | None) -> str:
    if shape is None:
        return "not asked for"
    return f"an array of shape {shape}" if shape else "a single number"


def try_figures(metrics: Iterable[Metric], counts: Iterable[str]) -> None:
    """Compute users' figures from made-up sums, so that mistakes come before hours of work.

    Args:
        metrics: as `find_metric` gives them.
        counts: names of all counts that there will be.

    Raises:
        UserError: a figure fails, or gives no array of the sums' shape.
    """
    values = [figure.value for metric in metrics for figure in metric.figures]
    if not (users := [value for value in values if isinstance(value, UsersValue)]):
        return
    names = list(counts)
    with np.errstate(all="ignore"):
        for shape in ((2,), (2, 3)):
            numbers = np.arange(np.prod(shape), dtype=float).reshape(shape)
            sums = {name: numbers + place % 3 for place, name in enumerate(names)}
            for value in users:
                value(sums)


def check_counts(metric: Metric, name: str, values: Any) -> np.ndarray:
    """A user's metric, one of its counts and that count's values -> these as numbers.

    Raises:
        UserError: one of them is no number.
    """
    listed = values.tolist() if hasattr(values, "tolist") else list(values)
    for value in listed:
        if not isinstance(value, Real | np.bool_) or not np.isfinite(float(value)):
            raise UserError(
                f"scoring.metrics: the metric '{metric.name}' gives {value!r} for {name} in a "
                f"chunk; a count is a number, 0 where there is nothing to count; {HINT}"
            )
    return np.array(listed, float)
