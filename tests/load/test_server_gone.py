"""A server that goes away in the middle, and servers that refuse: what is done and what is said."""

import os
import re
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from load_study import Study

from snakescribe.database import access
from snakescribe.database.connect import connected
from snakescribe.database.embedded import EmbeddedServer, _first_cause
from snakescribe.database.server_user import ServerUser
from snakescribe.errors import UserError
from snakescribe.load import experiment
from snakescribe.load.staging import Staging

Breaker = Callable[[int, Callable[[Any], None]], None]


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> Breaker:
    """A function: how often a load is disturbed in the middle, and what disturbs it."""

    stage = experiment._stage_experiment

    def disturb(times: int, disturbance: Callable[[Any], None]) -> None:
        left = [None] * times

        def staged(staging: Staging, *arguments: Any) -> None:
            if left:
                left.pop()
                disturbance(staging.cursor)
            stage(staging, *arguments)

        monkeypatch.setattr(experiment, "_stage_experiment", staged)

    return disturb


def end_loads(url: str) -> None:
    """End all connections of loads, as a server does that is stopped."""
    admin = psycopg2.connect(url)
    with admin, admin.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
            "where application_name = 'snakescribe'"
        )
    admin.close()


def end_at_work(url: str, cursor: Any) -> None:
    """The same, while the server works for the load and not while it waits for rows."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: (time.sleep(0.3), end_loads(url)))
        cursor.execute("select pg_sleep(60)")


# Which of them arrives before the connection ends is the system's affair.
WORDS = re.compile("terminating connection due to administrator|server closed the connection")


@pytest.mark.parametrize("is_at_work", [True, False])
def test_a_server_that_goes_away_is_asked_once_more_and_said_by_its_own_words(
    study: Study,
    database: str,
    breaking: Breaker,
    caplog: pytest.LogCaptureFixture,
    is_at_work: bool,
) -> None:
    def disturb(cursor: Any) -> None:
        if is_at_work:
            end_at_work(database, cursor)
        else:
            end_loads(database)

    caplog.set_level("INFO")
    breaking(1, disturb)
    assert study.load()["rows"]["words"] == 32
    assert WORDS.search(caplog.text)
    assert "trying once more" in caplog.text
    study.texts["talk-0000"] = "another text"
    study.write()
    breaking(2, disturb)
    result = study.run_load(study.folder / "receipt.json")
    assert isinstance(result.exception, UserError)
    said = str(result.exception)
    assert WORDS.search(said)
    assert "the server was stopped" in said
    assert "already closed" not in said


def test_an_embedded_server_that_is_killed_is_started_again(
    open_folder: Path, breaking: Breaker
) -> None:
    study = Study(open_folder / "killed")
    study.write()
    server = EmbeddedServer(study.folder.resolve() / "postgres")

    def kill(_: Any) -> None:
        pid = (server.data / "postmaster.pid").read_text(encoding="utf-8").split()[0]
        os.kill(int(pid), signal.SIGQUIT)

    breaking(1, kill)
    assert study.load()["rows"]["words"] == 32
    assert not server.is_running()


def test_one_that_does_not_come_back(
    study: Study, database: str, breaking: Breaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "RETURN_SECONDS", 0)

    def stop(_: Any) -> None:
        end_loads(database)
        monkeypatch.setenv("SNAKESCRIBE_DATABASE_URL", "postgresql://postgres@127.0.0.1:1/x")

    breaking(1, stop)
    result = study.run_load(study.folder / "receipt.json")
    assert isinstance(result.exception, UserError)
    assert "does not answer" in str(result.exception)
    assert "start the server, or correct host and port" in str(result.exception)


@pytest.mark.parametrize(
    ("prepare", "user", "advice"),
    [
        ("create role reader login", "reader", "grant create"),
        ("create table words (theirs int)", "postgres", "a schema of its own"),
        ("alter role postgres set default_transaction_read_only = on", "postgres", "the primary"),
        ("alter role postgres set statement_timeout = '1ms'", "postgres", "statement_timeout"),
        ("alter role postgres set search_path = nowhere", "postgres", "create schema"),
    ],
)
def test_a_refusal_says_the_remedy(
    study: Study,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    prepare: str,
    user: str,
    advice: str,
) -> None:
    def admin(sql: str) -> None:
        connection = psycopg2.connect(database, options="-c default_transaction_read_only=off")
        with connection, connection.cursor() as cursor:
            cursor.execute("set statement_timeout = 0; set search_path = public")
            cursor.execute(sql)
        connection.close()

    admin(prepare)
    monkeypatch.setenv("SNAKESCRIBE_DATABASE_URL", database.replace("postgres@", f"{user}@"))
    try:
        result = study.run_load(study.folder / "receipt.json")
    finally:
        admin("alter role postgres reset all; drop role if exists reader")
    assert isinstance(result.exception, UserError), result.output
    assert advice in str(result.exception)
    assert "log says more" not in str(result.exception)


@pytest.mark.parametrize(
    ("part", "other", "advice"),
    [
        ("/postgres?", "/nowhere?", "createdb NAME"),
        ("postgres@", "nobody@", "createuser NAME"),
        ("host=", "host=/nowhere", "the folder of its socket"),
    ],
)
def test_who_cannot_connect_is_told_what_to_do(
    database: str, part: str, other: str, advice: str
) -> None:
    url = database.replace(part, other)
    with pytest.raises(UserError, match="does not answer") as caught, connected(url, "here"):
        pass
    assert advice in str(caught.value)


def test_what_initdb_says_first_is_the_cause() -> None:
    said = """
        running bootstrap script ... 2026-01-01 00:00:00.000 UTC [7] FATAL:  could not write to file "pg_wal/xlogtemp.7": No space left on device
        child process exited with exit code 1
        initdb: removing contents of data directory "/x"
        initdb: error: could not remove contents of data directory
    """  # noqa: E501
    assert "No space left on device" in _first_cause(said)
    detail = "FATAL:  could not create shared memory segment\nDETAIL:  it was shmget\nchild exited"
    assert _first_cause(detail).endswith("DETAIL:  it was shmget")
    assert _first_cause("quiet\nlast\n") == "last"


def test_an_initdb_that_fails_shows_it(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = EmbeddedServer(open_folder / "full" / "postgres")
    real = ServerUser.run
    monkeypatch.setattr(
        ServerUser,
        "run",
        lambda user, program, *arguments: real(
            user, Path("/bin/sh"), "-c", 'ulimit -f 512; exec "$0" "$@"', str(program), *arguments
        ),
    )
    with pytest.raises(UserError, match="cannot make a database here") as caught, server.use():
        pass
    assert "exit code" not in str(caught.value)
    assert "removing" in server.log.read_text(encoding="utf-8"), "all of it is there"
