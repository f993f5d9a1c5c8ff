"""Batches span recordings, are sorted by window, and are the same whatever is cached."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.transcribe.batches import plan_batches, plan_waves
from snakescribe.transcribe.engines.workers import Workers, divide_threads


def chunk(recording: str, number: int, seconds: float) -> dict[str, Any]:
    return {
        "chunk": f"{recording}-{number:04d}",
        "recording": recording,
        "number": number,
        "start": 0.0,
        "end": seconds,
    }


CHUNKS = st.lists(st.floats(0.1, 30), max_size=60).map(
    lambda lengths: [chunk(f"r{i % 4}", i // 4, s) for i, s in enumerate(lengths)]
)


@given(CHUNKS, st.integers(1, 9), st.booleans())
def test_every_chunk_is_in_one_batch_and_fits_its_window(
    chunks: list[dict[str, Any]], size: int, trim: bool
) -> None:
    batches = plan_batches(chunks, size, trim)
    assert sorted(c["chunk"] for b in batches for c in b.chunks) == sorted(
        c["chunk"] for c in chunks
    )
    for batch in batches:
        assert len(batch.chunks) <= 8 * size
        assert batch.window_seconds >= 15
        assert all(c["end"] <= batch.window_seconds <= 30 for c in batch.chunks)
        assert trim or batch.window_seconds == 30
    assert plan_batches(reversed(chunks), size, trim) == batches


@given(CHUNKS)
def test_a_wave_holds_one_chunk_of_each_recording(chunks: list[dict[str, Any]]) -> None:
    waves = plan_waves(chunks)
    assert sum(map(len, waves)) == len(chunks)
    for number, wave in enumerate(waves):
        assert [c["number"] for c in wave] == [number] * len(wave)
        assert len({c["recording"] for c in wave}) == len(wave)


@given(st.integers(0, 40), st.integers(1, 16), st.integers(1, 4), st.integers(1, 16))
def test_a_part_that_does_not_fit_is_halved_and_nothing_is_lost(
    count: int, batch_size: int, workers: int, fits: int
) -> None:
    pool = Workers(workers, batch_size)

    def work(part: Sequence[int]) -> list[int]:
        assert len(part) <= batch_size
        if len(part) > fits:
            raise RuntimeError("CUDA failed with error out of memory")
        return [item * 10 for item in part]

    assert pool.map(range(count), work) == [i * 10 for i in range(count)]
    assert pool.batch_size <= max(fits, batch_size)


@given(st.integers(0, 200), st.integers(1, 16), st.integers(1, 4), st.integers(1, 3))
def test_parts_are_few_and_even_and_keep_all_workers_busy(
    count: int, batch_size: int, workers: int, times: int
) -> None:
    sizes: list[int] = []

    def work(part: Sequence[int]) -> list[int]:
        sizes.append(len(part))
        return list(part)

    pool = Workers(workers, batch_size)
    done = pool.map_groups(range(count), work, lambda _: 0, lambda item: item, times)
    assert done == list(range(count))
    if count:
        rounds = -(-count // (workers * batch_size * times))
        assert len(sizes) <= workers * rounds  # none in a round more than there must be
        assert max(sizes) <= batch_size * times
        assert max(sizes) - min(sizes) <= 1
        assert (max(sizes) - 1) * workers * rounds < count  # nor larger than if all workers share


@given(st.integers(1, 64), st.integers(1, 16), st.integers(1, 4))
def test_workers_with_one_part_each_end_at_about_one_time(
    count: int, batch_size: int, workers: int
) -> None:
    parts: list[list[int]] = []

    def work(part: Sequence[int]) -> list[int]:
        parts.append(list(part))
        return list(part)

    done = Workers(workers, batch_size).map_groups(
        range(count), work, lambda _: 0, lambda item: item
    )
    assert done == list(range(count))
    if count <= workers * batch_size:
        assert len(parts) <= workers
        longest = [max(part) for part in parts]
        assert max(longest) - min(longest) < workers
    else:  # in several rounds, equal costs lie together
        spans = sorted((min(part), max(part)) for part in parts)
        assert all(before[1] < after[0] for before, after in pairwise(spans))


@given(st.integers(2, 100), st.integers(1, 16), st.integers(1, 3), st.integers(1, 16))
def test_larger_parts_that_do_not_fit_make_all_parts_smaller(
    count: int, batch_size: int, times: int, fits: int
) -> None:
    refused: list[int] = []

    def work(part: Sequence[int]) -> list[int]:
        if len(part) > fits:
            refused.append(len(part))
            raise RuntimeError("CUDA failed with error out of memory")
        return list(part)

    pool = Workers(2, batch_size)
    for _ in range(2):
        done = pool.map_groups(range(count), work, lambda _: 0, lambda item: item, times)
        assert done == list(range(count))
    if refused:
        assert pool.batch_size * times < min(refused) / 2 + times


def test_an_item_that_never_fits_is_an_error() -> None:
    def fail(_: Sequence[int]) -> list[int]:
        raise RuntimeError("CUDA failed with error out of memory")

    with pytest.raises(RuntimeError, match="out of memory"):
        Workers(1, 4).map(range(3), fail)


@given(st.integers(1, 64))
def test_workers_use_exactly_the_threads_of_the_job(threads: int) -> None:
    workers, each = divide_threads(threads)
    assert workers * each == threads
