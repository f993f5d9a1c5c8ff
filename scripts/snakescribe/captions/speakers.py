"""`NAME:` at the start of a line: when it is a speaker's name, and when it was said."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from snakescribe.captions.reference import Utterance

# \0 stands for letters that were left out within a word.
NAME = re.compile(
    r"[ \t\0]*(?:[-\u2010-\u2015][ \t]*)?"
    r"([^\W\d_][^:\uff1a\n{}]{0,39}?)[ \t\0]*(?::(?=[\s\0]|$)|\uff1a)"
)
_ROLE = re.compile(
    r"(?:speaker|spk|voice|man|woman|boy|girl|male|female|host|guest|narrator|announcer|reporter|"
    r"interviewer|interviewee|moderator|operator|participant|audience|unknown)[ _]*#?\d*[a-z]?",
    re.IGNORECASE,
)
_MOST_WORDS = 4
_MOSTLY = 0.9


class NameFinder:
    """Tells speakers' names from words before a colon, by what stands in the whole reference."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Take all texts of a reference."""
        lines = [line for text in texts for line in text.split("\n") if line.strip(" \t\0")]
        matches = [match for line in lines if (match := NAME.match(line))]
        self._counts = Counter(match[1] for match in matches)
        # As in an interview, where each line says who speaks.
        capital = all(match[1][0] == match[1][0].upper() for match in matches)
        self._usual = len(matches) > 1 and 2 * len(matches) >= len(lines) and capital
        cased = [letter for line in lines for letter in line if letter.upper() != letter.lower()]
        capitals = sum(letter.isupper() for letter in cased)
        self._all_capitals = capitals > _MOSTLY * len(cased)

    def is_name(self, name: str) -> bool:
        """Whether what stands before a colon is a name.

        It is where most lines have one and all begin with a capital, if it is a role such as
        `Speaker 1`, if it is written in capitals and the rest is not, or if its words begin with
        capitals and it stands before several lines.
        """
        words = name.replace("\0", " ").split()
        if not words or len(words) > _MOST_WORDS:
            return False
        if self._usual or _ROLE.fullmatch(" ".join(words)):
            return True
        if name.isupper() and not self._all_capitals:
            return True
        return self._counts[name] > 1 and all(word[0] == word[0].upper() for word in words)


def without_names(utterances: Iterable[Utterance]) -> tuple[list[Utterance], int]:
    """Utterances -> the same without names at the start of their lines, and how many these were.

    A name before all that an utterance says is its speaker. Words with times are left as they are.
    """
    said = list(utterances)
    finder = NameFinder(one.text for one in said if not one.words)
    count = 0
    for place, one in enumerate(said):
        lines = [] if one.words else one.text.split("\n")
        names = [
            match if match and finder.is_name(match[1]) else None
            for match in map(NAME.match, lines)
        ]
        told = [match for match in names if match]
        if not told:
            continue
        count += len(told)
        text = "\n".join(
            line[match.end() :].strip() if match else line
            for line, match in zip(lines, names, strict=True)
        )
        speaker = told[0][1] if names[0] and len(told) == 1 else ""
        said[place] = replace(one, text=text.strip(), speaker=one.speaker or speaker)
    return said, count
