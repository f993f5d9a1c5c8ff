"""Tables and providers -> the fields that they add to recordings."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from snakescribe.acquire.answers import ContextFields
from snakescribe.acquire.context import make_provider
from snakescribe.acquire.context.games import Game
from snakescribe.acquire.context.provider import About, GameProvider
from snakescribe.acquire.ids import safe_id
from snakescribe.acquire.lock import Locked
from snakescribe.acquire.lookup import Lookup, page_of
from snakescribe.acquire.nearest import name_with_nearest
from snakescribe.acquire.sources.listing import Found
from snakescribe.acquire.web import Web, WebError
from snakescribe.config.context import Context, EspnContext, EventContext, OwnContext, TableContext
from snakescribe.notices import Kind, collected, notify
from snakescribe.tables import Row
from snakescribe.user_tables import UserRow, read_rows

_FIELDS = ("title", "language", "speaker")


@dataclass
class Joined:
    """What providers told beside fields: games by recording; `complete`: all could be asked."""

    complete: bool = True
    games: dict[str, Game] = field(default_factory=dict)


def join_context(
    items: list[Row], locked: list[Locked], context: Iterable[Context], web: Web, lookup: Lookup
) -> Joined:
    """Add the fields of tables and providers to the items, in place; later ones win.

    Args:
        items: rows of `items.tsv`; a title, language or speaker that a table gives wins.
        locked: the recordings in the same order, with the ids that their sources gave.
        context: entries of `context` in the config.
        web: what providers ask with.
        lookup: what completes recordings whose title is not known.

    Returns:
        The games that were told, and whether every provider could be asked.

    Raises:
        UserError: a malformed table, or a row without an id.
    """
    joined = Joined()
    for entry in context:
        if isinstance(entry, TableContext):
            _join_table(items, locked, Path(entry.table))
        else:
            asked = _ask_provider(items, locked, entry, web, lookup)
            joined.complete = joined.complete and asked.complete
            joined.games |= asked.games
    return joined


class Describer:
    """What `context` will add to recordings that are still to be chosen from."""

    def __init__(self, context: Iterable[Context], web: Web, lookup: Lookup) -> None:
        self._all = list(context)
        self._tables = [entry for entry in self._all if isinstance(entry, TableContext)]
        self._web, self._lookup = web, lookup
        self.complete = True

    def describe(self, recordings: list[Found], providers: bool) -> list[ContextFields]:
        """Recordings -> the fields that tables give to each, and, where wanted, providers.

        Those that are chosen get them by `join_context`, which also gives the notices.
        `complete` tells whether every provider could be asked.
        """
        context: list[Context] = [*self._all] if providers else [*self._tables]
        if not context:
            return [{} for _ in recordings]
        locked = [Locked(safe_id(recording.id), "", "", recording) for recording in recordings]
        items = [{**entry.as_item(), "context": {}} for entry in locked]
        before = [{name: item[name] for name in _FIELDS} for item in items]
        with collected():
            joined = join_context(items, locked, context, self._web, self._lookup)
        self.complete = self.complete and joined.complete
        return [
            {**{name: item[name] for name in _FIELDS if item[name] != own[name]}, **item["context"]}
            for item, own in zip(items, before, strict=True)
        ]


def _join_table(items: list[Row], locked: list[Locked], path: Path) -> None:
    by_id = {entry.found.id: item for entry, item in zip(locked, items, strict=True)}
    by_id |= {item["recording"]: item for item in items}
    unknown = []
    rows: dict[str, UserRow] = {}
    for row in read_rows(path):
        name = row.first("id")
        if not name:
            raise row.fail("no id; a context table has a column `id`")
        item = by_id.get(name) or by_id.get(safe_id(name))
        if item is None:
            unknown.append(name)
            continue
        known = rows.setdefault(item["recording"], row)
        if known.cells != row.cells:
            raise row.fail(f"the id '{name}' stands in {known.unit} {known.line} already")
        for key in _FIELDS:
            item[key] = row.first(key) or item[key]
        item["context"] = {**item["context"], **row.without("id", *_FIELDS)}
    if unknown:
        what = "1 id matches" if len(unknown) == 1 else f"{len(unknown)} ids match"
        text = f"{what} no recording: {name_with_nearest(unknown, by_id)}"
        notify(Kind.CONTEXT_UNMATCHED, text, source=str(path))


def _is_told_by_its_name(recording: Found) -> bool:
    """Whether a file's name tells a provider enough, so that its page need not be asked."""
    return recording.kind == "file" and bool(recording.context.keys() & {"event_date", "event_id"})


def _ask_provider(
    items: list[Row],
    locked: list[Locked],
    entry: EventContext | EspnContext | OwnContext,
    web: Web,
    lookup: Lookup,
) -> Joined:
    provider, joined = make_provider(entry), Joined()
    listed = [recording.found for recording in locked]
    nameless = [found for found in listed if not found.title and page_of(found)]
    spared = {found.identity for found in nameless if _is_told_by_its_name(found)}
    completed = {found.identity: found for found in lookup.complete(nameless, spared)}
    for found, item in zip(listed, items, strict=True):
        recording = completed.get(found.identity, found)
        facts = {**recording.context, **item["context"]}
        about = About(
            title=item["title"] or recording.title or found.id,
            description=str(facts.get("description") or ""),
            published=str(facts.get("published") or ""),
            known=facts,
            path=found.locator if found.kind == "file" else "",
        )
        try:
            game = None
            if isinstance(provider, GameProvider):
                game = provider.game(about, web)
                fields = game.fields() if game else {}
            else:
                fields = provider.fields(about, web)
        except WebError as error:
            text = f"the provider does not answer: {error}"
            notify(Kind.CONTEXT_UNANSWERED, text, source=f"context.{entry.provider}")
            return Joined(complete=False)
        if game:
            joined.games[item["recording"]] = game
        item["title"] = item["title"] or recording.title or None
        item["context"] = {**item["context"], **fields}
    return joined
