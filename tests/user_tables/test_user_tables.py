"""Tables as people save them: every row is taken, or the error names what was seen."""

import csv
import gzip
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.errors import UserError
from snakescribe.user_tables import UserRow, read_head, read_rows, read_user_table

TWO = [("1", "a.wav"), ("2", "b.wav")]
# Each has the two rows above, in its columns `id` and `audio`.
TABLES: dict[str, tuple[str, str | bytes]] = {
    "commas": ("csv", "id,audio\n1,a.wav\n2,b.wav\n"),
    "semicolons": ("csv", "id;audio\n1;a.wav\n2;b.wav\n"),
    "tabs in a .csv": ("csv", "id\taudio\n1\ta.wav\n2\tb.wav\n"),
    "commas in a .tsv": ("tsv", "id,audio\n1,a.wav\n2,b.wav\n"),
    "bars": ("txt", "id|audio\n1|a.wav\n2|b.wav\n"),
    "a sep line": ("csv", "sep=,\nid,audio\n1,a.wav\n2,b.wav\n"),
    "a sep line of semicolons": ("csv", "\ufeff\"sep=;\"\r\nid;audio\r\n1;a.wav\r\n2;b.wav\r\n"),
    "a sep line of tabs": ("csv", "SEP=\t\nid\taudio\n1\ta.wav\n2\tb.wav\n"),
    "capitals": ("csv", "ID,Audio\n1,a.wav\n2,b.wav\n"),
    "spaces around": ("csv", " Id , AUDIO \n1, a.wav\n 2 ,b.wav\n"),
    "columns without a name": ("csv", "id,audio,,\n1,a.wav,,\n2,b.wav,,\n"),
    "cells beyond the header": ("csv", "id,audio\n1,a.wav,,\n2,b.wav,\n"),
    "the same with tabs": ("tsv", "id\taudio\t\n1\ta.wav\t\n2\tb.wav\t\t\n"),
    "comments": ("csv", "# mine\n# 1,2,3\nid,audio\n# no\n1,a.wav\n#\n#x,y,z\n#,\n2,b.wav\n"),
    "comments with tabs": ("tsv", "# mine\nid\taudio\n#no\n1\ta.wav\n#a\tb\tc\n2\tb.wav\n"),
    "blank lines and old line ends": ("csv", "\r\rid,audio\r1,a.wav\r\r,\r2,b.wav\r"),
    "a mark": ("csv", "\ufeffid,audio\n1,a.wav\n2,b.wav\n"),
    "UTF-16 of a spreadsheet": ("txt", "id\taudio\r\n1\ta.wav\r\n2\tb.wav\r\n".encode("utf-16")),
    "UTF-16 the other way round": (
        "csv", b"\xfe\xff" + "id;audio\n1;a.wav\n2;b.wav\n".encode("utf-16-be")),
    "packed": ("csv.gz", gzip.compress(b"id,audio\n1,a.wav\n2,b.wav\n")),
    "quoted": ("csv", '"id","audio"\n"1","a.wav"\n"2","b.wav"\n'),
    "quoted with tabs": ("tsv", '"id"\t"audio"\n1\t"a.wav"\n"2"\tb.wav\n'),
    "JSON lines": ("jsonl", '{"id": 1, "audio": "a.wav"}\n\n{"ID": "2", "Audio": "b.wav"}\n'),
    "JSON lines in .json": ("json", '{"id": 1, "audio": "a.wav"}\n{"id": 2, "audio": "b.wav"}'),
    "a list of objects": ("json", '[{"id": 1, "audio": "a.wav"},\n {"id": 2, "audio": "b.wav"}]'),
    "packed JSON lines": (
        "jsonl.gz", gzip.compress(b'{"id": 1, "audio": "a.wav"}\n{"id": 2, "audio": "b.wav"}\n')),
}  # fmt: skip
SEEN: dict[str, tuple[str, str | bytes, str]] = {
    "too many cells": ("csv", "id,audio\n1,a,b.wav\n", "line 2: 3 cells .* 2 columns, with ','"),
    "too few": ("csv", "a;b;c\n1;2;3\n4;5\n", "line 3: 2 cells .* 3 columns, with ';'.*; add what"),
    "a column without a name": ("csv", "id,,audio\n1,,a\n", "column 2 has no name"),
    "one at the end that is used": ("csv", "id,audio,\n1,a,x\n", "column 3 has no name"),
    "two of a name": ("csv", "id,ID\n1,2\n", "two columns are named 'ID'"),
    "nothing": ("csv", "\n\n# x\n", "an empty table"),
    "an empty header": ("csv", ",,\n,,\n", "an empty header"),
    "Latin-1": ("csv", "id,audio\n1,é.wav\n".encode("latin-1"), "line 2: not UTF-8 text"),
    "an open quotation mark": ("csv", 'id,audio\n1,"a.wav\n2,b.wav\n', "line 2: unexpected end"),
    "no JSON": ("jsonl", '{"id": 1}\n{"id": \n', "line 2: this is not JSON"),
    "one object": ("json", '{\n"data": [{"id": 1}]\n}\n', "line 1: one JSON value over several"),
    "UTF-16 without its mark": ("csv", "id,audio\n".encode("utf-16-le"), "line 1: .* zero bytes"),
    "no object": ("json", '[{"id": 1}, 2]', "entry 2: not a JSON object"),
    "a spreadsheet": ("xlsx", b"PK\x03\x04", "a table is a .csv, .tsv, .jsonl or .json file"),
    "not packed": ("csv.gz", b"id,audio\n", "cannot read it: Not a gzipped file"),
    "cut off": ("csv.gz", gzip.compress(b"id,audio\n" * 99)[:-9], "cannot read it"),
}  # fmt: skip


def write(folder: Path, ending: str, content: str | bytes) -> Path:
    path = folder / f"table.{ending}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("name", TABLES)
def test_every_row_is_taken(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, *TABLES[name])
    rows = read_rows(path)
    assert [(row.first("id"), row.first("audio")) for row in rows] == TWO
    assert [row.without("id", "audio") for row in rows] == [{}, {}]
    assert read_head(path).rows == rows


@pytest.mark.parametrize("name", SEEN)
def test_an_error_names_what_was_seen(tmp_path: Path, name: str) -> None:
    ending, content, message = SEEN[name]
    with pytest.raises(UserError, match=message):
        read_rows(write(tmp_path, ending, content))


@pytest.mark.parametrize("ending", ["csv", "tsv"])
def test_a_hash_begins_no_comment_where_the_row_has_other_cells(
    tmp_path: Path, ending: str
) -> None:
    """Titles of episodes do; a line that was commented out has other cells than the header."""
    sign = {"csv": ",", "tsv": "\t"}[ending]
    lines = [
        ("title", "audio"), ('"#1 Pilot"', "a.wav"), ("#2 The Sequel", "b.wav"), ("# alone",),
        ("#gone",), ("#", "", ""), ("#not", "three", "cells"), ("#", "c.wav"),
    ]  # fmt: skip
    path = write(tmp_path, ending, "".join(f"{sign.join(line)}\n" for line in lines))
    table = read_user_table(path)
    assert [row.first("title") for row in table.rows] == ["#1 Pilot", "#2 The Sequel", "#"]
    assert table.comments == [4, 5, 6, 7]


def test_a_quoted_hash_is_text_even_alone(tmp_path: Path) -> None:
    table = read_user_table(write(tmp_path, "csv", 'term\n"#tag"\n#no\nC#\n'))
    assert [row.first("term") for row in table.rows] == ["#tag", "C#"]
    assert table.comments == [3]


def test_a_single_column_has_whole_lines(tmp_path: Path) -> None:
    rows = read_rows(write(tmp_path, "csv", 'audio\nHello, world.wav\n"a; b.wav"\n'))
    assert [row.first("audio") for row in rows] == ["Hello, world.wav", "a; b.wav"]


def test_columns_are_known_whatever_their_case() -> None:
    row = UserRow(Path("t"), 1, {"Reference File": "a", "Video-ID": 3, "Team": "x", "id": None})
    assert row.first("reference_file") == "a"
    assert row.first("id", "video_id") == "3"
    assert row.without("reference_file", "video_id", "id") == {"Team": "x"}
    assert row.has("team", "id") and not row.has("Team")


@given(
    st.lists(st.tuples(*[st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]))] * 2)),
    st.sampled_from(",;\t"),
)
def test_what_a_spreadsheet_writes_reads_back(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, str]], sign: str
) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=sign, quoting=csv.QUOTE_ALL)
    writer.writerow(["a", "b"])
    writer.writerows(cells)
    path = write(tmp_path_factory.getbasetemp(), "csv", stream.getvalue())
    rows = [list(row.cells.values()) for row in read_rows(path)]
    assert rows == [
        [left.strip(), right.strip()] for left, right in cells if left.strip() or right.strip()
    ]


@given(st.binary(max_size=60), st.sampled_from(["csv", "tsv", "jsonl", "json", "txt"]))
def test_no_bytes_make_it_fall(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes, ending: str
) -> None:
    path = write(tmp_path_factory.getbasetemp(), ending, b"id,audio\n" + raw)
    for read in (read_user_table, read_head):
        try:
            read(path)
        except UserError as error:
            assert str(path) in str(error)


def test_the_head_of_a_long_table_is_quick_and_knows_its_columns(tmp_path: Path) -> None:
    long = "id;audio;note\n" + "".join(f'{n};{n}.wav;"{"x" * 90}"\n' for n in range(5000))
    head = read_head(write(tmp_path, "csv", long))
    assert (head.columns, head.whole) == (("id", "audio", "note"), False)
    assert 100 < len(head.rows) < 1000
    rows = [{"id": n, "audio": f"{n}.wav"} for n in range(5000)]
    assert read_head(write(tmp_path, "json", json.dumps(rows))).whole
