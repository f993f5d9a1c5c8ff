"""Transcripts without times, of others -> what of them was said in each chunk.

A text is aligned with what a model of the run wrote in the chunks, where one did; else with the
recording's reference, cut by its times; where there is neither, the seconds of speech divide it.
Only where to cut is taken from them, never a word.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from snakescribe.captions.sources import TIERS
from snakescribe.config.evaluate import Marks
from snakescribe.errors import UserError
from snakescribe.evaluate.normalize.languages import is_spaced
from snakescribe.evaluate.reference.choose import SpokenReference, find_reference, split_words
from snakescribe.evaluate.reference.segment import cut_reference
from snakescribe.notices import collected
from snakescribe.tables import TRANSCRIPTS, Row, read_table


class TranscriptCutter:
    """Cuts the transcripts of a shard's recordings; looks for references only when one is asked."""

    def __init__(
        self, items: Iterable[Row], recordings: Iterable[Row], guides: Iterable[Path]
    ) -> None:
        """What is known of the recordings.

        Args:
            items: rows of the lock file.
            recordings: rows of the recordings table.
            guides: tables of transcripts of the same chunks.
        """
        self._items = {item["recording"]: item for item in items}
        self._recordings = {row["recording"]: row for row in recordings}
        self._guides = list(guides)
        self._heard: dict[str, list[str]] | None = None

    def __call__(self, recording: str, text: str, chunks: Sequence[Row]) -> tuple[list[str], str]:
        """A recording, what was said in it and its chunks -> what was said in each, and by what."""
        spaced = is_spaced(self._items[recording]["language"] or "")
        words, gaps = zip(*split_words(text, spaced), strict=True)
        said = SpokenReference(words, (), False, "", spaced, gaps=gaps)
        spans = [(chunk["start"], chunk["end"]) for chunk in chunks]
        speech = [chunk["speech_seconds"] for chunk in chunks]
        heard, by = self._heard_in(chunks), "what a model wrote of them"
        if not any(any(texts) for texts in heard):
            heard, by = self._of_reference(recording, spans, speech)
        cuts = cut_reference(said, spans, heard, speech)
        return [said.text(first, stop) for first, stop in pairwise(cuts)], by

    def _heard_in(self, chunks: Sequence[Row]) -> list[list[str]]:
        """Chunks -> what models wrote of each under all their conditions."""
        if self._heard is None:
            self._heard = {}
            for path in self._guides:
                for row in read_table(TRANSCRIPTS, path):
                    self._heard.setdefault(row["chunk"], []).append(row["text"])
        return [self._heard.get(chunk["chunk"], []) for chunk in chunks]

    def _of_reference(
        self, recording: str, spans: Sequence[tuple[float, float]], speech: Sequence[float]
    ) -> tuple[list[list[str]], str]:
        """A recording and its chunks -> what its reference says of each, if it has one."""
        nothing: list[list[str]] = [[] for _ in spans]
        item = self._items[recording]
        with collected():  # scoring tells what is the matter with references
            try:
                reference = find_reference(
                    item, self._recordings.get(recording), TIERS, item["language"] or "", Marks()
                )
            except UserError:
                reference = None
        if reference is None or not reference.words:
            return nothing, "the seconds of speech in them, which is rough"
        cuts = cut_reference(reference, spans, nothing, speech)
        texts = [[reference.text(first, stop)] for first, stop in pairwise(cuts)]
        if reference.times:
            return texts, "the times of its reference"
        return texts, "the seconds of speech in them, as its reference is, which is rough"
