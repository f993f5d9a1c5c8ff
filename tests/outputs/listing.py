"""The outputs of a run -> a line for each, `sha256  name`, sorted by name.

What is hashed is kept as text beside the listing, so that `diff -r` shows what a changed line is
about; of audio and other bytes only the hash.
"""

import csv
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
from masks import mask_figure, mask_report, mask_value

_TABLES = """
    select table_name from information_schema.tables
    where table_schema = 'public' order by table_name
"""
# A log, a benchmark, a lock and an identity are of one run; the server's files are read as rows.
_LEFT_OUT = ("logs/", "benchmarks/", "postgres/", "store/locks/", "corpus.json")
_RUN_DIGESTS = {"runs": ["run"], "transcriptions": ["run"]}


@dataclass
class Listing:
    """Hashes by name; `texts` is the folder for what was hashed, `places` what stands for paths."""

    texts: Path
    places: dict[str, str]
    hashes: dict[str, str] = field(default_factory=dict)

    def add_bytes(self, name: str, data: bytes) -> None:
        """Add something that is no text."""
        self.hashes[name] = hashlib.sha256(data).hexdigest()

    def add_text(self, name: str, text: str) -> None:
        """Add a text, with the paths of this machine replaced."""
        for path, place in self.places.items():
            text = text.replace(path, place)
        target = self.texts / f"{name}.txt"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        self.add_bytes(name, text.encode())

    def add_rows(self, name: str, rows: Iterable[Any], is_sorted: bool = False) -> None:
        """Add rows of a table, as lines of JSON."""
        lines = [json.dumps(row, ensure_ascii=False, default=str) for row in rows]
        self.add_text(name, "\n".join(sorted(lines) if is_sorted else lines) + "\n")

    def add_results(self, prefix: str, results: Path) -> None:
        """Add every file of a results folder."""
        for path in sorted(results.rglob("*")):
            name = path.relative_to(results).as_posix()
            if path.is_file() and not name.startswith(_LEFT_OUT):
                self._add_file(f"{prefix}/{name}", name, path)

    def _add_file(self, full: str, name: str, path: Path) -> None:
        if name.startswith("store/sites/"):
            self.add_text(full, "a site was asked\n")
        elif name.startswith("store/transcripts/"):
            entries = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
            self.add_rows(f"{full} (keys)", (entry["key"] for entry in entries))
            self.add_rows(full, map(mask_value, entries))
        elif name.startswith("store/outcomes/"):
            self.add_rows(full, [mask_value(json.loads(path.read_text("utf-8")), ["time"])])
        elif name.startswith("load/"):
            self.add_rows(full, [mask_value(json.loads(path.read_text("utf-8")), ["digest"])])
        elif reader := _READERS.get(path.suffix):
            reader(self, full, path)
        elif path.suffix in (".tsv", ".txt", ".vtt", ".srt", ".ctm", ".md", ".csv", ".json3"):
            self.add_text(full, path.read_bytes().decode())
        else:
            self.add_bytes(full, path.read_bytes())

    def add_database(self, prefix: str, connection: Any) -> None:
        """Add the rows of every table and view of a database, and the columns with their types."""
        with connection, connection.cursor() as cursor:
            cursor.execute(_TABLES)
            for (table,) in cursor.fetchall():
                cursor.execute(f'select * from "{table}"')
                names = [column.name for column in cursor.description]
                rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
                for row in rows:
                    for name in (
                        "applied_at",
                        "loaded_at",
                        "digest",
                        "identity",
                    ):  # when; of one run
                        row.pop(name, None)
                others = _RUN_DIGESTS.get(table, [])
                masked = [mask_figure(mask_value(row, others)) for row in rows]
                self.add_rows(f"{prefix}/{table}", masked, is_sorted=True)
            cursor.execute(
                "select table_name, column_name, data_type, ordinal_position"
                " from information_schema.columns where table_schema = 'public'"
            )
            self.add_rows(f"{prefix} (columns)", cursor.fetchall(), is_sorted=True)

    def write(self, path: Path) -> None:
        """Write the listing."""
        lines = [f"{value}  {name}\n" for name, value in sorted(self.hashes.items())]
        path.write_text("".join(lines), encoding="utf-8")


def _add_parquet(listing: Listing, name: str, path: Path) -> None:
    table = parquet.read_table(path)
    schema = [f"{column.name}: {column.type}" for column in table.schema]
    listing.add_rows(name, [*schema, *map(mask_value, table.to_pylist())])


def _add_csv(listing: Listing, name: str, path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    listing.add_rows(name, (mask_figure(mask_value(row)) for row in rows))
    header = path.read_bytes().partition(b"\n")[0].decode()
    listing.add_text(f"{name} (header)", header)


def _add_json(listing: Listing, name: str, path: Path) -> None:
    listing.add_text(name, path.read_bytes().decode())


def _add_report(listing: Listing, name: str, path: Path) -> None:
    listing.add_text(name, mask_report(path.read_text("utf-8")))


_READERS: dict[str, Callable[[Listing, str, Path], None]] = {
    ".parquet": _add_parquet,
    ".csv": _add_csv,
    ".json": _add_json,
    ".html": _add_report,
}


def compare(before: Path, after: Path) -> list[str]:
    """Two listings -> a line for each name that differs."""
    old, new = (
        {name: value for value, _, name in (line.partition("  ") for line in lines)}
        for lines in (path.read_text("utf-8").splitlines() for path in (before, after))
    )
    lines = []
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            kind = "gone" if name not in new else "new" if name not in old else "differs"
            lines.append(f"{kind:8}{name}")
    return lines
