"""The provider `event`: the date and the teams that a recording's title tells."""

from pathlib import Path

from snakescribe.acquire.answers import ContextFields
from snakescribe.acquire.context import EXTRACTORS
from snakescribe.acquire.context.dates import find_date
from snakescribe.acquire.context.provider import About
from snakescribe.acquire.context.teams import Team, find_teams
from snakescribe.acquire.web import Web
from snakescribe.config.context import EventContext
from snakescribe.user_tables import read_rows


class EventProvider:
    """Adds `event_date`, and `team_home` and `team_away` (or `teams`) from a table of teams."""

    def __init__(self, entry: EventContext) -> None:
        self.order = entry.date_order
        self.teams = read_teams(Path(entry.teams)) if entry.teams else []
        self.extract = EXTRACTORS.find(entry.extractor)

    def fields(self, about: About, _: Web) -> ContextFields:
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


def extract_event(about: About, order: str) -> ContextFields:
    """The default extractor: `event_date` (YYYY-MM-DD) from the title, else the description."""
    for text in (about.title, about.description):
        if day := find_date(text, order, about.published):
            return {"event_date": day.isoformat()}
    return {}


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
