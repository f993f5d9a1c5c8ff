"""Rows of notices -> a few lines for people: equal texts together, with what they are about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from snakescribe.notices.kinds import KINDS, Kind
from snakescribe.tables import Row

SUBJECTS_NAMED = 3


@dataclass(frozen=True)
class Group:
    """Notices that say the same: of which recordings (else sources), and how many times in all."""

    kind: Kind
    text: str
    remedy: str
    subjects: tuple[str, ...]
    count: int

    @property
    def line(self) -> str:
        """What is the matter, with the first of what it is about."""
        named = ", ".join(self.subjects[:SUBJECTS_NAMED])
        more = len(self.subjects) - SUBJECTS_NAMED
        about = f"{named} and {more} more: " if more > 0 else f"{named}: " if named else ""
        times = f" ({self.count} times)" if self.count > max(1, len(self.subjects)) else ""
        return f"{about}{self.text}{times}"


def group_notices(rows: Iterable[Row]) -> list[Group]:
    """Rows of `NOTICES` -> their groups: first what bears on results, then by kind and order."""
    subjects: dict[tuple[Kind, str, str], dict[str, None]] = {}
    counts: dict[tuple[Kind, str, str], int] = {}
    for row in rows:
        key = KINDS[row["kind"]], row["text"], row["remedy"]
        about = row["recording"] or row["source"]
        subjects.setdefault(key, {}).update({about: None} if about else {})
        counts[key] = counts.get(key, 0) + row["count"]
    kinds = list(Kind)
    ordered = sorted(counts, key=lambda key: (not key[0].bears_on_results, kinds.index(key[0])))
    return [Group(*key, tuple(subjects[key]), counts[key]) for key in ordered]


def short_list(groups: Sequence[Group], most: int, where: str) -> list[str]:
    """Groups -> the lines of a short list, none where there are no groups.

    Args:
        groups: what there is to tell.
        most: how many of them are told.
        where: the command that tells all of them.
    """
    if not groups:
        return []
    things = "1 thing" if len(groups) == 1 else f"{len(groups)} things"
    lines = [f"{things} to know about this run:"]
    lines += [f"  {group.kind}: {printable(group.line)}" for group in groups[:most]]
    rest = len(groups) - most
    lines.append(f"  {f'and {rest} more; ' if rest > 0 else ''}what to do: {where}")
    return lines


def printable(text: object) -> str:
    """A stranger's text -> the same without characters that would steer the terminal."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in str(text))
