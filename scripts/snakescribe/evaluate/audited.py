"""How many rows of a file of scores were computed a second time; it stands in the file itself."""

from dataclasses import dataclass
from pathlib import Path

from pyarrow.parquet import ParquetFile, ParquetWriter

_KEY = "audit"


@dataclass(frozen=True)
class Audit:
    """How many rows were computed again, of how many that have a reference.

    `chosen` of them have a reference with alternatives: they are counted in the wording that was
    chosen, which no other program chooses.
    """

    rows: int
    of: int
    chosen: int

    def __str__(self) -> str:
        wording = f"; {self.chosen:,} in the wording that was chosen" if self.chosen else ""
        return f"audited: {self.rows:,} of {self.of:,}, no difference{wording}"

    def write(self, file: ParquetWriter) -> None:
        """Keep it in the file of scores, which is still being written."""
        file.add_key_value_metadata({_KEY: f"{self.rows} {self.of} {self.chosen}"})


def read_audit(path: Path) -> Audit | None:
    """A file of scores -> its audit; None: it was made by an older version."""
    with ParquetFile(path) as file:
        kept = (file.metadata.metadata or {}).get(_KEY.encode())
    return Audit(*map(int, kept.split())) if kept else None
