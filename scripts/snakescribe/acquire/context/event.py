"""The provider `event`: the date and the teams that a recording's title tells."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from snakescribe.acquire.context.dates import find_date
from snakescribe.acquire.context.teams import Team, find_teams
from snakescribe.acquire.web import Web
from snakescribe.errors import UserError
from snakescribe.user_tables import read_rows


@dataclass(frozen=True)
class About:
    """What is known about a recording: texts, and the day of publication (YYYY-MM-DD or empty)."""

    title: str
    description: str
    published: str


class EventProvider:
    """Adds `event_date`, and `team_home` and `team_away` (or `teams`) from a table of teams."""

    def __init__(self, entry: dict[str, Any]) -> None:
        self.order: str = entry.get("date_order", "MDY")
        self.teams = read_teams(Path(entry["teams"])) if entry.get("teams") else []
        self.extract = load_extractor(entry.get("extractor", ""))

    def fields(self, about: About, _: Web) -> dict[str, Any]:
        """What a recording is about -> context fields."""
        fields = dict(self.extract(about, self.order))
        pairing = find_teams(about.title, self.teams)
        if len(pairing.teams) < 2:
            pairing = find_teams(f"{about.title}\n{about.description}", self.teams)
        names = [team.name for team in pairing.teams]
        if names:
            fields["teams"] = ", ".join(names)
        if pairing.first_is_away:
            fields["team_away"], fields["team_home"] = names
        return fields


def extract_event(about: About, order: str) -> dict[str, Any]:
    """The default extractor: `event_date` (YYYY-MM-DD) from the title, else the description."""
    for text in (about.title, about.description):
        if day := find_date(text, order, about.published):
            return {"event_date": day.isoformat()}
    return {}


def load_extractor(name: str) -> Callable[[About, str], dict[str, Any]]:
    """``module:function`` -> an extractor of your own; empty is ours.

    Raises:
        UserError: it cannot be imported.
    """
    if not name:
        return extract_event
    module, _, attribute = name.partition(":")
    try:
        return getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise UserError(f"context: extractor '{name}': cannot import it: {error}") from error


def read_teams(path: Path) -> list[Team]:
    """A table with the column `name`; the cells of all others are names it also goes by."""
    teams = []
    for row in read_rows(path):
        name = row.first("name")
        if not name:
            raise row.fail("no name; a table of teams has a column `name`")
        others = (str(cell).strip() for key, cell in row.cells.items() if key != "name")
        teams.append(Team(name, tuple(other for other in others if other)))
    return teams
