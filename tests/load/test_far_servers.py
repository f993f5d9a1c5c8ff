"""A database behind SSH, on TCP with TLS, with passwords in libpq's own files."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import yaml
from click.testing import CliRunner
from far import Gateway, make_certificate, ssh_gateway, tcp_front
from load_study import Ask, Study

from snakescribe.cli import cli
from snakescribe.database import access
from snakescribe.database.embedded import SOCKET_NAME, EmbeddedServer
from snakescribe.errors import UserError
from snakescribe.load import experiment
from snakescribe.load.staging import Staging

SSH = "SNAKESCRIBE_DATABASE_SSH"
URL = "SNAKESCRIBE_DATABASE_URL"


@pytest.fixture
def gateway(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    database: str,  # noqa: ARG001
) -> Iterator[Gateway]:
    """An SSH server; the environment says that the database is to be reached by way of it."""
    monkeypatch.setenv("HOME", str(tmp_path))  # no ~/.ssh of ours
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    folder = tmp_path / "ssh"
    folder.mkdir()
    with ssh_gateway(folder) as started:
        monkeypatch.setenv(SSH, json.dumps(started.settings))
        yield started


def refusal(study: Study, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(access, "RETURN_SECONDS", 0)
    exception = study.run_load(study.folder / "receipt.json").exception
    assert isinstance(exception, UserError), exception
    return str(exception)


def test_a_load_through_a_tunnel(study: Study, ask: Ask, gateway: Gateway) -> None:
    receipt = study.load()
    assert receipt["database"].endswith("/postgres by way of 127.0.0.1")
    assert ask("select count(*) from words") == [(32,)]
    assert len(gateway.connections) == 1
    assert study.load() == receipt


def test_the_section_of_a_config(
    study: Study, gateway: Gateway, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    study.load()
    monkeypatch.delenv(SSH)
    monkeypatch.delenv(URL)
    config = study.folder.parent / "config.yaml"
    section = {"url": server.url, "ssh": gateway.settings}
    config.write_text(yaml.safe_dump({**study.config, "database": section}), encoding="utf-8")
    place = ["--configfile", str(config)]
    shell = ["db", "shell", *place, "-c", "select count(*) || ' words' from words"]
    assert CliRunner().invoke(cli, shell).exit_code == 0
    assert "32 words" in capfd.readouterr().out
    assert "present" in CliRunner().invoke(cli, ["db", "runs", *place]).output
    told = CliRunner().invoke(cli, ["db", "url", *place]).exception
    assert "db tunnel" in str(told)
    assert "not ours to stop" in CliRunner().invoke(cli, ["db", "stop", *place]).output
    (study.folder.parent / "talks").mkdir()
    (study.folder.parent / "talks" / "a.wav").touch()
    checked = CliRunner().invoke(cli, ["config", "check", str(config)])
    assert checked.exit_code == 0, (checked.output, checked.exception)


def test_a_tunnel_for_other_programs(study: Study, gateway: Gateway) -> None:
    study.load()
    config = study.folder.parent / "config.yaml"
    config.write_text(yaml.safe_dump(study.config), encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "snakescribe", "db", "tunnel", "--configfile", str(config)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ},
    ) as process:  # fmt: skip
        assert process.stdout and process.stderr
        url = process.stdout.readline().strip()
        assert "Ctrl-C" in process.stderr.readline()
        connection = psycopg2.connect(url)
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from words")
            assert cursor.fetchone() == (32,)
        connection.close()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0, process.stderr.read()
    assert len(gateway.connections) == 2
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(url)


def test_without_ssh_there_is_no_way_to_hold_open(study: Study) -> None:
    config = study.folder.parent / "config.yaml"
    config.write_text(yaml.safe_dump(study.config), encoding="utf-8")
    told = CliRunner().invoke(cli, ["db", "tunnel", "--configfile", str(config)]).exception
    assert "no way by SSH" in str(told)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"known_hosts": "nobody"}, "compare the fingerprint"),
        ({"key": "other"}, "lets you in without a password"),
        ({"key": "locked"}, "ssh-add"),
        ({"key": "missing"}, "correct `key`"),
        ({"port": 9}, "that the machine is up"),
        ({"host": "no.such.host.invalid"}, "check `host`"),
    ],
)
def test_a_way_that_is_closed(
    study: Study, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any],
    said: str,
) -> None:  # fmt: skip
    (gateway.folder / "nobody").write_text("", encoding="utf-8")
    files = {
        key: str(gateway.folder / value)
        for key, value in change.items()
        if "." not in str(value) and key != "port"
    }
    monkeypatch.setenv(SSH, json.dumps({**gateway.settings, **change, **files}))
    told = refusal(study, monkeypatch)
    assert told.startswith("database.ssh: no way to ")
    assert said in told


def test_nobody_listens_behind_the_gateway(
    study: Study, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.forwards = False
    assert "AllowTcpForwarding" in refusal(study, monkeypatch)
    gateway.forwards = True
    monkeypatch.setenv(URL, "postgresql://ann:hunter2@127.0.0.1:9/db")
    told = refusal(study, monkeypatch)
    assert "nobody listens at the host and port" in told
    assert "hunter2" not in told


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://a,b/db", "leads to one host"),
        ("postgresql:///?service=speech", "leads to one host"),
        ("", "no server to reach"),
    ],
)
def test_what_no_tunnel_leads_to(
    study: Study,
    gateway: Gateway,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
    url: str,
    said: str,
) -> None:
    monkeypatch.setenv(URL, url)
    assert said in refusal(study, monkeypatch)


def test_a_name_of_the_config_of_ssh(
    study: Study, gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / ".ssh"
    own.mkdir()
    (own / "known_hosts").write_bytes((gateway.folder / "known_hosts").read_bytes())
    (own / "config").write_text(
        f"Host gate\n  HostName 127.0.0.1\n  Port {gateway.port}\n  User ann\n"
        f"  IdentityFile {gateway.folder / 'key'}\n",
        encoding="utf-8",
    )
    monkeypatch.setenv(SSH, json.dumps({"host": "gate"}))
    assert study.load()["database"].endswith(" by way of gate")
    (own / "config").write_text(
        f"Host inner\n  HostName 127.0.0.1\n  Port {gateway.port}\n  User ann\n"
        f"  ProxyJump ann@127.0.0.1:{gateway.port}\n"
        f"Host *\n  IdentityFile {gateway.folder / 'key'}\n",
        encoding="utf-8",
    )
    monkeypatch.setenv(SSH, json.dumps({"host": "inner"}))
    before = len(gateway.connections)
    study.load()
    assert len(gateway.connections) == before + 2, "the jump, and what it leads to"


def test_a_gateway_that_goes_away_in_the_middle(
    study: Study, ask: Ask, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, dropped = experiment._stage_experiment, []

    def staged(staging: Staging, *arguments: Any) -> None:
        if not dropped:
            dropped.append(True)
            gateway.drop()
        stage(staging, *arguments)

    monkeypatch.setattr(experiment, "_stage_experiment", staged)
    study.load()
    assert dropped
    assert len(gateway.connections) == 2
    assert ask("select count(*) from words") == [(32,)]


def test_the_section_is_checked(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(study.folder.parent))
    (study.folder.parent / "id").touch()
    config = study.folder.parent / "config.yaml"
    for section, said in (
        ({"port": 22}, "name its `host`"),
        ({"host": "gate", "key": "no_such_key"}, "database.ssh.key: no such file: no_such_key"),
        ({"host": "gate", "key": "~/id", "known_hosts": "~/no"}, "known_hosts: no such file"),
        ({"host": "gate", "port": 0}, "database.ssh.port"),
        ({"hots": "gate"}, "did you mean 'host'"),
    ):
        written = {**study.config, "database": {"url": "postgresql://a/b", "ssh": section}}
        config.write_text(yaml.safe_dump(written), encoding="utf-8")
        run = CliRunner().invoke(cli, ["config", "check", "--offline", str(config)])
        assert said in f"{run.output} {run.exception}"
        assert "ssh.key: no such file: ~/id" not in str(run.exception)


@pytest.fixture
def tls(tmp_path: Path, server: EmbeddedServer, database: str) -> Iterator[int]:  # noqa: ARG001
    make_certificate(tmp_path, "localhost")
    make_certificate(tmp_path, "elsewhere")
    with tcp_front(server.socket_folder / SOCKET_NAME, tmp_path / "localhost.pem") as port:
        yield port


def test_certificates_are_checked_as_the_url_says(
    study: Study, ask: Ask, tls: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def url(host: str, **options: str) -> str:
        written = "&".join(f"{key}={value}" for key, value in options.items())
        return f"postgresql://postgres@{host}:{tls}/postgres?{written}"

    right, wrong = str(tmp_path / "localhost.pem"), str(tmp_path / "elsewhere.pem")
    monkeypatch.setenv(URL, url("localhost", sslmode="verify-full", sslrootcert=right))
    study.load()
    assert ask("select count(*) from words") == [(32,)]
    for refused in (
        url("localhost", sslmode="verify-full", sslrootcert=wrong),
        url("127.0.0.1", sslmode="verify-full", sslrootcert=right),
        url("localhost", sslmode="verify-ca", sslrootcert=str(tmp_path / "missing.pem")),
    ):
        monkeypatch.setenv(URL, refused)
        assert "sslrootcert" in refusal(study, monkeypatch)


def test_certificates_are_checked_behind_a_tunnel(
    study: Study, gateway: Gateway, tls: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the name of the server, and not by that of the tunnel's end."""
    given = f"postgresql://postgres@localhost:{tls}/postgres?sslmode=verify-full&sslrootcert="
    monkeypatch.setenv(URL, f"{given}{tmp_path / 'localhost.pem'}")
    study.load()
    assert len(gateway.connections) == 1
    monkeypatch.setenv(URL, f"{given}{tmp_path / 'elsewhere.pem'}")
    assert "sslrootcert" in refusal(study, monkeypatch)


def test_a_server_without_encryption_is_refused_where_it_is_asked_for(
    study: Study,
    server: EmbeddedServer,
    database: str,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with tcp_front(server.socket_folder / SOCKET_NAME) as port:
        monkeypatch.setenv(URL, f"postgresql://postgres@localhost:{port}/postgres?sslmode=require")
        assert "sslmode=prefer" in refusal(study, monkeypatch)


@pytest.fixture
def locked(
    server: EmbeddedServer,
    database: str,  # noqa: ARG001
    ask: Ask,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[int]:
    """The port of a server that wants Ann's password."""
    rules = server.data / "pg_hba.conf"
    before = rules.read_text(encoding="utf-8")
    ask("create role ann login superuser password 'hunter2'")
    rules.write_text(f"local all ann scram-sha-256\n{before}", encoding="utf-8")
    ask("select pg_reload_conf()")
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "pgpass"))
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    with tcp_front(server.socket_folder / SOCKET_NAME) as port:
        yield port
    rules.write_text(before, encoding="utf-8")
    ask("select pg_reload_conf()")
    ask("drop owned by ann cascade; drop role ann")


def write_password(folder: Path, port: int | str) -> None:
    (folder / "pgpass").write_text(f"localhost:{port}:postgres:ann:hunter2\n", encoding="utf-8")
    (folder / "pgpass").chmod(0o600)


def test_passwords_and_services_stand_in_files_of_libpq(
    study: Study, ask: Ask, locked: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(URL, f"postgresql://ann@localhost:{locked}/postgres")
    assert "~/.pgpass" in refusal(study, monkeypatch)
    write_password(tmp_path, locked)
    assert study.load()["database"] == f"localhost:{locked}/postgres"
    assert ask("select database_user from changes") == [("ann",)]
    (tmp_path / "services").write_text(
        f"[speech]\nhost=localhost\nport={locked}\ndbname=postgres\nuser=ann\n", encoding="utf-8"
    )
    monkeypatch.setenv(URL, "postgresql:///?service=speech")
    assert study.load()["database"] == "service speech"
    monkeypatch.setenv(URL, "postgresql:///?service=nobody")
    told = refusal(study, monkeypatch)
    assert "service nobody" in told
    assert "pg_service.conf" in told


def test_a_password_of_a_file_behind_a_tunnel(
    study: Study, ask: Ask, locked: int, gateway: Gateway, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    write_password(tmp_path, "*")
    monkeypatch.setenv(URL, f"postgresql://ann@localhost:{locked}/postgres")
    study.load()
    assert gateway.connections
    assert ask("select database_user from changes") == [("ann",)]
