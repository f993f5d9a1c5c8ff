"""Tables that people write (CSV, TSV, JSON lines) -> rows with their line numbers.

There is one reader for all of them: recordings, context, references, teams, terms, lists of ids.
"""

from snakescribe.user_tables.delimited import read_names
from snakescribe.user_tables.read import (
    TableHead,
    UserTable,
    is_json,
    is_table,
    read_head,
    read_rows,
    read_table_text,
    read_user_table,
)
from snakescribe.user_tables.row import UserRow, column_key, plain_cell
from snakescribe.user_tables.text import read_user_text

__all__ = [
    "TableHead",
    "UserRow",
    "UserTable",
    "column_key",
    "is_json",
    "is_table",
    "plain_cell",
    "read_head",
    "read_names",
    "read_rows",
    "read_table_text",
    "read_user_table",
    "read_user_text",
]
