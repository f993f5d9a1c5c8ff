"""A game: what was played, by which teams, and who played; as fields for prompts and as tables."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from snakescribe.acquire.answers import ContextFields
from snakescribe.tables import Row
from snakescribe.tables.metadata import GAME_PLAYERS, GAME_TEAMS, GAMES

HOME, AWAY = "home", "away"


@dataclass(frozen=True)
class Player:
    """Somebody who played; `position` as its abbreviation. What is not known is empty."""

    name: str
    id: str = ""
    position: str = ""


@dataclass(frozen=True)
class GameTeam:
    """One side of a game: `home`, `away`, or empty where nobody is host; and who played for it."""

    side: str
    name: str
    id: str = ""
    abbreviation: str = ""
    location: str = ""
    nickname: str = ""
    score: int | None = None
    players: tuple[Player, ...] = ()


@dataclass(frozen=True)
class Game:
    """A game; `day` is that where it was played (YYYY-MM-DD), `starts_at` ISO 8601 in UTC."""

    provider: str
    event_id: str
    name: str
    day: str
    short_name: str = ""
    starts_at: str = ""
    season: int | None = None
    season_type: str = ""
    venue: str = ""
    teams: tuple[GameTeam, ...] = field(default=())

    def fields(self) -> ContextFields:
        """The game as fields of a recording's context, without those that are not known."""
        players = [player for team in self.teams for player in team.players]
        fields: ContextFields = {
            "event": self.name,
            "event_id": self.event_id,
            "event_date": self.day,
            "season": self.season,
            "season_type": self.season_type,
            "venue": self.venue,
            "players": _names(players),
            "player_positions": ", ".join(
                f"{player.name} ({player.position})" if player.position else player.name
                for player in players
            ),
        }
        for team in self.teams:
            if team.side:
                fields[f"team_{team.side}"] = team.name
                fields[f"team_{team.side}_abbreviation"] = team.abbreviation
                fields[f"players_{team.side}"] = _names(team.players)
        return {key: value for key, value in fields.items() if value}


def game_rows(games: Mapping[str, Game]) -> dict[str, list[Row]]:
    """Games by recording -> the rows of their tables, by the table's name."""
    rows: dict[str, list[Row]] = {table.name: [] for table in (GAMES, GAME_TEAMS, GAME_PLAYERS)}
    for recording, game in games.items():
        rows[GAMES.name].append(
            {
                "recording": recording, "provider": game.provider, "event_id": game.event_id,
                "event": game.name, "short_name": game.short_name, "event_date": game.day,
                "starts_at": game.starts_at or None, "season": game.season,
                "season_type": game.season_type or None, "venue": game.venue or None,
            }
        )  # fmt: skip
        for team in game.teams:
            rows[GAME_TEAMS.name].append(
                {
                    "recording": recording, "side": team.side, "team": team.name,
                    "team_id": team.id or None, "abbreviation": team.abbreviation or None,
                    "location": team.location or None, "nickname": team.nickname or None,
                    "score": team.score,
                }
            )  # fmt: skip
        for number, (team, player) in enumerate(_played(game.teams)):
            rows[GAME_PLAYERS.name].append(
                {
                    "recording": recording, "number": number, "side": team.side,
                    "team": team.name, "player": player.name, "player_id": player.id or None,
                    "position": player.position or None,
                }
            )  # fmt: skip
    return rows


def _played(teams: Iterable[GameTeam]) -> Iterator[tuple[GameTeam, Player]]:
    return ((team, player) for team in teams for player in team.players)


def _names(players: Iterable[Player]) -> str:
    return ", ".join(dict.fromkeys(player.name for player in players))
