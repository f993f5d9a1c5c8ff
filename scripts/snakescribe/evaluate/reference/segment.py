"""A recording's reference -> the piece of it that belongs to each chunk.

The pieces do not depend on the condition that is scored: they are found once for a recording.
Each cut is first guessed, from the times of the reference where it has any, else from one
alignment of the whole reference with what was heard. Within what is uncertain about the guesses
the cuts are then placed where a panel of conditions makes the fewest errors and the chunks get as
many words as their speech is likely to hold; see `place_cuts`. Every word of the reference lies
in exactly one chunk.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import accumulate, pairwise

from rapidfuzz.distance import Levenshtein

from snakescribe.captions.alternatives import first_wording, has_alternatives
from snakescribe.captions.letters import without_invisible
from snakescribe.evaluate.reference.choose import SpokenReference, list_words
from snakescribe.evaluate.reference.viterbi import place_cuts

PANEL = 7
LOOSE_SECONDS = 1.5
EXACT_SECONDS = 0.3
WIDEST_SEARCH = 64
ANCHOR_WORDS = 3
# Different words at which to forget those of recordings before.
MOST_REMEMBERED = 300_000

_OUTER_PUNCTUATION = re.compile(r"^\W+|\W+$")

Guesses = tuple[list[int], list[tuple[int, int]]]


def cut_reference(
    reference: SpokenReference,
    chunks: Sequence[tuple[float, float]],
    heard: Sequence[Sequence[str]],
    speech: Sequence[float] = (),
) -> list[int]:
    """A reference, the chunk plan and what was heard -> where to cut the reference's words.

    Args:
        reference: the recording's words, with times or without.
        chunks: start and end of each chunk, in order, in seconds.
        heard: for each chunk, the texts of all conditions, the baseline's first (none where a
            chunk has no transcript).
        speech: seconds of speech in each chunk; where not given, all of it is speech.

    Returns:
        One position more than there are chunks: chunk i has the words from the i-th position to
        the one after; the first is 0 and the last the number of words.
    """
    if not chunks:
        return [0]
    _letters.forget()
    words = _letters.encode(reference.words)
    panels = []
    for texts in heard:
        panel = Counter[str]()
        for text, count in choose_panel(texts).items():
            panel[_letters.encode(list_words(text, reference.spaced))] += count
        panels.append(panel)
    speech = speech or [end - start for start, end in chunks]
    expected: list[float] = []
    if reference.times:
        guesses, ranges = _guess_by_time(reference, chunks)
    else:
        guesses, ranges = _guess_by_alignment(words, _choose_guide(words, panels), speech)
        rate = len(words) / max(sum(speech), 1e-9)
        expected = [rate * seconds for seconds in speech]
    reach = WIDEST_SEARCH // 2
    windows = [
        (max(low, guess - reach), min(high, guess + reach))
        for guess, (low, high) in zip(guesses, ranges, strict=True)
    ]
    cuts = place_cuts(words, reference.words, guesses, windows, panels, expected)
    return [0, *cuts, len(words)]


def choose_panel(texts: Sequence[str]) -> Counter[str]:
    """What the conditions heard in a chunk -> at most `PANEL` different texts, with their counts.

    The first is always among them; the others are evenly spread.
    """
    counts = Counter(texts)
    if len(counts) <= PANEL:
        return counts
    first, *others = counts
    step = len(others) / (PANEL - 1)
    chosen = [first, *(others[int(index * step)] for index in range(PANEL - 1))]
    return Counter({text: counts[text] for text in chosen})


def _fold(word: str) -> str:
    """A word -> what counts when looking for it: no case, no punctuation around it, NFKC.

    Of alternatives the first counts.
    """
    if has_alternatives(word):
        word = first_wording(word)
    word = unicodedata.normalize("NFKC", without_invisible(word)).casefold()
    return _OUTER_PUNCTUATION.sub("", word) or word


class _Letters(dict[str, str]):
    """Words -> one character each, which RapidFuzz compares fastest; equal where `_fold` is."""

    def __init__(self) -> None:
        super().__init__()
        self._of_folded: dict[str, str] = {}

    def __missing__(self, word: str) -> str:
        new = chr(len(self._of_folded) + 1)
        letter = self[word] = self._of_folded.setdefault(_fold(word), new)
        return letter

    def encode(self, words: Iterable[str]) -> str:
        """Words -> a string."""
        return "".join(map(self.__getitem__, words))

    def forget(self) -> None:
        """Begin anew where too many are known; what was encoded before cannot be compared."""
        if len(self) > MOST_REMEMBERED:
            self.clear()
            self._of_folded.clear()


_letters = _Letters()


def _choose_guide(words: str, panels: Sequence[Counter[str]]) -> list[str]:
    """Panels -> for each chunk the text that shares most pairs of words with the reference.

    Of equals the one with the fewest other pairs, then the one that most conditions heard.
    """
    known = _pairs(words)

    def merit(text: str, panel: Counter[str]) -> tuple[int, int, int]:
        pairs = _pairs(text)
        shared = len(pairs & known)
        return shared, shared - len(pairs), panel[text]

    return [max(panel, key=partial(merit, panel=panel), default="") for panel in panels]


def _pairs(text: str) -> set[tuple[str, str]]:
    return set(pairwise(text))


def _guess_by_time(reference: SpokenReference, chunks: Sequence[tuple[float, float]]) -> Guesses:
    """Guess that cuts lie in the pauses between chunks; the range is what lies near in time.

    A word between two chunks goes to the nearer one: the boundary is the middle of the gap.
    """
    middles = [(start + end) / 2 for start, end in reference.times]
    for index in range(1, len(middles)):  # overlapping speakers: keep the order of the words
        middles[index] = max(middles[index], middles[index - 1])
    slack = EXACT_SECONDS if reference.exact else LOOSE_SECONDS
    boundaries = [(end + start) / 2 for (_, end), (start, _) in pairwise(chunks)]
    ranges = [
        (bisect_left(middles, boundary - slack), bisect_left(middles, boundary + slack))
        for boundary in boundaries
    ]
    return [bisect_left(middles, boundary) for boundary in boundaries], ranges


def _guess_by_alignment(words: str, guide: Sequence[str], speech: Sequence[float]) -> Guesses:
    """Guess that cuts lie between what matches the guide before a pause and after it.

    Only words count that match with their neighbours: a lone "of the" may be any of them. Between
    the last such word before a pause and the first after it lies the range: the alignment cannot
    tell where in it the cut is. The guess divides it as the seconds of speech would.
    """
    ends = list(accumulate(speech, initial=0.0))
    moments = [
        ends[number] + speech[number] * (place + 0.5) / len(text)
        for number, text in enumerate(guide)
        for place in range(len(text))
    ]
    anchors = [(-1, 0.0), *_find_anchors(words, guide, moments), (len(words), ends[-1])]
    clock = [moment for _, moment in anchors[1:-1]]
    guesses: list[int] = []
    ranges: list[tuple[int, int]] = []
    for moment in ends[1:-1]:
        after = bisect_left(clock, moment) + 1
        (left, since), (right, until) = anchors[after - 1 : after + 1]
        share = (moment - since) / (until - since) if until > since else 0.5
        guesses.append(left + 1 + round(share * (right - left - 1)))
        ranges.append((left + 1, right))
    return guesses, ranges


def _find_anchors(
    words: str, guide: Sequence[str], moments: Sequence[float]
) -> list[tuple[int, float]]:
    """Words of the reference that match `ANCHOR_WORDS` or more in a row, with their moments."""
    firsts = list(accumulate(map(len, guide)))  # where another chunk's text begins
    anchors: list[tuple[int, float]] = []
    for block in Levenshtein.editops(words, "".join(guide)).as_matching_blocks():
        first, stop, shift = block.b, block.b + block.size, block.a - block.b
        inside = firsts[bisect_right(firsts, first) : bisect_left(firsts, stop)]
        for begin, end in pairwise([first, *inside, stop]):
            if end - begin >= ANCHOR_WORDS:
                anchors += [(place + shift, moments[place]) for place in range(begin, end)]
    return anchors
