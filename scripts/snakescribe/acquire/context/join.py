"""Tables and providers -> the fields that they add to recordings."""

from collections.abc import Iterable
from pathlib import Path

from snakescribe.acquire.context import make_provider
from snakescribe.acquire.context.provider import About
from snakescribe.acquire.ids import safe_id
from snakescribe.acquire.lock import Locked
from snakescribe.acquire.lookup import Lookup
from snakescribe.acquire.web import Web, WebError
from snakescribe.config.context import Context, EspnContext, EventContext, OwnContext, TableContext
from snakescribe.notices import Kind, notify
from snakescribe.tables import Row
from snakescribe.user_tables import read_rows

_FIELDS = ("title", "language", "speaker")


def join_context(
    items: list[Row], locked: list[Locked], context: Iterable[Context], web: Web, lookup: Lookup
) -> bool:
    """Add the fields of tables and providers to the items, in place; later ones win.

    Args:
        items: rows of `items.tsv`; a title, language or speaker that a table gives wins.
        locked: the recordings in the same order, with the ids that their sources gave.
        context: entries of `context` in the config.
        web: what providers ask with.
        lookup: what completes recordings whose title is not known.

    Returns:
        Whether every provider could be asked.

    Raises:
        UserError: a malformed table, or a row without an id.
    """
    complete = True
    for entry in context:
        if isinstance(entry, TableContext):
            _join_table(items, locked, Path(entry.table))
        else:
            complete = _ask_provider(items, locked, entry, web, lookup) and complete
    return complete


def _join_table(items: list[Row], locked: list[Locked], path: Path) -> None:
    by_id = {entry.found.id: item for entry, item in zip(locked, items, strict=True)}
    by_id |= {item["recording"]: item for item in items}
    unknown = []
    for row in read_rows(path):
        name = row.first("id")
        if not name:
            raise row.fail("no id; a context table has a column `id`")
        item = by_id.get(name) or by_id.get(safe_id(name))
        if item is None:
            unknown.append(name)
            continue
        fields = {key: cell for key, cell in row.cells.items() if key != "id"}
        for key in _FIELDS:
            item[key] = fields.pop(key, None) or item[key]
        item["context"] = {**item["context"], **fields}
    if unknown:
        names = ", ".join(unknown[:10]) + (" ..." if len(unknown) > 10 else "")
        what = "1 id matches" if len(unknown) == 1 else f"{len(unknown)} ids match"
        text = f"{what} no recording: {names}"
        notify(Kind.CONTEXT_UNMATCHED, text, source=str(path))


def _ask_provider(
    items: list[Row],
    locked: list[Locked],
    entry: EventContext | EspnContext | OwnContext,
    web: Web,
    lookup: Lookup,
) -> bool:
    provider = make_provider(entry)
    listed = [recording.found for recording in locked]
    nameless = [found for found in listed if not found.title and found.kind == "url"]
    completed = {recording.identity: recording for recording in lookup.complete(nameless)}
    for found, item in zip(listed, items, strict=True):
        recording = completed.get(found.identity, found)
        facts = {**recording.context, **item["context"]}
        about = About(
            title=item["title"] or recording.title or found.id,
            description=str(facts.get("description") or ""),
            published=str(facts.get("published") or ""),
        )
        try:
            fields = provider.fields(about, web)
        except WebError as error:
            text = f"the provider does not answer: {error}"
            notify(Kind.CONTEXT_UNANSWERED, text, source=f"context.{entry.provider}")
            return False
        item["title"] = item["title"] or recording.title or None
        item["context"] = {**item["context"], **fields}
    return True
