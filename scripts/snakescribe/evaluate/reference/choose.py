"""Recordings -> their reference as words with times, where the reference has any."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import add
from pathlib import Path
from typing import NamedTuple

from snakescribe.captions.alternatives import has_alternatives
from snakescribe.captions.letters import as_written, find_misread
from snakescribe.captions.read import read_reference
from snakescribe.captions.reference import Reference, Utterance
from snakescribe.captions.sources import Source, list_sources
from snakescribe.config.evaluate import Marks
from snakescribe.errors import UserError
from snakescribe.evaluate.normalize.languages import is_spaced
from snakescribe.evaluate.reference.marks import describe_marks, leave_out_marks
from snakescribe.notices import Kind, notify
from snakescribe.streams import is_stream
from snakescribe.tables import Row

# Alternatives and wildcards are one word, whatever spaces stand in them.
_WORD = re.compile(r"((?:\{[^{}]*\}|\S)+)(\s*)")
_ONE_LETTER = re.compile(r"\{[^{}]*\}|<\*>|.", re.DOTALL)


@dataclass(frozen=True)
class SpokenReference:
    """A recording's reference: raw words in order, each with its time on the recording's clock.

    `gaps` has the white space that was written after each word; where it is empty, words are
    apart as the language has them. `times` is empty where the reference is untimed. `exact` says
    that the times are those of words and not of utterances whose words were spread over their
    duration. A timed reference says nothing about what lies outside `span`, from its first entry
    to its last, and about the spans `ignored` (s); one without words says that nothing was said.
    `speakers` has who says each word, empty where nobody is named; it is empty where nobody is at
    all. Alternatives (see `snakescribe.captions.alternatives`) are one word.
    """

    words: tuple[str, ...]
    times: tuple[tuple[float, float], ...]
    exact: bool
    tier: str
    spaced: bool
    span: tuple[float, float] | None = None
    ignored: tuple[tuple[float, float], ...] = ()
    gaps: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()

    def text(self, start: int, stop: int) -> str:
        """A range of words -> their text as it was written."""
        words = self.words[start:stop]
        if not self.gaps:
            return (" " if self.spaced else "").join(words)
        return "".join(map(add, words, self.gaps[start:stop])).rstrip()


class SpokenPart(NamedTuple):
    """A word of a reference, the white space after it, when it was said (s), and by whom."""

    word: str
    gap: str
    start: float
    end: float
    speaker: str


def find_reference(
    item: Row, recording: Row | None, tiers: Sequence[str], language: str, marks: Marks
) -> SpokenReference | None:
    """An item and what acquiring it gave -> the best of its references that can be read, or None.

    One without words counts if its entries have times, or have nothing but marks such as
    `[silence]`: they say that nothing was said. What cannot be read, or is left out, is a notice.
    Raises what `list_sources` does.

    Args:
        item: a row of the items table.
        recording: the recording's row, with the captions found.
        tiers: the tiers that count, best first.
        language: the recording's language.
        marks: what in a reference was not said.
    """
    for source in list_sources(item, recording, tiers, language):
        read = _read_source(source, item["recording"])
        if read is None:
            continue
        _notify_of_misread(read, source, item["recording"])
        reference = _spell_out(read, source, marks, language, item["recording"])
        # Without words it says that nothing was said, by its times or by a mark such as [music].
        if reference.words or reference.span or any(part.text.strip() for part in read.utterances):
            return reference
    return None


def _read_source(source: Source, recording: str) -> Reference | None:
    """A source -> what it says; None, with a notice, where its file cannot be read."""
    if source.text and is_stream(recording):
        unsplit = "no reference: a text does not say what was said on which channel"
        notify(Kind.REFERENCE_UNREADABLE, unsplit, recording=recording)
        return None
    if source.text:
        return Reference((Utterance(None, None, as_written(source.text)),), timed=False)
    try:
        reference = read_reference(Path(source.path), recording)
    except (UserError, OSError, ValueError) as error:
        text = f"no reference: {error}"
        notify(Kind.REFERENCE_UNREADABLE, text, recording=recording, source=source.path)
        return None
    if reference.damaged:
        text = f"damaged parts of the reference are left out: {_first(reference.damaged)}"
        count = len(reference.damaged)
        notify(Kind.REFERENCE_DAMAGED, text, recording=recording, source=source.path, count=count)
    for what in reference.left_out:
        text = f"{what}: taken for no speech and left out"
        notify(Kind.REFERENCE_MARKS, text, recording=recording, source=source.path)
    return reference


def _notify_of_misread(reference: Reference, source: Source, recording: str) -> None:
    misread = [*filter(None, (find_misread(said.text) for said in reference.utterances))]
    if misread:
        text = f"letters of the reference are broken, such as those of '{misread[0][:40]}'"
        count = len(misread)
        notify(Kind.REFERENCE_MISREAD, text, recording=recording, source=source.path, count=count)


def _first(problems: Sequence[str]) -> str:
    return "; ".join(problems[:3]) + (" ..." if len(problems) > 3 else "")


def split_words(text: str, spaced: bool) -> list[tuple[str, str]]:
    """A text -> its words as written, each with the white space after it.

    Where words are not written with spaces: its characters, where a letter and its mark are one.
    """
    words = _WORD.findall(text)
    if spaced:
        return words
    return [part for word, gap in words for part in _split_characters(word, gap)]


def list_words(text: str, spaced: bool) -> list[str]:
    """A text -> the words of `split_words`, without the white space."""
    return text.split() if spaced else [word for word, _ in split_words(text, spaced)]


def _split_characters(word: str, gap: str) -> Iterator[tuple[str, str]]:
    """What lies between spaces and the space after it -> its characters, as in `split_words`."""
    letter = ""
    for character in _ONE_LETTER.findall(word):
        if letter and len(unicodedata.normalize("NFKC", letter + character)) > 1:
            yield letter, ""
            letter = ""
        letter += character
    yield letter, gap


def _spell_out(
    read: Reference, source: Source, marks: Marks, language: str, recording: str
) -> SpokenReference:
    """What a source says -> its words, without marks, and notice of these."""
    spaced = is_spaced(language)
    utterances, counts = leave_out_marks(read.utterances, marks)
    for text, count in describe_marks(counts):
        notify(Kind.REFERENCE_MARKS, f"{text}; left out", recording=recording, count=count)
    parts = [part for utterance in utterances for part in _time_words(utterance, spaced)]
    if count := sum(has_alternatives(part.word) for part in parts):
        text = "`{..}` and `<*>` allow several wordings; the one that fits a condition best counts"
        notify(Kind.REFERENCE_MARKS, text, recording=recording, count=count)
    speakers = tuple(part.speaker for part in parts)
    return SpokenReference(
        words=tuple(part.word for part in parts),
        times=tuple((part.start, part.end) for part in parts) if read.timed else (),
        exact=read.timed and all(utterance.words for utterance in utterances),
        tier=source.tier,
        spaced=spaced,
        span=read.span,
        ignored=read.ignored,
        # A line break of captions is no more than a space; that of a text of the user's stays.
        gaps=tuple(part.gap if source.text else part.gap.replace("\n", " ") for part in parts),
        speakers=speakers if any(speakers) else (),
    )


def _time_words(utterance: Utterance, spaced: bool) -> Iterator[SpokenPart]:
    """An utterance -> its words with times: its own, else spread over it by their letters.

    A space follows the last one, whatever the language: the next utterance is another line.
    """
    parts = split_words(f"{utterance.text} ", spaced)
    times = [
        (part, word.start, word.end)
        for word in utterance.words
        for part, _ in split_words(word.text, spaced)
    ]
    if [part for part, _, _ in times] != [part for part, _ in parts]:
        times = list(_spread(utterance, [part for part, _ in parts]))
    for (word, gap), (_, start, end) in zip(parts, times, strict=True):
        yield SpokenPart(word, gap, start, end, utterance.speaker)


def _spread(utterance: Utterance, words: Sequence[str]) -> Iterator[tuple[str, float, float]]:
    """An utterance and its words -> the words with times, as long as their letters are many."""
    start = utterance.start or 0.0
    end = max(utterance.end or start, start)
    letters = sum(len(word) + 1 for word in words)
    done = 0
    for word in words:
        begin = start + (end - start) * done / letters
        done += len(word) + 1
        yield word, begin, start + (end - start) * done / letters
