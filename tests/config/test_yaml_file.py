"""A config file can be anything: what is wrong with it is one line, never a traceback."""

from pathlib import Path
from typing import Any

import pytest

from snakescribe.config.yaml_file import read_yaml
from snakescribe.errors import UserError

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
)

BAD = {
    "latin1": (
        "results: x\ntitle: caf\xe9\n".encode("latin-1"),
        "line 2, column 11: this is not UTF-8: the byte 0xe9 (in Latin-1 it is 'é'); save the file "
        "as UTF-8",
    ),
    "cut utf-16": (b"\xff\xfea\x00b", "this is not UTF-8"),
    "open bracket": (b"a: [1", "line 1, column"),
    "tab": (b"a:\n\tb: 2\n", "line 2, column 1: this is not YAML: a tab at the beginning"),
    "what Snakemake refuses": (b"a: {b: why?, c: 1}\n", "line 1, column 11: this is not YAML"),
    "twice": (b"a: 1\nb: 2\na: 3\n", "line 3: the key 'a' stands in line 1 already"),
    "twice below": (b"a:\n  b: 1\n  b: 2\n", "line 3: the key 'b' stands in line 2 already"),
    "number as key": (b"models:\n  1: {}\n", 'line 2: the key 1 is no text for YAML, but a number'),
    "yes as key": (b"yes: 1\n", 'but true or false; put it into quotation marks: "yes"'),
    "null as key": (b"null: 1\n", "but nothing; put it into quotation marks"),
    "list as key": (b"? [a]\n: 1\n", "line 1: a list or a map as a key"),
    "no day": (b"a: 1\nday: 2019-13-01\n", "line 2: '2019-13-01' is not a day"),
    "control character": (
        b'a: 1\nb: "x\x00"\n',
        "line 2: this is not YAML: the character '\\x00' may not stand there; remove it",
    ),
    "python object": (b"a: !!python/object:os.system x\n", "line 1, column 4: this is not YAML"),
    "two documents": (b"a: 1\n---\nb: 1\n", "line 2, column 1: this is not YAML: expected a"),
    "unknown alias": (b"a: *b\n", "line 1, column 4: this is not YAML: found undefined alias"),
    "bomb": (BOMB.encode(), "with its `*names` written out, this holds over 100000 values"),
    "itself": (b"a: &a [*a]\n", "line 1: this holds itself"),
    "deep": (b"a: " + b"[" * 200_000, "line 1: more than 50 maps and lists in one another"),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "message"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_one_line(raw: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(raw)
    with pytest.raises(UserError) as error:
        read_yaml(path)
    assert str(error.value).startswith(f"{path}: ")
    assert message in str(error.value)
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("a: é\n".encode("utf-8-sig"), {"a": "é"}),
        ("a: é\n".encode("utf-16"), {"a": "é"}),
        ("a: é\n".encode("utf-32"), {"a": "é"}),
        (b"x: &x {a: 1}\ny: {<<: *x, b: 2}\n", {"x": {"a": 1}, "y": {"a": 1, "b": 2}}),
        (b"a: 1\r\nb: [1, 2.5]\r\n", {"a": 1, "b": [1, 2.5]}),
        (b"", None),
        (b"# nothing\n", None),
    ],
)
def test_what_is_read(raw: bytes, value: Any, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(raw)
    assert read_yaml(path) == value


def test_a_folder_is_no_config_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot read the config file: Is a directory"):
        read_yaml(tmp_path)


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)  # root may read everything
    with pytest.raises(UserError, match="cannot read the config file: Permission denied"):
        read_yaml(tmp_path / "mine.yaml")
