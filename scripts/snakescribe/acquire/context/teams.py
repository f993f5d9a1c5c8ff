"""Teams in titles and descriptions: by name, or by abbreviation."""

import re
from dataclasses import dataclass

# What stands between two teams when the first one is the guest.
_AT = re.compile(r"^\s*(?:at|@)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Team:
    """A team: its full name and all names that it goes by, abbreviations among them."""

    name: str
    names: tuple[str, ...]

    def find(self, text: str) -> tuple[int, int] | None:
        """Where a text first mentions the team; all-capital names only match as they stand."""
        spans = []
        for name in (self.name, *self.names):
            flags = 0 if name.isupper() else re.IGNORECASE
            pattern = rf"(?<!\w){re.escape(name)}(?!\w)"
            if name and (match := re.search(pattern, text, flags)):
                spans.append(match.span())
        return min(spans, key=lambda span: (span[0], -span[1]), default=None)


@dataclass(frozen=True)
class Pairing:
    """The teams that a text mentions, in its order; `away` first where it says "at"."""

    teams: tuple[Team, ...]
    first_is_away: bool


def find_teams(text: str, teams: list[Team]) -> Pairing:
    """A text and the teams there are -> the first two different ones that it mentions."""
    spans = [(span, team) for team in teams if (span := team.find(text))]
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
