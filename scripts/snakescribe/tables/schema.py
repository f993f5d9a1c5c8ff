"""What a table is: its path, its key, and the name, type, unit and meaning of each column."""

from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """One column.

    `kind` is str, int, float, bool or json (a list or an object); in Parquet also `list of str`,
    or `list of objects`, of which `fields` says what each has.
    """

    name: str
    kind: str
    description: str
    unit: str = ""
    optional: bool = False
    fields: tuple["Column", ...] = ()


@dataclass(frozen=True)
class Table:
    """A table's name, its natural key and its columns in file order."""

    name: str
    description: str
    path: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def is_parquet(self) -> bool:
        """Whether its files are Parquet."""
        return self.path.endswith(".parquet")
