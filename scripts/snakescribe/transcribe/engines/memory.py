"""Batches that shrink when the device runs out of memory."""

import logging
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

log = logging.getLogger(__name__)

Result = TypeVar("Result")


class Batched(Protocol):
    """Whatever remembers how much fits at once."""

    batch_size: int


def run_in_batches(
    owner: Batched, items: Sequence[int], work: Callable[[list[int]], list[Result]]
) -> list[Result]:
    """Work on `items` in batches of `owner.batch_size` -> the results in order.

    When memory runs out the batch size is halved, for good, and the batch is tried again.

    Raises:
        RuntimeError: memory runs out with a single item, or another error of the device.
    """
    results: list[Result] = []
    while len(results) < len(items):
        part = list(items[len(results) : len(results) + owner.batch_size])
        try:
            results += work(part)
        except RuntimeError as error:
            if "out of memory" not in str(error).lower() or len(part) == 1:
                raise
            owner.batch_size = max(1, len(part) // 2)
            log.warning("out of memory: the batch size is now %d", owner.batch_size)
    return results
