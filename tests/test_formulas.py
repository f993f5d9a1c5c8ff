"""Cells of CSV files that a spreadsheet would run, and what is read back of them."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.formulas import as_meant, defused
from snakescribe.tables import Column, Table, read_table, write_table

SAID = Table(
    name="said",
    description="",
    path="said.csv",
    key=("word",),
    columns=(Column("word", "str", ""), Column("difference", "float", "")),
)


@pytest.mark.parametrize("word", ["=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_begins_as_a_formula_and_all_read_back(tmp_path: Path, word: str) -> None:
    path = tmp_path / "said.csv"
    rows = [{"word": text, "difference": -0.5} for text in (word, f"'{word}", "plain", "'tis")]
    write_table(SAID, path, rows)
    with path.open(encoding="utf-8", newline="") as stream:
        cells = [row["word"] for row in csv.DictReader(stream)]
    assert cells == [f"'{word}", f"''{word}", "plain", "'tis"]
    assert list(read_table(SAID, path)) == rows
    assert [row["difference"] for row in read_table(SAID, path, word=word)] == [-0.5]


@given(st.text("'=+-@\t\ra ", max_size=6))
def test_every_text_reads_back(text: str) -> None:
    cell = defused(text)
    assert as_meant(cell) == text
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
