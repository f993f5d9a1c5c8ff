"""Speech regions -> chunks: the pure part of the plan. All times are whole milliseconds."""

from bisect import bisect_left
from collections.abc import Sequence

from snakescribe.process.speech import FRAME_MS, Span

# Regions further apart stay in chunks of their own: Whisper invents words in long silences.
MAX_GAP_MS = 3_000
# Shorter dips are stops inside words as often as not (Silero cuts at 98 ms).
SHORTEST_PAUSE_MS = 100


def plan_chunks(
    speech: Sequence[Span],
    pauses: Sequence[Span],
    loudness: Sequence[float],
    total_ms: int,
    max_ms: int,
    pad_ms: int,
) -> list[Span]:
    """Speech regions -> chunks in order, which do not overlap and cover all speech.

    A region longer than `max_ms` is cut (see `choose_cut`); neighbours at most `MAX_GAP_MS` apart
    are merged while the whole fits; at last each chunk gets up to `pad_ms` of the sound around it.

    Args:
        speech: regions, in order, not overlapping.
        pauses: runs of frames without speech, inside regions or not, in order.
        loudness: of each frame of `FRAME_MS`, in any unit in which less is quieter.
        total_ms: duration of the recording.
        max_ms: longest chunk.
        pad_ms: sound to keep on either side, where there is room.
    """
    room = min(2 * pad_ms, max_ms // 4)
    merged: list[Span] = []
    for region in speech:
        for start, end in split_region(region, pauses, loudness, max_ms):
            near = merged and start - merged[-1][1] <= MAX_GAP_MS
            if near and end - merged[-1][0] + room <= max_ms:
                merged[-1] = (merged[-1][0], end)
            else:
                merged.append((start, end))
    return _pad(merged, total_ms, max_ms, pad_ms)


def chunk_each(
    speech: Sequence[Span],
    pauses: Sequence[Span],
    loudness: Sequence[float],
    total_ms: int,
    max_ms: int,
    pad_ms: int,
) -> list[Span]:
    """Speech regions -> a chunk for each, or several where one is too long; see `plan_chunks`."""
    pieces = [
        piece for region in speech for piece in split_region(region, pauses, loudness, max_ms)
    ]
    return _pad(pieces, total_ms, max_ms, pad_ms)


def fixed_chunks(total_ms: int, max_ms: int, overlap_ms: int = 0) -> list[Span]:
    """A duration -> chunks of `max_ms`, the last one shorter.

    Each begins `overlap_ms` (less than half of `max_ms`) before the one before it ends; none lies
    within that alone.
    """
    starts = range(0, max(total_ms - overlap_ms, 1), max_ms - overlap_ms)
    return [(start, min(start + max_ms, total_ms)) for start in starts]


def split_region(
    region: Span, pauses: Sequence[Span], loudness: Sequence[float], max_ms: int
) -> list[Span]:
    """A speech region -> itself, or pieces of at most `max_ms` that join without a gap."""
    start, end = region
    pieces: list[Span] = []
    while end - start > max_ms:
        cut = choose_cut(start, max_ms, pauses, loudness)
        pieces.append((start, cut))
        start = cut
    return [*pieces, (start, end)]


def choose_cut(start: int, max_ms: int, pauses: Sequence[Span], loudness: Sequence[float]) -> int:
    """Where a piece that begins at `start` should end, after a third of `max_ms` at the earliest.

    At the quietest moment of the longest pause in the last third; without one there, in the last
    two thirds; without any, of the whole last third. Of pauses equally long, the quieter one.
    """
    limit = start + max_ms
    third = max_ms // 3
    for earliest in (limit - third, start + third):
        inside = [
            pause
            for pause in _clip(pauses, earliest, limit)
            if pause[1] - pause[0] >= SHORTEST_PAUSE_MS
        ]
        if inside:
            return _quietest_moment(
                max(inside, key=lambda span: (span[1] - span[0], -_level(loudness, span))), loudness
            )
    return _quietest_moment((limit - third, limit), loudness)


def _clip(spans: Sequence[Span], start: int, end: int) -> list[Span]:
    """Spans in order -> the parts of them between `start` and `end`."""
    kept = []
    for index in range(max(0, bisect_left(spans, (start, start)) - 1), len(spans)):
        first, last = spans[index]
        if first >= end:
            break
        if last > start:
            kept.append((max(first, start), min(last, end)))
    return kept


def _quietest_moment(span: Span, loudness: Sequence[float]) -> int:
    """The middle of the quietest frame that lies in a span of two frames or more."""
    frames = range(-(-span[0] // FRAME_MS), span[1] // FRAME_MS)
    quietest = min(
        frames, key=lambda frame: _level(loudness, (frame * FRAME_MS, (frame + 1) * FRAME_MS))
    )
    return quietest * FRAME_MS + FRAME_MS // 2


def _level(loudness: Sequence[float], span: Span) -> float:
    """Mean loudness over a span and a frame on either side, so that one quiet frame is not all."""
    frames = loudness[max(0, span[0] // FRAME_MS - 1) : -(-span[1] // FRAME_MS) + 1]
    return float(sum(frames)) / len(frames) if len(frames) else 0.0


def _pad(chunks: list[Span], total_ms: int, max_ms: int, pad_ms: int) -> list[Span]:
    """Widen each chunk by at most `pad_ms`, half of the gap to its neighbour, and what fits."""
    padded = []
    for index, (start, end) in enumerate(chunks):
        before = (start - chunks[index - 1][1]) // 2 if index else start
        last = index == len(chunks) - 1
        after = total_ms - end if last else (chunks[index + 1][0] - end) // 2
        left, right = min(pad_ms, before), min(pad_ms, after)
        fits = max_ms - (end - start)
        if left + right > fits:
            left = min(left, max(fits // 2, fits - right))
            right = min(right, fits - left)
        padded.append((start - left, end + right))
    return padded
