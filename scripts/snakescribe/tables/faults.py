"""Files that are missing, or are not the table that they should be, in words for users."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from snakescribe.errors import UserError
from snakescribe.seals import give_up, is_broken
from snakescribe.tables.schema import NotThisTableError, Table

_passed_over: ContextVar[dict[Path, str] | None] = ContextVar("passed_over", default=None)


class DamagedTableError(UserError):
    """A file is not the table that it should be."""


@contextmanager
def passing_over_damage() -> Iterator[dict[Path, str]]:
    """While tables are read: a damaged one ends where its damage begins -> what is damaged.

    For those who look at a run and must not stop where its next job would.
    """
    damaged: dict[Path, str] = {}
    token = _passed_over.set(damaged)
    try:
        yield damaged
    finally:
        _passed_over.reset(token)


def is_passed_over(path: Path, error: DamagedTableError) -> bool:
    """Whether damage is only noted down, within `passing_over_damage`."""
    if (damaged := _passed_over.get()) is None:
        return False
    damaged[path] = str(error)
    return True


def check_exists(table: Table, path: Path) -> None:
    """A table and its file -> nothing.

    Raises:
        UserError: there is no such file; with what makes it. Or a run wrote something else.
    """
    if not path.exists():
        what = f"run `snakemake {table.stage}` first"
        if not table.stage:
            what = f"run the stage that makes the {table.name} table"
        raise UserError(f"{path}: no such file; {what}")
    if is_broken(path):
        raise DamagedTableError(
            f"{path}: damaged: this is not what was written ({path.stat().st_size} bytes); "
            f"{give_up(path)}"
        )


@contextmanager
def explaining(table: Table, path: Path) -> Iterator[None]:
    """While a file is read: what its reader finds wrong becomes a message for the user.

    Raises:
        UserError: the file is not this table (an older version, or damaged).
    """
    try:
        yield
    except (NotThisTableError, UnicodeDecodeError, csv.Error) as error:
        details = f" ({error})" if str(error) else ""
        raise DamagedTableError(
            f"{path}: this is not a {table.name} table of this version of snakescribe{details}; "
            f"{give_up(path)}"
        ) from error
