"""Terms of a recording: `where` holds a table's columns against the recording's fields."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.config.transcribe import Prompt
from snakescribe.errors import UserError
from snakescribe.transcribe.engines.external import ExternalTokenizer
from snakescribe.transcribe.prompts import PromptRenderer, PromptTemplate
from snakescribe.transcribe.prompts.where import parse_where, passes, where_columns, where_fields

FIELDS = {"team_home": "Kites", "team_away": "Herons", "players": "Okafor, Dziedzic", "guest": ""}
CELLS = {"term": "Okafor", "team": " kites ", "kind": "player", "note": ""}


@pytest.mark.parametrize(
    ("where", "holds"),
    [
        ("team == {team_home}", True),
        ("team == {team_away}", False),
        ("team == {team_away} or team == {team_home}", True),
        ("team == {team_home} and kind == coach", False),
        ("team == {team_away} and kind == coach or kind == player", True),
        ('team != "Herons"', True),
        ("kind == 'player'", True),
        ("team == {guest}", False),
        ("note == ''", True),
        ("note == {guest}", False),
        ("term in {players}", True),
        ("team in {players}", False),
        ('team in "herons; kites"', True),
        ("term=={players}", False),
    ],
)
def test_a_row_passes_or_not(where: str, holds: bool) -> None:
    assert passes(parse_where(where), CELLS, FIELDS) is holds


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ("team", "'team' is no test"),
        ("team = {home}", "is no test"),
        ("team == {home} and", "a test is missing behind `and`"),
        ("team == {home} team == {away}", "is no test"),
        ("team == {a.b}", "is no test"),
        ("__import__('os')", "is no test"),
    ],
)
def test_what_is_no_test_is_refused(where: str, reason: str) -> None:
    with pytest.raises(UserError, match=reason):
        parse_where(where)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(where: str) -> None:
    try:
        tests = parse_where(where)
    except UserError:
        return
    assert {test.column for group in tests for test in group} == set(where_columns(where))
    assert {test.field for group in tests for test in group} - {""} == set(where_fields(where))


def test_each_recording_has_its_own_terms(tmp_path: Path) -> None:
    table = tmp_path / "terms.csv"
    table.write_text("term,team,worth\nAda,Kites,1\nBo,Kites,2\nCy,Herons,3\nDi,,4\n")
    section = Prompt(
        template="With {terms}.", terms=str(table), score="worth", where="team == {team}"
    )
    fields: dict[str, dict[str, Any]] = {
        "one": {"team": "Kites"}, "two": {"team": "Herons"}, "none": {}
    }  # fmt: skip
    prompts = {"terms": PromptTemplate.from_section("terms", section)}
    renderer = PromptRenderer(prompts, fields, ExternalTokenizer())
    texts = {name: renderer.render(name, "terms", "", "").text for name in fields}
    assert texts == {"one": "With Ada, Bo.", "two": "With Cy.", "none": ""}
    assert renderer.render("one", "terms", "", "").dropped == ()
    assert renderer.render("one", "terms", "Hello", "").text == "Hello With Ada, Bo."
