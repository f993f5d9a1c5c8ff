"""The store: files are written whole, over ordinary files only, and what is read is what was."""

import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from snakescribe.cli import cli
from snakescribe.errors import UserError
from snakescribe.store import (
    DamagedError,
    read_facts,
    read_sealed,
    replacing,
    write_facts,
    write_sealed,
    write_text,
)

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def test_only_ordinary_files_are_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    link = tmp_path / "link"
    link.symlink_to(pipe)
    for path in (pipe, link, tmp_path, Path("/dev/null")):
        with pytest.raises(UserError, match=f"^{path}: this is no ordinary file"):
            write_text(path, "text")
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "pipe"]


def test_a_link_stays_and_its_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link = tmp_path / "link.txt"
    link.symlink_to(tmp_path / "there" / "file.txt")
    for text in ("new", "newer"):
        write_text(link, text)
        assert link.is_symlink()
        assert (tmp_path / "there" / "file.txt").read_text(encoding="utf-8") == text
    assert len(list((tmp_path / "there").iterdir())) == 1


def test_what_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    write_text(path, "old")
    with pytest.raises(OSError, match="full"), replacing(path) as part:
        part.write_text("new", encoding="utf-8")
        raise OSError("full")
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "command",
    [
        ["config", "schema", "--write"],
        ["process", "plan", "--audio", "audio.tsv", "--store", "store", "--output"],
    ],
)
def test_a_command_refuses_a_device_before_it_works(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "audio.tsv").touch()
    result = CliRunner().invoke(cli, [*command, "/dev/null"])
    assert result.exit_code == 2
    assert "/dev/null: this is no ordinary file to be replaced; name another one" in result.output
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@given(st.dictionaries(st.text().filter(lambda name: name != "digest"), plain), st.binary())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_what_is_sealed_is_read_back(
    tmp_path: Path, facts: dict[str, object], content: bytes
) -> None:
    write_facts(tmp_path / "facts.json", facts)
    assert read_facts(tmp_path / "facts.json") == facts
    write_sealed(tmp_path / "sealed", content)
    assert read_sealed(tmp_path / "sealed") == content


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_a_changed_bit_is_never_read_as_something_else(tmp_path: Path, data: st.DataObject) -> None:
    facts, content = (
        {"seconds": 12.5, "chain": [{"wiener": {"size": 3}}], "reason": None},
        b"abc" * 9,
    )
    write_facts(tmp_path / "facts.json", facts)
    write_sealed(tmp_path / "sealed", content)
    for path, read, told in (
        (tmp_path / "facts.json", read_facts, facts),
        (tmp_path / "sealed", read_sealed, content),
    ):
        changed = bytearray(path.read_bytes())
        cut = data.draw(st.booleans())
        bit = data.draw(st.integers(0, 8 * len(changed) - 1))
        changed[bit // 8] ^= 1 << bit % 8
        path.write_bytes(changed[: bit // 8] if cut else changed)
        try:
            again = read(path)
        except DamagedError:
            continue
        assert again == told  # white space was changed
