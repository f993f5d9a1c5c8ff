"""What the repository promises about itself: pins, documented rules and commands, short files."""

import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from snakescribe.cli import COMMANDS, cli
from snakescribe.paths import REPOSITORY

RULE_FILES = sorted((REPOSITORY / "workflow" / "rules").glob("*.smk"))


def pins() -> set[str]:
    lines = (REPOSITORY / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return {line.partition(";")[0].strip().lower() for line in lines}


@pytest.mark.parametrize("path", sorted((REPOSITORY / "envs").glob("*.yaml")), ids=lambda p: p.stem)
def test_environments_pin_what_requirements_pin(path: Path) -> None:
    dependencies = yaml.safe_load(path.read_text(encoding="utf-8"))["dependencies"]
    packages = next(one["pip"] for one in dependencies if isinstance(one, dict))
    assert {package.lower() for package in packages} <= pins()


def test_the_snakefile_is_short() -> None:
    assert (
        len((REPOSITORY / "workflow" / "Snakefile").read_text(encoding="utf-8").splitlines()) <= 60
    )
    assert (
        len((RULE_FILES[0].parent / "common.smk").read_text(encoding="utf-8").splitlines()) <= 150
    )


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda p: p.stem)
def test_every_rule_says_what_it_does(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith('"""\n')
    for name, following in re.findall(
        r"^(?:rule|checkpoint) (\w+):\n( +\S.*)$", text, re.MULTILINE
    ):
        assert following.strip().startswith('"""'), name


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0
    assert result.output.startswith("Usage:")


def test_no_module_is_long() -> None:
    for path in (REPOSITORY / "scripts").rglob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 320, path
