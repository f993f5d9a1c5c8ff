"""A recording's reference -> the piece of it that belongs to each chunk.

The pieces do not depend on the condition that is scored: they are found once for a recording,
from the times of the reference where it has any, else from one alignment of the whole reference
with a consensus of what the conditions heard. A cut is then moved within its uncertainty to
where the errors of a panel of conditions, summed, are fewest. Every word of the reference lies in
exactly one chunk.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from snakescribe.evaluate.align import Encoder, align
from snakescribe.evaluate.references import SpokenReference

PANEL = 7
LOOSE_SECONDS = 1.5
EXACT_SECONDS = 0.3
WIDEST_SEARCH = 40

_SENTENCE_ENDS = frozenset(".!?…。！？")
_OUTER_PUNCTUATION = re.compile(r"^\W+|\W+$")


def choose_panel(names: Sequence[str], baseline: str) -> list[str]:
    """Condition names -> at most `PANEL` of them, evenly spread, with the baseline first."""
    others = [name for name in names if name != baseline]
    if len(others) >= PANEL:
        step = len(others) / (PANEL - 1)
        others = [others[int(index * step)] for index in range(PANEL - 1)]
    return [baseline, *others] if baseline in names else others


def cut_reference(
    reference: SpokenReference,
    chunks: Sequence[tuple[float, float]],
    heard: Sequence[Sequence[str]],
) -> list[int]:
    """A reference, the chunk plan and what was heard -> where to cut the reference's words.

    Args:
        reference: the recording's words, with times or without.
        chunks: start and end of each chunk, in order, in seconds.
        heard: for each chunk, the texts of the conditions on the panel (none where a chunk has
            no transcript).

    Returns:
        One position more than there are chunks: chunk i has the words from the i-th position to
        the one after; the first is 0 and the last the number of words.
    """
    if not chunks:
        return [0]
    encoder = Encoder(_fold)
    words = encoder.encode(reference.words)
    panels = [[_encode(encoder, text, reference.spaced) for text in texts] for texts in heard]
    if reference.times:
        cuts, ranges = _cut_by_time(reference, chunks)
    else:
        cuts, ranges = _cut_by_alignment(words, [_medoid(panel) for panel in panels])
    positions = [0, *cuts, len(words)]
    for index, (low, high) in enumerate(ranges, start=1):
        low = max(low, positions[index - 1])
        high = min(high, positions[index + 1])
        if low < high:
            positions[index] = _best_cut(
                words, positions, index, (low, high), panels, reference.words
            )
    return positions


def _fold(word: str) -> str:
    """A word -> what counts when looking for it: no case, no punctuation around it."""
    return _OUTER_PUNCTUATION.sub("", word.casefold()) or word


def _encode(encoder: Encoder, text: str, spaced: bool) -> str:
    parts = text.split() if spaced else [one for one in text if not one.isspace()]
    return encoder.encode(parts)


def _medoid(panel: Sequence[str]) -> str:
    """What several conditions heard in a chunk -> the one that is nearest to all others."""
    from rapidfuzz.distance import Levenshtein

    if len(set(panel)) < 2:
        return panel[0] if panel else ""
    totals = [sum(Levenshtein.distance(one, other) for other in panel) for one in panel]
    return panel[totals.index(min(totals))]


def _cut_by_time(
    reference: SpokenReference, chunks: Sequence[tuple[float, float]]
) -> tuple[list[int], list[tuple[int, int]]]:
    """Cut where the pauses between chunks lie; the range is what lies near in time.

    A word between two chunks goes to the nearer one: the boundary is the middle of the gap.
    """
    middles = [(start + end) / 2 for start, end in reference.times]
    for index in range(1, len(middles)):  # overlapping speakers: keep the order of the words
        middles[index] = max(middles[index], middles[index - 1])
    slack = EXACT_SECONDS if reference.exact else LOOSE_SECONDS
    cuts: list[int] = []
    ranges: list[tuple[int, int]] = []
    for (_, end), (start, _) in pairwise(chunks):
        boundary = (start + end) / 2
        cuts.append(bisect_left(middles, boundary))
        ranges.append(
            (bisect_left(middles, boundary - slack), bisect_left(middles, boundary + slack))
        )
    return cuts, ranges


def _cut_by_alignment(words: str, guide: Sequence[str]) -> tuple[list[int], list[tuple[int, int]]]:
    """Cut between the words that match the last of one chunk's guide and the first of the next's.

    The range is what lies between those two matches: the alignment cannot tell on which side of
    the cut these words belong.
    """
    matched: list[int] = []  # for each word of the guide: its reference word, else -1
    before: list[int] = []  # and the reference words consumed before it
    left = 0
    for operation in align(words, "".join(guide)):
        if operation != "D":
            before.append(left)
            matched.append(left if operation == "=" else -1)
        left += operation != "I"
    before.append(left)
    last = [0]  # reference position after the last match up to each guide word
    for position in matched:
        last.append(position + 1 if position >= 0 else last[-1])
    following = [len(words)]  # reference position of the next match from each guide word on
    for position in reversed(matched):
        following.append(position if position >= 0 else following[-1])
    following.reverse()
    cuts: list[int] = []
    ranges: list[tuple[int, int]] = []
    done = 0
    for part in guide[:-1]:
        done += len(part)
        low, high = last[done], following[done]
        middle = min(max(before[done], low), high)
        if high - low > WIDEST_SEARCH:
            low, high = (
                max(low, middle - WIDEST_SEARCH // 2),
                min(high, middle + WIDEST_SEARCH // 2),
            )
        cuts.append(middle)
        ranges.append((low, high))
    return cuts, ranges


def _best_cut(
    words: str,
    positions: Sequence[int],
    index: int,
    limits: tuple[int, int],
    panels: Sequence[Sequence[str]],
    raw: Sequence[str],
) -> int:
    """The cut within the limits where the panel's errors on both sides, summed, are fewest.

    Among equals, one after the end of a sentence, then the nearest to where it was.
    """
    from rapidfuzz.distance import Levenshtein

    first, stop = positions[index - 1], positions[index + 1]
    left, right = Counter(panels[index - 1]), Counter(panels[index])

    def cost(cut: int) -> tuple[int, bool, int]:
        before, after = words[first:cut], words[cut:stop]
        errors = sum(count * Levenshtein.distance(before, one) for one, count in left.items())
        errors += sum(count * Levenshtein.distance(after, one) for one, count in right.items())
        ends_sentence = cut > 0 and raw[cut - 1][-1:] in _SENTENCE_ENDS
        return errors, not ends_sentence, abs(cut - positions[index])

    return min(range(limits[0], limits[1] + 1), key=cost)
