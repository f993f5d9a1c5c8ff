"""Many texts -> their normalised words, each piece of them normalised once.

Rules of a normaliser tell which parts of a text (what lies between spaces) come out the same
whatever stands beside them. A text is cut at these; what lies between two of them is one piece. A
text that cannot be cut is a piece as a whole.
"""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from snakescribe.evaluate.memo import Memo
from snakescribe.evaluate.ragged import GrowingRows, Ragged
from snakescribe.evaluate.vocabulary import Vocabulary

if TYPE_CHECKING:
    import numpy as np

# Instead of the number of a piece: part of a longer one, to be looked up; part of one that is
# known; a piece that cannot be cut out.
_BOUND, _COVERED, _JOINED = -1, 0, -2


class PieceRules:
    """How a normaliser's texts can be cut. What it finds it remembers.

    Attributes:
        alone: of a part of a text, its normalised words; None if they may depend on other parts.
        between: of parts joined by spaces, and whether a text starts and ends with them, their
            normalised words; None if they are joined with what is beside them.
        reaches_far: of a text, whether it cannot be cut.
    """

    def __init__(
        self,
        alone: Callable[[str], str | None],
        between: Callable[[tuple[str, bool, bool]], str | None],
        reaches_far: Callable[[str], bool],
    ) -> None:
        """Take the functions."""
        self.alone = Memo(alone)
        self.between = Memo(between)
        self.reaches_far = reaches_far


def word_by_word(apply: Callable[[str], str], unless_in: str = "") -> PieceRules:
    """A normaliser that treats each word alone, unless a text has certain letters -> its rules."""
    found = re.compile(f"[{re.escape(unless_in)}]" if unless_in else "(?!)")
    return PieceRules(
        apply, between=lambda _: None, reaches_far=lambda text: found.search(text) is not None
    )


class Texts:
    """Texts, cut at each space.

    Attributes:
        texts: as they are.
        raw: the vocabulary of their parts.
        parts: (texts) the numbers of each text's parts; it has one at least, which may be empty.
    """

    def __init__(self, texts: Sequence[str], raw: Vocabulary) -> None:
        """Take the texts and the vocabulary to use."""
        self.texts = texts
        self.raw = raw
        self.parts = raw.encode_texts(texts)


class PiecewiseNormalizer:
    """A normaliser of many texts in one language."""

    def __init__(
        self,
        words: Callable[[str], list[str]],
        rules: PieceRules | None,
        raw: Vocabulary,
        known: Vocabulary,
    ) -> None:
        """Take the function from text to words, its rules, and numbers of parts and of words."""
        self._rules = rules
        self._raw = raw
        self._known = known
        self._pieces = GrowingRows()  # the numbers of each one's words; the first has none
        self._pieces.append([])
        self._piece_of_part = GrowingRows()  # its number, or _BOUND
        self._between: dict[tuple[bytes, bool, bool], int] = {}
        self._whole = Memo[str, int](lambda text: self._add(words(text)))

    def __call__(self, texts: Texts) -> Ragged:
        """Texts -> rows of the numbers of their normalised words."""
        import numpy as np

        rules, parts = self._rules, texts.parts
        if rules is None:
            whole = np.array([self._whole[text] for text in texts.texts], int)
            return Ragged(whole, np.ones(len(whole), int)).flatten(self._pieces.rows())
        for part in self._raw.words[len(self._piece_of_part) :]:
            alone = rules.alone[part]
            self._piece_of_part.append([_BOUND if alone is None else self._add(alone.split())])
        pieces = self._piece_of_part.rows().values[parts.values]
        uncut = np.fromiter(map(rules.reaches_far, texts.texts), bool, len(parts))
        pieces[uncut[parts.row_of]] = _COVERED
        uncut[self._join_bound(rules, parts, pieces)] = True
        for row in np.flatnonzero(uncut).tolist():
            pieces[parts.starts[row] : parts.stops[row]] = _COVERED
            pieces[parts.starts[row]] = self._whole[texts.texts[row]]
        return Ragged(pieces, parts.lengths).flatten(self._pieces.rows())

    def _join_bound(self, rules: PieceRules, parts: Ragged, pieces: "np.ndarray") -> "np.ndarray":
        """Put the piece of each run of bound parts at its first; return rows that cannot be cut."""
        import numpy as np

        bound = pieces == _BOUND
        pieces[bound] = _COVERED
        starts, ends = np.zeros((2, len(pieces)), bool)
        starts[parts.starts] = ends[parts.stops - 1] = True
        first = np.flatnonzero(bound & (starts | ~np.roll(bound, 1)))
        last = np.flatnonzero(bound & (ends | ~np.roll(bound, -1)))
        at_start, at_end = starts[first].tolist(), ends[last].tolist()
        data, size = parts.values.tobytes(), parts.values.itemsize
        found = []
        runs = zip(first.tolist(), (last + 1).tolist(), at_start, at_end, strict=True)
        for begin, stop, starting, ending in runs:
            key = data[begin * size : stop * size], starting, ending
            piece = self._between.get(key)
            if piece is None:
                joined = " ".join(self._raw.words[number] for number in parts.values[begin:stop])
                words = rules.between[joined, starting, ending]
                piece = _JOINED if words is None else self._add(words.split())
                self._between[key] = piece
            found.append(piece)
        pieces[first] = found
        return parts.row_of[first[pieces[first] == _JOINED]]

    def _add(self, words: list[str]) -> int:
        return self._pieces.append([self._known[word] for word in words])
