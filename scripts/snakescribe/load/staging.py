"""Rows -> staging tables (COPY) -> the real ones, so that these equal what was staged."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Self

from psycopg2.errors import UniqueViolation
from psycopg2.extensions import cursor as Cursor  # noqa: N812
from psycopg2.sql import SQL, Composed, Identifier

from snakescribe.errors import UserError
from snakescribe.load.cells import NULL, Cells
from snakescribe.tables import Row

logger = logging.getLogger(__name__)

BUFFER_BYTES = 4_000_000

_OF_EXPERIMENT = "corpus = %(corpus)s and experiment = %(experiment)s"
_OF_TRANSCRIPTIONS = (
    f"transcription in (select transcription from transcriptions where {_OF_EXPERIMENT})"
)

# The tables, those that others refer to first, with the rows that a load of one experiment answers
# for: it removes those of them that it does not bring.
SCOPES = {
    "corpora": "corpus = %(corpus)s",
    "sources": "corpus = %(corpus)s",
    "recordings": "corpus = %(corpus)s",
    "videos": "corpus = %(corpus)s",
    "tags": "corpus = %(corpus)s",
    "thumbnails": "corpus = %(corpus)s",
    "localizations": "corpus = %(corpus)s",
    "topics": "corpus = %(corpus)s",
    "games": "corpus = %(corpus)s",
    "game_teams": "corpus = %(corpus)s",
    "game_players": "corpus = %(corpus)s",
    "audio_files": "corpus = %(corpus)s and audio = any(%(variants)s)",
    "plans": "corpus = %(corpus)s and chunking = any(%(chunkings)s)",
    "speech_regions": "corpus = %(corpus)s and chunking = any(%(chunkings)s)",
    "chunks": (
        "corpus = %(corpus)s and (chunking, audio) in "
        "(select * from unnest(%(chunkings_cut)s::text[], %(variants_cut)s::text[]))"
    ),
    "experiments": _OF_EXPERIMENT,
    "notices": _OF_EXPERIMENT,
    "conditions": _OF_EXPERIMENT,
    "prompt_terms": _OF_EXPERIMENT,
    "processing_chains": _OF_EXPERIMENT,
    "runs": _OF_EXPERIMENT,
    "transcriptions": _OF_EXPERIMENT,
    "prompts": _OF_TRANSCRIPTIONS,
    "segments": _OF_TRANSCRIPTIONS,
    "words": _OF_TRANSCRIPTIONS,
    "scores": _OF_EXPERIMENT,
    "condition_scores": _OF_EXPERIMENT,
    "comparisons": _OF_EXPERIMENT,
    "metrics": _OF_EXPERIMENT,
    "factors": _OF_EXPERIMENT,
    "strata": _OF_EXPERIMENT,
    "calibration": _OF_EXPERIMENT,
    "terms": _OF_EXPERIMENT,
    "errors": _OF_EXPERIMENT,
    "suspects": _OF_EXPERIMENT,
    "combinations": _OF_EXPERIMENT,
    "repeats": _OF_EXPERIMENT,
    "chunkings": _OF_EXPERIMENT,
}

# Those whose rows are of one experiment, and those that experiments of a corpus share.
OF_EXPERIMENT = tuple(table for table, scope in SCOPES.items() if "%(experiment)s" in scope)
OF_CORPUS = tuple(table for table in SCOPES if table not in OF_EXPERIMENT)
# What is known before anything is fetched.
LISTED = (
    "corpora", "sources", "recordings", "videos", "tags", "thumbnails", "localizations", "topics",
    "games", "game_teams", "game_players",
)  # fmt: skip

# What the database writes into rows by itself, which no file has.
BOOKKEEPING = ("since_change", "created_at", "modified_at")

_COLUMNS = """
    select a.attname, format_type(a.atttypid, null), coalesce(a.attnum = any(i.indkey), false)
    from pg_attribute a
    left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
    where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped
    and a.attname <> all(%s)
    order by a.attnum
"""


@dataclass
class _Target:
    kinds: dict[str, str]
    key: list[str]
    writers: list[tuple[str, Callable[[Any], str]]]
    buffer: BytesIO = field(default_factory=BytesIO)

    @property
    def rest(self) -> list[str]:
        """The columns that are no part of the key."""
        return [name for name in self.kinds if name not in self.key]


class Staging:
    """Staging tables of one transaction: `add` rows, then `merge` them, in a `with` statement.

    Rows are copied by a thread while further ones are made: between the first `add` and `merge`
    nobody else uses the connection. `rows` counts what was added by table, `nul_texts` the texts
    that held NUL characters. Only `tables` are touched.
    """

    def __init__(
        self, cursor: Cursor, tables: Iterable[str] = SCOPES, *, is_first: bool = False
    ) -> None:
        """Begin.

        Args:
            cursor: of the transaction.
            tables: those that are touched, in the order of `SCOPES`.
            is_first: the database has no rows in scope: they are copied into the tables themselves.
        """
        self.cursor = cursor
        self.rows: Counter[str] = Counter()
        self._cells = Cells()
        self._is_first = is_first
        self._copier = ThreadPoolExecutor(1)
        self._copying: Future[None] | None = None
        self._targets: dict[str, _Target] = {}
        for table in tables:
            cursor.execute(_COLUMNS, (table, list(BOOKKEEPING)))
            columns = cursor.fetchall()
            self._targets[table] = _Target(
                kinds={name: kind for name, kind, _ in columns},
                key=[name for name, _, in_key in columns if in_key],
                writers=[(name, self._cells.writer(kind)) for name, kind, _ in columns],
            )
            if not is_first:
                self._run("create temp table {staging} (like {table}) on commit drop", table)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._copier.shutdown()  # waits: the connection is the transaction's again

    @property
    def nul_texts(self) -> int:
        """How many texts held NUL characters."""
        return self._cells.nul_texts

    def add(self, table: str, row: Row) -> None:
        """Stage a row that has exactly the table's columns."""
        target = self._targets[table]
        if row.keys() != target.kinds.keys():
            raise ValueError(f"{table}: columns differ: {sorted(row.keys() ^ target.kinds.keys())}")
        cells = [
            NULL if (value := row[name]) is None else write(value) for name, write in target.writers
        ]
        target.buffer.write(("\t".join(cells) + "\n").encode("utf-8", "replace"))
        self.rows[table] += 1
        if target.buffer.tell() > BUFFER_BYTES:
            self._flush()

    def add_open(self, table: str, row: Row) -> None:
        """Stage a row of a table with a column `details`, which takes what has no column."""
        kinds = self._targets[table].kinds
        known = {name: row.get(name) for name in kinds if name != "details"}
        details = {name: value for name, value in row.items() if name not in kinds}
        self.add(table, {**known, "details": details})

    def merge(self, **scope: Any) -> int:
        """Make the rows in scope equal to what was staged; rows that are equal are not touched.

        Returns:
            How many rows were new, changed or removed.

        Raises:
            UserError: two staged rows have the same key.
        """
        self._flush()
        self._wait()
        if self._is_first:
            return self.rows.total()
        changed = sum(map(self._put, self._targets))
        for table in reversed(self._targets):
            removed = self._run(
                f"delete from {{table}} t where {SCOPES[table]} and not exists "
                "(select from {staging} s where ({staged_key}) = ({old_key}))",
                table,
                scope,
            )
            if removed:
                logger.info("%s: %d rows removed", table, removed)
            changed += removed
        return changed

    def _put(self, table: str) -> int:
        """Insert the staged rows that are new, and update those that differ."""
        if not self.rows[table]:
            return 0
        with self._refusing_duplicates(table):
            self._run("create unique index on {staging} ({key})", table)
        self._run("analyze {staging}", table)
        # Nothing is looked up row by row where all rows are equal: the two are joined.
        same = "({staged_key}) = ({old_key})"
        update = "nothing"
        if self._targets[table].rest:
            same += " and ({staged}) is not distinct from ({old})"
            update = "update set ({rest}) = row({new})"
        changed = self._run(
            "insert into {table} ({columns}) select {columns} from {staging} s "
            f"where not exists (select from {{table}} t where {same}) "
            f"on conflict ({{key}}) do {update}",
            table,
        )
        logger.info("%s: %d rows, %d new or changed", table, self.rows[table], changed)
        return changed

    @contextmanager
    def _refusing_duplicates(self, table: str) -> Iterator[None]:
        try:
            yield
        except UniqueViolation:
            raise UserError(
                f"{table}: two rows have the same {', '.join(self._targets[table].key)}; the files "
                "that are loaded are damaged, remove them and run the workflow again"
            ) from None

    def _run(self, statement: str, table: str, scope: Row | None = None) -> int:
        """Run a statement with the table's names filled in; return how many rows it changed."""
        target = self._targets[table]

        def names(columns: list[str], prefix: str = "") -> Composed:
            parts = [
                Identifier(prefix, column) if prefix else Identifier(column) for column in columns
            ]
            return SQL(", ").join(parts)

        self.cursor.execute(
            SQL(statement).format(
                table=Identifier(table),
                staging=Identifier(_staging_name(table)),
                columns=names(list(target.kinds)),
                key=names(target.key),
                rest=names(target.rest),
                old=names(target.rest, "t"),
                new=names(target.rest, "excluded"),
                staged=names(target.rest, "s"),
                old_key=names(target.key, "t"),
                staged_key=names(target.key, "s"),
            ),
            scope,
        )
        changed: int = self.cursor.rowcount
        return changed

    def _flush(self) -> None:
        """Begin to copy what was added: of all tables, since rows refer to those of others before.

        One copy is under way at a time, so that memory holds the rows of two at most.
        """
        self._wait()
        filled = {
            table: target.buffer for table, target in self._targets.items() if target.buffer.tell()
        }
        for table in filled:
            self._targets[table].buffer = BytesIO()
        self._copying = self._copier.submit(self._copy, filled)

    def _wait(self) -> None:
        """Until what is being copied is done, or say why it could not be."""
        if self._copying is not None:
            self._copying.result()

    def _copy(self, filled: Mapping[str, BytesIO]) -> None:
        for table, buffer in filled.items():
            buffer.seek(0)
            place = table if self._is_first else _staging_name(table)
            columns = SQL(", ").join(map(Identifier, self._targets[table].kinds))
            copy = SQL("copy {} ({}) from stdin").format(Identifier(place), columns)
            with self._refusing_duplicates(table):
                # In one piece: for each further one the thread would wait for its turn.
                self.cursor.copy_expert(copy, buffer, size=BUFFER_BYTES)


def _staging_name(table: str) -> str:
    return f"staging_{table}"
