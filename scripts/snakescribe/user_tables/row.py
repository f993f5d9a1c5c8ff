"""One row of a user's table."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from snakescribe.errors import UserError


@dataclass(frozen=True)
class UserRow:
    """One row of a user's table: its cells by column name and where it stands.

    Columns are known whatever their case: `ID` and `Reference File` are `id` and `reference_file`.
    """

    path: Path
    line: int
    cells: dict[str, Any]
    unit: str = "line"

    def fail(self, what: str) -> UserError:
        """What is wrong with this row -> the error to raise, with file and line."""
        return UserError(f"{self.path}: {self.unit} {self.line}: {what}")

    def first(self, *columns: str) -> str:
        """The first of these columns that the row has and that is not empty, else ``""``."""
        for column in columns:
            value = self.value(column)
            if value is not None and str(value).strip():
                return str(value).strip()
        return ""

    def value(self, column: str) -> Any:
        """A column, whatever its case -> its cell as it came, or None."""
        name = self._names.get(column)
        return None if name is None else self.cells[name]

    def has(self, *columns: str) -> bool:
        """Whether the row has all of these columns."""
        return all(column in self._names for column in columns)

    def without(self, *columns: str) -> dict[str, Any]:
        """The cells of all other columns, by their names as they are written."""
        left_out = {self._names[column] for column in columns if column in self._names}
        return {name: cell for name, cell in self.cells.items() if name not in left_out}

    @cached_property
    def _names(self) -> dict[str, str]:
        return {column_key(name): name for name in reversed(self.cells)}


def column_key(name: str) -> str:
    """The name of a column -> that under which it is known: small letters, ``_`` for spaces."""
    return re.sub(r"[\s-]+", "_", name.strip()).lower()


def plain_cell(cell: Any) -> Any:
    """A cell of JSON or a database -> one for a table: lists of plain values as text, ``a, b``."""
    if isinstance(cell, list) and not any(isinstance(part, list | dict) for part in cell):
        return ", ".join(map(str, cell))
    return "" if cell is None else cell
