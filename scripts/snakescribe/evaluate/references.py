"""Recordings -> their reference as words with times, where the reference has any."""

import logging
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from snakescribe.errors import UserError
from snakescribe.evaluate.normalizers import is_spaced
from snakescribe.tables import Row

if TYPE_CHECKING:
    from snakescribe.acquire.captions import Utterance

logger = logging.getLogger(__name__)

HUMAN, MANUAL, AUTOMATIC, SYNTHETIC = "human", "manual_caption", "automatic_caption", "synthetic"
TIERS = (HUMAN, MANUAL, SYNTHETIC, AUTOMATIC)


@dataclass(frozen=True)
class SpokenReference:
    """A recording's reference: raw words in order, each with its time on the recording's clock.

    `times` is empty where the reference is untimed. `exact` says that the times are those of
    words and not of utterances whose words were spread over their duration. A timed reference
    says nothing about what lies outside `span`, from its first entry to its last, and about the
    spans `ignored` (s).
    """

    words: tuple[str, ...]
    times: tuple[tuple[float, float], ...]
    exact: bool
    tier: str
    spaced: bool
    span: tuple[float, float] | None = None
    ignored: tuple[tuple[float, float], ...] = ()

    def text(self, start: int, stop: int) -> str:
        """A range of words -> their text."""
        return (" " if self.spaced else "").join(self.words[start:stop])


class Source(NamedTuple):
    """Where a reference may come from: its tier, and its text or the path of its file."""

    tier: str
    text: str
    path: str


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

    Takes and raises what `list_sources` does. A file that cannot be read is a warning.
    """
    spaced = is_spaced(language)
    for tier, text, path in list_sources(item, recording, tiers, language):
        if text:
            found: SpokenReference | None = SpokenReference(
                tuple(_split(text, spaced)), (), False, tier, spaced
            )
        else:
            found = _read_file(Path(path), tier, spaced, item["recording"])
        if found is not None and found.words:
            return found
    return None


def _same_language(one: str, other: str) -> bool:
    left, right = (name.lower().split("-")[0] for name in (one, other))
    return not left or not right or left == right


def _split(text: str, spaced: bool) -> list[str]:
    """A text -> its words; else its characters, where a letter and its mark are one."""
    if spaced:
        return text.split()
    return [one for one in unicodedata.normalize("NFC", text) if not one.isspace()]


def _read_file(path: Path, tier: str, spaced: bool, recording: str) -> SpokenReference | None:
    """A reference file -> its words; None, with a warning, where it cannot be read."""
    from snakescribe.acquire.captions import read_reference

    try:
        reference = read_reference(path, recording)
    except (UserError, OSError, ValueError) as error:
        logger.warning("%s: no reference: %s: %s", recording, path, error)
        return None
    words: list[str] = []
    times: list[tuple[float, float]] = []
    exact = reference.timed
    for utterance in reference.utterances:
        parts = _timed_words(utterance, spaced)
        exact = exact and bool(utterance.words)
        words += [text for text, _, _ in parts]
        times += [(start, end) for _, start, end in parts]
    return SpokenReference(
        tuple(words),
        tuple(times) if reference.timed else (),
        exact,
        tier,
        spaced,
        reference.span,
        reference.ignored,
    )


def _timed_words(utterance: "Utterance", spaced: bool) -> list[tuple[str, float, float]]:
    """An utterance -> its words with times: its own, else spread over it by their letters."""
    parts = _split(utterance.text, spaced)
    given = [
        (part, word.start, word.end)
        for word in utterance.words
        for part in _split(word.text, spaced)
    ]
    if [part for part, _, _ in given] == parts:
        return given
    start = utterance.start or 0.0
    end = max(utterance.end or start, start)
    letters = sum(len(part) + 1 for part in parts)
    spread: list[tuple[str, float, float]] = []
    done = 0
    for part in parts:
        begin = start + (end - start) * done / letters
        done += len(part) + 1
        spread.append((part, begin, start + (end - start) * done / letters))
    return spread
