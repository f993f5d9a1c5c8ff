"""STM and CTM, the reference formats of NIST's sclite (SCTK documentation, ``infmts.htm``)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from snakescribe.captions.alternatives import from_stm
from snakescribe.captions.reference import (
    Reference,
    Span,
    TimedWord,
    Utterance,
    join_words,
    merge_spans,
    parse_each,
    to_seconds,
    whole_span,
)
from snakescribe.captions.scoring_lines import content_lines
from snakescribe.notices import Kind, notify

NOT_SCORED = "IGNORE_TIME_SEGMENT_IN_SCORING"

# NIST: a word in brackets may be said or not. Not meant are `((guessed))` and `(inaudible)`.
_OPTIONAL = re.compile(
    r"(?<![(\w])\((?!(?:unk|unclear|unintelligible|inaudible|indistinct|crosstalk))"
    r"([^\W\d_][^(){}<>%]*)\)(?![)\w])(?![^{}]*\})",
    re.IGNORECASE,
)
_ALT_MARKS = {"<ALT_BEGIN>": "{", "<ALT>": "/", "<ALT_END>": "}"}

Lines = list[tuple[int, str]]


def read_stm(lines: Lines) -> Reference:
    """``file channel speaker start end [<labels>] words`` -> one utterance a line that has words.

    Alternatives are kept, see `captions.alternatives`. Segments that are not to be scored are in
    `ignored`; lines without words say that nothing was said.

    Raises:
        ValueError: every line is damaged: too few fields, or times that are no numbers.
    """
    ignored: list[Span] = []

    def parse(numbered: tuple[int, str]) -> Iterator[Utterance]:
        number, line = numbered
        fields = line.split(None, 5)
        if len(fields) < 5:
            raise ValueError(f"line {number}: an STM line has a file, channel, speaker, start, end")
        start, end = _time(fields[3], number), _time(fields[4], number)
        said = re.sub(r"^<[^<>]*,[^<>]*>\s*|^<[^<>*]+>\s*", "", "".join(fields[5:]))
        if said.strip().upper() == NOT_SCORED:
            ignored.append((start, max(start, end)))
            return
        try:
            text = _OPTIONAL.sub(r"{\1}", from_stm(said))
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from None
        yield Utterance(start, max(start, end), text, (), fields[2])

    parsed = parse_each(lines, parse)
    utterances = sorted(parsed.utterances, key=lambda utterance: utterance.start or 0.0)
    spoken = tuple(utterance for utterance in utterances if utterance.text)
    return Reference(
        spoken, True, whole_span(utterances), merge_spans(ignored), tuple(parsed.damaged)
    )


def read_ctm(lines: Lines) -> Reference:
    """``file channel start duration word [confidence]`` -> words, joined up to a pause of 0.5 s.

    Alternatives between ``<ALT_BEGIN>``, ``<ALT>`` and ``<ALT_END>`` are one word in our notation.

    Raises:
        ValueError: every line is damaged: too few fields, or times that are no numbers.
    """
    opened: list[TimedWord | str] = []

    def parse(numbered: tuple[int, str]) -> Iterator[Utterance]:
        number, line = numbered
        fields = line.split()
        if len(fields) < 5:
            raise ValueError(
                f"line {number}: a CTM line has a file, channel, start, duration, word"
            )
        mark = _ALT_MARKS.get(fields[4])
        if mark:
            opened.append(mark)
            if mark == "}":
                yield from _alternatives(opened)
                opened.clear()
            return
        start = _time(fields[2], number)
        end = start + max(_time(fields[3], number), 0.0)
        word = TimedWord(start, end, fields[4], _confidence(fields[5:]))
        if opened:
            opened.append(word)
        else:
            yield Utterance(word.start, word.end, word.text, (word,))

    parsed = parse_each(lines, parse)
    words = [word for utterance in parsed.utterances for word in utterance.words]
    words += [word for word in opened if isinstance(word, TimedWord)]  # never closed
    utterances = join_words(words)
    return Reference(tuple(utterances), True, whole_span(utterances), (), tuple(parsed.damaged))


def _alternatives(opened: Sequence[TimedWord | str]) -> Iterator[Utterance]:
    """What stands from an opening to a closing mark -> one word of all its time."""
    words = [part for part in opened if isinstance(part, TimedWord)]
    text = from_stm(" ".join(part.text if isinstance(part, TimedWord) else part for part in opened))
    if words and text:
        start, end = min(word.start for word in words), max(word.end for word in words)
        yield Utterance(start, end, text, (TimedWord(start, end, text),))


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


def lines_of_channel(lines: Lines, channel: str) -> Lines:
    """Lines of one recording and a channel's number, from 1 -> the lines of that channel.

    Raises:
        ValueError: the lines of several speakers are all of one channel.
    """
    fields = [line.split(None, 3) for _, line in lines]
    labels = [parts[1] if len(parts) > 1 else "" for parts in fields]
    wanted = labels_of_channel(labels, [parts[2] for parts in fields if len(parts) > 3], channel)
    return [line for line, label in zip(lines, labels, strict=True) if label in wanted]


def labels_of_channel(labels: Iterable[str], speakers: Iterable[str], channel: str) -> set[str]:
    """How the channels of a recording are called -> those names that mean a channel.

    Channels are called 1 and 2, or A and B; under other names they are taken in their order.

    Args:
        labels: the name of the channel of each line.
        speakers: who speaks in the lines, where they say so.
        channel: its number, from 1.

    Raises:
        ValueError: several speakers are all on one channel: nobody told them apart.
    """
    known = sorted({label.casefold() for label in labels})
    place = int(channel) - 1
    wanted = {channel, chr(ord("a") + place)} & set(known)
    if not wanted and not any(len(label) == 1 for label in known):
        wanted = set(known[place : place + 1])
    if len(known) == 1 and len(set(speakers)) > 1:
        raise ValueError(
            f"all its lines are of channel {known[0]}, though there are several speakers: it does "
            "not say what was said on which channel"
        )
    return {label for label in labels if label.casefold() in wanted}


def _confidence(fields: Sequence[str]) -> float | None:
    """What stands behind a word in a CTM file -> its confidence; None where it is no number."""
    try:
        return to_seconds(fields[0])
    except (IndexError, ValueError):
        return None


def _time(text: str, number: int) -> float:
    try:
        return to_seconds(text)
    except ValueError as error:
        raise ValueError(f"line {number}: {error}") from None
