"""What a table is: its path, its key, and the name, type, unit and meaning of each column."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePath
from typing import Any, Literal

Row = dict[str, Any]
Kind = Literal[
    "str",
    "label",
    "int",
    "int32",
    "float",
    "bool",
    "json",
    "list of str",
    "list of float32",
    "list of objects",
    "object",
    "map of str",
]


_TYPES: dict[Kind, type | tuple[type, ...]] = {
    "str": str,
    "label": str,
    "int": int,
    "int32": int,
    "float": (int, float),
    "bool": bool,
    "json": (list, dict),
    "list of str": list,
    "list of float32": list,
    "list of objects": list,
    "object": dict,
    "map of str": dict,
}


class NotThisTableError(Exception):
    """A file is damaged, or has another table or other columns."""


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: as it stands in the header.
        kind: str, int, float, bool or, in text files, json (a list or an object). In Parquet also
            `label` (text that repeats, kept once in a dictionary), `int32`, `list of str`,
            `list of float32`, `list of objects`, `object`, and `map of str` (to text, by name).
        description: a sentence for the documentation, in Markdown.
        unit: of numbers, where they have one.
        optional: whether a cell may be empty. Text that is not optional may still have no letters.
        fields: of objects, what each has; of an `object`, what is optional may be missing.
    """

    name: str
    kind: Kind
    description: str
    unit: str = ""
    optional: bool = False
    fields: tuple["Column", ...] = ()


@dataclass(frozen=True)
class OpenColumns:
    """Columns that a configuration adds to a table: the same few for each of some names.

    Attributes:
        source: what the names are, one word: `figure`, `stratum`, `count`.
        columns: for each name these, with `{}` in place of it in theirs.
        after: the fixed column that they follow; empty: the last one.
    """

    source: str
    columns: tuple[Column, ...]
    after: str = ""

    def of(self, names: Iterable[str]) -> tuple[Column, ...]:
        """The columns of some names, in the names' order."""
        return tuple(
            replace(column, name=column.name.format(name))
            for name in dict.fromkeys(names)
            for column in self.columns
        )

    def find(self, name: str) -> Column | None:
        """The name of a column -> the column, if it can be one of these."""
        for column in reversed(self.columns):  # `{}_low` before `{}`, which matches all
            before, _, after = column.name.partition("{}")
            long_enough = len(name) > len(before) + len(after)
            if long_enough and name.startswith(before) and name.endswith(after):
                return replace(column, name=name)
        return None


@dataclass(frozen=True)
class Table:
    """A table's name, its natural key and its columns in file order.

    `stage` makes it, where `name` does not tell; `open` are the columns that a configuration adds.
    """

    name: str
    description: str
    path: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    open: tuple[OpenColumns, ...] = ()
    stage: str = ""

    @property
    def file_name(self) -> str:
        """The last part of its path."""
        return PurePath(self.path).name

    @property
    def suffix(self) -> str:
        """What its files are: `.tsv`, `.csv` or `.parquet`."""
        return PurePath(self.path).suffix

    @property
    def is_parquet(self) -> bool:
        """Whether its files are Parquet."""
        return self.suffix == ".parquet"

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of its columns, in file order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The name of one of its columns -> the column."""
        return next(column for column in self.columns if column.name == name)

    def expand(self, **names: Iterable[str]) -> "Table":
        """By source the names that a configuration has -> the table with all of its columns.

        A column that the table has anyway is not made twice.
        """
        columns = list(self.columns)
        for part in self.open:
            known = {column.name for column in columns}
            more = [column for column in part.of(names[part.source]) if column.name not in known]
            place = self.names.index(part.after) + 1 if part.after else len(columns)
            columns[place:place] = more
        return replace(self, columns=tuple(columns), open=())

    def from_header(self, header: Sequence[str]) -> "Table | None":
        """The names of a file's columns -> the table with these; None if it is another one."""
        if not self.open:
            return self if tuple(header) == self.names else None
        fixed = {column.name: column for column in self.columns}
        columns = [fixed.get(name) or self._find_open(name) for name in header]
        known = [column for column in columns if column is not None]
        if len(known) < len(columns) or len(set(header)) < len(columns):
            return None
        if tuple(name for name in header if name in fixed) != self.names:
            return None
        return replace(self, columns=tuple(known), open=())

    def _find_open(self, name: str) -> Column | None:
        candidates = (part.find(name) for part in self.open)
        return next((column for column in candidates if column is not None), None)


def check_row(table: Table, row: Row) -> Row:
    """A row -> itself.

    Raises:
        ValueError: it lacks a column, has one too many or a value of the wrong kind (our bug).
    """
    if row.keys() != set(table.names):
        raise ValueError(f"{table.name}: columns differ: {sorted(row.keys() ^ set(table.names))}")
    for column in table.columns:
        value = row[column.name]
        if value is None:
            if not column.optional:
                raise ValueError(f"{table.name}.{column.name}: a value is needed: {row}")
        elif not isinstance(value, _TYPES[column.kind]):
            raise ValueError(f"{table.name}.{column.name}: not {column.kind}: {value!r}")
    return row
