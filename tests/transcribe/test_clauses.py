"""An empty field takes its clause with it, and nothing else of the prompt changes."""

import doctest
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.transcribe.prompts import clauses
from snakescribe.transcribe.prompts.clauses import drop_clauses
from snakescribe.transcribe.prompts.render import fill_template


@pytest.mark.parametrize(
    ("template", "empty", "left"),
    [
        ("The players are {players}.", "players", ""),
        ("{home} against {away}, with {players}.", "players", "{home} against {away}."),
        ("{home} against {away}, with {players}.", "home", "with {players}."),
        ("{home} against {away}, with {players}.", "away players", ""),
        ("Good evening. The players are {players}. Enjoy!", "players", "Good evening. Enjoy!"),
        ("{title}: {description}", "title", "{description}"),
        ("{title}: {description}", "description", "{title}"),
        ("Names: {players}, {coach}.", "players", "Names: {coach}."),
        ("Names: {players}, {coach}.", "players coach", ""),
        ("terms: {terms}", "terms", ""),
        ("{team} ({players}) at home.", "players", "{team} at home."),
        ("{team} ({players}, {coach}).", "players", "{team} ({coach})."),
        ("{title} - {channel}", "channel", "{title}"),
        ("Dr. {name} speaks about {topic}. {title}", "name", "{title}"),
        ("{home} vs. {away}. {title}", "away", "{title}"),
        ("{names}. {previous_transcription}", "previous_transcription", "{names}."),
        ("Tonight, with {guest}! And {host}?", "guest", "Tonight! And {host}?"),
        ("選手は{players}。試合は{title}。", "players", "試合は{title}。"),
        ("{{literal}} {title}, well", "title", "well"),
        ("{a}\n{b}", "a", "{b}"),
        ("{{a}} is written, {b}", "a", "{{a}} is written, {b}"),
        ("{{{a}}}, {b}", "a", "{b}"),
    ],
)
def test_an_empty_field_takes_its_clause(template: str, empty: str, left: str) -> None:
    assert " ".join(drop_clauses(template, empty.split()).split()) == left


TEMPLATES = st.lists(
    st.sampled_from(
        ["{a}", "{b}", "{c}", " and ", ", ", ". ", ": ", "(", ")", "x", " - ", "{{", "}}", "\n"]
    ),
    max_size=14,
).map("".join)  # fmt: skip


@given(TEMPLATES, st.sets(st.sampled_from("abc")))
def test_no_clause_of_an_empty_field_is_left_and_no_other_field_is_emptied_by_a_full_one(
    template: str, empty: set[str]
) -> None:
    left = drop_clauses(template, empty)
    assert not set(re.findall(r"\{(\w)\}", left.replace("{{", "").replace("}}", ""))) & empty
    assert drop_clauses(template, []) == template
    values = {name: "" if name in empty else name.upper() for name in "abc"}
    text = fill_template(template, values)
    assert text == " ".join(left.format(**values).split())


def test_the_examples_in_its_documentation_hold() -> None:
    assert doctest.testmod(clauses).failed == 0
