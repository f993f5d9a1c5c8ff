"""The sections `recordings`, `context` and `acquire` of a config -> what is wrong with them."""

from collections.abc import Iterable, Iterator, Mapping

from snakescribe.acquire.context import EXTRACTORS, make_provider
from snakescribe.acquire.filters import check_filters
from snakescribe.acquire.sources import make_source
from snakescribe.config.acquire import Acquire
from snakescribe.config.context import Context, EspnContext, EventContext, TableContext
from snakescribe.config.sources import (
    BESIDE,
    DatabaseSource,
    OwnSource,
    RssSource,
    Source,
    TableSource,
    UrlSource,
    YouTubeSource,
)
from snakescribe.errors import UserError
from snakescribe.languages import ORIGINAL, language_tag, suggest_code
from snakescribe.paths import check_exists, is_web_url, team_table


def find_acquire_problems(
    recordings: Mapping[int, Source], context: Mapping[int, Context], acquire: Acquire
) -> Iterator[str]:
    """Entries of both lists by their place in them, and `acquire` -> a line for each problem."""
    yield from _check_urls([acquire.youtube_api_url], "acquire.youtube_api_url")
    for language in acquire.caption_languages:
        if not language_tag(language.removesuffix(ORIGINAL)):
            remedy = suggest_code(language)
            yield f"acquire.caption_languages: '{language}' is no language; {remedy}"
    for index, entry in context.items():
        yield from _check_context(entry, f"context.{index}")
    for number, source in recordings.items():
        yield from _check_source(source, f"recordings.{number}")


def _check_context(entry: Context, place: str) -> Iterator[str]:
    if isinstance(entry, TableContext):
        yield from check_exists(entry.table, f"{place}.table")
        return
    if isinstance(entry, EventContext | EspnContext):
        yield from EXTRACTORS.problems(entry.extractor, f"{place}.extractor")
        if isinstance(entry, EventContext) and entry.teams:
            yield from check_exists(str(team_table(entry.teams)), f"{place}.teams")
        if isinstance(entry, EspnContext):
            yield from _check_urls([entry.base_url], f"{place}.base_url")
        return
    try:
        make_provider(entry, f"{place}.provider")
    except UserError as error:
        yield str(error)


def _check_source(entry: Source, place: str) -> Iterator[str]:
    if isinstance(entry, OwnSource):
        try:
            make_source(entry, f"{place}.source")
        except UserError as error:
            yield str(error)
    if isinstance(entry, TableSource):
        yield from check_exists(entry.path, f"{place}.path")
    yield from _check_references(entry.references, place)
    if isinstance(entry, DatabaseSource) and entry.query.endswith(".sql"):
        yield from check_exists(entry.query, f"{place}.query")
    if isinstance(entry, RssSource):
        yield from _check_urls(entry.feeds, f"{place}.feeds")
    if isinstance(entry, YouTubeSource | UrlSource):
        yield from _check_lists(entry, place)
    yield from check_filters(entry.match_filters, f"{place}.match_filters")


def _check_references(references: str, place: str) -> Iterator[str]:
    if references and references != BESIDE:
        yield from check_exists(references, f"{place}.references")


def _check_lists(entry: YouTubeSource | UrlSource, place: str) -> Iterator[str]:
    """The source names recordings, and its files and addresses can be read."""
    mistakes = [line for path in entry.files for line in check_exists(path, f"{place}.files")]
    if isinstance(entry, YouTubeSource):
        lists = {"videos": entry.videos, "playlists": entry.playlists, "channels": entry.channels}
    else:
        lists = {"urls": entry.urls}
        mistakes += _check_urls(entry.urls, f"{place}.urls")
    lists["files"] = entry.files
    if not any(lists.values()):
        yield f"{place}: the source names no recording; fill one of {', '.join(lists)}"
    elif mistakes:
        yield from mistakes
    else:
        try:
            make_source(entry)
        except UserError as error:
            yield f"{place}: {error}"


def _check_urls(urls: Iterable[str], place: str) -> Iterator[str]:
    for url in urls:
        if not is_web_url(url):
            yield f"{place}: '{url}' is no http(s) URL"
