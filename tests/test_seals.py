"""What a run wrote is known again: other bytes are named, and removed where a run can mend them."""

from pathlib import Path

import pytest

from results_folder import recording_row
from snakescribe.errors import UserError
from snakescribe.seals import RESULTS_VARIABLE
from snakescribe.store import RUN_VARIABLE, read_json, read_receipt, write_json
from snakescribe.tables import RECORDINGS, TRANSCRIPTS, Row, Table, read_table, write_table

ROWS = [recording_row("a"), recording_row("b")]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A run in a results folder, which ends where its variable is taken away."""
    monkeypatch.setenv(RESULTS_VARIABLE, str(tmp_path.resolve()))
    return monkeypatch


def table_of(folder: Path, table: Table, rows: list[Row]) -> Path:
    path = folder / "some" / f"table{table.suffix}"
    write_table(table, path, rows)
    return path


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize(("table", "rows"), [(RECORDINGS, ROWS), (TRANSCRIPTS, [])])
def test_a_job_names_and_removes_what_is_not_what_was_written(
    tmp_path: Path, table: Table, rows: list[Row]
) -> None:
    path = table_of(tmp_path, table, rows)
    assert list(read_table(table, path)) == rows
    content = path.read_bytes()
    path.write_bytes(content.replace(b"a", b"b", 1))
    with pytest.raises(UserError, match=r"table\.\w+: damaged: .* the same command makes it anew"):
        list(read_table(table, path))
    assert not path.exists()
    table_of(tmp_path, table, rows)
    assert path.read_bytes() == content
    assert list(read_table(table, path)) == rows


@pytest.mark.usefixtures("run")
def test_a_last_line_that_lacks_is_noticed(tmp_path: Path) -> None:
    path = table_of(tmp_path, RECORDINGS, ROWS)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(UserError, match="damaged"):
        list(read_table(RECORDINGS, path))


def test_a_damaged_file_of_the_store_is_named_and_removed_within_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "page.json"
    path.write_bytes(b'{"title": "\xff')
    monkeypatch.delenv(RUN_VARIABLE, raising=False)
    with pytest.raises(UserError, match=r"page\.json: damaged: .* a run removes it"):
        read_json(path)
    monkeypatch.setenv(RUN_VARIABLE, "1")
    with pytest.raises(UserError, match=r"page\.json: damaged: .* it is removed"):
        read_json(path)
    assert not path.exists()


def test_outside_of_runs_nothing_is_removed(tmp_path: Path, run: pytest.MonkeyPatch) -> None:
    path = table_of(tmp_path, RECORDINGS, ROWS)
    run.delenv(RESULTS_VARIABLE)
    content = path.read_bytes()
    path.write_bytes(content[:-3])
    with pytest.raises(UserError, match=r"cut off in its last line.*the next run that reads it"):
        list(read_table(RECORDINGS, path))
    assert path.read_bytes() == content[:-3]


def test_what_is_written_by_hand_is_not_taken_for_damage(
    tmp_path: Path, run: pytest.MonkeyPatch
) -> None:
    path = table_of(tmp_path, RECORDINGS, ROWS)
    run.delenv(RESULTS_VARIABLE)
    table_of(tmp_path, RECORDINGS, ROWS[:1])
    run.setenv(RESULTS_VARIABLE, str(tmp_path.resolve()))
    assert list(read_table(RECORDINGS, path)) == ROWS[:1]


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize("content", ["", "[]", "{", '{"path": "other"}'])
def test_a_damaged_receipt_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "models" / "tiny.json"
    write_json(path, {"path": "weights"})
    assert read_receipt(path) == {"path": "weights"}
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match="not the receipt that was written; it is removed"):
        read_receipt(path)
    assert not path.exists()
