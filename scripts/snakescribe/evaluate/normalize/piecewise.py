"""Many texts -> their normalised words, each piece of them normalised once.

The rules of a normaliser tell which parts of a text (what lies between spaces) come out the same
whatever stands beside them. A text is cut at these; what lies between two of them is one piece. A
text that cannot be cut is a piece as a whole. `snakescribe.evaluate.words` has an example.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from snakescribe.captions.letters import without_invisible
from snakescribe.evaluate.words.ragged import GrowingRows, Ragged
from snakescribe.evaluate.words.vocabulary import Vocabulary

Value = TypeVar("Value")

# A million words of speech have some tens of thousands of different ones.
MOST_REMEMBERED = 300_000
# Instead of the number of a piece: part of a longer one, to be looked up; part of one that is
# known; a piece that cannot be cut out.
_BOUND, _COVERED, _JOINED = -1, 0, -2


class Memo(dict[str, Value]):
    """`memo[key]` is the function's value of a text, computed once.

    When `MOST_REMEMBERED` are known all are forgotten. A dict is several times as fast as a call
    of a function that `functools.lru_cache` remembers.
    """

    def __init__(self, function: Callable[[str], Value]) -> None:
        """Take the function."""
        super().__init__()
        self._function = function

    def __missing__(self, key: str) -> Value:
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        value = self[key] = self._function(key)
        return value


class PieceRules:
    """How a normaliser's texts can be cut. What it finds it remembers.

    Invisible marks are taken out before the functions see a text.

    Attributes:
        alone: of a part of a text, its normalised words; None if they may depend on other parts.
        between: of parts joined by spaces, and whether a text starts and ends with them, their
            normalised words; None if they are joined with what is beside them.
        may_reach_far: of a part, whether a text that has it may be one that cannot be cut.
        reaches_far: of such a text, whether it cannot.
    """

    def __init__(
        self,
        alone: Callable[[str], str | None],
        between: Callable[[str, bool, bool], str | None],
        may_reach_far: Callable[[str], bool],
        reaches_far: Callable[[str], bool],
    ) -> None:
        """Take the functions."""
        self.alone = Memo(lambda part: alone(without_invisible(part)))
        self._between = between
        self._may_reach_far = may_reach_far
        self._reaches_far = reaches_far

    def between(self, parts: str, starts: bool, ends: bool) -> str | None:
        """Parts joined by spaces, and whether a text starts and ends with them -> see above."""
        return self._between(without_invisible(parts), starts, ends)

    def may_reach_far(self, part: str) -> bool:
        """A part -> see above."""
        return self._may_reach_far(without_invisible(part))

    def reaches_far(self, text: str) -> bool:
        """A text -> see above."""
        return self._reaches_far(without_invisible(text))


def word_by_word(apply: Callable[[str], str], unless_in: str = "") -> PieceRules:
    """A normaliser that treats each word alone, unless a text has certain letters -> its rules."""
    letters = re.compile(f"[{re.escape(unless_in)}]" if unless_in else "(?!)")

    def has_them(text: str) -> bool:
        return letters.search(text) is not None

    return PieceRules(apply, lambda *_: None, may_reach_far=has_them, reaches_far=has_them)


@dataclass(frozen=True)
class Texts:
    """Texts, cut at each space.

    Attributes:
        texts: as they are.
        raw: the vocabulary of their parts.
        parts: (texts) the numbers of each text's parts; it has one at least, which may be empty.
    """

    texts: Sequence[str]
    raw: Vocabulary
    parts: Ragged

    @classmethod
    def cut(cls, texts: Sequence[str], raw: Vocabulary) -> "Texts":
        """Texts and the vocabulary to use -> the same, cut."""
        return cls(texts, raw, raw.encode_texts(texts))

    def part(self, first: int, stop: int) -> "Texts":
        """The texts from `first` to the one before `stop`."""
        return Texts(self.texts[first:stop], self.raw, self.parts.part(first, stop))


class PiecewiseNormalizer:
    """A normaliser of many texts in one language; the same result as text by text."""

    def __init__(
        self,
        words: Callable[[str], list[str]],
        rules: PieceRules | None,
        raw: Vocabulary,
        known: Vocabulary,
    ) -> None:
        """Take what it needs.

        Args:
            words: from a text to its normalised words.
            rules: how texts can be cut; None: they cannot, each is normalised as a whole.
            raw: numbers of the texts' parts.
            known: numbers of normalised words.
        """
        self._rules = rules
        self._raw = raw
        self._known = known
        self._pieces = GrowingRows()  # the numbers of each one's words; the first has none
        self._pieces.append([])
        self._parts = GrowingRows()  # its piece or _BOUND, and whether it may reach far
        self._between: dict[tuple[tuple[int, ...], int], int] = {}
        self._whole = Memo[int](lambda text: self._add(words(text)))

    def __call__(self, texts: Texts) -> Ragged:
        """Texts, cut with `raw` -> a row a text: the numbers in `known` of its normalised words."""
        rules, parts = self._rules, texts.parts
        if rules is None:
            whole = np.array([self._whole[text] for text in texts.texts], int)
            return Ragged(whole, np.ones(len(whole), int)).flatten(self._pieces.rows())
        for part in self._raw.words[len(self._parts) :]:
            alone = rules.alone[part]
            piece = _BOUND if alone is None else self._add(alone.split())
            self._parts.append([piece, rules.may_reach_far(part)])
        piece_of, may_reach_far = self._parts.rows().values.reshape(-1, 2).T
        pieces = piece_of[parts.values]
        suspects = np.unique(parts.row_of[may_reach_far[parts.values] > 0]).tolist()
        far = [row for row in suspects if rules.reaches_far(texts.texts[row])]
        for row in far:
            pieces[parts.starts[row] : parts.stops[row]] = _COVERED
        for row in {*far, *self._join_bound(rules, parts, pieces)}:
            pieces[parts.starts[row] : parts.stops[row]] = _COVERED
            pieces[parts.starts[row]] = self._whole[texts.texts[row]]
        return Ragged(pieces, parts.lengths).flatten(self._pieces.rows())

    def _join_bound(self, rules: PieceRules, parts: Ragged, pieces: np.ndarray) -> list[int]:
        """Put the piece of each run of bound parts at its first; return rows that cannot be cut."""
        bound = pieces == _BOUND
        pieces[bound] = _COVERED
        starts, ends = np.zeros((2, len(pieces)), bool)
        starts[parts.starts] = ends[parts.stops - 1] = True
        first = np.flatnonzero(bound & (starts | ~np.roll(bound, 1)))
        last = np.flatnonzero(bound & (ends | ~np.roll(bound, -1)))
        # Most runs are one part, which is looked up once for each way that it stands in a text.
        ways = starts[first] * 2 + ends[last]
        alone = np.flatnonzero(first == last)
        keys, of_key = np.unique(parts.values[first[alone]] * 4 + ways[alone], return_inverse=True)
        piece_of = np.zeros(len(first), int)
        piece_of[alone] = np.array(
            [self._look_up(rules, (key >> 2,), key & 3) for key in keys.tolist()], int
        )[of_key]
        for run in np.flatnonzero(first < last).tolist():
            numbers = tuple(parts.values[first[run] : last[run] + 1].tolist())
            piece_of[run] = self._look_up(rules, numbers, int(ways[run]))
        pieces[first] = piece_of
        joined: list[int] = np.unique(parts.row_of[first[piece_of == _JOINED]]).tolist()
        return joined

    def _look_up(self, rules: PieceRules, numbers: tuple[int, ...], way: int) -> int:
        """A run of bound parts, and 2 if a text starts with it plus 1 if one ends -> its piece."""
        key = numbers, way
        if key not in self._between:
            joined = " ".join(self._raw.words[number] for number in numbers)
            words = rules.between(joined, way >= 2, way % 2 == 1)
            self._between[key] = _JOINED if words is None else self._add(words.split())
        return self._between[key]

    def _add(self, words: list[str]) -> int:
        return self._pieces.append([self._known[word] for word in words])
