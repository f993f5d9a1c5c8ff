"""The planning function: what holds for every plan."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from snakescribe.process.chunking import (
    MAX_GAP_MS,
    SHORTEST_PAUSE_MS,
    choose_cut,
    fixed_chunks,
    plan_chunks,
    split_region,
)
from snakescribe.process.speech import FRAME_MS, Span


@st.composite
def spans(draw: st.DrawFn, longest_ms: int = 90_000) -> list[Span]:
    """Spans in order that do not overlap, and the gaps between them."""
    found, now = [], 0
    lengths = st.tuples(st.integers(1, 8_000), st.integers(1, longest_ms))
    for gap, length in draw(st.lists(lengths, max_size=12)):
        found.append((now + gap, now + gap + length))
        now += gap + length
    return found


MAX_MS = st.integers(1_000, 30_000)
PAD_MS = st.integers(0, 3_000)
LOUDNESS = st.integers(0, 2**32).map(
    lambda seed: [float((seed * (frame + 1)) % 97) for frame in range(3_000)]
)


@given(spans(), spans(longest_ms=600), LOUDNESS, st.integers(0, 5_000), MAX_MS, PAD_MS)
def test_chunks_fit_are_in_order_and_cover_all_speech(
    speech: list[Span],
    pauses: list[Span],
    loudness: list[float],
    tail_ms: int,
    max_ms: int,
    pad_ms: int,
) -> None:
    total_ms = (speech[-1][1] if speech else 0) + tail_ms
    chunks = plan_chunks(speech, pauses, loudness, total_ms, max_ms, pad_ms)
    assert all(0 < end - start <= max_ms for start, end in chunks)
    assert all(before[1] <= after[0] for before, after in pairwise(chunks))
    assert not chunks or (chunks[0][0] >= 0 and chunks[-1][1] <= total_ms)
    for start, end in speech:
        covered = sum(max(0, min(end, last) - max(start, first)) for first, last in chunks)
        assert covered == end - start
    for first, last in chunks:
        assert any(start < last and first < end for start, end in speech)


@given(st.integers(0, 100_000), MAX_MS, spans(longest_ms=600), LOUDNESS)
def test_a_cut_is_in_a_pause_when_one_is_in_reach(
    start: int, max_ms: int, pauses: list[Span], loudness: list[float]
) -> None:
    cut = choose_cut(start, max_ms, pauses, loudness)
    earliest, limit = start + max_ms // 3, start + max_ms
    assert earliest <= cut <= limit
    in_reach = [
        pause
        for pause in pauses
        if min(pause[1], limit) - max(pause[0], earliest) >= SHORTEST_PAUSE_MS
    ]
    if in_reach:
        assert any(first <= cut <= last for first, last in in_reach)


@given(spans(), spans(longest_ms=600), LOUDNESS, MAX_MS)
def test_pieces_of_a_region_join(
    speech: list[Span], pauses: list[Span], loudness: list[float], max_ms: int
) -> None:
    for region in speech:
        pieces = split_region(region, pauses, loudness, max_ms)
        assert (pieces[0][0], pieces[-1][1]) == region
        assert all(before[1] == after[0] for before, after in pairwise(pieces))


@given(st.integers(0, 200_000), MAX_MS)
def test_fixed_chunks_cover_everything(total_ms: int, max_ms: int) -> None:
    chunks = fixed_chunks(total_ms, max_ms)
    assert sum(end - start for start, end in chunks) == total_ms
    assert all(end - start == max_ms for start, end in chunks[:-1])


def test_the_longest_pause_late_in_the_piece_is_taken() -> None:
    pauses = [(12_000, 12_900), (21_000, 21_200), (25_000, 25_400), (29_000, 29_200)]
    assert 25_000 < choose_cut(0, 30_000, pauses, []) < 25_400


def test_an_earlier_pause_is_better_than_a_blink_later() -> None:
    assert 14_000 < choose_cut(0, 30_000, [(14_000, 14_400), (28_000, 28_064)], []) < 14_400


def test_inside_a_pause_the_quietest_moment_is_taken() -> None:
    loudness = [-30.0] * 1_000
    loudness[805:808] = [-50.0, -60.0, -50.0]
    cut = choose_cut(0, 30_000, [(25_000, 26_000)], loudness)
    assert cut == 806 * FRAME_MS + FRAME_MS // 2


def test_without_a_pause_the_quietest_moment_is_taken() -> None:
    loudness = [-20.0] * 1_000
    loudness[799:802] = [-50.0, -60.0, -50.0]
    assert choose_cut(0, 30_000, [], loudness) == 800 * FRAME_MS + FRAME_MS // 2


def test_neighbours_are_merged_over_short_silences_only() -> None:
    near = [(1_000, 5_000), (6_000, 9_000)]
    far = [(1_000, 5_000), (5_000 + MAX_GAP_MS + 1, 12_000)]
    assert plan_chunks(near, [], [], 20_000, 30_000, 200) == [(800, 9_200)]
    assert len(plan_chunks(far, [], [], 20_000, 30_000, 200)) == 2


def test_padding_stops_halfway_to_the_neighbour() -> None:
    speech = [(1_000, 20_000), (20_300, 40_000)]
    assert plan_chunks(speech, [], [], 40_100, 30_000, 200) == [(800, 20_150), (20_150, 40_100)]
