"""Database URLs: which one is taken, and that no password gets out."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from load_study import Study

from snakescribe.cli import cli
from snakescribe.config.database import Database
from snakescribe.database.address import public_address
from snakescribe.database.given import GivenServer, given_server
from snakescribe.errors import UserError

VARIABLE = "SNAKESCRIBE_DATABASE_URL"
SECRET = "hun%40ter2"


def test_the_environment_wins_over_the_config(monkeypatch: pytest.MonkeyPatch) -> None:
    configured = Database(url="postgresql://config/db")
    monkeypatch.delenv(VARIABLE, raising=False)
    assert given_server() is None
    assert given_server(configured) == GivenServer("postgresql://config/db", "database.url")
    monkeypatch.setenv(VARIABLE, "postgres://environment/db")
    assert given_server(configured) == GivenServer("postgres://environment/db", VARIABLE)


@pytest.mark.parametrize(
    "url",
    [
        "host=somewhere password=hunter2 dbname=db",
        "postgresql+psycopg2://bob:hunter2@somewhere/db",
        "postgresql://bob:hunter2@and@somewhere/db",
        "postgresql://bob:hun/hunter2@somewhere/db",
        "postgresql://bob:hunter2@somewhere/db?nonsense=1",
        "mysql://bob:hunter2@somewhere/db",
    ],
)
def test_what_is_no_url_is_refused_without_repeating_it(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, url)
    with pytest.raises(UserError, match=VARIABLE) as caught:
        given_server()
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in public_address(url)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("", ""),
        (
            "postgresql://bob:hunter2@db.example:5433/speech?sslmode=require",
            "db.example:5433/speech",
        ),
        ("postgresql://bob@a:1,b:2/speech", "a:1,b:2/speech"),
        ("postgresql://postgres@/postgres?host=/tmp/x&password=hunter2", "/tmp/x/postgres"),
    ],
)
def test_public_address(url: str, address: str) -> None:
    assert public_address(url) == address


def test_a_server_that_does_not_answer(
    study: Study, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(VARIABLE, f"postgresql://bob:{SECRET}@127.0.0.1:1/speech")
    result = study.run_load(study.folder / "receipt.json")
    assert isinstance(result.exception, UserError)
    message = str(result.exception)
    assert message.startswith("the database at 127.0.0.1:1/speech does not answer")
    assert "\n" not in message
    for secret in (SECRET, "hun@ter2"):
        assert secret not in message + result.output + caplog.text


def test_a_refused_password_is_not_repeated(
    study: Study, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = database.replace("postgres@", f"nobody:{SECRET}@")
    monkeypatch.setenv(VARIABLE, url)
    message = str(study.run_load(study.folder / "receipt.json").exception)
    assert 'role "nobody" does not exist' in message
    assert "ter2" not in message


def test_the_receipt_holds_no_user_or_password(
    study: Study, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, database.replace("postgres@", f"postgres:{SECRET}@"))
    receipt = json.dumps(study.load())
    assert "ter2" not in receipt
    assert "postgres@" not in receipt


def test_db_url_prints_the_given_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    path = tmp_path / "config.yaml"
    path.write_text(
        f"results: {tmp_path}\nrecordings: [{{source: folder, path: talks}}]\n"
        "models: {tiny: {weights: tiny.en}}\nexperiments: {study: {}}\n"
        "database: {url: 'postgresql://bob:pw@127.0.0.1:1/db'}\n",
        encoding="utf-8",
    )
    run = CliRunner().invoke(cli, ["db", "url", "--configfile", str(path)])
    assert run.stdout == "postgresql://bob:pw@127.0.0.1:1/db\n"
    stop = CliRunner().invoke(cli, ["db", "stop", "--configfile", str(path)])
    assert stop.stdout == "the database is at 127.0.0.1:1/db: not ours to stop\n"
