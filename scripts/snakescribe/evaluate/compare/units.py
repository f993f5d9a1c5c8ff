"""Scores and `scoring.bootstrap_unit` -> what is resampled, and notices of what that leaves out."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from snakescribe.config.evaluate import SPEAKER
from snakescribe.evaluate.compare.scores import ScoreTable
from snakescribe.evaluate.statistics.units import (
    CHUNK,
    MIN_UNITS,
    NESTED,
    RECORDING,
    Units,
    outer_unit,
)
from snakescribe.notices import Kind, notify
from snakescribe.tables.scores import UNIT_PREFIX

# A folder looks like a corpus of utterances from this many recordings on, if so many of them have
# one chunk each, and their names without the last number come this often on average.
MANY, SHARE_OF_SINGLES, NAMES_ALIKE = 10, 0.9, 2.0

_LAST_NUMBER = re.compile(r"[\W_]*\d+\D*$")


def find_units(table: ScoreTable, asked: str) -> Units:
    """Scores, and what the config asks to resample -> the units.

    `auto` takes speakers where the table has some that repeat, else recordings; chunks where a
    figure has data in fewer than three of these. A recording whose field is empty is a unit of
    its own. Notices say where that is so, and where speakers are too few, or unknown.
    """
    positions = {RECORDING: table.recording_of}
    if asked == CHUNK:
        return Units((CHUNK,), positions)
    if asked == "auto":
        speakers = _levels(table, SPEAKER)
        if (chosen := _choose(table, speakers)) == RECORDING:
            return Units((RECORDING, CHUNK), positions)
        positions[SPEAKER] = _number(table, SPEAKER, speakers)
        return Units((chosen, CHUNK), positions)
    outer, inner = outer_unit(asked), asked.partition(NESTED)[2]
    for name in filter(None, (outer, inner)):
        if name == CHUNK:
            positions[name] = np.arange(len(table.recording_of))
        elif name not in positions:
            positions[name] = _number(table, name, _levels(table, name))
    if inner:
        size = int(positions[inner].max(initial=0)) + 1
        positions[asked], _ = pd.factorize(positions[outer] * size + positions[inner])
    return Units((asked,), positions)


def _choose(table: ScoreTable, speakers: Sequence[str | None]) -> str:
    """The speaker of each chunk -> what `auto` takes, with notice of what speaks against it."""
    of_recording = dict(zip(table.recording_of.tolist(), speakers, strict=True))
    named = Counter(filter(None, of_recording.values()))
    recordings = named.total()
    if not named:
        _notify_of_utterances(table)
        return RECORDING
    if len(named) == recordings:
        return RECORDING  # each speaks once: the same units
    if len(named) >= MIN_UNITS:
        return SPEAKER
    whose = "1 speaker" if len(named) == 1 else f"{len(named)} speakers"
    text = f"{recordings} recordings are of {whose}: what is found holds for recordings of these"
    notify(Kind.SPEAKERS_FEW, text, count=recordings)
    return RECORDING


def _levels(table: ScoreTable, name: str) -> list[str | None]:
    return table.by_chunk(UNIT_PREFIX + name)


def _number(table: ScoreTable, name: str, levels: Sequence[str | None]) -> np.ndarray:
    """The level of each chunk -> the position of its unit (chunks,), with notice of empty ones."""
    recordings = table.recording_of.tolist()
    lacking = {place for place, level in zip(recordings, levels, strict=True) if level is None}
    if lacking:
        text = f"no {name} is known; as a unit of the bootstrap it counts by itself"
        for place in sorted(lacking):
            notify(Kind.UNIT_UNKNOWN, text, recording=table.recordings[place])
    keys = [
        ("", place) if level is None else (level, 0)
        for place, level in zip(recordings, levels, strict=True)
    ]
    numbers: dict[tuple[str, int], int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], int)


def _notify_of_utterances(table: ScoreTable) -> None:
    """Give notice where recordings look like utterances of few speakers, and none is known."""
    recordings = len(table.recordings)
    if recordings < MANY:
        return
    singles = int((np.bincount(table.recording_of) == 1).sum())
    stems = {_LAST_NUMBER.sub("", name) for name in table.recordings}
    if singles >= SHARE_OF_SINGLES * recordings and recordings >= NAMES_ALIKE * len(stems):
        shown = ", ".join(table.recordings[:2])
        text = (
            f"{recordings} recordings are named like utterances of a corpus ({shown}, ...), and no "
            "table says who speaks: where speakers repeat, intervals are too narrow"
        )
        notify(Kind.SPEAKERS_UNKNOWN, text, count=recordings)
