"""The tables that pass between the stages, and how they are read and written."""

from snakescribe.tables.definitions import (
    AUDIO,
    CHUNKS,
    EXPORTS,
    ITEMS,
    LIBRARY,
    PLANS,
    RECORDINGS,
    SOURCES,
    TABLES,
    TRANSCRIPTS,
)
from snakescribe.tables.files import read_table, write_table
from snakescribe.tables.notices import NOTICES
from snakescribe.tables.schema import Column, Row, Table

__all__ = [
    "AUDIO",
    "CHUNKS",
    "EXPORTS",
    "ITEMS",
    "LIBRARY",
    "NOTICES",
    "PLANS",
    "RECORDINGS",
    "SOURCES",
    "TABLES",
    "TRANSCRIPTS",
    "Column",
    "Row",
    "Table",
    "read_table",
    "write_table",
]
