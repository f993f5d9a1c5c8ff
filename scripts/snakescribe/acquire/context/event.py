"""The provider `event`: the date and the teams that a recording's title tells."""

from pathlib import Path

from snakescribe.acquire.answers import ContextFields
from snakescribe.acquire.context import EXTRACTORS
from snakescribe.acquire.context.provider import About
from snakescribe.acquire.dates import find_date
from snakescribe.acquire.teams import find_teams, read_teams
from snakescribe.acquire.web import Web
from snakescribe.config.context import EventContext
from snakescribe.paths import team_table


class EventProvider:
    """Adds `event_date`, and `team_home` and `team_away` (or `teams`) from a table of teams."""

    def __init__(self, entry: EventContext) -> None:
        self.order = entry.date_order
        self.teams = read_teams(team_table(entry.teams)) if entry.teams else []
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
    """The default extractor: `event_date` (YYYY-MM-DD) from the title, else the description.

    Of a file that tells it in neither, the folders count: ``2019/04/01/game.m4a``.
    """
    folders = str(Path(about.path).parent)
    texts = ((about.title, about.published), (about.description, about.published), (folders, ""))
    for text, published in texts:
        if day := find_date(text, order, published):
            return {"event_date": day.isoformat()}
    return {}
