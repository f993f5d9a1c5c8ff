"""A pool that works on a batch in parts, side by side; they shrink when memory runs out."""

from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from math import ceil
from typing import TypeVar

from snakescribe.notices import Kind, notify

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST_WORKERS = 4  # each holds the activations of a part: memory grows with them


def divide_threads(threads: int) -> tuple[int, int]:
    """CPU threads -> workers side by side, and threads of each, that use exactly so many.

    Workers of one thread need not wait for each other in every small matrix product of a decoder.
    """
    workers = max(count for count in range(1, MOST_WORKERS + 1) if threads % count == 0)
    return workers, threads // workers


def encoder_batch(device: str) -> int | None:
    """How many windows one call of Whisper's encoder takes; None: the batch size.

    A window fills a CPU's matrix products by itself; several only take more memory.
    """
    return 1 if device == "cpu" else None


class Workers:
    """`count` parts of at most `batch_size` items are worked on at once."""

    def __init__(self, count: int, batch_size: int) -> None:
        self.count = count
        self.batch_size = batch_size
        self._pool = ThreadPoolExecutor(count)

    def map(
        self,
        items: Sequence[Item],
        work: Callable[[Sequence[Item]], list[Result]],
        most: int | None = None,
    ) -> list[Result]:
        """Items -> their results in order, in parts of at most `most` where the batch size is more.

        Raises:
            RuntimeError: memory runs out with a single item, or another error of the device.
        """
        return self.map_groups(items, work, kind=lambda _: 0, cost=lambda _: 0.0, most=most)

    def map_groups(
        self,
        items: Sequence[Item],
        work: Callable[[Sequence[Item]], list[Result]],
        kind: Callable[[Item], Hashable],
        cost: Callable[[Item], float],
        times: int = 1,
        most: int | None = None,
    ) -> list[Result]:
        """The same where only items of one `kind` may share a part; equal costs lie together.

        A part takes as long as its most costly item. When memory runs out a part is halved and
        tried again, and the batch size stays so. Where there are enough items for all workers,
        parts are `times` as large. No part has more than `most`, if that is less.
        """
        size = min(self.batch_size, most or self.batch_size)
        if len(items) > size * times * self.count:
            size *= times
        rounds = ceil(len(items) / (size * self.count)) or 1
        largest = ceil(len(items) / (rounds * self.count))  # all workers end at about one time
        groups: dict[Hashable, list[int]] = {}
        for place in sorted(range(len(items)), key=lambda place: -cost(items[place])):
            groups.setdefault(kind(items[place]), []).append(place)
        parts = [part for group in groups.values() for part in split(group, largest)]
        done = self._pool.map(
            lambda part: self._try([items[place] for place in part], work, times), parts
        )
        results = {
            place: result
            for part, part_results in zip(parts, done, strict=True)
            for place, result in zip(part, part_results, strict=True)
        }
        return [results[place] for place in range(len(items))]

    def _try(
        self, part: Sequence[Item], work: Callable[[Sequence[Item]], list[Result]], times: int
    ) -> list[Result]:
        try:
            return work(part)
        except Exception as error:  # onnxruntime's have a class of their own
            if not is_out_of_memory(error) or len(part) == 1:
                raise
        half = len(part) // 2
        self.batch_size = min(self.batch_size, ceil(half / times))
        notify(Kind.MEMORY_SHORT, f"out of memory: the batch size is now {self.batch_size}")
        return [*self._try(part[:half], work, times), *self._try(part[half:], work, times)]


def is_out_of_memory(error: Exception) -> bool:
    """Whether a package says that memory ran out: CTranslate2, torch, onnxruntime, numpy."""
    said = str(error).lower()
    return isinstance(error, MemoryError) or any(
        words in said for words in ("out of memory", "failed to allocate memory", "bad allocation")
    )


def split(items: Sequence[Item], most: int) -> list[Sequence[Item]]:
    """Items -> as few parts of at most `most` as there can be, of equal size or nearly so."""
    count = ceil(len(items) / most) if items else 0
    edges = [len(items) * number // count for number in range(count + 1)] if count else []
    return [items[start:end] for start, end in pairwise(edges)]
