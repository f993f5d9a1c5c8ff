"""Scores of several engines -> what they give together: a vote of their words, and the oracle."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from snakescribe.evaluate.compare.judge import difference_rows, judge_family
from snakescribe.evaluate.compare.scores import ScoreTable
from snakescribe.evaluate.metrics.error_rates import WER, errors
from snakescribe.evaluate.statistics.bootstrap import Bootstrap
from snakescribe.evaluate.statistics.multiplicity import adjust_holm
from snakescribe.evaluate.statistics.resample import Resampled
from snakescribe.evaluate.statistics.units import Units
from snakescribe.evaluate.words.align import DELETION, INSERTION, SUBSTITUTION, align
from snakescribe.evaluate.words.rover import Word, combine
from snakescribe.tables import Row
from snakescribe.tables.scores import COMBINATIONS

FEWEST_ENGINES = 2
# Weight of votes, and confidence of no word. The second pair is not trained: half and half.
METHODS = {"rover_votes": (1.0, 0.0), "rover_confidence": (0.5, 0.5)}
ORACLE = "oracle"
UNKNOWN = 0.5  # the confidence of a word that has none

_COUNTS = ("words", "substitutions", "deletions", "insertions")
(_WER,) = WER.figures


@dataclass(frozen=True)
class _Engine:
    """What one of the conditions wrote: by chunk its words with confidences."""

    texts: Mapping[int, list[Word]]
    is_rated: bool


def combine_conditions(
    table: ScoreTable, voters: Sequence[int], units: Units, bootstrap: Bootstrap
) -> list[Row]:
    """Scores and a condition of each engine -> the rows of ``combinations.csv``.

    Args:
        table: scores under the leading normaliser.
        voters: the conditions that are combined; with fewer than two there is nothing to combine.
        units: what is drawn.
        bootstrap: how.
    """
    common = table.scored[list(voters)].all(axis=0)
    if len(voters) < FEWEST_ENGINES or not table.counts["words"][:, common].any():
        return []
    chunks = np.flatnonzero(common).tolist()
    engines = [_read(table, condition) for condition in voters]
    references = _references(table, voters[0])
    single = {name: table.counts[name][list(voters)] for name in _COUNTS}
    made = {
        name: _count(references, engines, chunks, common.shape[0], weights)
        for name, weights in METHODS.items()
        if name == "rover_votes" or all(engine.is_rated for engine in engines)
    }
    made[ORACLE] = _choose_best(single)
    counts = {
        name: np.concatenate([single[name], np.stack([part[name] for part in made.values()])])
        for name in _COUNTS
    }
    scored = np.tile(common, (len(voters) + len(made), 1))
    counts = {name: np.where(common, values, 0) for name, values in counts.items()}
    resampled = Resampled(counts, scored, units, bootstrap, paired=True)
    return _rows(table, voters, list(made), resampled, bootstrap)


def _read(table: ScoreTable, condition: int) -> _Engine:
    names, texts = table.words("hypothesis_normalized")
    rated = table.column("confidences")[condition].to_pylist()
    words = {}
    for row, chunk in enumerate(table.chunk_of[table.rows_of[condition]].tolist()):
        heard = [names[word] for word in texts[condition][row].tolist()]
        sure = [UNKNOWN if value != value else value for value in rated[row] or ()]
        words[chunk] = list(zip(heard, sure or [UNKNOWN] * len(heard), strict=True))
    return _Engine(words, any(rated))


def _references(table: ScoreTable, condition: int) -> dict[int, list[str]]:
    names, texts = table.words("reference_normalized")
    return {
        chunk: [names[word] for word in texts[condition][row].tolist()]
        for row, chunk in enumerate(table.chunk_of[table.rows_of[condition]].tolist())
    }


def _count(
    references: Mapping[int, Sequence[str]],
    engines: Sequence[_Engine],
    chunks: Sequence[int],
    size: int,
    weights: tuple[float, float],
) -> dict[str, np.ndarray]:
    """What was said, what engines wrote, and the weights -> the counts (chunks,) of the vote."""
    counts = {name: np.zeros(size) for name in _COUNTS}
    for chunk in chunks:
        heard = combine([engine.texts[chunk] for engine in engines], *weights)
        operations = align(references[chunk], heard)
        counts["words"][chunk] = len(references[chunk])
        for name, letter in zip(_COUNTS[1:], (SUBSTITUTION, DELETION, INSERTION), strict=True):
            counts[name][chunk] = operations.count(letter)
    return counts


def _choose_best(single: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Counts of the engines (engines, chunks) -> those of the best one of each chunk."""
    best = errors(single).argmin(axis=0)
    places = np.arange(len(best))
    return {name: values[best, places] for name, values in single.items()}


def _rows(
    table: ScoreTable,
    voters: Sequence[int],
    made: Sequence[str],
    resampled: Resampled,
    bootstrap: Bootstrap,
) -> list[Row]:
    intervals = resampled.intervals(_WER)
    best = int(np.nanargmin(intervals.value[: len(voters)]))
    places = [len(voters) + number for number in range(len(made))]
    contrasts = [{place: 1.0, best: -1.0} for place in places]
    told = difference_rows(resampled.differences(_WER, contrasts), _WER)
    chunks = resampled.chunks_of(contrasts[0])
    shared = {
        "conditions": ", ".join(table.conditions[condition] for condition in voters),
        "other": table.conditions[voters[best]],
        "other_wer": intervals.value[best],
        "recordings": resampled.recordings_in(chunks),
        "chunks": int(chunks.sum()),
        "words": int(resampled.sums["words"][0]),
    }
    family = [
        {
            "combination": name,
            "wer": intervals.value[place],
            "wer_low": intervals.low[place],
            "wer_high": intervals.high[place],
            **shared,
            **row,
        }
        for name, place, row in zip(made, places, told, strict=True)
    ]
    return list(_public(judge_family(family, adjust_holm, bootstrap)))


def _public(rows: Sequence[Row]) -> Iterator[Row]:
    for row in rows:
        yield {name: row[name] for name in COMBINATIONS.names}
