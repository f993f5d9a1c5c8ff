"""Every code block of the documentation does what it shows."""

import ast
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
import yaml
from click.testing import CliRunner
from pages import PAGES, Block, blocks, name_of
from snakemake.cli import get_argument_parser

from snakescribe.cli import cli
from snakescribe.config.root import Config
from snakescribe.config.yaml_file import parse_strictly
from snakescribe.notices import Kind, notify
from snakescribe.paths import REPOSITORY

KINDS = {
    *("bash", "duckdb", "mermaid", "python", "r", "sql", "text", "toml", "yaml", ""),
}
RULES = REPOSITORY / "workflow" / "rules"
SHORTEST = {
    "recordings": [{"source": "folder", "path": "talks"}],
    "models": {"tiny": {"weights": "tiny"}},
}
# Programs of others, which pages call beside ours.
OTHERS = {
    *("cd", "cp", "docker", "duckdb", "export", "git", "pip", "psql", "python", "salloc", "."),
    *("docker/run-in-docker.sh", "pre-commit", "sinfo", "curl", "open", "sbatch"),
}


def find_commands() -> Iterator[Any]:
    """Each line of a page that calls a program: of blocks of bash, and lines of ours elsewhere."""
    for block in blocks("bash"):
        for line in block.text.replace("\\\n", " ").splitlines():
            if line.strip() and not line.lstrip().startswith("#"):
                yield pytest.param(line.strip(), id=f"{block}:{line.strip()[:30]}")
    ours = re.compile(
        r"^(?: {4,}|)((?:snakescribe|snakemake) [a-z-].*?)(?: {3,}.*)?$", re.MULTILINE
    )
    for block in blocks("", "text"):
        for line in ours.findall(block.text):
            yield pytest.param(line, id=f"{block}:{line[:30]}")
    for page in PAGES:
        for line in re.findall(
            r"^ {4}((?:snakescribe|snakemake) [a-z-].*)$",
            page.read_text(encoding="utf-8"),
            re.MULTILINE,
        ):
            yield pytest.param(line, id=f"{name_of(page)}:{line[:30]}")


def targets() -> set[str]:
    texts = (path.read_text(encoding="utf-8") for path in RULES.glob("*.smk"))
    return {
        name
        for text in texts
        for name in re.findall(r"^(?:rule|checkpoint) (\w+):", text, re.MULTILINE)
    }


def check_ours(words: list[str]) -> None:
    """A call of snakescribe: its command is there and has these options and arguments."""
    command: click.Command = cli
    context = click.Context(cli, info_name="snakescribe")
    while isinstance(command, click.Group):
        while words and words[0].startswith("-"):
            assert words[0] in {"-v", "--verbose", "--version", "--help"}, words
            words = words[1:]
        if not words:
            return
        name, below, words = command.resolve_command(context, list(words))
        assert below is not None, f"no command {name}"
        command, context = below, click.Context(below, info_name=name, parent=context)
    parser = command.make_parser(context)
    values, rest, _ = parser.parse_args(list(words))
    assert not rest, rest
    for parameter in command.params:
        if parameter.required and "--help" not in words:
            assert values.get(str(parameter.name)) not in (None, ()), parameter.name


@pytest.mark.parametrize("line", [*find_commands()])
def test_a_command_could_be_given(line: str) -> None:
    line = re.sub(r"\s+#.*$", "", line)
    for part in re.split(r"\s*(?:&&|\||;)\s*", line):
        words = shlex.split(re.split(r"\s+>", re.sub(r'"\$\((.*)\)"', r"\1", part))[0])
        while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
            words = words[1:]
        if not words:
            continue
        program, *words = words
        if program == "snakescribe":
            check_ours(words)
        elif program == "snakemake":
            given = get_argument_parser().parse_args(words)
            assert set(given.targets) <= targets() | {"FILE"}, given.targets
        elif program == "make":
            text = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
            for word in words:
                if "=" not in word:
                    assert re.search(rf"^{word}:", text, re.MULTILINE), word
        else:
            assert program in OTHERS, line


def test_every_block_says_what_it_is() -> None:
    for page in PAGES:
        for kind in re.findall(r"^ *```([\w-]+)", page.read_text(encoding="utf-8"), re.MULTILINE):
            assert kind in KINDS, (name_of(page), kind)


@pytest.mark.parametrize("block", blocks("yaml"), ids=str)
def test_yaml_is_in_the_grammar(block: Block) -> None:
    sections = parse_strictly(block.text)
    sections = yaml.safe_load(yaml.safe_dump(sections)) if sections else {}
    texts = yaml.load(block.text, yaml.BaseLoader)
    for source in texts.get("recordings", []):  # days are texts
        if "match_filters" in source:
            place = sections["recordings"][texts["recordings"].index(source)]["match_filters"]
            for key in ("event_from", "event_to", "published_from", "published_to"):
                if key in place:
                    place[key] = str(place[key])
    assert Config.model_validate({**SHORTEST, **sections}).model_fields_set >= sections.keys()


WHOLE = [
    block
    for block in blocks("yaml")
    if {"recordings", "experiments"} <= yaml.safe_load(block.text).keys()
]


@pytest.mark.parametrize("block", WHOLE, ids=str)
def test_a_whole_config_passes_the_check(
    block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a folder that has what the page says that its reader has."""
    if block.page in {"docs/plugins.md"}:  # tests/plugins runs it
        return
    monkeypatch.chdir(tmp_path)
    (tmp_path / "resources").symlink_to(REPOSITORY / "resources")
    for name in ("talks", "vendor"):
        (tmp_path / name).mkdir()
        (tmp_path / name / ("a.mp3" if name == "talks" else "a.txt")).write_text("hello there")
    for name in ("references", "transcripts"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text("hello there")
    Path("page.yaml").write_text(block.text, encoding="utf-8")
    done = CliRunner().invoke(cli, ["config", "check", "--offline", "page.yaml"])
    assert done.exit_code == 0, (done.output, done.exception)
    assert "passes (one model on one audio variant each)" in done.output


# Blocks that begin with a file's name are run by tests/plugins, those of these pages by tests/load.
NAMED = re.compile(r"^# \S+\.py\n")
RUN_ELSEWHERE = {"docs/load.md", "docs/howto/results.md"}


@pytest.mark.slow
@pytest.mark.parametrize("block", blocks("python"), ids=str)
def test_python_runs(block: Block) -> None:
    """What a page has loaded before is there: sound, and a recording's name."""
    if block.page in RUN_ELSEWHERE or NAMED.match(block.text):
        ast.parse(block.text)
        return
    before = {
        "samples": np.sin(np.arange(16_000, dtype=np.float32) / 20),
        "name": "talk",
        "notify": notify,
        "Kind": Kind,
    }
    exec(compile(block.text, str(block), "exec"), before)
    assert (
        before.keys() - {"samples", "name", "notify", "Kind", "__builtins__"} or "(" in block.text
    )


@pytest.mark.parametrize("block", blocks("toml"), ids=str)
def test_toml_is_toml(block: Block) -> None:
    assert tomllib.loads(block.text)
