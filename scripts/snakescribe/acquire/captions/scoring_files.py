"""STM and CTM, the reference formats of NIST's sclite (SCTK documentation, ``infmts.htm``)."""

import re
from collections.abc import Iterator

from snakescribe.acquire.captions.reference import TimedWord, Utterance

NOT_SCORED = "IGNORE_TIME_SEGMENT_IN_SCORING"
PAUSE_SECONDS = 0.5

_ALTERNATIVES = re.compile(r"\{\s*([^/{}]*?)\s*(?:/[^{}]*)?\}")


def read_stm(text: str) -> list[Utterance]:
    """``file channel speaker start end [<labels>] words`` -> one utterance a line.

    Of alternatives ``{ a / b }`` the first is taken, ``@`` in them is nothing. Segments that are
    not to be scored are left out.

    Raises:
        ValueError: a line has too few fields or times that are no numbers.
    """
    utterances = []
    for number, line in content_lines(text):
        fields = line.split(None, 5)
        if len(fields) < 5:
            raise ValueError(f"line {number}: an STM line has a file, channel, speaker, start, end")
        start, end = _time(fields[3], number), _time(fields[4], number)
        said = fields[5] if len(fields) > 5 else ""
        said = re.sub(r"^<[^>]*>\s*", "", said)
        if said.strip().upper() == NOT_SCORED:
            continue
        said = _ALTERNATIVES.sub(lambda match: match[1].replace("@", ""), said)
        if plain := " ".join(said.split()):
            utterances.append(Utterance(start, max(start, end), plain))
    return utterances


def read_ctm(text: str) -> list[Utterance]:
    """``file channel start duration word [confidence]`` -> words, joined up to a pause of 0.5 s.

    Raises:
        ValueError: a line has too few fields or times that are no numbers.
    """
    words = []
    skipping = False
    for number, line in content_lines(text):
        fields = line.split()
        if len(fields) < 5:
            raise ValueError(
                f"line {number}: a CTM line has a file, channel, start, duration, word"
            )
        if fields[4] in {"<ALT_BEGIN>", "<ALT>", "<ALT_END>"}:
            skipping = fields[4] == "<ALT>"
        elif not skipping:
            start = _time(fields[2], number)
            words.append(TimedWord(start, start + _time(fields[3], number), fields[4]))
    words.sort(key=lambda word: word.start)
    groups: list[list[TimedWord]] = []
    for word in words:
        if not groups or word.start - groups[-1][-1].end > PAUSE_SECONDS:
            groups.append([])
        groups[-1].append(word)
    return [
        Utterance(
            group[0].start, group[-1].end, " ".join(word.text for word in group), tuple(group)
        )
        for group in groups
    ]


def content_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of an STM or CTM file that are no comment, with their numbers."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip() and not line.lstrip().startswith(";;"):
            yield number, line.strip()


def _time(text: str, number: int) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"line {number}: '{text}' is no time in seconds") from None
