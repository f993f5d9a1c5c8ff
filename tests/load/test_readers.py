"""Roles that only read."""

from collections.abc import Iterator

import psycopg2
import pytest
import yaml
from click.testing import CliRunner, Result
from load_study import Ask, Study

from snakescribe.cli import cli
from snakescribe.errors import UserError

ROLE = 'a "reader"'  # as odd as a name may be
QUOTED_TEXT = "'a \"reader\"'"
QUOTED = '"a ""reader"""'


@pytest.fixture
def role(ask: Ask) -> Iterator[str]:
    yield ROLE
    if ask("select from pg_roles where rolname = 'a \"reader\"'"):
        ask(f"drop owned by {QUOTED}; drop role {QUOTED}")


def call(study: Study, command: str, role: str) -> Result:
    config = study.folder.parent / "config.yaml"
    config.write_text(yaml.safe_dump(study.config), encoding="utf-8")
    return CliRunner().invoke(cli, ["db", command, role, "--configfile", str(config)])


def test_a_reader_reads_all_and_changes_nothing(study: Study, ask: Ask, role: str) -> None:
    study.load()
    run = call(study, "grant", role)
    assert "a new role" in run.output, run.exception
    read = f"set role {QUOTED}; "
    for name, _ in ask(
        "select relname, relkind from pg_class "
        "where relnamespace = 'public'::regnamespace and relkind in ('r', 'v')"
    ):
        ask(f"{read} select count(*) from {name}")
    assert ask(f"{read} select count(*) from as_of(null::words, 99)") == [(32,)]
    for change in (
        "delete from words", "update scores set words = 0", "truncate recordings",
        "insert into corpora (corpus, folder) values ('x', 'x')", "create table mine (a int)",
        "delete from past_rows", "update changes set person = 'x'",
    ):  # fmt: skip
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            ask(f"{read} {change}")
    ask("create table later (a int)")
    assert ask(f"{read} select * from later") == []
    assert "a new role" not in call(study, "grant", role).output
    assert "no longer" in call(study, "revoke", role).output
    ask("create table latest (a int)")
    for table in ("words", "past_rows", "speed", "latest"):
        assert ask(f"select has_table_privilege({QUOTED_TEXT}, '{table}', 'select')") == [(False,)]


def test_an_unknown_role_has_nothing_to_lose(study: Study, database: str) -> None:  # noqa: ARG001
    study.load()
    exception = call(study, "revoke", "nobody here").exception
    assert isinstance(exception, UserError)
    assert "no role 'nobody here'" in str(exception)
