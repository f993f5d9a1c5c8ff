"""What stands in references beside what was said: names of speakers, sounds, music, turns.

These are conventions of captions. Which of them hold is told by `scoring.marks`, so that a change
of mind only scores anew.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from snakescribe.captions.alternatives import WILDCARD
from snakescribe.captions.reference import TimedWord, Utterance
from snakescribe.captions.speakers import NAME, NameFinder
from snakescribe.config.evaluate import Marks

# Stands for each letter that is left out within a word, so that places in the text stay; around
# words it is a space.
_GONE = "\0"

_NOTE = "\u2669-\u266c"
# What is left out, by option. Music goes from note to note in a line, else from one note to the end
# or the beginning of the line that has it there.
_UNSAID = {
    "brackets": re.compile(
        r"\[[^\[\]]*\]|\u3010[^\u3010\u3011]*\u3011|\uff3b[^\uff3b\uff3d]*\uff3d"
    ),
    "parentheses": re.compile(r"\([^()]*\)|\uff08[^\uff08\uff09]*\uff09"),
    "music": re.compile(
        rf"[{_NOTE}]+[^{_NOTE}\n]*[{_NOTE}]+|^[\s\0]*[{_NOTE}].*$|^.*[{_NOTE}][\s\0]*$|[{_NOTE}]+",
        re.MULTILINE,
    ),
    "stars": re.compile(r"(?<![\w*<])\*(?![\s*])[^*\n]*(?<![\s*])\*(?![\w*>])"),
}
# What of it is no word either where what it encloses was said.
_SIGNS = {
    "brackets": re.compile(r"[\[\]\u3010\u3011\uff3b\uff3d]"),
    "parentheses": re.compile(r"[()\uff08\uff09]"),
    "music": re.compile(rf"[{_NOTE}]"),
    "stars": re.compile(r"(?<!<)\*(?!>)"),
}
_TURN = re.compile(r">{2,}")
# A word that automatic captions do not write: it was said, whatever it was.
_CENSORED = re.compile(r"\[\s*_+\s*\]")
# Tags of transcribers (LDC, Fisher, Kaldi, IBM, TED-LIUM). Speech that nobody could write down:
_OUTSIDE = r"(?![^{}]*\})"  # of alternatives, which have no others within
_UNCLEAR = re.compile(
    r"(?<!\S)(?:<(?:unk|unknown|unclear|unintelligible|inaudible|foreign|overlap)[^<>]{0,20}>"
    r"|[\[(](?:unk|unknown|unclear|unintelligible|inaudible|indistinct|crosstalk)[^\[\]()]{0,20}"
    rf"[\])]|\(\(\s*\)\)){_OUTSIDE}",
    re.IGNORECASE,
)
# Speech that was guessed: it may have been said.
_GUESSED = re.compile(rf"\(\(([^(){{}}]*[^(){{}}\s][^(){{}}]*)\)\){_OUTSIDE}")
# A filler of any kind, and one that is spelled.
_HESITATION = re.compile(rf"(?:%hes\w*|<(?:hes\w*|fill\w*|fp)>){_OUTSIDE}", re.IGNORECASE)
_FILLER = re.compile(r"%(?=(?:u[hm]+|a[hm]+|e[hmr]+|h?mm+|hm+|m+h+m+|o[hw]+)\b)", re.IGNORECASE)
# All else is no speech. `<*>` is our own, `<3`, `a < b` and `100 %ige` are none.
_TAG = re.compile(
    r"</?[A-Za-z][\w:./ -]{0,30}>|(?<![\w%])%(?:noise|laugh|cough|breath|smack|lipsmack|sigh|sneeze"
    r"|sil|silence|sp|pause|music|bcack|eps|hes\w*)\b|(?<!\S)!(?:sil|enter|exit|null)(?!\S)",
    re.IGNORECASE,
)
# Stands for a hesitation until the text is put together.
_HESITATED = "\x01"
_FILLERS = "{uh|um|er|ah|eh|hm|hmm|mm|}"


class _Turn(NamedTuple):
    """A part of a text: from where to where, and who speaks; None: whoever did before."""

    first: int
    stop: int
    speaker: str | None


def leave_out_marks(
    utterances: Sequence[Utterance], marks: Marks
) -> tuple[list[Utterance], Counter[str]]:
    """Utterances of a reference -> the same without what was not said, and what that was.

    Args:
        utterances: as they were read.
        marks: which conventions hold.

    Returns:
        An utterance for each speaker; and by option how many marks were left out.
    """
    counts: Counter[str] = Counter()
    texts = [_leave_out_sounds(utterance.text, marks, counts) for utterance in utterances]
    names = NameFinder(texts) if marks.names == "drop" else None
    told: list[Utterance] = []
    speaker = ""  # whom the last `NAME:` named
    for utterance, text in zip(utterances, texts, strict=True):
        if utterance.speaker:
            speaker = ""
        bare, turns = _find_turns(text, marks, names, counts)
        for turn in turns:
            speaker = speaker if turn.speaker is None else turn.speaker
            told += _cut_out(utterance, bare, turn, speaker)
    return told, counts


def _leave_out_sounds(text: str, marks: Marks, counts: Counter[str]) -> str:
    """A text -> the same with what is no speech, or only its signs, blanked out."""
    text = _CENSORED.sub(_any_words, text)
    if marks.tags == "drop":
        text = _leave_out_tags(text, counts)
    for option, pattern in _UNSAID.items():
        if getattr(marks, option) == "words":
            text = _SIGNS[option].sub(_GONE, text)
            continue
        before = ""
        while before != text:  # brackets within brackets
            before = text
            text = pattern.sub(partial(_count_and_blank, option, counts), text)
    return text


def _leave_out_tags(text: str, counts: Counter[str]) -> str:
    """A text -> the same with its tags blanked out, or with what may have been said there."""
    for pattern, make in (
        (_UNCLEAR, _any_words),
        (_GUESSED, lambda match: f" {{{match[1]}}} "),
        (_HESITATION, lambda match: _HESITATED.ljust(len(match[0]))),
        (_FILLER, lambda _: _GONE),
        (_TAG, lambda match: " " * len(match[0])),
    ):
        text, count = pattern.subn(make, text)
        if count:
            counts["tags"] += count
    return text


def _any_words(match: re.Match[str]) -> str:
    return WILDCARD.ljust(len(match[0]))


def _count_and_blank(option: str, counts: Counter[str], match: re.Match[str]) -> str:
    counts[option] += 1
    return re.sub(r"[^\n]", " ", match[0])


def _find_turns(
    text: str, marks: Marks, names: NameFinder | None, counts: Counter[str]
) -> tuple[str, list[_Turn]]:
    """A text -> the same without marks of turns and names, and who speaks where."""
    starts: dict[int, str | None] = {0: None}
    if marks.turns == "drop":
        for match in _TURN.finditer(text):
            starts[match.start()] = ""
        text = _TURN.sub(partial(_count_and_blank, "turns", counts), text)
    if names:
        lines = [match.start() for match in re.finditer(r"^", text, re.MULTILINE)]
        for place in sorted({*starts, *lines}):
            named = NAME.match(text, place)
            if named and names.is_name(named[1]):
                starts[place] = " ".join(named[1].replace(_GONE, "").split())
                counts["names"] += 1
                text = text[:place] + " " * len(named[0]) + text[named.end() :]
    places = sorted(starts)
    stops = [*places[1:], len(text)]
    return text, [
        _Turn(first, stop, starts[first]) for first, stop in zip(places, stops, strict=True)
    ]


def _cut_out(utterance: Utterance, bare: str, turn: _Turn, speaker: str) -> Iterator[Utterance]:
    """An utterance, its text with what is gone blanked out, and a turn -> the turn, if any."""
    said = bare[turn.first : turn.stop]
    if said == utterance.text:
        yield replace(utterance, speaker=speaker or utterance.speaker)
        return
    text = " ".join(said.replace(_GONE, "").split()).replace(_HESITATED, _FILLERS)
    if not text:
        return
    start, end = utterance.start, utterance.end
    words = tuple(_remaining_words(utterance, bare, turn))
    if words:
        start, end = words[0].start, max(word.end for word in words)
    elif start is not None and end is not None and (turn.first, turn.stop) != (0, len(bare)):
        seconds = (end - start) / _count_letters(bare)
        before = _count_letters(bare[: turn.first])
        start, end = start + seconds * before, start + seconds * (before + _count_letters(text))
    yield Utterance(start, end, text, words, speaker or utterance.speaker)


def _count_letters(text: str) -> int:
    return len("".join(text.replace(_GONE, "").split()))


def _remaining_words(utterance: Utterance, bare: str, turn: _Turn) -> Iterator[TimedWord]:
    """The timed words of a turn, without what is gone of them."""
    places = list(re.finditer(r"\S+", utterance.text))
    if [place[0] for place in places] != [word.text for word in utterance.words]:
        return
    for place, word in zip(places, utterance.words, strict=True):
        if turn.first <= place.start() < turn.stop:
            rest = bare[place.start() : min(place.end(), turn.stop)].replace(_GONE, "").strip()
            if rest:
                yield replace(word, text=rest.replace(_HESITATED, _FILLERS))


def describe_marks(counts: Counter[str]) -> Iterable[tuple[str, int]]:
    """What was left out, by option -> in words, and how often."""
    for option, words in _DESCRIPTIONS.items():
        if counts[option]:
            yield words, counts[option]


_DESCRIPTIONS = {
    "names": "`NAME:` says who speaks",
    "brackets": "`[..]` is no speech",
    "parentheses": "`(..)` is no speech",
    "music": "`♪..♪` is no speech",
    "stars": "`*..*` is no speech",
    "turns": "`>>` is no word",
    "tags": "tags such as `<unk>` or `%hesitation` are no words",
}
