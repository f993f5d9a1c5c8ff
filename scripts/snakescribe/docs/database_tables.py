"""The tables and views that the migrations make -> the reference page of the database."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from psycopg2.extensions import connection as Connection  # noqa: N812

from snakescribe.load.migrate import migrate
from snakescribe.load.places import PLACES

_RELATIONS = """
    select c.relname, c.relkind in ('v', 'm'), coalesce(obj_description(c.oid, 'pg_class'), ''),
        coalesce((
            select string_agg(a.attname, ', ' order by k.place)
            from pg_index i, unnest(i.indkey) with ordinality k(number, place)
            join pg_attribute a on a.attnum = k.number
            where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid
        ), '')
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm', 'p')
    order by c.relname
"""
_COLUMNS = """
    select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
        coalesce(col_description(c.oid, a.attnum), '')
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm', 'p')
        and a.attnum > 0 and not a.attisdropped
    order by c.relname, a.attnum
"""


def database_text(connection: Connection) -> str:
    """An empty database -> its tables and views after all migrations, as Markdown.

    What a column means is its comment; where it has none, the sentence of the table of results
    that it is loaded from; else what columns of its name mean where they have a comment, if that
    is one and the same everywhere.
    """
    migrate(connection)
    with connection, connection.cursor() as cursor:
        cursor.execute(_RELATIONS)
        relations = cursor.fetchall()
        cursor.execute(_COLUMNS)
        columns = {
            name: list(rows) for name, rows in groupby(cursor.fetchall(), key=lambda row: row[0])
        }
    meanings = dict(_meanings())
    alike = _alike(row for rows in columns.values() for row in rows)
    parts = []
    for heading, views in (("Tables", False), ("Views", True)):
        parts += [f"## {heading}", ""]
        for name, is_view, about, key in relations:
            if is_view != views:
                continue
            parts += [f"### `{name}`", "", f"{about} Key: `{key}`." if key else about, ""]
            parts += ["| column | type | what |", "| --- | --- | --- |"]
            for _, column, kind, filled, comment in columns[name]:
                text = (comment or meanings.get((name, column)) or alike.get(column, "")).replace(
                    "|", "\\|"
                )
                empty = "" if filled or views else " or null"
                parts.append(f"| `{column}` | {kind}{empty} | {_cell(text)} |")
            parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def _meanings() -> Iterator[tuple[tuple[str, str], str]]:
    for _, place in PLACES:
        for column in place.columns:
            name = place.renamed.get(column.name, column.name)
            yield (place.relation, name), column.description


def _alike(rows: Iterable[tuple[str, str, str, bool, str]]) -> dict[str, str]:
    texts: dict[str, set[str]] = {}
    for _, column, _, _, comment in rows:
        if comment:
            texts.setdefault(column, set()).add(comment)
    return {column: next(iter(known)) for column, known in texts.items() if len(known) == 1}


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
