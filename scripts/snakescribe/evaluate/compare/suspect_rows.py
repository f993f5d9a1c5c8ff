"""Suspect words -> the rows of ``suspects.csv``, and what conditions' WER is without them."""

from collections.abc import Iterator, Sequence

import numpy as np

from snakescribe.evaluate.compare.scores import ScoreTable
from snakescribe.evaluate.compare.suspects import Suspect
from snakescribe.evaluate.metrics.error_rates import errors
from snakescribe.evaluate.normalize.languages import is_spaced
from snakescribe.evaluate.normalize.registry import find_normalizer
from snakescribe.evaluate.reference.choose import list_words
from snakescribe.evaluate.statistics.figure import divide
from snakescribe.evaluate.words.align import DELETION, HIT, INSERTION, align
from snakescribe.tables import Row

CONTEXT = 4  # words before and after a place, by which it is found again


def suspect_rows(table: ScoreTable, suspects: Sequence[Suspect]) -> Iterator[Row]:
    """Suspects -> their rows, with the words as the reference has them."""
    if not suspects:
        return
    names = ("chunk", "reference", "reference_normalized", "language", "start", "end")
    columns = {name: table.by_chunk(name) for name in names}
    for suspect in suspects:
        cells = {name: values[suspect.chunk] for name, values in columns.items()}
        language = cells["language"] or ""
        words = list_words(cells["reference"], is_spaced(language))
        places = _raw_places(table.normalizer, cells["reference_normalized"], words, language)
        first = places[suspect.place]
        stop = first if suspect.kind == "left_out" else first + 1
        space = " " if is_spaced(language) else ""
        yield {
            "recording": table.recordings[table.recording_of[suspect.chunk]],
            "chunk": cells["chunk"],
            "start": cells["start"],
            "end": cells["end"],
            "place": suspect.place,
            "kind": suspect.kind,
            "before": space.join(words[max(0, first - CONTEXT) : first]),
            "reference": space.join(words[first:stop]),
            "after": space.join(words[stop : stop + CONTEXT]),
            "correction": suspect.heard,
            "engines": suspect.engines,
            "engines_asked": suspect.of,
            "score": suspect.score,
        }


def _raw_places(normalizer: str, text: str, words: Sequence[str], language: str) -> list[int]:
    """A normalised text and its words as written -> for each normalised one the written one.

    One more stands behind the last: the place behind the text.
    """
    rules = find_normalizer(normalizer)
    made = [
        (part, place) for place, word in enumerate(words) for part in rules.words(word, language)
    ]
    normalised = text.split()
    places = [len(words)] * (len(normalised) + 1)
    left = right = 0
    for letter in align([part for part, _ in made], normalised):
        if letter != DELETION:
            places[right] = made[min(left, len(made) - 1)][1] if made else 0
            right += 1
        left += letter != INSERTION
    return places


def wer_without(table: ScoreTable, suspects: Sequence[Suspect]) -> np.ndarray:
    """Scores and suspects -> WER of each condition without suspect words (conditions,)."""
    if not suspects:
        return np.asarray(
            divide(errors(table.counts).sum(axis=1), table.counts["words"].sum(axis=1))
        )
    words, wrong = table.counts["words"].sum(axis=1), errors(table.counts).sum(axis=1)
    alignments = [column.to_pylist() for column in table.column("alignment")]
    row_of = [
        dict(zip(table.chunk_of[rows].tolist(), range(len(rows)), strict=True))
        for rows in table.rows_of
    ]
    for suspect in suspects:
        for condition, rows in enumerate(row_of):
            row = rows.get(suspect.chunk)
            alignment = None if row is None else alignments[condition][row]
            if alignment is None:
                continue
            inside = _operations(alignment, suspect.place)
            if suspect.kind == "left_out":
                wrong[condition] -= min(inside.count(INSERTION), len(suspect.heard.split()))
            else:
                words[condition] -= 1
                wrong[condition] -= inside[-1] != HIT
    return divide(wrong, words)


def _operations(alignment: str, place: int) -> str:
    """An alignment and the place of a reference word -> what precedes it and the word's own."""
    done = -1
    first = 0
    for index, letter in enumerate(alignment):
        if letter != INSERTION:
            done += 1
            if done == place:
                return alignment[first : index + 1]
            first = index + 1
    return alignment[first:]
