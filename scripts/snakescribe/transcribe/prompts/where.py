"""`where` of a prompt: which terms of its table are those of a recording.

Tests of a column, `team == {team_home}`, `kind != "coach"` or `name in {players}`, joined by `and`
and `or`, of which `and` binds more tightly. A value is a field of the recording in braces, or a
text. Case and white space around do not count. A field that is empty is equal to nothing; `in`
looks for the cell among the values of a list, with commas or semicolons between them.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from snakescribe.errors import UserError

_TEST = re.compile(
    r"""\s*(?P<column>\w+)\s*(?P<operator>==|!=|in\b)\s*
    (?:\{(?P<field>\w+)\}|"(?P<text>[^"]*)"|'(?P<quoted>[^']*)'|(?P<bare>[^\s{}"'=!]+))\s*
    (?:(?P<joint>and|or)\b|$)""",
    re.VERBOSE,
)


class Test(NamedTuple):
    """One test of a column; `field` is empty where `value` is given."""

    column: str
    operator: str
    field: str
    value: str

    def holds(self, cells: Mapping[str, str], fields: Mapping[str, str]) -> bool:
        """A row of the table and the fields of a recording -> whether it passes."""
        cell = _plain(cells[self.column])
        wanted = _plain(fields.get(self.field, "")) if self.field else _plain(self.value)
        if self.field and not wanted:
            return self.operator == "!="
        if self.operator == "in":
            return cell in map(_plain, re.split("[,;]", wanted))
        return (cell == wanted) is (self.operator == "==")


# Any of the lists must pass, of which each test must hold.
Tests = tuple[tuple[Test, ...], ...]


@cache
def parse_where(where: str) -> Tests:
    """A text such as `team == {team_home} or team == {team_away}` -> its tests.

    Raises:
        UserError: it is none.
    """
    groups: list[list[Test]] = [[]]
    done, joint = 0, ""
    while done < len(where):
        match = _TEST.match(where, done)
        if match is None:
            raise UserError(
                f"where: {where!r}: {where[done:].strip()!r} is no test; write a column of the "
                "table, == or != or in, and a {field} or a text; `and` or `or` joins two tests"
            )
        value = next((match[name] for name in ("text", "quoted", "bare") if match[name]), "")
        groups[-1].append(Test(match["column"], match["operator"], match["field"] or "", value))
        joint = match["joint"]
        if joint == "or":
            groups.append([])
        done = match.end()
    if joint:
        raise UserError(f"where: {where!r}: a test is missing behind `{joint}`")
    return tuple(map(tuple, groups))


def where_fields(where: str) -> list[str]:
    """The fields of recordings that it names, in order; raises what `parse_where` does."""
    tests = (test for group in parse_where(where) for test in group) if where.strip() else ()
    return list(dict.fromkeys(test.field for test in tests if test.field))


def where_columns(where: str) -> list[str]:
    """The columns of the table that it names, in order; raises what `parse_where` does."""
    tests = (test for group in parse_where(where) for test in group) if where.strip() else ()
    return list(dict.fromkeys(test.column for test in tests))


def passes(tests: Tests, cells: Mapping[str, str], fields: Mapping[str, str]) -> bool:
    """A row of the table and the fields of a recording -> whether the row is one of its terms."""
    return any(all(test.holds(cells, fields) for test in group) for group in tests)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
