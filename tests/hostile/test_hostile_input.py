"""No key of a config, no option of a command brings a traceback, a hang, a flood or a stray file.

Cases are made with a seed: a few of each kind in the unit layer, and thousands in the slow one.
"""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner
from hostile_values import TEXTS, VALUES, places, spoiled

from results_folder import transcript_row
from snakescribe.cli import cli
from snakescribe.config.yaml_file import DEEPEST
from snakescribe.errors import UserError
from snakescribe.paths import REPOSITORY
from snakescribe.tables import ITEMS, NOTICES, TRANSCRIPTS, read_table, write_table

pytestmark = pytest.mark.slow

MOST_SECONDS = 10
MOST_CHARACTERS = 100_000
# They start servers, work for minutes or ask the network with whatever they are given.
LEFT_OUT = {
    ("db", "shell"),
    ("db", "url"),
    ("load", "experiment"),
    ("load", "recordings"),
    ("models", "fetch"),
    ("models", "list"),
    ("models", "verify"),
    ("prompts", "count"),
    ("prompts", "preview"),
    ("prompts", "terms"),
}


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a little of what configs name, in a folder with nothing else."""
    folder = tmp_path / "inside"
    (folder / "talks").mkdir(parents=True)
    (folder / "talks" / "a.mp3").touch()
    (folder / "terms.csv").write_text("term,usage\nOkafor,3\nKites,2\n", encoding="utf-8")
    (folder / "names.csv").write_text("id,players\na,Okafor\n", encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder / "home"))
    monkeypatch.setenv("SNAKESCRIBE_CACHE", str(folder / "cache"))
    monkeypatch.setenv("COLUMNS", "200")
    return folder


GOOD: dict[str, Any] = {
    "results": "r",
    "recordings": [{"source": "folder", "path": "talks"}],
    "context": [{"table": "names.csv"}],
    "models": {"tiny": {"weights": "tiny.en"}},
    "prompts": {
        "none": "",
        "names": {"template": "{players} {terms}", "terms": "terms.csv", "score": "usage * 2"},
    },
    "scoring": {"terms": {"tables": ["terms.csv"]}},
    "experiments": {"study": {"factors": {"prompt": ["none", "names"]}}},
}


@cache
def everything() -> dict[str, Any]:
    """Every option of the config once."""
    text = (REPOSITORY / "tests" / "config" / "everything.yaml").read_text("utf-8")
    written: dict[str, Any] = yaml.safe_load(text)
    return written


@contextmanager
def limited() -> Iterator[None]:
    """What runs here ends in time, or fails the test with where it was."""

    def stop(_: int, __: FrameType | None) -> None:
        raise AssertionError(f"still working after {MOST_SECONDS} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(MOST_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def call(arguments: list[str], inside: Path) -> None:
    """Run a command: it ends in words, soon, and leaves nothing beside its folder."""
    with limited():
        result = CliRunner().invoke(cli, arguments)
    wrong = result.exception
    if not isinstance(wrong, UserError | SystemExit | type(None)):
        raise AssertionError(f"{[text[:200] for text in arguments]}") from wrong
    said = result.output + (str(wrong) if isinstance(wrong, UserError) else "")
    assert len(said) < MOST_CHARACTERS
    assert "Traceback" not in said
    assert os.listdir(inside.parent) == ["inside"]  # noqa: PTH208
    assert not list(inside.rglob("outside"))


def check_spoiled(base: dict[str, Any], inside: Path, random: Random, how: str) -> None:
    place = random.choice(places(base))
    config = spoiled(base, place, random)
    path = inside / "config.yaml"
    with path.open("w", encoding="utf-8", errors="surrogatepass") as stream:
        if how == "json":
            stream.write(json.dumps(config, ensure_ascii=False))
        else:
            yaml.safe_dump(config, stream, allow_unicode=False)
    call(["config", "check", "--offline", str(path)], inside)


CASES = [*((seed, 8) for seed in range(3)), pytest.param(5, 1500, marks=pytest.mark.slow)]


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "cases"), CASES)
def test_no_value_of_any_key_of_a_config_breaks_its_check(
    inside: Path, seed: int, cases: int
) -> None:
    random = Random(seed)
    for _ in range(cases):
        base = random.choice([GOOD, everything()])
        check_spoiled(base, inside, random, random.choice(["json", "yaml"]))


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 12)
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "recordings: " + "[" * 3000,
        "recordings: " + "[" * 3000 + "]" * 3000,
        "recordings: " + "{a: " * (DEEPEST + 10) + "1" + "}" * (DEEPEST + 10),
        "- " * 3000,
        "? " * 3000,
        "a: &a {<<: *a}\n",
        "results: 'r{x}'\nrecordings: [{source: folder, path: talks}]\n",
        "%YAML 9.9\n---\na: 1\n", "\x00", "\ufffe",
        "a: !!python/object/apply:os.system ['touch outside']\n",
        "a: " + "9" * 100_000, "a: 1:60:60:60", "!!binary x", "--- a\n--- b\n", "*a", "&a", "<<: 3",
    ],
    ids=range(19),
)  # fmt: skip
def test_no_yaml_breaks_the_check_of_a_config(inside: Path, text: str) -> None:
    path = inside / "config.yaml"
    path.write_text(text, encoding="utf-8")
    call(["config", "check", "--offline", str(path)], inside)


def commands(
    command: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """A group -> all commands below it, by their names."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        assert inner
        yield from commands(inner, (*path, name))


ALL = {path: command for path, command in commands(cli) if path not in LEFT_OUT}


def hostile_argument(parameter: click.Parameter, inside: Path, random: Random) -> str:
    """A value for an option: of its kind as a rule, so that the command gets to work with it."""
    kind = parameter.type
    if isinstance(kind, click.Choice) and random.random() < 0.7:
        return str(random.choice(list(kind.choices)))
    if isinstance(kind, click.types.IntParamType | click.IntRange) and random.random() < 0.7:
        return str(random.choice([1, 2, 0, -1, 10**20]))
    if isinstance(kind, click.Path):
        files = sorted(str(path) for path in inside.rglob("*") if "cache" not in path.parts)
        return random.choice([*files, str(inside / "new"), str(inside / "r")])
    if random.random() < 0.5:
        text = json.dumps(random.choice(VALUES))
    elif random.random() < 0.3:
        text = json.dumps(random.choice(list(GOOD.values())))
    else:
        text = random.choice(TEXTS)
    return text.replace("\x00", "\\0")[:100_000]  # as the system would have it


def hostile_files(inside: Path, random: Random) -> None:
    """Files as commands are given them: configs, empty ones, and what is no text at all."""
    (inside / "config.yaml").write_text(json.dumps(GOOD), encoding="utf-8")
    (inside / "empty").write_bytes(b"")
    (inside / "noise.parquet").write_bytes(random.randbytes(200))
    (inside / "deep.json").write_text("[" * 3000, encoding="utf-8")
    (inside / "items.tsv").write_text("recording\tshard\n../../outside\ts00000\n", encoding="utf-8")


RUNS = [*((seed, 8) for seed in range(10, 13)), pytest.param(15, 700, marks=pytest.mark.slow)]


@pytest.mark.parametrize(("seed", "cases"), RUNS)
def test_no_value_of_any_option_breaks_a_command(inside: Path, seed: int, cases: int) -> None:
    random = Random(seed)
    for _ in range(cases):
        hostile_files(inside, random)
        path = random.choice(list(ALL))
        arguments = list(path)
        for parameter in ALL[path].params:
            if not parameter.required and random.random() < 0.5:
                continue
            option = [] if isinstance(parameter, click.Argument) else [parameter.opts[-1]]
            flag = getattr(parameter, "is_flag", False)
            width = 0 if flag else max(1, parameter.nargs)
            arguments += option
            arguments += [hostile_argument(parameter, inside, random) for _ in range(width)]
        call(arguments, inside)


@pytest.mark.slow
def test_huge_values_are_shown_cut(inside: Path) -> None:
    huge = {
        **GOOD,
        "sharding": {"recordings_per_shard": "z" * 1_000_000},
        "results": "{" * 1000,
        "export": {"formats": ["srt"] * 1000},
        "acquire": {str(number): 1 for number in range(3000)},
    }
    (inside / "config.yaml").write_text(json.dumps(huge), encoding="utf-8")
    result = CliRunner().invoke(cli, ["config", "check", "config.yaml"])
    lines = str(result.exception).splitlines()
    assert len(lines) == 101
    assert lines[-1].startswith("and ")
    assert max(map(len, lines)) < 2_200
    del huge["acquire"]
    (inside / "config.yaml").write_text(json.dumps(huge), encoding="utf-8")
    result = CliRunner().invoke(cli, ["config", "check", "config.yaml"])
    (told,) = (line for line in str(result.exception).splitlines() if "recordings_per_" in line)
    assert "... (and 999802 more characters) is neither a whole number" in told


def test_names_of_a_config_that_differ_in_capitals_only_are_refused(inside: Path) -> None:
    config = {**GOOD, "audio": {"raw": [], "Raw": ["wiener"]}}
    (inside / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
    result = CliRunner().invoke(cli, ["config", "check", "config.yaml"])
    assert "audio.Raw: 'raw' differs in capitals only" in str(result.exception)


def test_ids_that_differ_in_capitals_only_are_told_apart_and_told(inside: Path) -> None:
    (inside / "b.mp3").touch()
    (inside / "list.csv").write_text("id,path\nTalk,talks/a.mp3\ntalk,b.mp3\n", encoding="utf-8")
    sources = json.dumps([{"source": "table", "path": "list.csv"}])
    arguments = ["acquire", "resolve", "--sources", sources, "--store", "store"]
    tables = ["--output", "items.tsv", "--notices", "notices.tsv"]
    for _ in range(2):  # told again by a run that finds both in the lock
        result = CliRunner().invoke(cli, [*arguments, *tables])
        assert result.exit_code == 0, result.output
        first, second = (row["recording"] for row in read_table(ITEMS, inside / "items.tsv"))
        assert first == "Talk"
        assert second.startswith("talk-")
        (notice,) = read_table(NOTICES, inside / "notices.tsv")
        assert (notice["kind"], notice["recording"]) == ("recording_renamed", second)


EXPORT = [
    *("transcribe", "export", "--transcripts", "t.parquet", "--formats", '["txt"]'),
    *("--folder", "exports", "--output", "exports.tsv", "--passname"),
]


@pytest.mark.parametrize("name", ["../..", "/tmp", "a/b", "..", "", "a\nb", "a\\b"])
def test_no_pass_writes_outside_its_folder(inside: Path, name: str) -> None:
    write_table(TRANSCRIPTS, inside / "t.parquet", [])
    result = CliRunner().invoke(
        cli,
        [*EXPORT, name],
    )
    assert result.exit_code == 2
    assert "this becomes a name in the results folder" in result.output


def test_no_recording_of_a_table_is_written_outside(inside: Path) -> None:
    row = transcript_row("../../outside", 0, "none", "hello", [0.0, 1.0])
    write_table(TRANSCRIPTS, inside / "t.parquet", [row])
    call(
        [*EXPORT, "tiny.raw"],
        inside,
    )
    assert not list(inside.rglob("*.txt"))


@pytest.mark.parametrize("cores", ["0", "00", "-1", "2.5", "two", "", "²", "9" * 5000 + "x"])
def test_cores_that_are_no_number_are_refused_before_a_run(inside: Path, cores: str) -> None:
    (inside / "config.yaml").write_text(json.dumps(GOOD), encoding="utf-8")
    result = CliRunner().invoke(cli, ["run", "config.yaml", "--cores", cores])
    assert result.exit_code == 2
    assert "is neither a whole number of at least 1 nor `all`" in result.output
    assert len(result.output) < 1000
    assert not (inside / "r").exists()
