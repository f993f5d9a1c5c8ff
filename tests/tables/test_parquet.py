"""Tables as Parquet files."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.errors import UserError
from snakescribe.tables import Column, Table, parquet, read_table, write_table
from snakescribe.tables.parquet import read_columns

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
WORDS = Table(
    name="heard",
    description="",
    path="heard.parquet",
    key=("chunk",),
    columns=(
        Column("chunk", "str", ""),
        Column("seconds", "float", "", optional=True),
        Column(
            "run",
            "object",
            "",
            fields=(
                Column("engine", "str", ""),
                Column("threads", "int", "", optional=True),
                Column("more", "map of str", "", optional=True),
            ),
        ),
        Column("flags", "list of str", ""),
        Column(
            "words",
            "list of objects",
            "",
            fields=(Column("text", "str", ""), Column("probability", "float", "", optional=True)),
        ),
    ),
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "chunk": TEXT,
            "seconds": st.none() | st.floats(allow_nan=False),
            "run": st.fixed_dictionaries(
                {
                    "engine": TEXT,
                    "threads": st.none() | st.integers(0, 2**40),
                    "more": st.dictionaries(TEXT, TEXT),
                }
            ),
            "flags": st.lists(TEXT),
            "words": st.lists(
                st.fixed_dictionaries({"text": TEXT, "probability": st.none() | st.floats(0, 1)})
            ),
        }
    )
)


@given(ROWS)
def test_rows_read_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    path = tmp_path_factory.mktemp("tables") / "heard.parquet"
    assert write_table(WORDS, path, iter(rows)) == len(rows)
    assert list(read_table(WORDS, path)) == rows
    once = path.read_bytes()
    write_table(WORDS, path, rows)
    assert path.read_bytes() == once
    columns = read_columns(WORDS, path, ["chunk", "words.text"]).to_pylist()
    assert columns == [
        {"chunk": row["chunk"], "words": [{"text": word["text"]} for word in row["words"]]}
        for row in rows
    ]


def test_columns_of_many_rows_and_of_more_words_than_a_dictionary_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "ROWS_IN_GROUP", 2)
    texts = ["the", *(f"{number:2000}" for number in range(1500)), "end"]  # 3 MB
    words = [{"text": text, "probability": 0.5} for text in texts]
    rows = [{**GOOD, "words": words[place : place + 1000]} for place in (0, 0, 5, 900, 1400)]
    write_table(WORDS, tmp_path / "heard.parquet", rows)
    columns = read_columns(WORDS, tmp_path / "heard.parquet", ["words.text"])
    found = columns["words"].combine_chunks().to_pylist()
    assert [[one["text"] for one in row] for row in found] == [
        [one["text"] for one in row["words"]] for row in rows
    ]


RUN: dict[str, Any] = {"engine": "e", "threads": None, "more": {}}
GOOD: dict[str, Any] = {"chunk": "a", "seconds": 1.0, "run": RUN, "flags": [], "words": []}


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        ({"flags": [1]}, "flags: "),
        ({"words": [{"text": "a"}]}, "words: the fields of an object differ: .*probability"),
        ({"words": [{"text": None, "probability": 1.0}]}, "words.text: a value is needed"),
        ({"words": [{"text": "a", "probability": "high"}]}, "words: "),
        ({"words": {}}, "heard.words: not list of objects"),
        ({"run": {**RUN, "host": "x"}}, "run: an object has no field host"),
        ({"run": {"threads": 2}}, "run.engine: a value is needed"),
        ({"run": {**RUN, "threads": "two"}}, "run: "),
    ],
)
def test_a_row_of_another_kind_is_refused_and_leaves_no_file(
    tmp_path: Path, bad: dict[str, Any], what: str
) -> None:
    with pytest.raises(ValueError, match=what):
        write_table(WORDS, tmp_path / "heard.parquet", [GOOD, {**GOOD, **bad}])
    assert list(tmp_path.iterdir()) == []


def test_some_rows_by_what_stands_in_them(tmp_path: Path) -> None:
    path = tmp_path / "heard.parquet"
    write_table(WORDS, path, [GOOD, {**GOOD, "chunk": "b"}])
    assert [row["chunk"] for row in read_table(WORDS, path, chunk="b")] == ["b"]
    assert list(read_table(WORDS, path, ["flags"], chunk="b")) == [{"chunk": "b", "flags": []}]
    assert list(read_table(WORDS, path, ["run"])) == [{"run": RUN}, {"run": RUN}]


def test_fields_of_an_object_that_are_not_known_are_none(tmp_path: Path) -> None:
    path = tmp_path / "heard.parquet"
    write_table(WORDS, path, [{**GOOD, "run": {"engine": "e"}}])
    assert list(read_table(WORDS, path, ["run"])) == [{"run": RUN}]
    assert read_columns(WORDS, path, ["run.engine"]).to_pylist() == [{"run": {"engine": "e"}}]


def test_a_file_with_json_as_text_is_of_another_version(tmp_path: Path) -> None:
    path = tmp_path / "heard.parquet"
    columns = (Column("run", "str", "") if one.name == "run" else one for one in WORDS.columns)
    write_table(replace(WORDS, columns=tuple(columns)), path, [{**GOOD, "run": "{}"}])
    with pytest.raises(UserError, match="not a heard table of this version of snakescribe"):
        list(read_table(WORDS, path))


def test_a_missing_file_says_which_stage_makes_it(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="run the stage that makes the heard table"):
        read_columns(WORDS, tmp_path / "heard.parquet", ["chunk"])
