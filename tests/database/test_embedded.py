"""The embedded server: odd paths, several users at once, root and not root, what is left behind."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import yaml
from click.testing import CliRunner

from snakescribe.cli import cli
from snakescribe.database.address import embedded_folder
from snakescribe.database.embedded import EmbeddedServer
from snakescribe.errors import UserError

pytestmark = pytest.mark.slow

ODD = "a b $HOME; `id` 'q' é"
USE = """
import os, sys, time
import psycopg2
from pathlib import Path
from snakescribe.database.embedded import EmbeddedServer
from snakescribe.database.binaries import find_binaries
find_binaries(Path("."))  # import all now: that user may not be able to read the modules
if len(sys.argv) > 2 and os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
with EmbeddedServer(Path(sys.argv[1])).use() as url:
    connection = psycopg2.connect(url)
    time.sleep(0.5)
    with connection.cursor() as cursor:
        cursor.execute("select 1")
        print(cursor.fetchone())
"""


def start_user(folder: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", USE, str(folder), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def odd(open_folder: Path) -> Iterator[EmbeddedServer]:
    """A server whose path a shell would trip over."""
    server = EmbeddedServer(embedded_folder(open_folder / ODD))
    yield server
    server.stop()


@pytest.fixture
def configfile(odd: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A config whose results hold that server."""
    monkeypatch.delenv("SNAKESCRIBE_DATABASE_URL", raising=False)
    path = tmp_path / "config.yaml"
    config = {
        "results": str(odd.folder.parent),
        "recordings": [{"source": "folder", "path": "talks"}],
        "models": {"tiny": {"weights": "tiny.en"}},
        "experiments": {"study": {}},
    }
    path.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    return path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, list(arguments))
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def test_two_at_once_share_a_new_server_and_the_last_one_stops_it(odd: EmbeddedServer) -> None:
    users = [start_user(odd.folder) for _ in range(2)]
    for user in users:
        out, err = user.communicate(timeout=120)
        assert (user.returncode, out) == (0, "(1,)\n"), err
        assert "Warning" not in err
    assert not odd.is_running()
    assert not odd.socket_folder.exists()


def test_url_works_and_the_server_stays_until_stop(odd: EmbeddedServer, configfile: Path) -> None:
    out = run("db", "url", "--configfile", str(configfile))
    assert out.count("\n") == 1
    psycopg2.connect(out.strip()).close()
    with odd.use():
        pass
    assert odd.is_running(), "a load must not stop what `db url` started"
    assert run("db", "url", "--configfile", str(configfile)) == out
    assert run("db", "stop", "--configfile", str(configfile)) == "stopped\n"
    assert not odd.is_running()
    assert "not running" in run("db", "stop", "--configfile", str(configfile))


def test_shell_runs_sql_and_only_reads(
    odd: EmbeddedServer, configfile: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shell = ["db", "shell", "--configfile", str(configfile), "-c"]
    run(*shell, "select 'x' || 'y' as found")
    assert "xy" in capfd.readouterr().out
    refused = CliRunner().invoke(cli, [*shell, "create table mine (a int)"])
    assert refused.exit_code != 0
    assert "read-only" in capfd.readouterr().err
    run(*shell, "create table mine (a int)", "--write")
    odd.stop()


def test_a_killed_server_is_started_again(odd: EmbeddedServer) -> None:
    pid_file = odd.data / "postmaster.pid"
    odd.stop()
    pid_file.write_text(f"{os.getpid()}\n{odd.data}\n0\n5432\n\n\n\nready\n", encoding="utf-8")
    with odd.use() as url:
        psycopg2.connect(url).close()
    assert not odd.is_running()


def test_a_server_is_stopped_where_the_way_to_it_was_closed_meanwhile(open_folder: Path) -> None:
    """By a program that keeps its folders to itself, as any pytest does that starts."""
    server = EmbeddedServer(embedded_folder(open_folder / "closed"))
    with server.use():
        server.folder.parent.chmod(0o700)
    assert not server.is_running()


def test_a_server_of_another_machine_is_left_alone(odd: EmbeddedServer) -> None:
    host, pid_file = odd.folder / "host", odd.data / "postmaster.pid"
    host.write_text("another-machine\n", encoding="utf-8")
    pid_file.write_text("1\n", encoding="utf-8")
    try:
        with pytest.raises(UserError, match=r"another-machine.*postmaster\.pid"), odd.use():
            pass
    finally:
        host.unlink()
        pid_file.unlink()


def test_a_copied_folder_has_a_server_of_its_own(odd: EmbeddedServer, open_folder: Path) -> None:
    with odd.use() as url, psycopg2.connect(url) as connection:
        connection.cursor().execute("create table if not exists copied (a int)")
    copy = EmbeddedServer(embedded_folder(open_folder / "copy"))
    shutil.copytree(odd.folder, copy.folder)  # made by root, it is root's, which Postgres refuses
    with copy.use() as url, psycopg2.connect(url) as connection:
        connection.cursor().execute("select a from copied")


def test_the_error_is_what_this_start_said(odd: EmbeddedServer, open_folder: Path) -> None:
    broken = EmbeddedServer(embedded_folder(open_folder / "broken"))
    with odd.use():
        pass
    shutil.copytree(odd.folder, broken.folder)
    (broken.data / "global" / "pg_control").unlink()
    with broken.log.open("a", encoding="utf-8") as log:
        log.write("2026-01-01 FATAL:  what an earlier start said\n")
    with pytest.raises(UserError, match=r"pg_control"), broken.use():
        pass


def test_a_user_who_is_not_root_and_a_long_path(open_folder: Path) -> None:
    folder = open_folder / ("long" * 30)
    folder.mkdir()
    folder.chmod(0o777)
    user = start_user(folder / "postgres", "not root")
    out, err = user.communicate(timeout=120)
    assert (user.returncode, out) == (0, "(1,)\n"), err
    assert len(str(EmbeddedServer(folder / "postgres").socket_folder)) < 60


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "postgres").write_text("a file, not a folder", encoding="utf-8")
    with pytest.raises(UserError, match=r"cannot keep a database here.*database\.url"):
        EmbeddedServer(tmp_path / "postgres").keep()
