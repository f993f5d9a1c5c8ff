"""A plan's cuts -> which of them fall on speech, told by loudness."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from snakescribe.process.chunking import SHORTEST_PAUSE_MS
from snakescribe.process.speech import FRAME_MS, Span

# Frames so far from speech are pauses; with fewer of them than this their level is not known.
MARGIN_FRAMES = 2
FEWEST_FRAMES = 16  # half a second
QUIET_SHARE = 20  # then the quietest twentieth of all frames stands for pauses


def loud_cuts(chunks: Sequence[Span], speech: Sequence[Span], levels: Sequence[float]) -> list[int]:
    """Chunks and speech regions (ms), and the level of each frame -> the moments of loud cuts (ms).

    A cut is where a chunk ends and the next begins less than 100 ms later; where chunks overlap,
    one of them hears what lies there whole, and there is none. It is loud if the mean level of the
    three frames around it is nearer to that of speech (median of its frames, dB) than to that of
    pauses (median of frames at least 64 ms from speech; of the quietest 5 % where there is less
    than 0.5 s of these).
    """
    if not chunks or not levels:
        return []
    spoken = _frames_in(speech, len(levels), 0)
    near = _frames_in(speech, len(levels), MARGIN_FRAMES)
    voice = [level for level, inside in zip(levels, spoken, strict=True) if inside]
    quiet = [level for level, inside in zip(levels, near, strict=True) if not inside]
    if not voice:
        return []
    if len(quiet) < FEWEST_FRAMES:
        quiet = sorted(levels)[: max(1, len(levels) // QUIET_SHARE)]
    middle = (median(voice) + median(quiet)) / 2
    cuts = [
        (left[1] + right[0]) // 2
        for left, right in pairwise(chunks)
        if 0 <= right[0] - left[1] < SHORTEST_PAUSE_MS
    ]
    return [cut for cut in cuts if _level_at(cut, levels) > middle]


def _frames_in(spans: Sequence[Span], count: int, margin: int) -> list[bool]:
    """Spans (ms) -> for each frame whether it lies in one, or within `margin` frames of it."""
    inside = [False] * count
    for start, end in spans:
        first = max(start // FRAME_MS - margin, 0)
        stop = min(-(-end // FRAME_MS) + margin, count)
        inside[first:stop] = [True] * (stop - first)
    return inside


def _level_at(moment: int, levels: Sequence[float]) -> float:
    """The mean level of the frame at a moment (ms) and its neighbours."""
    frame = min(moment // FRAME_MS, len(levels) - 1)
    around = levels[max(0, frame - 1) : frame + 2]
    return sum(around) / len(around)
