"""Which shard new recordings get: given ones stay, jobs stay few, and old shards are left alone."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from snakescribe.acquire.shards import place_new


def corpus(*sizes: int, per_shard: int | str = "auto") -> list[str]:
    """A corpus that grew so, by so many each time -> the shard of each recording."""
    shards: list[str] = []
    for size in sizes:
        shards += place_new(shards, size, per_shard)
    return shards


def test_a_small_corpus_has_shards_of_25_and_a_large_one_a_hundred() -> None:
    assert corpus(25) == ["s00000"] * 25
    assert Counter(corpus(50)) == {"s00000": 25, "s00001": 25}
    assert len(set(corpus(2500))) == 100
    assert Counter(Counter(corpus(100_000)).values()) == {1000: 100}


def test_shards_of_one_listing_are_about_as_full() -> None:
    counts = Counter(corpus(100_010)).values()
    assert len(counts) == 100
    assert min(counts) > 0.98 * max(counts)


def test_a_hundred_more_are_in_new_shards() -> None:
    for before in (20, 60, 100, 130, 1000, 10_000, 100_000):
        shards = corpus(before)
        assert set(place_new(shards, 100, "auto")).isdisjoint(shards), before


def test_one_more_each_day_fills_the_last_shard_up() -> None:
    assert len(set(corpus(*[1] * 1000))) <= 1000 / 13 + 1
    assert len(set(corpus(10_000, *[1] * 1000))) <= 100 + 1000 / 13 + 1


def test_a_number_fills_the_last_shard_up() -> None:
    assert corpus(3, 2, per_shard=2) == ["s00000", "s00000", "s00001", "s00001", "s00002"]


def test_a_smaller_number_than_before_opens_new_shards() -> None:
    assert place_new(["s00000"] * 5, 3, 2) == ["s00001", "s00001", "s00002"]


@given(
    st.lists(st.integers(0, 3000), min_size=1, max_size=5),
    st.one_of(st.just("auto"), st.integers(1, 400)),
)
def test_shards_go_up_by_one_and_hold_what_they_may(sizes: list[int], per_shard: int | str) -> None:
    shards = corpus(*sizes, per_shard=per_shard)
    assert len(shards) == sum(sizes)
    assert shards == sorted(shards)
    assert [int(name[1:]) for name in dict.fromkeys(shards)] == list(range(len(set(shards))))
    most = per_shard if isinstance(per_shard, int) else max(25, -(-sum(sizes) // 100))
    assert max(Counter(shards).values(), default=0) <= most
