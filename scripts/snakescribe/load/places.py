"""Where the columns of the tables stand in the database.

Most columns have a column of the same name; here are those that have another one, and those that
have none. A test holds all of it against the schema that the migrations make.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from snakescribe.tables import (
    AUDIO,
    CHUNKS,
    EXPORTS,
    ITEMS,
    LIBRARY,
    NOTICES,
    PLANS,
    RECORDINGS,
    SOURCES,
    TRANSCRIPTS,
    Row,
    Table,
)
from snakescribe.tables import scores as score_tables
from snakescribe.tables.metadata import GAME_TABLES, METADATA_TABLES
from snakescribe.tables.schema import Column


@dataclass(frozen=True)
class Place:
    """Some columns of a table, and the relation of the database that has them.

    Attributes:
        relation: its name.
        columns: the columns of the table.
        renamed: by column the name that it has in the relation, where that is another one.
        has_details: whether the relation's `details` takes the columns that it has no column for.
    """

    relation: str
    columns: tuple[Column, ...]
    renamed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    has_details: bool = False

    def row(self, row: Row) -> Row:
        """A row of the table, or more than that -> what the relation takes of it."""
        return {
            self.renamed.get(column.name, column.name): row[column.name] for column in self.columns
        }


def _columns(table: Table, *names: str) -> tuple[Column, ...]:
    return tuple(table.column(name) for name in names)


_SECONDS = MappingProxyType({"start": "start_seconds", "end": "end_seconds"})

RECORDING = Place("recordings", ITEMS.columns, _SECONDS)
SOURCE = Place("sources", SOURCES.columns)
ACQUIRED = Place(
    "recordings",
    _columns(RECORDINGS, "status", "reason", "audio", "sha256", "bytes", "seconds", "captions")
    + _columns(RECORDINGS, "format", "track_language", "codec", "bit_rate", "retrieved_at"),
    {"audio": "path"},
)
AUDIO_FILE = Place("audio_files", AUDIO.columns, {"audio": "path"})
PLAN = Place(
    "plans",
    _columns(PLANS, "recording", "status", "reason", "seconds", "cuts", "loud_cuts"),
)
CHUNK = Place("chunks", CHUNKS.columns, {**_SECONDS, "audio": "path"})
TRANSCRIPTION = Place(
    "transcriptions",
    _columns(TRANSCRIPTS, "recording", "chunk", "repeat", "text", "language", "flags", "tries")
    + _columns(TRANSCRIPTS, "audio_seconds", "feature_seconds", "encode_seconds", "decode_seconds"),
)
_PROMPT_PARTS = ("text", "tokens", "kept", "dropped", "truncated")
PROMPT = Place(
    "prompts",
    _columns(TRANSCRIPTS, "prompt", *(f"prompt_{part}" for part in _PROMPT_PARTS)),
    {f"prompt_{part}": part for part in _PROMPT_PARTS},
)
SEGMENT = Place("segments", TRANSCRIPTS.column("segments").fields, _SECONDS)
WORD = Place("words", TRANSCRIPTS.column("words").fields, _SECONDS)
RUN = Place(
    "runs",
    tuple(column for column in TRANSCRIPTS.column("run").fields if column.name != "more"),
)
NOTICE = Place("notices", NOTICES.columns)
METADATA = {table: Place(table.name, table.columns) for table in METADATA_TABLES}
GAMES = {table: Place(table.name, table.columns) for table in GAME_TABLES}
SCORES = {
    score_tables.SCORES: Place("scores", score_tables.SCORES.columns, has_details=True),
    score_tables.CONDITIONS: Place(
        "condition_scores", score_tables.CONDITIONS.columns, has_details=True
    ),
    score_tables.COMPARISONS: Place(
        "comparisons", score_tables.COMPARISONS.columns, has_details=True
    ),
    score_tables.SUSPECTS: Place("suspects", score_tables.SUSPECTS.columns, _SECONDS),
    **{
        table: Place(table.name, table.columns)
        for table in (
            score_tables.METRICS,
            score_tables.FACTORS,
            score_tables.STRATA,
            score_tables.CALIBRATION,
            score_tables.TERMS,
            score_tables.ERRORS,
            score_tables.COMBINATIONS,
            score_tables.REPEATS,
            score_tables.CHUNKINGS,
        )
    },
}

# What stands nowhere in the database, and why.
LEFT_OUT = MappingProxyType(
    {
        ("recordings", "recording"): "it is the item's",
        ("recordings", "info"): "a path in the store; the metadata tables have what it says",
        ("plans", "speech"): "`speech_regions` has a row for each",
        ("plans", "chunks"): "`chunks` has a row for each",
        ("transcripts", "decoding"): "in `conditions.decoding`",
        ("transcripts", "segments"): "`segments` has a row for each",
        ("transcripts", "words"): "`words` has a row for each",
        ("transcripts", "run"): "`runs` has a row for each",
        ("transcripts.run", "more"): "in `runs.details`, which has all of it",
        **{
            ("exports", column.name): "files for other programs, which read no database"
            for column in EXPORTS.columns
        },
        **{("library", column.name): "a folder for people" for column in LIBRARY.columns},
    }
)

# Every place, with the table whose columns have it; of objects in a column, `table.column`.
PLACES: tuple[tuple[str, Place], ...] = (
    (ITEMS.name, RECORDING),
    (SOURCES.name, SOURCE),
    (NOTICES.name, NOTICE),
    (RECORDINGS.name, ACQUIRED),
    (AUDIO.name, AUDIO_FILE),
    (PLANS.name, PLAN),
    (CHUNKS.name, CHUNK),
    (TRANSCRIPTS.name, TRANSCRIPTION),
    (TRANSCRIPTS.name, PROMPT),
    ("transcripts.segments", SEGMENT),
    ("transcripts.words", WORD),
    ("transcripts.run", RUN),
    *((table.name, place) for table, place in {**METADATA, **GAMES, **SCORES}.items()),
)
