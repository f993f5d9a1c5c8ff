"""The provider `espn`: game, teams and players of a recording, by the date and teams it names.

ESPN's site API is open but not documented; what is read here is known from its scoreboard
(``{sport}/{league}/scoreboard?dates=YYYYMMDD``) and summary (``…/summary?event=ID``). Any part of
an answer may be missing or be something else.
"""

import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from snakescribe.acquire.answers import ContextFields, part, parts, text, whole_number
from snakescribe.acquire.context import EXTRACTORS
from snakescribe.acquire.context.games import AWAY, HOME, Game, GameTeam, Player
from snakescribe.acquire.context.provider import About
from snakescribe.acquire.failures import PERMANENT
from snakescribe.acquire.teams import Team, find_teams
from snakescribe.acquire.web import Web, WebError
from snakescribe.config.context import EspnContext
from snakescribe.notices import Kind, notify
from snakescribe.store import digest, keyed_path, read_json, write_json

SEASON_TYPES = {1: "preseason", 2: "regular season", 3: "postseason", 4: "off season"}
# ESPN's days are those of the American east: summer time is an hour less, when no game begins.
_EAST = timedelta(hours=5)

logger = logging.getLogger(__name__)


class EspnProvider:
    """Tells the game of a recording: its event, day, venue, teams and players by team.

    A recording that names ESPN's event (the field `event_id`, or ``{e-ID}`` in the name of a file)
    is of that game. Others are matched to a game when their title, or else their description, or
    else the teams that are known of them, mention both teams of exactly one game of their date. The
    date is the one that the title tells, or that is known as `event_date`; without one, the day of
    publication and the day before it are tried.
    """

    def __init__(self, entry: EspnContext) -> None:
        self.sport = entry.sport
        self.league = entry.league
        self.url = entry.base_url.rstrip("/")
        self.order = entry.date_order
        self.extract = EXTRACTORS.find(entry.extractor)

    def fields(self, about: About, web: Web) -> ContextFields:
        """What a recording is about -> context fields; empty where no game can be told."""
        game = self.game(about, web)
        return game.fields() if game else {}

    def game(self, about: About, web: Web) -> Game | None:
        """What a recording is about -> its game; None where none can be told."""
        event = str(about.known.get("event_id") or "")
        if event.isascii() and event.isdigit():
            return self._game_by_id(event, about, web)
        told = self.extract(about, self.order).get("event_date") or about.known.get("event_date")
        for day in _days(told, about.published):
            events = self._events(day, web)
            for words in _texts(about):
                matching = [event for event in events if _mentions_both(words, event)]
                if len(matching) == 1:
                    summary = self._ask(web, "summary", {"event": text(matching[0], "id")}, day)
                    return _read_game(matching[0], summary, day)
                if matching:
                    problem = f"{len(matching)} games fit on {day}"
                    notify(Kind.CONTEXT_AMBIGUOUS, problem, source=f"'{about.title}'")
                    return None
        logger.info("'%s': no %s game is known", about.title, self.league)
        return None

    def _game_by_id(self, event: str, about: About, web: Web) -> Game | None:
        try:
            summary = self._ask(web, "summary", {"event": event}, None)
        except WebError as error:
            if error.failure.kind != PERMANENT:
                raise
            problem = f"{self.url} has no event {event}: {error.failure.reason}"
            notify(Kind.EVENT_UNKNOWN, problem, source=f"'{about.title}'")
            return None
        header = {"id": event, **part(summary, "header")}
        known = _day(about.known.get("event_date"))
        day = known or _day_of(text(next(iter(parts(header, "competitions")), {}), "date"))
        if day is None or not _competitors(header):
            problem = f"event {event} is not told as a game of two sides on a day"
            notify(Kind.EVENT_UNKNOWN, problem, source=f"'{about.title}'")
            return None
        return _read_game(header, summary, day)

    def _events(self, day: date, web: Web) -> list[dict[str, Any]]:
        answer = self._ask(web, "scoreboard", {"dates": day.strftime("%Y%m%d")}, day)
        return [
            event for event in parts(answer, "events") if text(event, "id") and _competitors(event)
        ]

    def _ask(self, web: Web, method: str, query: dict[str, str], day: date | None) -> Any:
        """Ask once; the answer, JSON, is kept when its games are over everywhere.

        Without a day, that of the answer's own event counts.
        """
        url = f"{self.url}/{self.sport}/{self.league}/{method}"
        path = keyed_path(web.store / "espn", digest(url, query), ".json")
        if path.exists():
            return read_json(path)
        answer = web.read_json(url, query)
        if day is None:
            competition = next(iter(parts(part(answer, "header"), "competitions")), {})
            day = _day_of(text(competition, "date"))
        if day and day < datetime.now(UTC).date() - timedelta(days=1):
            write_json(path, answer)
        return answer


def _days(told: Any, published: str) -> list[date]:
    if day := _day(told):
        return [day]
    day = _day(published)
    return [day, day - timedelta(days=1)] if day else []


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text or "")[:10])
    except ValueError:
        return None


def _day_of(time: str) -> date | None:
    """ESPN's time of an event, in UTC -> the day that ESPN counts it to."""
    try:
        return (datetime.fromisoformat(time) - _EAST).date()
    except (ValueError, OverflowError):
        return None


def _texts(about: About) -> Iterator[str]:
    """What may mention the teams, the surest first."""
    yield about.title
    yield f"{about.title}\n{about.description}"
    sides = [str(about.known.get(f"team_{side}") or "") for side in (AWAY, HOME)]
    yield " at ".join(filter(None, sides)) or str(about.known.get("teams") or "")


def _competitors(event: dict[str, Any]) -> list[dict[str, Any]]:
    """An event -> its two sides, each with a name of its own; none where it is not told so."""
    sides = parts(next(iter(parts(event, "competitions")), {}), "competitors")
    names = {_name_of(part(side, "team")) for side in sides} - {""}
    return sides if len(sides) == len(names) == 2 else []


def _name_of(team: dict[str, Any]) -> str:
    return text(team, "displayName") or text(team, "name")


def _mentions_both(words: str, event: dict[str, Any]) -> bool:
    teams = [_names_of(part(competitor, "team")) for competitor in _competitors(event)]
    return len(find_teams(words, teams).teams) == 2


def _names_of(team: dict[str, Any]) -> Team:
    keys = ("shortDisplayName", "name", "abbreviation", "location")
    return Team(text(team, "displayName"), tuple(text(team, key) for key in keys))


def _read_game(event: dict[str, Any], summary: Any, day: date) -> Game:
    """An event of the scoreboard, or the header of a summary, and the summary -> the game."""
    competition = next(iter(parts(event, "competitions")), {})
    season = part(event, "season")
    teams = tuple(_read_team(competitor, summary) for competitor in _competitors(event))
    by_side = {team.side: team for team in teams}
    away, home = by_side.get(AWAY), by_side.get(HOME)
    pair = (away, home) if away and home else teams
    venue = part(competition, "venue") or part(part(summary, "gameInfo"), "venue")
    return Game(
        provider="espn",
        event_id=text(event, "id"),
        name=text(event, "name") or " at ".join(team.name for team in pair),
        day=day.isoformat(),
        short_name=text(event, "shortName") or " @ ".join(team.abbreviation for team in pair),
        starts_at=text(event, "date") or text(competition, "date"),
        season=whole_number(season, "year"),
        season_type=SEASON_TYPES.get(whole_number(season, "type") or 0, ""),
        venue=text(venue, "fullName"),
        teams=tuple(sorted(teams, key=lambda team: team.side != HOME)),
    )


def _read_team(competitor: dict[str, Any], summary: Any) -> GameTeam:
    side, team = text(competitor, "homeAway"), part(competitor, "team")
    return GameTeam(
        side=side if side in (HOME, AWAY) else "",
        name=_name_of(team),
        id=text(team, "id"),
        abbreviation=text(team, "abbreviation"),
        location=text(team, "location"),
        nickname=text(team, "name"),
        score=whole_number(competitor, "score"),
        players=tuple(_read_players(competitor, summary)),
    )


def _read_players(competitor: dict[str, Any], summary: Any) -> list[Player]:
    """The players of one side, from the rosters and the box score of a summary, each once."""
    players: dict[str, Player] = {}
    for roster in parts(summary, "rosters"):
        if _is_of(roster, competitor):
            for entry in parts(roster, "roster"):
                _add_player(players, entry)
    for box in parts(part(summary, "boxscore"), "players"):
        if _is_of(box, competitor):
            for statistics in parts(box, "statistics"):
                for entry in parts(statistics, "athletes"):
                    _add_player(players, entry)
    return list(players.values())


def _is_of(group: dict[str, Any], competitor: dict[str, Any]) -> bool:
    """Whether a roster or a part of a box score is that of a side.

    By the team's id; else by another of its names, else by the side: their order is not to be
    relied upon.
    """
    theirs, ours = part(group, "team"), part(competitor, "team")
    for key in ("id", "abbreviation", "displayName"):
        if text(theirs, key) and text(ours, key):
            return text(theirs, key) == text(ours, key)
    side = text(group, "homeAway")
    return bool(side) and side == text(competitor, "homeAway")


def _add_player(players: dict[str, Player], entry: dict[str, Any]) -> None:
    athlete = part(entry, "athlete")
    name = text(athlete, "displayName") or text(athlete, "fullName")
    position = part(entry, "position") or part(athlete, "position")
    if name:
        player = Player(name, text(athlete, "id"), text(position, "abbreviation"))
        players.setdefault(player.id or name, player)
