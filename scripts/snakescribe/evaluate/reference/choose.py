"""Recordings -> their reference as words with times, where the reference has any."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import add
from pathlib import Path
from typing import NamedTuple

from snakescribe.captions.read import read_reference
from snakescribe.captions.reference import Utterance
from snakescribe.errors import UserError
from snakescribe.evaluate.normalize.languages import is_spaced
from snakescribe.notices import Kind, notify
from snakescribe.tables import Row

HUMAN, MANUAL, AUTOMATIC, SYNTHETIC = "human", "manual_caption", "automatic_caption", "synthetic"
TIERS = (HUMAN, MANUAL, SYNTHETIC, AUTOMATIC)

_WORD = re.compile(r"(\S+)(\s*)")


@dataclass(frozen=True)
class SpokenReference:
    """A recording's reference: raw words in order, each with its time on the recording's clock.

    `gaps` has the white space that was written after each word; where it is empty, words are
    apart as the language has them. `times` is empty where the reference is untimed. `exact` says
    that the times are those of words and not of utterances whose words were spread over their
    duration. A timed reference says nothing about what lies outside `span`, from its first entry
    to its last, and about the spans `ignored` (s); one without words says that nothing was said.
    """

    words: tuple[str, ...]
    times: tuple[tuple[float, float], ...]
    exact: bool
    tier: str
    spaced: bool
    span: tuple[float, float] | None = None
    ignored: tuple[tuple[float, float], ...] = ()
    gaps: tuple[str, ...] = ()

    def text(self, start: int, stop: int) -> str:
        """A range of words -> their text as it was written."""
        words = self.words[start:stop]
        if not self.gaps:
            return (" " if self.spaced else "").join(words)
        return "".join(map(add, words, self.gaps[start:stop])).rstrip()


class Source(NamedTuple):
    """Where a reference may come from: its tier, and its text or the path of its file."""

    tier: str
    text: str
    path: str


class TimedPart(NamedTuple):
    """A word of a reference file, the white space after it, and when it was said (s)."""

    word: str
    gap: str
    start: float
    end: float


def list_sources(
    item: Row, recording: Row | None, tiers: Sequence[str], language: str
) -> list[Source]:
    """An item and what acquiring it gave -> the references that it names, best first.

    Args:
        item: a row of the items table.
        recording: the recording's row, with the captions found.
        tiers: the tiers that count, best first. A reference of the user's own is `human` unless
            the item has a context field `reference_tier`.
        language: the recording's language; captions in another one do not count.

    Raises:
        UserError: `reference_tier` names no tier.
    """
    own = item["context"].get("reference_tier") or HUMAN
    if own not in TIERS:
        raise UserError(
            f"reference_tier of recording {item['recording']}: unknown tier '{own}'; "
            f"known are: {', '.join(TIERS)}"
        )
    sources: list[Source] = []
    if item["reference_file"]:
        sources.append(Source(own, "", item["reference_file"]))
    if item["reference"]:
        sources.append(Source(own, item["reference"], ""))
    for caption in (recording or {}).get("captions") or ():
        if _same_language(caption.get("language") or "", language):
            sources.append(Source(caption["tier"], "", caption["path"]))
    ranked = (source for source in sources if source.tier in tiers)
    return sorted(ranked, key=lambda source: tiers.index(source.tier))


def find_reference(
    item: Row, recording: Row | None, tiers: Sequence[str], language: str
) -> SpokenReference | None:
    """An item and what acquiring it gave -> the best of its references that can be read, or None.

    A file without words counts if its entries have times: they say that nothing was said. A file
    that cannot be read is a warning. Takes and raises what `list_sources` does.
    """
    spaced = is_spaced(language)
    for tier, text, path in list_sources(item, recording, tiers, language):
        if text:
            parts = split_words(text, spaced)
            reference: SpokenReference | None = SpokenReference(
                tuple(word for word, _ in parts),
                (),
                False,
                tier,
                spaced,
                gaps=tuple(gap for _, gap in parts),
            )
        else:
            reference = _read_file(Path(path), tier, spaced, item["recording"])
        if reference and (reference.words or reference.span):  # or says that nothing was said
            return reference
    return None


def _same_language(left: str, right: str) -> bool:
    """Two language codes -> whether they may be of one language; regions do not count."""
    left, right = (code.lower().split("-")[0] for code in (left, right))
    return not left or not right or left == right


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
    for character in word:
        if letter and len(unicodedata.normalize("NFKC", letter + character)) > 1:
            yield letter, ""
            letter = ""
        letter += character
    yield letter, gap


def _read_file(path: Path, tier: str, spaced: bool, recording: str) -> SpokenReference | None:
    """A reference file -> its words; None, with a warning, where it cannot be read."""
    try:
        reference = read_reference(path, recording)
    except (UserError, OSError, ValueError) as error:
        notify(
            Kind.REFERENCE_UNREADABLE,
            f"no reference: {error}",
            recording=recording,
            source=str(path),
        )
        return None
    parts: list[TimedPart] = []
    exact = reference.timed
    for utterance in reference.utterances:
        parts += _time_words(utterance, spaced)
        exact = exact and bool(utterance.words)
    return SpokenReference(
        tuple(part.word for part in parts),
        tuple((part.start, part.end) for part in parts) if reference.timed else (),
        exact,
        tier,
        spaced,
        reference.span,
        reference.ignored,
        tuple(part.gap for part in parts),
    )


def _time_words(utterance: Utterance, spaced: bool) -> Iterator[TimedPart]:
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
        yield TimedPart(word, gap, start, end)


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
