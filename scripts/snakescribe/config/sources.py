"""The section `recordings` of a config: the sources, one class for each kind."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, Tag

from snakescribe.config.block import Block, Entry, OpenBlock
from snakescribe.config.values import (
    Different,
    Filled,
    Number,
    OneOrMore,
    Pattern,
    Text,
    Variable,
    Whole,
)

Day = Annotated[
    str,
    Pattern("^([0-9]{4}-[0-9]{2}-[0-9]{2})?$", "is no day; write YYYY-MM-DD, such as 2019-04-01"),
]
Patterns = Annotated[list[Filled], OneOrMore()]
BESIDE = "beside"
REFERENCES = Field(
    default="",
    description=(
        "Reference transcripts: a folder of files named as the recordings below theirs, a table "
        "with columns `id` and `reference` (or `reference_file`), one STM or CTM file for all, or "
        "`beside`: `talk.txt` next to `talk.wav`."
    ),
)
MATCH_FILTERS = Field(
    default={},
    validate_default=True,
    description="Take only recordings that match all of these.",
)


class FactPatterns(Block):
    """Patterns for what is known about a recording: regular expressions, one of which is found."""

    title: Patterns = Field(
        default=[],
        description=(
            "Regular expression that is found in the title; or a list, one of which is found. "
            "`(?i)` at its beginning makes capital and small letters one."
        ),
    )
    description: Patterns = Field(
        default=[],
        description="The same for the description.",
    )
    channel: Patterns = Field(
        default=[],
        description="The same for the channel's title, name or id.",
    )
    category: Patterns = Field(
        default=[],
        description="The same for the category's name, such as `Sports`.",
    )
    tags: Patterns = Field(
        default=[],
        description="The same for the tags, each by itself: one of them matches.",
    )
    fields: dict[str, Patterns] = Field(
        default={},
        description=(
            "The same for any other field of the context, such as `show`, `teams` or a column of "
            "a table."
        ),
    )


class MatchFilters(FactPatterns):
    """Which recordings of a source are wanted: those that match all of these."""

    min_seconds: Annotated[float, Number(ge=0)] = Field(
        default=0,
        description="Shortest duration, in seconds.",
    )
    max_seconds: Annotated[float, Number(ge=0)] = Field(
        default=0,
        description="Longest duration, in seconds; 0 is no limit.",
    )
    published_from: Day = Field(
        default="",
        description="First day of publication, as YYYY-MM-DD.",
    )
    published_to: Day = Field(
        default="",
        description="Last day of publication, as YYYY-MM-DD.",
    )
    event_from: Day = Field(
        default="",
        description=(
            "First day of the event (the field `event_date`, which the provider `event` finds in "
            "titles), as YYYY-MM-DD."
        ),
    )
    event_to: Day = Field(
        default="",
        description="Last day of the event, as YYYY-MM-DD.",
    )
    exclude: FactPatterns = Field(
        default={},
        validate_default=True,
        description="Leave out recordings that match any of these.",
    )
    sample: Annotated[float, Number(gt=0, le=1)] = Field(
        default=1,
        description="Fraction to draw at random; 0.01 is 1 %.",
    )
    seed: Annotated[int, Whole(ge=0)] = Field(
        default=0,
        description="Seed of the draw.",
    )


class Listed(Entry):
    """What all our sources have in common."""

    UNSAID: ClassVar[frozenset[str]] = frozenset({"match_filters"})


class TableSource(Listed):
    """A table of recordings."""

    source: Literal["table"] = Field(description="A table of recordings.")
    path: Text = Field(
        description=(
            "CSV, TSV or JSON lines file with columns `id`, `audio` (path or URL) and, where there "
            "are any, `title`, `language`, `speaker`, `reference`, `reference_file`; all others "
            "are context. Or a manifest of NeMo, Common Voice, AudioFolder, Kaldi, Lhotse or "
            "LibriSpeech."
        ),
    )
    references: Text = REFERENCES
    match_filters: MatchFilters = MATCH_FILTERS


class FolderSource(Listed):
    """Audio files in a folder."""

    source: Literal["folder"] = Field(description="Audio files in a folder.")
    path: Text = Field(
        description=(
            "A folder, or a pattern such as `talks/**/*.mp3`; a file's name without its ending is "
            "the id."
        ),
    )
    references: Text = REFERENCES
    language: Text = Field(
        default="",
        description="Language code of all these recordings.",
    )
    match_filters: MatchFilters = MATCH_FILTERS


class YouTubeSource(Listed):
    """YouTube videos, playlists and channels."""

    UNSAID: ClassVar[frozenset[str]] = Listed.UNSAID | {"files_hold"}

    source: Literal["youtube"] = Field(description="YouTube videos, playlists and channels.")
    videos: list[Text] = Field(
        default=[],
        description="Ids or URLs of videos.",
    )
    playlists: list[Text] = Field(
        default=[],
        description="Ids or URLs of playlists.",
    )
    channels: list[Text] = Field(
        default=[],
        description="Channel ids, handles such as `@name`, user names, or URLs.",
    )
    channel_lists: Annotated[
        list[Literal["uploads", "playlists", "videos", "streams", "shorts"]], Different()
    ] = Field(
        default=["uploads", "playlists"],
        min_length=1,
        description=(
            "Which lists of a channel to take; `uploads` are its videos, streams and shorts, "
            "`playlists` all its playlists with their videos."
        ),
    )
    files: list[Text] = Field(
        default=[],
        description=(
            "Files with ids, handles or URLs: .txt with one a line, or tables with a column such "
            "as `id`."
        ),
    )
    files_hold: Literal["any", "videos", "playlists", "channels"] = Field(
        default="any",
        description=(
            "What the names in `files` are, where neither they nor a column say it: bare user "
            "names are `channels`."
        ),
    )
    references: Text = REFERENCES
    match_filters: MatchFilters = MATCH_FILTERS


class UrlSource(Listed):
    """Anything that yt-dlp takes."""

    source: Literal["url"] = Field(description="Anything that yt-dlp takes.")
    urls: list[Text] = Field(
        default=[],
        description=(
            "URLs of media files, of pages with a recording, or of pages that list several."
        ),
    )
    files: list[Text] = Field(
        default=[],
        description=(
            "Files with URLs: .txt with one a line, or tables with a column such as `url`."
        ),
    )
    references: Text = REFERENCES
    match_filters: MatchFilters = MATCH_FILTERS


class RssSource(Listed):
    """Podcast feeds."""

    source: Literal["rss"] = Field(description="Podcast feeds.")
    feeds: list[Text] = Field(
        min_length=1,
        description="URLs of podcast feeds (RSS, Atom); every item with sound is a recording.",
    )
    references: Text = REFERENCES
    match_filters: MatchFilters = MATCH_FILTERS


class DatabaseSource(Listed):
    """A read-only query on a Postgres server."""

    source: Literal["database"] = Field(description="A read-only query on a Postgres server.")
    query: Text = Field(
        min_length=1,
        description=(
            "SQL, or the path of a .sql file, whose rows have the columns of the source `table`: "
            "`id`, `url` or `path`, and so on."
        ),
    )
    url_variable: Variable = Field(
        default="SNAKESCRIBE_SOURCE_URL",
        description="Environment variable that holds the server's Postgres URL.",
    )
    references: Text = REFERENCES
    match_filters: MatchFilters = MATCH_FILTERS


class OwnSource(OpenBlock):
    """A source of the user's own: its options are for it to know."""

    source: Text = Field(
        json_schema_extra={
            "not": {"enum": ["table", "folder", "youtube", "url", "rss", "database"]}
        },
        description=(
            "Name of a source: table, folder, youtube, url, rss, database, or one of your own as "
            "`module:Class`."
        ),
    )
    references: Text = REFERENCES
    match_filters: MatchFilters = MATCH_FILTERS


def _kind(entry: Any) -> str:
    """An entry of `recordings`, read or not -> the kind of its source."""
    name = entry.get("source") if isinstance(entry, Mapping) else getattr(entry, "source", None)
    return name if name in KINDS else "own"


KINDS = ("table", "folder", "youtube", "url", "rss", "database")
Source = Annotated[
    Annotated[TableSource, Tag("table")]
    | Annotated[FolderSource, Tag("folder")]
    | Annotated[YouTubeSource, Tag("youtube")]
    | Annotated[UrlSource, Tag("url")]
    | Annotated[RssSource, Tag("rss")]
    | Annotated[DatabaseSource, Tag("database")]
    | Annotated[OwnSource, Tag("own")],
    Discriminator(_kind),
]
