"""The journal of decoded rows: what a kill or a bad disk leaves of it is used, no more."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from snakescribe.transcribe.journal import Journal


def vote(language: str) -> Any:
    return {"language": language}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "journal.jsonl"
    Journal(path).add([("a", vote("één")), ("b", vote("nl")), ("c", vote("fr"))])
    return path


def test_rows_are_found_again_by_key(path: Path) -> None:
    journal = Journal(path)
    assert len(journal) == 3
    assert "a" in journal
    assert "d" not in journal
    assert journal.language("a") == "één"


def test_a_line_torn_by_a_kill_is_cut_off(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"key": "d", "row": {"lang')
    again = Journal(path)
    assert len(again) == 3
    assert path.read_bytes() == whole
    again.add([("d", vote("de"))])
    assert Journal(path).language("d") == "de"


@pytest.mark.parametrize("damage", [b"\0" * 30, b"[1, 2]", b'{"key": "b"}', b"\xff\xfe", b"null"])
def test_a_damaged_line_between_others_is_left_out_and_named(
    path: Path, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([lines[0], damage, lines[2]]) + b"\n")
    journal = Journal(path)
    assert [key for key in "abc" if key in journal] == ["a", "c"]
    assert "line 2 is damaged" in caplog.text
    journal.add([("b", vote("it"))])
    assert Journal(path).language("b") == "it"


def test_a_journal_is_lines_of_json(path: Path) -> None:
    first = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    assert first == {"crc32": "506982c2", "key": "a", "row": {"language": "één"}}


def test_lines_of_earlier_versions_have_no_checksum(path: Path) -> None:
    path.write_text('{"key": "a", "row": {"language": "één"}}\n', encoding="utf-8")
    assert Journal(path).language("a") == "één"


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_changed_bit_never_makes_another_row(path: Path, data: st.DataObject) -> None:
    whole = path.read_bytes()
    bit = data.draw(st.integers(0, 8 * len(whole) - 1))
    changed = bytearray(whole)
    changed[bit // 8] ^= 1 << bit % 8
    damaged = path.with_name("damaged.jsonl")
    damaged.write_bytes(changed)
    journal = Journal(damaged)
    kept = {key: journal.language(key) for key in "abc" if key in journal}
    assert len(journal) == len(kept)
    assert kept.items() <= {"a": "één", "b": "nl", "c": "fr"}.items()
    assert len(kept) >= 1
