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


class Workers:
    """`count` parts of at most `batch_size` items are worked on at once."""

    def __init__(self, count: int, batch_size: int) -> None:
        self.count = count
        self.batch_size = batch_size
        self._pool = ThreadPoolExecutor(count)

    def map(
        self, items: Sequence[Item], work: Callable[[Sequence[Item]], list[Result]]
    ) -> list[Result]:
        """Items -> their results in order.

        Raises:
            RuntimeError: memory runs out with a single item, or another error of the device.
        """
        return self.map_groups(items, work, kind=lambda _: 0, cost=lambda _: 0.0)

    def map_groups(
        self,
        items: Sequence[Item],
        work: Callable[[Sequence[Item]], list[Result]],
        kind: Callable[[Item], Hashable],
        cost: Callable[[Item], float],
        times: int = 1,
    ) -> list[Result]:
        """The same where only items of one `kind` may share a part.

        A part takes as long as its most costly item: equal costs lie together, but where each
        worker has one part, all of these are alike. When memory runs out a part is halved and
        tried again, and the batch size stays so. Parts may be `times` as large as it.
        """
        rounds = ceil(len(items) / (self.batch_size * times * self.count)) or 1
        most = ceil(len(items) / (rounds * self.count))  # all workers end at about one time
        groups: dict[Hashable, list[int]] = {}
        for place in sorted(range(len(items)), key=lambda place: -cost(items[place])):
            groups.setdefault(kind(items[place]), []).append(place)
        share = deal if rounds == 1 else split
        parts = [part for group in groups.values() for part in share(group, most)]
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


def deal(items: Sequence[Item], most: int) -> list[Sequence[Item]]:
    """Items -> as few parts of at most `most` as there can be, dealt one by one like cards."""
    count = ceil(len(items) / most) if items else 0
    return [items[first::count] for first in range(count)]


def split(items: Sequence[Item], most: int) -> list[Sequence[Item]]:
    """Items -> as few parts of at most `most` as there can be, of equal size or nearly so."""
    count = ceil(len(items) / most) if items else 0
    edges = [len(items) * number // count for number in range(count + 1)] if count else []
    return [items[start:end] for start, end in pairwise(edges)]
