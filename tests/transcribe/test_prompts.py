"""Prompts are fitted to the token budget of the model that will see them."""

from math import inf
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snakescribe.errors import UserError
from snakescribe.terms import ranked_rows, ranked_terms
from snakescribe.transcribe.engines import PromptTokenizer
from snakescribe.transcribe.engines.faster_whisper import FasterWhisper
from snakescribe.transcribe.prompts import (
    PromptTemplate,
    field_names,
    known_fields,
    recording_fields,
    render_prompt,
)
from snakescribe.transcribe.prompts.render import check_fields

ITEM = {
    "recording": "game-1",
    "title": "Herons at Kites",
    "language": "en",
    "speaker": None,
    "context": {"team_home": "Kites", "players": ["Okafor", "Dziedzic"], "score": 3},
}


@pytest.fixture(scope="module")
def tokenizer(tiny_en: dict[str, Any]) -> PromptTokenizer:
    return FasterWhisper.load_tokenizer(tiny_en["path"])


def render(
    tokenizer: PromptTokenizer, prompt: PromptTemplate, fields: Any = None, previous: str = ""
) -> Any:
    return render_prompt(prompt, fields or {}, previous, tokenizer.tokenize, tokenizer.detokenize)


def test_fields_come_from_the_item_and_its_context() -> None:
    fields = recording_fields(ITEM, None)
    assert fields["title"] == "Herons at Kites"
    assert fields["players"] == "Okafor, Dziedzic"
    assert fields["score"] == "3"
    assert "speaker" not in fields


def test_metadata_of_a_download_gives_way_to_the_users_own(tmp_path: Path) -> None:
    info = tmp_path / "info.json"
    info.write_text('{"title": "uploaded", "description": "A game."}', encoding="utf-8")
    fields = recording_fields(ITEM, info)
    assert fields["title"] == "Herons at Kites"
    assert fields["description"] == "A game."


def test_a_template_is_filled_and_white_space_tidied(tokenizer: PromptTokenizer) -> None:
    prompt = PromptTemplate("names", "{team_home}  against {team_away}, with {players}.", (), 223)
    rendered = render(tokenizer, prompt, recording_fields(ITEM, None))
    assert rendered.text == "with Okafor, Dziedzic."
    assert list(rendered.tokens) == tokenizer.tokenize(rendered.text)
    assert not rendered.truncated


def test_an_empty_prompt_has_no_tokens(tokenizer: PromptTokenizer) -> None:
    assert render(tokenizer, PromptTemplate("none", "", (), 223)).tokens == ()


@pytest.mark.parametrize("length", [222, 223, 224, 225, 300])
def test_what_the_model_would_drop_is_dropped_and_said(
    tokenizer: PromptTokenizer, length: int
) -> None:
    prompt = PromptTemplate("long", " ".join(["yes"] * length), (), 223)
    assert len(tokenizer.tokenize(prompt.template)) == length
    rendered = render(tokenizer, prompt)
    assert len(rendered.tokens) == min(length, 223)
    assert rendered.truncated is (length > 223)


def test_terms_are_packed_by_value_with_the_most_valuable_last(tokenizer: PromptTokenizer) -> None:
    terms = ("Okafor", "Quillfeather of Kessock upon the Water", "Halvorsen")
    rendered = render(tokenizer, PromptTemplate("terms", "With {terms}.", terms, 10))
    assert rendered.kept == ("Okafor", "Halvorsen")
    assert rendered.dropped == ("Quillfeather of Kessock upon the Water",)
    assert rendered.text == "With Halvorsen, Okafor."
    assert len(rendered.tokens) <= 10


def test_the_tail_of_the_previous_transcription_fills_what_is_left(
    tokenizer: PromptTokenizer,
) -> None:
    prompt = PromptTemplate(
        "chain", "{terms}. {previous_transcription}", ("Okafor", "Halvorsen"), 16
    )
    before = "one two three four five six seven eight nine ten"
    rendered = render(tokenizer, prompt, previous=before)
    assert rendered.text.startswith("Halvorsen, Okafor.")
    assert rendered.text.endswith("nine ten")
    assert len(rendered.tokens) <= 16
    assert rendered.truncated


@settings(max_examples=60, deadline=None)
@given(
    terms=st.lists(st.text(min_size=1, max_size=12).filter(str.strip), max_size=30, unique=True),
    previous=st.text(max_size=400),
    budget=st.integers(1, 223),
)
def test_no_prompt_is_ever_longer_than_its_budget(
    tokenizer: PromptTokenizer, terms: list[str], previous: str, budget: int
) -> None:
    prompt = PromptTemplate("any", "{terms} {previous_transcription}", tuple(terms), budget)
    rendered = render(tokenizer, prompt, previous=previous)
    assert len(rendered.tokens) <= budget
    assert sorted(rendered.kept + rendered.dropped) == sorted(terms)


@pytest.mark.parametrize("template", ["a { brace", "{0}", "{}", "{a.b}", "{a[0]}"])
def test_a_template_takes_plain_names_only(template: str) -> None:
    with pytest.raises(UserError, match="prompt template"):
        field_names(template)


def test_a_field_no_recording_has_is_an_error_with_a_remedy() -> None:
    with pytest.raises(UserError, match="did you mean 'players'"):
        check_fields(PromptTemplate("names", "{player}", (), 223), {"players", "title"})


def test_a_field_of_any_recording_of_the_corpus_is_known() -> None:
    museum = {**ITEM, "context": {"guest": "Isolde"}}
    assert {"guest", "players", "title", "description"} <= known_fields([museum, ITEM])
    check_fields(PromptTemplate("names", "{players}", (), 223), known_fields([museum, ITEM]))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "terms.csv"
    path.write_text(
        "term,usage,general,impact,confusion\nA,1,1,1,1\nB,5,0,2,3\nC,1,1,1,1\n", encoding="utf-8"
    )
    return path


def test_terms_are_ranked_by_the_score(table: Path) -> None:
    assert ranked_terms(table, "(usage + general) * (impact + confusion)") == ("B", "A", "C")
    assert ranked_terms(table, "") == ("A", "B", "C")


@pytest.mark.parametrize(
    ("score", "message"),
    [
        ("usge + 1", "no column 'usge'; did you mean 'usage'"),
        ("__import__('os')", "is no arithmetic; use columns of the table"),
        ("usage @ general", "is no arithmetic; use columns of the table"),
        ("usage +", "score 'usage \\+'"),
        ("usage.to_csv()", "'usage.to_csv\\(\\)' is no arithmetic"),
        ("usage if general else 1", "is no arithmetic"),
        ("'a' * 10", "''a'' is no arithmetic"),
        ("True + usage", "'True' is no arithmetic"),
        ("1j * usage", "'1j' is no arithmetic"),
        ("(" * 900 + "usage" + ")" * 900, "is no arithmetic: too many nested"),
        ("-" * 1900 + "usage", "no arithmetic: it is nested too deep|1900 operations, more than"),
        ("+".join(["usage"] * 200), "199 operations, more than 100"),
        ("usage" * 100_000, "500000 characters, more than"),
    ],
)
def test_a_score_is_arithmetic_over_the_columns(table: Path, score: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        ranked_terms(table, score)


@pytest.mark.parametrize("score", ["9**9**9**9", "usage * 9**9**9**9", "9" * 1000, "usage**1e9"])
def test_no_power_takes_long(table: Path, score: str) -> None:
    rows = ranked_rows(table, score)
    assert [row.score for row in rows if row.term == "B"] == [inf]


def test_a_table_without_terms_is_named(tmp_path: Path) -> None:
    path = tmp_path / "words.csv"
    path.write_text("word,usage\nA,1\n", encoding="utf-8")
    with pytest.raises(UserError, match="needs a column 'term'; it has word, usage"):
        ranked_terms(path, "")


def write_terms(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("content", "terms"),
    [
        ("term\nOkafor\nKites\n", ("Okafor", "Kites")),
        ("term\nSmith, John\nsatin top\n", ("Smith, John", "satin top")),
        ("\ufeffterm\r\nC#\r\n# a comment\r\n#not one? it is\r\nF# minor\r\n", ("C#", "F# minor")),
        ("term,usage\n007,1\nNA,2\nnull,3\n1e5,4\n,5\n", ("007", "NA", "null", "1e5")),
        ('usage;term\n1,5;"a; b"\n2;nan\n', ("a; b", "nan")),
        ("term\tusage\nNew, York\t3\nlast\n", ("New, York", "last")),
        ('"term"\n"#tag"\n', ("#tag",)),
    ],
)
def test_terms_are_texts_as_they_stand_in_the_table(
    tmp_path: Path, content: str, terms: tuple[str, ...]
) -> None:
    assert ranked_terms(write_terms(tmp_path / "terms.csv", content), "") == terms


@pytest.mark.parametrize(
    ("content", "score", "message"),
    [
        ("", "", "an empty table; its first line names the columns"),
        ("Okafor\nKites\n", "", "needs a column 'term'; it has Okafor; name the columns"),
        (
            "term,usage\nSmith, John,1\n",
            "",
            "line 2: 3 cells where the header has 2 columns.*; put",
        ),
        ("term,usage\nA,often\n", "usage", "column 'usage' stands in a score, but .*'often'"),
    ],
)
def test_a_damaged_table_of_terms_is_explained(
    tmp_path: Path, content: str, score: str, message: str
) -> None:
    with pytest.raises(UserError, match=message):
        ranked_terms(write_terms(tmp_path / "terms.csv", content), score)


def test_terms_without_a_number_come_last(tmp_path: Path) -> None:
    table = write_terms(tmp_path / "terms.csv", "term,usage\nA,\nB,1\nC,2\n")
    assert ranked_terms(table, "usage") == ("C", "B", "A")
    assert ranked_terms(table, "2 + 1") == ("A", "B", "C")


@pytest.mark.parametrize("template", ["", "The players are {players}.", "{terms}"])
def test_a_tokenizer_is_not_read_for_a_prompt_that_is_empty(template: str, tmp_path: Path) -> None:
    unread = FasterWhisper.load_tokenizer(str(tmp_path / "nowhere"))
    prompt = PromptTemplate("one", template, (), 223)
    rendered = render(unread, prompt, {"players": " "})
    assert (rendered.text, rendered.tokens) == ("", ())
    with pytest.raises(FileNotFoundError):
        render(unread, PromptTemplate("one", "A game.", (), 223))
