"""The shapes of ESPN's answers, as far as they are read here; any part may be missing."""

from typing import TypedDict


class TeamAnswer(TypedDict, total=False):
    """A team, by all its names."""

    displayName: str
    shortDisplayName: str
    name: str
    abbreviation: str
    location: str


class Competitor(TypedDict, total=False):
    """One side of a game."""

    homeAway: str
    team: TeamAnswer


class Venue(TypedDict, total=False):
    """Where a game is played."""

    fullName: str


class Competition(TypedDict, total=False):
    """A meeting of two sides; a game has one."""

    competitors: list[Competitor]
    venue: Venue


class Game(TypedDict, total=False):
    """An event of the scoreboard."""

    id: str
    name: str
    competitions: list[Competition]


class Scoreboard(TypedDict, total=False):
    """The games of a day."""

    events: list[Game]


class Position(TypedDict, total=False):
    """What a player plays."""

    abbreviation: str


class Athlete(TypedDict, total=False):
    """A player."""

    displayName: str
    fullName: str
    position: Position | None


class Entry(TypedDict, total=False):
    """A player's line in a roster or a box score."""

    athlete: Athlete
    position: Position | None


class Roster(TypedDict, total=False):
    """The players of one side."""

    roster: list[Entry]


class Statistics(TypedDict, total=False):
    """Players with their figures of one kind, such as batting."""

    athletes: list[Entry]


class BoxTeam(TypedDict, total=False):
    """The figures of one side."""

    statistics: list[Statistics]


class BoxScore(TypedDict, total=False):
    """The figures of a game."""

    players: list[BoxTeam]


class Summary(TypedDict, total=False):
    """What is told of one game."""

    rosters: list[Roster]
    boxscore: BoxScore
