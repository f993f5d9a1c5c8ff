"""STM and CTM, the reference formats of NIST's sclite (SCTK documentation, ``infmts.htm``)."""

import re
from collections.abc import Sequence
from pathlib import Path

from snakescribe.captions.reference import (
    Reference,
    Span,
    TimedWord,
    Utterance,
    merge_spans,
    to_seconds,
    whole_span,
)
from snakescribe.captions.scoring_lines import content_lines
from snakescribe.notices import Kind, notify

NOT_SCORED = "IGNORE_TIME_SEGMENT_IN_SCORING"
PAUSE_SECONDS = 0.5

_ALTERNATIVES = re.compile(r"\{\s*([^/{}]*?)\s*(?:/[^{}]*)?\}")


Lines = list[tuple[int, str]]


def read_stm(lines: Lines) -> Reference:
    """``file channel speaker start end [<labels>] words`` -> one utterance a line that has words.

    Of alternatives ``{ a / b }`` the first is taken, ``@`` in them is nothing. Segments that are
    not to be scored are in `ignored`; lines without words say that nothing was said.

    Raises:
        ValueError: a line has too few fields or times that are no numbers.
    """
    utterances: list[Utterance] = []
    ignored: list[Span] = []
    for number, line in lines:
        fields = line.split(None, 5)
        if len(fields) < 5:
            raise ValueError(f"line {number}: an STM line has a file, channel, speaker, start, end")
        start, end = _time(fields[3], number), _time(fields[4], number)
        said = fields[5] if len(fields) > 5 else ""
        said = re.sub(r"^<[^>]*>\s*", "", said)
        if said.strip().upper() == NOT_SCORED:
            ignored.append((start, max(start, end)))
            continue
        said = _ALTERNATIVES.sub(lambda match: match[1].replace("@", ""), said)
        utterances.append(Utterance(start, max(start, end), " ".join(said.split())))
    utterances.sort(key=lambda utterance: utterance.start or 0.0)
    spoken = tuple(utterance for utterance in utterances if utterance.text)
    return Reference(spoken, True, whole_span(utterances), merge_spans(ignored))


def read_ctm(lines: Lines) -> Reference:
    """``file channel start duration word [confidence]`` -> words, joined up to a pause of 0.5 s.

    Raises:
        ValueError: a line has too few fields or times that are no numbers.
    """
    words = []
    skipping = False
    for number, line in lines:
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
    utterances = tuple(
        Utterance(
            group[0].start, group[-1].end, " ".join(word.text for word in group), tuple(group)
        )
        for group in groups
    )
    return Reference(utterances, True, whole_span(utterances))


def choose_lines(text: str, names: Sequence[str], path: Path) -> Lines:
    """An STM or CTM file's text and names of a recording -> its lines, with their numbers.

    The first field names the recording, with or without an ending. Where all lines have the same,
    it does not matter; where they differ and none is among the names, all are taken, with a
    warning.
    """
    lines = list(content_lines(text))
    owners = [line.split(None, 1)[0] for _, line in lines]
    if len(set(owners)) < 2:
        return lines
    wanted = {name.casefold() for name in names}
    named = {owner for owner in owners if {owner.casefold(), Path(owner).stem.casefold()} & wanted}
    if not named:
        notify(
            Kind.REFERENCE_OF_OTHERS,
            f"lines of several recordings ({', '.join(sorted(set(owners))[:5])}), and none is "
            f"named {' or '.join(filter(None, names))}: all are taken",
            source=str(path),
        )
        return lines
    return [line for line, owner in zip(lines, owners, strict=True) if owner in named]


def _time(text: str, number: int) -> float:
    try:
        return to_seconds(text)
    except ValueError as error:
        raise ValueError(f"line {number}: {error}") from None
