"""An installed wheel works where there is no repository: what the package reads is in it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from snakescribe.cli import COMMANDS
from snakescribe.database.embedded import EmbeddedServer
from snakescribe.load.migrate import list_migrations
from snakescribe.paths import REPOSITORY

pytestmark = pytest.mark.slow

SOURCES = ("LICENSE", "README.md", "envs", "pyproject.toml", "resources", "scripts", "workflow")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
MIGRATE = """
import sys
import psycopg2
from snakescribe.load.migrate import migrate
print(migrate(psycopg2.connect(sys.argv[1])))
"""
Call = Callable[..., str]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what the wheel installs, and nothing of the repository."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in SOURCES:  # a copy: setuptools builds inside the folder that it is given
        path = REPOSITORY / name
        if path.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "demo")
            shutil.copytree(path, source / name, symlinks=True, ignore=ignored)
        else:
            shutil.copy(path, source / name)
    build = ("wheel", "--no-deps", "--no-index", "--no-build-isolation")
    subprocess.run([*PIP, *build, "--wheel-dir", folder, source], check=True, timeout=120)
    shutil.rmtree(source)
    (wheel,) = folder.glob("snakescribe-*.whl")
    target = folder / "installed"
    install = ("install", "--no-deps", "--no-index", "--target", target, wheel)
    subprocess.run([*PIP, *install], check=True, timeout=120)
    return target


@pytest.fixture
def python(installed: Path, tmp_path: Path) -> Call:
    """Call Python in a folder of its own, with the wheel's package -> all that it printed."""
    environment = {**os.environ, "PYTHONPATH": str(installed)}

    def call(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            encoding="utf-8", timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
        return done.stdout

    return call


@pytest.fixture
def snakescribe(python: Call) -> Call:
    """The installed command line."""
    return lambda *arguments: python("-m", "snakescribe", *arguments)


def write_config(folder: Path, results: Path) -> None:
    (folder / "talks").mkdir()
    (folder / "talks" / "talk.wav").touch()  # a run would find it empty; a check looks for names
    config = {
        "results": str(results),
        "recordings": [{"source": "folder", "path": "talks"}],
        "models": {"tiny": {"weights": "tiny.en"}},
        "experiments": {"study": {}},
    }
    (folder / "mine.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")


def test_it_is_the_wheel_that_runs(python: Call, installed: Path) -> None:
    place = python("-c", "import snakescribe; print(snakescribe.__file__)").strip()
    assert Path(place).is_relative_to(installed)


def test_all_files_that_it_reads_are_in_the_wheel(installed: Path) -> None:
    package = installed / "snakescribe"
    assert (package / "py.typed").is_file()
    assert not [path for path in package.rglob("*") if path.is_symlink()]
    for name in ("workflow", "envs", "resources/sql", "resources/models.yaml"):
        place = REPOSITORY / name
        for path in [place, *place.rglob("*")]:
            if path.is_file() and "__pycache__" not in path.parts:
                copy = package / "shipped" / path.relative_to(place.parent)
                assert copy.read_bytes() == path.read_bytes(), copy
    sources = REPOSITORY / "scripts" / "snakescribe"
    for path in sources.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert (package / path.relative_to(sources)).is_file(), path


def test_every_command_has_help(snakescribe: Call) -> None:
    listed = snakescribe("--help")
    for name in COMMANDS:
        assert name in listed
        assert snakescribe(name, "--help").startswith("Usage:")


def test_configs_are_checked_and_options_and_models_listed(
    snakescribe: Call, tmp_path: Path
) -> None:
    write_config(tmp_path, tmp_path / "results")
    assert "tiny.raw" in snakescribe("config", "check", "mine.yaml")
    assert "bootstrap_replicates" in snakescribe("config", "options")
    assert "tiny.en" in snakescribe("models", "list")


def test_the_database_gets_its_tables(
    python: Call, snakescribe: Call, tmp_path: Path, open_folder: Path
) -> None:
    results = open_folder / "wheel"
    write_config(tmp_path, results)
    url = snakescribe("db", "url", "--configfile", "mine.yaml").splitlines()[-1]
    try:
        assert url == EmbeddedServer(results / "postgres").url
        assert python("-c", MIGRATE, url) == f"{list_migrations()[-1].version}\n"
    finally:
        snakescribe("db", "stop", "--configfile", "mine.yaml")


def test_the_workflow_is_in_the_wheel_and_plans_a_run(
    python: Call, installed: Path, tmp_path: Path
) -> None:
    write_config(tmp_path, tmp_path / "results")
    snakefile = str(installed / "snakescribe" / "shipped" / "workflow" / "Snakefile")
    options = ("--dry-run", "--cores", "1", "--configfile", "mine.yaml", "--snakefile", snakefile)
    assert "checkpoint resolve_items:" in python("-m", "snakemake", *options)


def test_run_finds_the_workflow_and_the_logger_of_the_wheel(
    snakescribe: Call, installed: Path, tmp_path: Path
) -> None:
    write_config(tmp_path, tmp_path / "results")
    told = snakescribe("run", "mine.yaml", "--dry-run", "--cores", "1")
    snakefile = installed / "snakescribe" / "shipped" / "workflow" / "Snakefile"
    line = f"snakemake --snakefile {snakefile} --configfile mine.yaml --cores 1 --dry-run"
    assert told.startswith(f"{line} --logger snakescribe\n")
    assert "checkpoint resolve_items:" in told
