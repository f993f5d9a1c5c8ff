"""How an experiment's recordings were cut -> the page's section on their health."""

from dataclasses import dataclass
from pathlib import Path

from snakescribe.tables import read_table
from snakescribe.tables.scores import CHUNKINGS

# What fill and loss should be on continuous speech; worse is marked.
LEAST_FILL = 0.85
MOST_LOST = 0.001


@dataclass(frozen=True)
class CutRow:
    """A row of chunkings.csv, as the page shows it; shares are fractions, None where unknown."""

    name: str
    method: str
    recordings: int
    chunks: int
    fill: float | None
    speech_lost: float | None
    cuts: int
    loud_cuts: int
    timed_cuts: int
    word_cuts: int
    words_of: str

    @property
    def loses_speech(self) -> bool:
        """Whether more of the speech lies in no chunk than should."""
        return self.speech_lost is not None and self.speech_lost > MOST_LOST


def read_health(scores: Path) -> list[CutRow]:
    """The folder `scores/{experiment}` -> a row for each chunking.

    Raises:
        UserError: the table is missing or damaged.
    """
    return [
        CutRow(
            name=row["chunking"] or row["method"],
            **{key: row[key] for key in CutRow.__dataclass_fields__ if key != "name"},
        )
        for row in read_table(CHUNKINGS, scores / CHUNKINGS.file_name)
    ]
