"""The source `database`: a read-only query on a Postgres server."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from psycopg2.extras import RealDictCursor

from snakescribe.acquire.sources.listing import Found, Listing, Web
from snakescribe.acquire.sources.rows import found_in_rows
from snakescribe.config import sources as config
from snakescribe.database.address import public_address
from snakescribe.database.connect import connected
from snakescribe.database.given import check_url
from snakescribe.errors import UserError
from snakescribe.store import digest
from snakescribe.user_tables import UserRow, plain_cell, read_user_text


class DatabaseSource:
    """Rows of a query, with the columns that the source `table` knows.

    The server's URL holds a password and therefore stands in an environment variable, which the
    config names; the transaction is read-only.
    """

    def __init__(self, entry: config.DatabaseSource) -> None:
        query = entry.query
        self.query = read_user_text(Path(query)) if query.endswith(".sql") else query
        self.variable = entry.url_variable

    def listings(self) -> Iterator[Listing]:
        """One listing: the query."""
        yield Listing(f"database:{digest(self.query)[:12]}", self._find, remote=True)

    def _find(self, _: Web) -> Iterator[Found]:
        yield from found_in_rows(self._rows())

    def _rows(self) -> list[UserRow]:
        url = os.environ.get(self.variable)
        if not url:
            raise UserError(
                f"recordings: the source database needs a Postgres URL in {self.variable}; "
                f"export {self.variable}=postgresql://user@host/name"
            )
        check_url(url, self.variable)
        with connected(url, f"{public_address(url)} ({self.variable})") as connection:
            connection.set_session(readonly=True)
            with connection.cursor(cursor_factory=RealDictCursor) as cursor:
                cursor.execute(self.query)
                rows = cursor.fetchall()
        return [
            UserRow(
                Path("the query"), number, {key: _plain(cell) for key, cell in row.items()}, "row"
            )
            for number, row in enumerate(rows, start=1)
        ]


def _plain(value: Any) -> Any:
    """A value of the database -> one that JSON has; days and numbers of its own as text."""
    value = plain_cell(value)
    return value if isinstance(value, str | int | float | bool | list | dict) else str(value)
