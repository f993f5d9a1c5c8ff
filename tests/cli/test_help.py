"""The help of every command: an example that is one, CONFIG by one name, completion, exit codes."""

import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from snakescribe import cli as command_line
from snakescribe.cli import cli
from snakescribe.cli.options import ConfigCommand
from snakescribe.cli.sections import SECTIONS, by_section
from snakescribe.paths import REPOSITORY

DEMO = str(REPOSITORY / "config" / "demo.yaml")


def walk(
    command: click.Command, path: tuple[str, ...] = ("snakescribe",)
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """A command -> its path and itself, and the same of all below it."""
    yield path, command
    if isinstance(command, click.Group):
        ctx = click.Context(command)
        for name in command.list_commands(ctx):
            inner = command.get_command(ctx, name)
            assert inner is not None
            yield from walk(inner, (*path, name))


ALL = {" ".join(path): command for path, command in walk(cli)}


def help_of(path: str) -> str:
    """The text of a command's help, as a wide terminal shows it."""
    result = CliRunner().invoke(cli, [*path.split()[1:], "--help"], terminal_width=200)
    assert result.exit_code == 0
    return result.output


def examples(text: str) -> list[str]:
    """The command lines in a help text, without what other programs do with them."""
    whole = re.sub(r"\\\n\s+", "", text)
    lines = re.findall(r"^ +(?:[A-Z_]+=\S+ )?(snakescribe .+)$", whole, re.MULTILINE)
    return [re.split(r" \| | > |\s{3,}", line)[0].strip() for line in lines]


def parse(line: str) -> click.Command:
    """A command line -> the command that it calls; NoSuchOption where it has other options."""
    command: click.Command = cli
    ctx = click.Context(cli, info_name="snakescribe")
    words = shlex.split(line)[1:]
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name, inner, words = command.resolve_command(ctx, words)
        assert inner is not None
        command, ctx = inner, click.Context(inner, info_name=name, parent=ctx)
    given, _, _ = command.make_parser(ctx).parse_args(words)
    if "--help" not in line:
        for param in command.params:
            if isinstance(param, click.Argument | click.Option) and param.required:
                assert given.get(str(param.name)) not in (None, ()), (line, param.name)
    return command


@pytest.mark.parametrize("path", ALL)
def test_every_help_has_an_example_that_is_one(path: str) -> None:
    lines = examples(help_of(path))
    assert any(line.startswith(path) for line in lines), path
    for line in lines:
        assert parse(line)


def test_what_is_no_example_is_known() -> None:
    with pytest.raises(click.NoSuchOption):
        parse("snakescribe status --no-such-option")
    with pytest.raises(click.UsageError):
        parse("snakescribe no-such-command")


def test_commands_stand_in_sections() -> None:
    names = cli.list_commands(click.Context(cli))
    assert "Others" not in dict(by_section(names))
    shown = help_of("snakescribe")
    places = [shown.index(f"\n{title}:\n") for title, _ in by_section(names)]
    assert places == sorted(places)
    for title, here in by_section(names):
        assert set(here) <= set(SECTIONS[title])
        for name in here:
            assert len(re.findall(rf"^  {name} ", shown, re.MULTILINE)) == 1
    assert "..." not in shown[places[0] :]
    assert by_section(["status", "new"]) is not None
    assert dict(by_section(["status", "new"]))["Others"] == ["new"]


CONFIGURED = sorted(
    path
    for path, command in ALL.items()
    if any(
        isinstance(param, click.Argument) and param.name in ("configfile", "config")
        for param in command.params
    )
)


def test_no_command_has_another_name_for_the_config() -> None:
    assert len(CONFIGURED) > 15
    for path, command in ALL.items():
        options = {name for param in command.params for name in param.opts}
        assert not {"--configfile", "--config"} & options, path


@pytest.mark.parametrize("path", [path for path in CONFIGURED if path != "snakescribe run"])
@pytest.mark.parametrize("old", [["--configfile", DEMO], [f"--configfile={DEMO}"]])
def test_config_is_an_argument_and_may_be_written_as_before(path: str, old: list[str]) -> None:
    command = ALL[path]
    assert "CONFIG" in help_of(path).splitlines()[0]
    assert isinstance(command, ConfigCommand)
    arguments = [param for param in command.params if isinstance(param, click.Argument)]
    config = next(param for param in arguments if param.name in ("configfile", "config"))
    place = arguments.index(config)
    others = ["7"] * (len(arguments) - 1)  # a number, a role, a text, an id, a folder
    new = [*others[:place], DEMO, *others[place:]]
    needed = [
        word
        for param in command.params
        if isinstance(param, click.Option) and param.required
        for word in (param.opts[0], "x")
    ]
    taken = command.make_context("x", [*needed, *new]).params
    assert command.make_context("x", [*others, *old, *needed]).params == taken
    assert command.make_context("x", [*old, *needed, *others]).params == taken
    assert str(taken[str(config.name)]) == DEMO


def test_an_old_form_without_a_value_is_told() -> None:
    result = CliRunner().invoke(cli, ["summary", "--configfile"])
    assert result.exit_code == 2
    assert "Missing argument 'CONFIG'" in result.output


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_asks_as_the_command_line_answers(
    shell: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = CliRunner().invoke(cli, ["completion", shell]).output
    assert f"_SNAKESCRIBE_COMPLETE={shell}_complete" in script
    assert script.endswith("\n")
    monkeypatch.setenv("_SNAKESCRIBE_COMPLETE", f"{shell}_complete")
    words = {"fish": ("snakescribe db", "sh")}.get(shell, ("snakescribe db sh", "2"))
    monkeypatch.setenv("COMP_WORDS", words[0])
    monkeypatch.setenv("COMP_CWORD", words[1])
    monkeypatch.setattr(sys, "argv", ["/somewhere/else.py"])
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    assert ended.value.code == 0
    assert "shell" in capsys.readouterr().out


@pytest.mark.slow
def test_bash_completes(tmp_path: Path) -> None:
    """A real bash sources the script and completes a command, an option and a choice."""
    program = tmp_path / "snakescribe"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m snakescribe "$@"\n')
    program.chmod(0o755)
    ask = (
        'eval "$(snakescribe completion bash)"; '
        'complete_line() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); '
        '_snakescribe_completion snakescribe; echo "${COMPREPLY[@]}"; }; '
        "complete_line snakescribe sta; complete_line snakescribe init --sour; "
        "complete_line snakescribe clean x.yaml --only sp"
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", ask],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.split() == ["status", "--source", "speech"], done.stderr


def exit_of(*arguments: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(sys, "argv", ["snakescribe", *arguments])
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    return ended.value.code


def test_exit_codes_are_those_of_the_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = (REPOSITORY / "docs" / "cli.md").read_text(encoding="utf-8")
    table = page.partition("## Exit codes")[2]
    told = set(map(int, re.findall(r"^\| (\d+) \|", table, re.MULTILINE)))
    assert told == {0, 1, 2, 3, 130}
    assert exit_of("config", "check", DEMO, monkeypatch=monkeypatch) == 0
    assert exit_of("config", "check", str(tmp_path / "none"), monkeypatch=monkeypatch) == 1
    assert exit_of("status", str(tmp_path), monkeypatch=monkeypatch) == 1
    assert exit_of("statsu", monkeypatch=monkeypatch) == 2
    assert exit_of("status", "--nothing", monkeypatch=monkeypatch) == 2
    assert exit_of("summary", str(tmp_path / "none"), monkeypatch=monkeypatch) == 2

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    capsys.readouterr()
    monkeypatch.setattr("snakescribe.workflow.read.read_run", interrupted)
    assert exit_of("status", DEMO, monkeypatch=monkeypatch) == 130
    assert capsys.readouterr().err == "interrupted\n"


COLOUR = r"\x1b\[(\d+;)*[349]\d"  # bold print is none


def at_terminal(*arguments: str, **variables: str) -> str:
    """What a command shows at a real terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "snakescribe", *arguments],
        env={**os.environ, "TERM": "xterm-256color", **variables},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    try:
        while block := os.read(ours, 4096):
            shown += block
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    process.wait(timeout=60)
    return shown.decode()


@pytest.mark.slow
def test_colours_are_for_terminals_that_want_them(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    (folder / "store").mkdir(parents=True)
    (folder / "config.yaml").write_text(
        f"results: {folder}\nrecordings: [{{source: folder, path: {REPOSITORY}/resources/demo}}]\n"
    )
    for arguments in (
        ["config", "check", "none.yaml"],
        ["doctor", "--only", "python"],
        ["status", str(folder)],
    ):
        assert re.search(COLOUR, at_terminal(*arguments)), arguments
        assert not re.search(COLOUR, at_terminal(*arguments, NO_COLOR="1")), arguments
        piped = subprocess.run(
            [sys.executable, "-m", "snakescribe", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert piped.stdout + piped.stderr
        assert "\x1b" not in piped.stdout + piped.stderr, arguments
