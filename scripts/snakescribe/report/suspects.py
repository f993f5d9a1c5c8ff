"""Suspect words of references -> chunks to listen to, and what the page says of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from snakescribe.report.scores import PickedChunk
from snakescribe.tables import read_table
from snakescribe.tables.scores import SUSPECTS

MAX_CHUNKS = 5
WHY = "suspect"


@dataclass(frozen=True)
class SuspectWord:
    """A row of suspects.csv, as the page shows it; `reference` or `heard` may be empty."""

    recording: str
    chunk: str
    before: str
    reference: str
    after: str
    heard: str
    engines: int
    asked: int


def read_suspects(scores: Path) -> list[SuspectWord]:
    """The folder `scores/{experiment}` -> its suspect words, the most suspect first.

    Raises:
        UserError: the table is missing or damaged.
    """
    return [
        SuspectWord(
            recording=row["recording"],
            chunk=row["chunk"],
            before=row["before"],
            reference=row["reference"],
            after=row["after"],
            heard=row["correction"],
            engines=row["engines"],
            asked=row["engines_asked"],
        )
        for row in read_table(SUSPECTS, scores / SUSPECTS.file_name)
    ]


def pick_suspects(suspects: Sequence[SuspectWord]) -> list[PickedChunk]:
    """Suspect words -> the chunks of the most suspect ones."""
    chunks = {suspect.chunk: suspect.recording for suspect in suspects}
    picked = [PickedChunk(chunk, recording, WHY) for chunk, recording in chunks.items()]
    return picked[:MAX_CHUNKS]
