"""What Whisper's English normaliser does to a word whatever stands beside it.

The package runs some sixty regular expressions over every text and decides on numbers word by
word. Nearly all words, though, come out the same in any text: they are *plain*.
`snakescribe.evaluate.normalize.piecewise` cuts texts at them.
"""

import re
from collections.abc import Callable

from whisper_normalizer.english import EnglishTextNormalizer

from snakescribe.evaluate.normalize.piecewise import PieceRules

_PLAIN = re.compile(r"[a-z]+[.,!?;:]?")
_FILLERS = frozenset({"hmm", "mm", "mhm", "mmm", "uh", "um"})
# What the rules look for beside other words: "'s been", "5 th".
_FOLLOWERS = frozenset({"been", "gone", "done", "got", "st", "nd", "rd", "th", "s"})
# What reaches across plain words, as brackets do.
_JOINING = re.compile(r"'(?:(?<=\s')|(?<=mm')|(?<=mhm')|(?<=uh')|(?<=um'))")  # "won 't", "won um't"
_AND_A_HALF = re.compile(r"and[^b-gi-ln-tv-z]*half")  # with fillers; "a" is plain
_BESIDE = "beside"  # a plain word


def english_rules(package: EnglishTextNormalizer, normalise: Callable[[str], str]) -> PieceRules:
    """The package's English normaliser, whose rules tell which words are plain -> how to cut.

    Args:
        package: the package's normaliser.
        normalise: what is done to texts: the same, or the same and more that no plain word notices.
    """
    bound = frozenset(package.standardize_numbers.words) | _FILLERS | _FOLLOWERS
    replaced = frozenset(re.findall("[a-z]+", " ".join(package.replacers).replace(r"\b", " ")))
    spellings = package.standardize_spellings.mapping

    def normalise_alone(part: str) -> str | None:
        lowered = part.lower()
        word = lowered.rstrip(".,!?;:")
        if not _PLAIN.fullmatch(lowered) or word in bound:
            return None
        if word not in replaced:
            return str(spellings.get(word, word))
        words = normalise(f"{_BESIDE} {word} {_BESIDE}").split()[1:-1]
        return " ".join(words) if bound.isdisjoint(words) else None

    def normalise_between(parts: str, starts: bool, ends: bool) -> str | None:
        before, after = "" if starts else f"{_BESIDE} ", "" if ends else f" {_BESIDE}"
        words = normalise(f"{before}{parts}{after}").split()
        apart = (starts or words[:1] == [_BESIDE]) and (ends or words[-1:] == [_BESIDE])
        return " ".join(words[not starts : len(words) - (not ends)]) if apart else None

    return PieceRules(normalise_alone, normalise_between, _may_reach_far, _reaches_far)


def _reaches_far(text: str) -> bool:
    """Whether rules may join what stands on both sides of a plain word, or drop such words."""
    return _has_joint(text) or _AND_A_HALF.search(text.lower()) is not None


def _may_reach_far(part: str) -> bool:
    """Whether a text that has this part may be such a text."""
    return _has_joint(f" {part}") or "half" in part.lower()


def _has_joint(text: str) -> bool:
    if not text.isascii() or "<" in text or "[" in text or "(" in text:
        return True
    return "'" in text and _JOINING.search(text.lower()) is not None
