"""The section `context` of a config: what adds fields to the recordings."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, Tag

from snakescribe.config.block import Block, Entry, OpenBlock
from snakescribe.config.values import Pattern, Text

Sport = Annotated[
    str, Pattern("^[a-z0-9-]+$", "is no name of a sport at ESPN; write small letters, digits, '-'")
]
League = Annotated[
    str, Pattern("^[a-z0-9.-]+$", "is no league at ESPN; write small letters, digits, '.', '-'")
]
DATE_ORDER: Any = Field(
    default="MDY",
    description="How 04/01/2019 is meant.",
)
EXTRACTOR: Any = Field(
    default="",
    description=("A function of your own as `module:function` that finds the date; empty is ours."),
)


class TableContext(Block):
    """A table of fields by recording."""

    table: Text = Field(
        description=(
            "Path of a table (CSV, TSV or JSONL) keyed by a column `id`; its other columns become "
            "fields."
        ),
    )


class EventContext(Entry):
    """The date and the teams that a title tells."""

    UNSAID: ClassVar[frozenset[str]] = frozenset({"date_order", "extractor"})
    GIVES: ClassVar[tuple[str, ...]] = ("event_date", "teams", "team_home", "team_away")

    provider: Literal["event"] = Field(description="The date and the teams that a title tells.")
    date_order: Literal["MDY", "DMY"] = DATE_ORDER
    teams: Text = Field(
        default="",
        description=(
            "Table of teams with a column `name`; its other columns are names they also go by, "
            "such as abbreviations. `mlb` is the table of Major League Baseball that comes along."
        ),
    )
    extractor: Text = EXTRACTOR


class EspnContext(Entry):
    """Game, teams and players from ESPN."""

    UNSAID: ClassVar[frozenset[str]] = frozenset({"date_order", "extractor"})
    GIVES: ClassVar[tuple[str, ...]] = (
        "event", "event_id", "event_date", "season", "season_type", "venue", "players",
        "player_positions", "players_home", "players_away", "team_home", "team_away",
        "team_home_abbreviation", "team_away_abbreviation",
    )  # fmt: skip

    provider: Literal["espn"] = Field(
        description="Game, teams and players from ESPN, by the date and teams that a title tells."
    )
    sport: Sport = Field(
        description="ESPN's name of the sport, such as `baseball`.",
    )
    league: League = Field(
        description="ESPN's name of the league, such as `mlb`.",
    )
    base_url: Text = Field(
        default="https://site.api.espn.com/apis/site/v2/sports",
        description="Base URL of the API.",
    )
    date_order: Literal["MDY", "DMY"] = DATE_ORDER
    extractor: Text = EXTRACTOR


class OwnContext(OpenBlock):
    """A provider of the user's own: its options are for it to know."""

    provider: Text = Field(
        json_schema_extra={"not": {"enum": ["table", "event", "espn"]}},
        description="Name of a provider: event, espn, or one of your own as `module:Class`.",
    )


def _kind(entry: Any) -> str:
    """An entry of `context`, read or not -> its kind; one that names no provider is a table."""
    if isinstance(entry, Mapping):
        name = entry.get("provider", "table")
    else:
        name = getattr(entry, "provider", "table")
    return name if name in KINDS else "own"


KINDS = ("table", "event", "espn")
Context = Annotated[
    Annotated[TableContext, Tag("table")]
    | Annotated[EventContext, Tag("event")]
    | Annotated[EspnContext, Tag("espn")]
    | Annotated[OwnContext, Tag("own")],
    Discriminator(_kind),
]
