"""Teams in titles and descriptions: by name, or by abbreviation."""

import re
from dataclasses import dataclass
from pathlib import Path

from snakescribe.user_tables import read_rows

_OWN = frozenset({"name", "code"})
# What stands between two teams when the first one is the guest.
_AT = re.compile(r"^\s*(?:at|@)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Team:
    """A team: its full name, all names that it goes by, abbreviations among them, and its code.

    A code stands in names of files only: in a title "was" is a word.
    """

    name: str
    names: tuple[str, ...]
    code: str = ""

    def find(self, text: str) -> tuple[int, int] | None:
        """Where a text first mentions the team; all-capital names only match as they stand."""
        spans = []
        for name in (self.name, *self.names):
            flags = 0 if name.isupper() else re.IGNORECASE
            pattern = rf"(?<!\w){re.escape(name)}(?!\w)"
            if name and (match := re.search(pattern, text, flags)):
                spans.append(match.span())
        return min(spans, key=lambda span: (span[0], -span[1]), default=None)


def read_teams(path: Path) -> list[Team]:
    """A table with the column `name`; the cells of all others but `code` are names it also goes by.

    Raises:
        UserError: the table cannot be read, or a row has no name.
    """
    teams = []
    for row in read_rows(path):
        name = row.first("name")
        if not name:
            raise row.fail("no name; a table of teams has a column `name`")
        others = (str(cell).strip() for cell in row.without(*_OWN).values())
        teams.append(Team(name, tuple(other for other in others if other), row.first("code")))
    return teams


@dataclass(frozen=True)
class Pairing:
    """The teams that a text mentions, in its order; `away` first where it says "at"."""

    teams: tuple[Team, ...]
    first_is_away: bool


def find_teams(text: str, teams: list[Team]) -> Pairing:
    """A text and the teams there are -> the first two different ones that it mentions."""
    spans = [(span, team) for team in teams if (span := team.find(text))]
    # "New York" alone may be either of two.
    places = [span for span, _ in spans]
    spans = [(span, team) for span, team in spans if places.count(span) == 1]
    # "New York Yankees" also mentions whoever goes by "New York": the longest mention counts.
    spans.sort(key=lambda pair: (pair[0][0] - pair[0][1], pair[0][0]))
    kept: list[tuple[tuple[int, int], Team]] = []
    for span, team in spans:
        if all(span[1] <= other[0] or other[1] <= span[0] for other, _ in kept):
            kept.append((span, team))
    kept.sort(key=lambda pair: pair[0])
    pair = kept[:2]
    away = len(pair) == 2 and bool(_AT.match(text[pair[0][0][1] : pair[1][0][0]]))
    return Pairing(tuple(team for _, team in pair), away)
