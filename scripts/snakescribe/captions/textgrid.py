"""Praat's TextGrid, long or short -> utterances.

It is read here and not by a package: those that there are stop at files that Praat opens. To Praat
a TextGrid is a stream of free-standing numbers, quoted texts and flags, and all else is comment
(its manual, "TextGrid file formats").
"""

import re
from collections.abc import Iterator

from snakescribe.captions.reference import Parsed, Utterance
from snakescribe.captions.tiers import Tier, choose_speech

_TOKEN = re.compile(r'"((?:[^"]|"")*)"|(?<!\S)([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?!\S)')
_COMMENT = re.compile(r"^[ \t]*!.*$", re.MULTILINE)


def read_textgrid(text: str) -> Parsed:
    """The text of a TextGrid, long or short -> the intervals of its tiers of speech.

    Raises:
        ValueError: no TextGrid, or it ends in the middle.
    """
    if "TextGrid" not in text[:200]:
        raise ValueError("line 1: not a TextGrid (it says so in its first lines)")
    return choose_speech(list(_tiers(_tokens(text))))


def _tokens(text: str) -> Iterator[str | float]:
    """A TextGrid's free-standing texts and numbers."""
    for match in _TOKEN.finditer(_COMMENT.sub("", text)):
        if match[1] is not None:
            yield match[1].replace('""', '"')
        elif match[2] is not None:
            yield float(match[2])


def _tiers(tokens: Iterator[str | float]) -> Iterator[Tier]:
    for token in tokens:
        if token not in ("IntervalTier", "TextTier"):
            continue
        name = str(_take(tokens))
        for _ in range(2):  # from where to where the tier goes
            _take_number(tokens)
        count = int(_take_number(tokens))
        utterances: list[Utterance] = []
        damaged: list[str] = []
        for number in range(count):
            start = _take_number(tokens)
            end = _take_number(tokens) if token == "IntervalTier" else start
            said = " ".join(str(_take(tokens)).split())
            if token == "TextTier" or not said:
                continue
            if start < 0 or end < start:
                damaged.append(f"tier {name}, interval {number + 1}: from {start} to {end} s")
            else:
                utterances.append(Utterance(start, end, said))
        yield Tier(name, "", tuple(utterances), tuple(damaged))


def _take(tokens: Iterator[str | float]) -> str | float:
    token = next(tokens, None)
    if token is None:
        raise ValueError("the TextGrid ends in the middle of a tier")
    return token


def _take_number(tokens: Iterator[str | float]) -> float:
    token = _take(tokens)
    if not isinstance(token, float):
        raise ValueError(f"the TextGrid has '{token[:40]}' where a number belongs")
    return token
