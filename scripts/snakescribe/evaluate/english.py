"""Whisper's English normaliser, many times faster: the same result, put together from pieces.

The package runs some sixty regular expressions over every text and decides on numbers word by
word. Nearly all words, though, come out the same whatever stands beside them. Here a text is cut
at those *plain* words; what lies between two of them is normalised by the package, among plain
words, and remembered. A text that cannot be cut is left to the package as a whole.
"""

import re
from typing import TYPE_CHECKING

from snakescribe.evaluate.memo import Memo

if TYPE_CHECKING:
    from whisper_normalizer.english import EnglishTextNormalizer

_PLAIN = re.compile(r"[a-z]+[.,!?;:]?")
_FILLERS = frozenset({"hmm", "mm", "mhm", "mmm", "uh", "um"})
# What the rules look for beside other words: "'s been", "5 th".
_FOLLOWERS = frozenset({"been", "gone", "done", "got", "st", "nd", "rd", "th", "s"})
# What reaches across plain words, as brackets do.
_JOINING = re.compile(r"'(?:(?<=\s')|(?<=mm')|(?<=mhm')|(?<=uh')|(?<=um'))")  # "won 't", "won um't"
_AND_A_HALF = re.compile(r"and[^b-gi-ln-tv-z]*half")  # with fillers; "a" is plain
_BESIDE = "beside"  # a plain word


class PiecewiseNormalizer:
    """The package's English normaliser as a function from text to text, words joined by spaces."""

    def __init__(self, package: "EnglishTextNormalizer") -> None:
        """Take the package's normaliser, whose rules tell which words are plain."""
        self._package = package
        self._bound = frozenset(package.standardize_numbers.words) | _FILLERS | _FOLLOWERS
        patterns = " ".join(package.replacers).replace(r"\b", " ")
        self._replaced = frozenset(re.findall("[a-z]+", patterns))
        self._spellings = package.standardize_spellings.mapping
        self._plain = Memo(self._look_up)  # "" for what is not plain
        self._pieces = Memo(self._normalise_piece)

    def __call__(self, text: str) -> str:
        """A text -> its normalised words."""
        lowered = text.lower()
        if not lowered.isascii() or _reaches_far(lowered):
            return self._package(text)
        tokens = lowered.split(" ")
        pieces = [*map(self._plain.__getitem__, tokens), ""]
        stop = 0
        while (first := pieces.index("", stop)) < len(tokens):
            stop = first + 1
            while stop < len(tokens) and not pieces[stop]:
                stop += 1
            piece = self._pieces[" ".join(tokens[first:stop]), first == 0, stop == len(tokens)]
            if piece is None:
                return self._package(text)
            pieces[first] = piece
        return " ".join(filter(None, pieces))

    def _look_up(self, token: str) -> str:
        """A token -> its normalised words where they depend on no other token, else nothing."""
        word = token.rstrip(".,!?;:")
        if not _PLAIN.fullmatch(token) or word in self._bound:
            return ""
        if word not in self._replaced:
            return self._spellings.get(word, word)
        words = self._package(f"{_BESIDE} {word} {_BESIDE}").split()[1:-1]
        return " ".join(words) if self._bound.isdisjoint(words) else ""

    def _normalise_piece(self, place: tuple[str, bool, bool]) -> str | None:
        """Tokens, whether the text starts and ends with them -> their normalised words.

        None if they touch the plain words beside them.
        """
        piece, starts, ends = place
        before, after = "" if starts else f"{_BESIDE} ", "" if ends else f" {_BESIDE}"
        words = self._package(f"{before}{piece}{after}").split()
        apart = (starts or words[:1] == [_BESIDE]) and (ends or words[-1:] == [_BESIDE])
        return " ".join(words[not starts : len(words) - (not ends)]) if apart else None


def _reaches_far(text: str) -> bool:
    """Whether rules may join what stands on both sides of a plain word, or drop plain words."""
    return (
        "<" in text
        or "[" in text
        or "(" in text
        or ("'" in text and _JOINING.search(text) is not None)
        or ("half" in text and _AND_A_HALF.search(text) is not None)
    )
