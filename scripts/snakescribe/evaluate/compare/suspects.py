"""Scores of several engines -> the words of references that are probably wrong themselves.

A word is suspect that no condition hears, while most engines agree on what they hear instead:
another word, none, or one more. Each engine has one vote (`voters`). Engines that were taught by
the same texts err alike, so that a suspect is a place to listen to, never a correction.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from rapidfuzz.distance import Levenshtein

from snakescribe.evaluate.compare.scores import ScoreTable
from snakescribe.evaluate.words.align import DELETION, HIT, INSERTION

# Fewer engines agree by chance; of three, two do.
FEWEST_ENGINES, MOST_AGREE = 2, 2 / 3
# Words that engines hear instead of another one sound like it where the engines err, and hardly
# ever where the reference does. Below this share of other letters all engines must agree.
UNLIKE = 0.6


@dataclass(frozen=True)
class Suspect:
    """A place in a reference that engines agree against.

    Attributes:
        chunk: the position of the chunk.
        place: of the word among the chunk's normalised words; of a missing one, of the next word.
        kind: `otherwise` (another word is heard), `unheard` (none is) or `left_out` (one more is).
        word: the reference's, normalised; empty: it has none there.
        heard: what is heard instead, normalised; empty: nothing.
        engines: how many engines agree.
        of: how many engines heard the chunk.
        unlike: how far the two words differ, from 0 to 1.
    """

    chunk: int
    place: int
    kind: str
    word: str
    heard: str
    engines: int
    of: int
    unlike: float

    @property
    def score(self) -> float:
        """How suspect it is, from 0 to 1: how many agree, and how unlike the two words are."""
        return self.engines / self.of * (0.5 + 0.5 * self.unlike)


# What an engine heard of a chunk: for each reference word what stands for it (the word itself where
# it is right), and for each gap between two, before the first and after the last, what is inserted.
@dataclass(frozen=True)
class _Reading:
    words: list[tuple[str, ...]]
    gaps: list[tuple[str, ...]]


def find_suspects(table: ScoreTable, voters: Sequence[int]) -> list[Suspect]:
    """Scores and the conditions that vote -> suspect words, the most suspect first."""
    if len(voters) < FEWEST_ENGINES:
        return []
    suspects = chain.from_iterable(_suspects_of(chunk) for chunk in _chunks(table, voters))
    return sorted(suspects, key=lambda suspect: (-suspect.score, suspect.chunk, suspect.place))


@dataclass(frozen=True)
class _Chunk:
    """A chunk: its words, which of them any condition hears, and what the engines read."""

    number: int
    words: list[str]
    is_heard: np.ndarray
    readings: list[_Reading]


def _chunks(table: ScoreTable, voters: Sequence[int]) -> Iterator[_Chunk]:
    """The chunks that several engines heard, and whose reference has one wording for all."""
    names, references = table.words("reference_normalized")
    heard_names, hypotheses = table.words("hypothesis_normalized")
    alignments = [column.to_pylist() for column in table.column("alignment")]
    rows = [dict(zip(table.chunk_of[of].tolist(), range(len(of)), strict=True))
            for of in table.rows_of]  # fmt: skip
    for number in range(table.scored.shape[1]):
        scored = np.flatnonzero(table.scored[:, number]).tolist()
        voting = [condition for condition in voters if condition in scored]
        if len(voting) < FEWEST_ENGINES:
            continue
        texts = {references[condition][rows[condition][number]].tobytes() for condition in scored}
        if len(texts) > 1:
            continue  # alternatives: conditions are scored against different wordings
        numbers = references[scored[0]][rows[scored[0]][number]].tolist()
        words = [names[word] for word in numbers]
        is_heard = np.zeros(len(words), bool)
        readings = []
        for condition in scored:
            row = rows[condition][number]
            alignment = alignments[condition][row] or ""
            letters = np.frombuffer(alignment.encode("ascii"), np.uint8)
            is_heard |= letters[letters != ord(INSERTION)] == ord(HIT)
            if condition in voting:
                written = [heard_names[word] for word in hypotheses[condition][row].tolist()]
                readings.append(_read(alignment, written))
        yield _Chunk(number, words, is_heard, readings)


def _read(alignment: str, written: Sequence[str]) -> _Reading:
    """An alignment and the words that were written -> what was heard, word by word."""
    heard: list[tuple[str, ...]] = []
    gaps: list[list[str]] = [[]]
    place = 0
    for letter in alignment:
        if letter == INSERTION:
            gaps[-1].append(written[place])
        else:
            heard.append(() if letter == DELETION else (written[place],))
            gaps.append([])
        place += letter != DELETION
    return _Reading(heard, [tuple(gap) for gap in gaps])


def _suspects_of(chunk: _Chunk) -> Iterator[Suspect]:
    of = len(chunk.readings)
    for place in np.flatnonzero(~chunk.is_heard).tolist():
        votes = Counter(reading.words[place] for reading in chunk.readings)
        instead, engines = votes.most_common(1)[0]
        word, heard = chunk.words[place], " ".join(instead)
        # A name may be heard as two words: what is inserted beside it is compared with it as well.
        beside = {
            "".join((*reading.gaps[place], *instead, *reading.gaps[place + 1]))
            for reading in chunk.readings
            if reading.words[place] == instead
        }
        suspect = Suspect(
            chunk=chunk.number,
            place=place,
            kind="otherwise" if heard else "unheard",
            word=word,
            heard=heard,
            engines=engines,
            of=of,
            unlike=min(Levenshtein.normalized_distance(word, text) for text in beside),
        )
        if _is_believed(suspect):
            yield suspect
    for place in range(len(chunk.words) + 1):
        if not chunk.is_heard[max(place - 1, 0) : place + 1].all():
            continue  # it may be part of a word beside it that is heard otherwise
        votes = Counter(reading.gaps[place] for reading in chunk.readings)
        more, engines = votes.most_common(1)[0]
        if more:
            suspect = Suspect(
                chunk.number, place, "left_out", "", " ".join(more), engines, of, unlike=1.0
            )
            if _is_believed(suspect):
                yield suspect


def _is_believed(suspect: Suspect) -> bool:
    """Whether enough engines agree: most of them, and all if the words are alike."""
    if suspect.engines < max(FEWEST_ENGINES, MOST_AGREE * suspect.of):
        return False
    return suspect.unlike >= UNLIKE or suspect.engines == suspect.of
