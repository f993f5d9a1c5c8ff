"""What all tests share: a plain environment, real weights, fetched once, and a real Postgres."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg2
import pytest
from hypothesis import settings

from processor_time import ProcessorTime
from snakescribe.database.embedded import EmbeddedServer
from snakescribe.paths import REPOSITORY
from snakescribe.transcribe.engines.faster_whisper import FasterWhisper
from snakescribe.transcribe.engines.moonshine import Moonshine

# A loaded machine is no failed test. The unit layer tries a few examples, all tests together many.
settings.register_profile("all", deadline=None)
settings.register_profile("unit", settings.get_profile("all"), max_examples=20)

UNIT_LAYER = "not slow"  # as `make test-fast` calls it
# Who asks for one of these is in the second layer: real weights, a real Postgres.
DEAR_FIXTURES = frozenset({"tiny_en", "moonshine_tiny_en", "open_folder", "postgres"})


def pytest_addoption(parser: pytest.Parser) -> None:
    help_text = "name the tests that take more than SECONDS of processor time"
    parser.addoption("--dear", type=float, metavar="SECONDS", help=help_text)


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("unit" if config.option.markexpr == UNIT_LAYER else "all")
    limit = config.getoption("dear")
    if limit is not None:
        config.pluginmanager.register(ProcessorTime(limit))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if DEAR_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


# What a user's shell may set and what would change what is tested: our own settings, keys of
# services, the defaults of Postgres's clients, the batch system's job, the look of what is printed,
# and what tests that start a pytest of their own would hand on.
FOREIGN = ("SNAKESCRIBE_", "OPENAI_", "PG", "SLURM_")
LOOKS = ("COLUMNS", "LINES", "FORCE_COLOR", "CLICOLOR_FORCE", "NO_COLOR", "TTY_COMPATIBLE")
KEPT = ("SNAKESCRIBE_CACHE", "SNAKESCRIBE_FFMPEG")  # where this machine keeps them


@pytest.fixture(scope="session", autouse=True)
def plain_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Take away what the tester's shell sets; servers of tests are reached without any proxy.

    Programs beside the running Python are not on the path: they need not be on others' either.
    """
    with pytest.MonkeyPatch.context() as environment:
        beside = Path(sys.executable).parent
        places = os.environ["PATH"].split(os.pathsep)
        kept = os.pathsep.join(place for place in places if Path(place) != beside)
        environment.setenv("PATH", kept)
        for name in list(os.environ):
            if name.startswith(FOREIGN) and name not in KEPT:
                environment.delenv(name)
        for name in (*LOOKS, "YOUTUBE_API_KEY", "VIDEOSITE", "PYTEST_ADDOPTS"):
            environment.delenv(name, raising=False)
        # The rates of tests are no user's.
        environment.setenv(
            "SNAKESCRIBE_RATES", str(tmp_path_factory.mktemp("rates") / "rates.jsonl")
        )
        for name in ("no_proxy", "NO_PROXY"):
            given = os.environ.get(name)
            environment.setenv(name, f"{given},127.0.0.1" if given else "127.0.0.1")
        yield


@pytest.fixture(scope="session", autouse=True)
def fsync_at_once() -> Iterator[None]:
    """What tests write need not outlive a power cut: a disk takes milliseconds for each file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture(scope="session")
def tiny_en() -> dict[str, Any]:
    """The receipt of Whisper tiny.en: real weights, verified."""
    return {**FasterWhisper.fetch_weights("tiny.en"), "engine": "faster-whisper"}


@pytest.fixture(scope="session")
def moonshine_tiny_en() -> dict[str, Any]:
    """The receipt of Moonshine tiny: real weights, verified."""
    return {**Moonshine.fetch_weights("moonshine-tiny.en"), "engine": "moonshine"}


@pytest.fixture(scope="session")
def demo_audio() -> Path:
    """The folder of the bundled recordings."""
    return REPOSITORY / "resources" / "demo" / "audio"


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A folder that a server's user can reach.

    Not one of pytest's own: any other pytest that starts takes the way to those away from others.
    """
    with TemporaryDirectory(prefix="snakescribe-test-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def server(open_folder: Path) -> Iterator[EmbeddedServer]:
    """One embedded server for all tests of the session."""
    server = EmbeddedServer(open_folder / "results" / "postgres")
    with server.use() as url:
        admin = psycopg2.connect(url)
        admin.autocommit = True
        with admin.cursor() as cursor:
            for option in ("fsync", "full_page_writes", "synchronous_commit"):
                cursor.execute(f"alter system set {option} = off")
            cursor.execute("select pg_reload_conf()")
        admin.close()
        yield server


@pytest.fixture
def database(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of an empty database, which the environment names too."""
    connection = psycopg2.connect(server.url)
    with connection, connection.cursor() as cursor:
        cursor.execute("drop schema public cascade")
        cursor.execute("create schema public")
    connection.close()
    monkeypatch.setenv("SNAKESCRIBE_DATABASE_URL", server.url)
    return server.url
