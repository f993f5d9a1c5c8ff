"""The provider `espn`: game, teams and players of a recording, by the date and teams it names.

ESPN's site API is open but not documented; the shapes read here are those of its scoreboard
(``{sport}/{league}/scoreboard?dates=YYYYMMDD``) and summary (``…/summary?event=ID``).
"""

import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from snakescribe.acquire.answers import ContextFields
from snakescribe.acquire.context import EXTRACTORS
from snakescribe.acquire.context.espn_answers import (
    Athlete,
    Competition,
    Competitor,
    Game,
    Position,
    Scoreboard,
    Summary,
    TeamAnswer,
)
from snakescribe.acquire.context.provider import About
from snakescribe.acquire.context.teams import Team
from snakescribe.acquire.web import Web
from snakescribe.config.context import EspnContext
from snakescribe.notices import Kind, notify
from snakescribe.store import digest, keyed_path, read_json, write_json

logger = logging.getLogger(__name__)


class EspnProvider:
    """Adds `event`, `event_date`, `venue`, `team_home`, `team_away` and `players`.

    A recording is matched to a game when its title, or else its description, mentions both teams
    of exactly one game of its date. The date is the one that the title tells; without one, the day
    of publication and the day before it are tried.
    """

    def __init__(self, entry: EspnContext) -> None:
        self.sport = entry.sport
        self.league = entry.league
        self.url = entry.base_url.rstrip("/")
        self.order = entry.date_order
        self.extract = EXTRACTORS.find(entry.extractor)

    def fields(self, about: About, web: Web) -> ContextFields:
        """What a recording is about -> context fields; empty where no game can be told."""
        told = self.extract(about, self.order).get("event_date")
        for day in _days(told, about.published):
            games = self._games(day, web)
            for text in (about.title, f"{about.title}\n{about.description}"):
                matching = [game for game in games if all(team.find(text) for team in _teams(game))]
                if len(matching) == 1:
                    return self._describe(matching[0], day, web)
                if matching:
                    text = f"{len(matching)} games fit on {day}"
                    notify(Kind.CONTEXT_AMBIGUOUS, text, source=f"'{about.title}'")
                    return {}
        logger.info("'%s': no %s game is known", about.title, self.league)
        return {}

    def _games(self, day: date, web: Web) -> list[Game]:
        answer: Scoreboard = self._ask(web, "scoreboard", {"dates": day.strftime("%Y%m%d")}, day)
        return [event for event in answer.get("events", []) if len(_competitors(event)) == 2]

    def _describe(self, game: Game, day: date, web: Web) -> ContextFields:
        summary: Summary = self._ask(web, "summary", {"event": str(game["id"])}, day)
        players = dict.fromkeys(_players(summary))
        fields = {
            "event": game.get("name", ""),
            "event_date": day.isoformat(),
            "venue": game["competitions"][0].get("venue", {}).get("fullName", ""),
            "players": ", ".join(name for name, _ in players),
            "player_positions": ", ".join(
                f"{name} ({position})" if position else name for name, position in players
            ),
        }
        for competitor in _competitors(game):
            fields[f"team_{competitor.get('homeAway', 'home')}"] = competitor["team"].get(
                "displayName", ""
            )
        return {key: value for key, value in fields.items() if value}

    def _ask(self, web: Web, method: str, query: dict[str, str], day: date) -> Any:
        """Ask about a day once; the answer, JSON, is kept when its games are over everywhere."""
        url = f"{self.url}/{self.sport}/{self.league}/{method}"
        path = keyed_path(web.store / "espn", digest(url, query), ".json")
        if path.exists():
            return read_json(path)
        answer = web.read_json(url, query)
        if day < datetime.now(UTC).date() - timedelta(days=1):
            write_json(path, answer)
        return answer


def _days(told: str | None, published: str) -> list[date]:
    if told:
        return [date.fromisoformat(told)]
    if not published:
        return []
    day = date.fromisoformat(published)
    return [day, day - timedelta(days=1)]


def _competitors(event: Game) -> list[Competitor]:
    competitions = event.get("competitions") or [Competition()]
    return competitions[0].get("competitors", [])


def _teams(game: Game) -> list[Team]:
    return [_team(competitor["team"]) for competitor in _competitors(game)]


def _team(team: TeamAnswer) -> Team:
    names = (
        team.get("shortDisplayName", ""),
        team.get("name", ""),
        team.get("abbreviation", ""),
        team.get("location", ""),
    )
    return Team(team.get("displayName", ""), names)


def _players(summary: Summary) -> Iterator[tuple[str, str]]:
    """A summary -> (player, position), from its rosters and its box score."""
    for roster in summary.get("rosters", []):
        for entry in roster.get("roster", []):
            yield from _player(entry.get("athlete", {}), entry.get("position"))
    for team in summary.get("boxscore", {}).get("players", []):
        for statistics in team.get("statistics", []):
            for entry in statistics.get("athletes", []):
                yield from _player(entry.get("athlete", {}), entry.get("position"))


def _player(athlete: Athlete, position: Position | None) -> Iterator[tuple[str, str]]:
    name = athlete.get("displayName") or athlete.get("fullName")
    if name:
        yield name, (position or athlete.get("position") or {}).get("abbreviation", "")
