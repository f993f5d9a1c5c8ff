"""Small recordings, made here, and the steps of the stage as a user calls them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from click.testing import CliRunner

import results_folder
from snakescribe.cli import cli
from snakescribe.store import file_sha256
from snakescribe.tables import (
    AUDIO,
    CHUNKS,
    ITEMS,
    PLANS,
    RECORDINGS,
    Row,
    Table,
    read_table,
    write_table,
)


def recording_row(path: Path, **changes: Any) -> Row:
    """The row that acquire would write for a file."""
    sha256 = file_sha256(path) if path.exists() else "0" * 64
    cells = {"audio": str(path), "sha256": sha256, "bytes": None, "seconds": None}
    return {**results_folder.recording_row(path.stem), **cells, **changes}


class Stage:
    """The steps of the stage in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "store"

    def run(self, *args: str | Path) -> None:
        """Call `snakescribe process`; what it raises is raised here."""
        result = CliRunner().invoke(cli, ["process", *map(str, args)])
        if result.exception:
            raise result.exception
        assert result.exit_code == 0, result.output

    def prepare(
        self,
        rows: list[Row],
        chain: Sequence[Any] = (),
        name: str = "raw",
        items: Sequence[Row] = (),
        **options: str,
    ) -> list[Row]:
        """Rows of recordings, and of the lock file where it counts -> the audio table's rows."""
        recordings, output = self.folder / "recordings.tsv", self.folder / f"{name}.tsv"
        lock = self.folder / "items.tsv"
        write_table(RECORDINGS, recordings, rows)
        write_table(ITEMS, lock, items)
        self.run(
            *("prepare", "--recordings", recordings, "--filters", json.dumps(list(chain))),
            *("--store", self.store, "--output", output, "--items", lock, "--variant", name),
            *("--notices", self.folder / "notices.tsv"),
            *(f"--{option}={value}" for option, value in options.items()),
        )
        return self._read(AUDIO, output)

    @staticmethod
    def item(row: Row, **cells: Any) -> Row:
        """The recording's row in the lock file."""
        return results_folder.item_row(row["recording"], **cells)

    def plan(self, name: str = "raw", **chunking: Any) -> list[Row]:
        """The variant of that name -> the plans table's rows."""
        output = self.folder / "plans.tsv"
        self.run(
            *("plan", "--audio", self.folder / f"{name}.tsv", "--chunking", json.dumps(chunking)),
            *("--store", self.store, "--output", output),
        )
        return self._read(PLANS, output)

    def cut(self, name: str = "raw", raw: str = "") -> list[Row]:
        """The variant of that name, the plan, the one without filters -> the chunks' rows."""
        output = self.folder / f"chunks.{name}.tsv"
        self.run(
            *("cut", "--audio", self.folder / f"{name}.tsv"),
            *("--plans", self.folder / "plans.tsv"),
            *(("--raw", self.folder / f"{raw}.tsv") if raw else ()),
            *("--store", self.store, "--output", output),
        )
        return self._read(CHUNKS, output)

    @staticmethod
    def _read(table: Table, path: Path) -> list[Row]:
        return list(read_table(table, path))
