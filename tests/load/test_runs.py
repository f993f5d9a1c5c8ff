"""The memory of a database: who changed what, what it said before, runs deleted and restored."""

import getpass
import json
import socket
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from load_study import CONTENT, Ask, Study

from snakescribe import __version__
from snakescribe.cli import cli
from snakescribe.errors import UserError
from snakescribe.load.comparison import Setting, differing_settings
from snakescribe.load.staging import OF_EXPERIMENT, SCOPES


def db(study: Study, *arguments: str) -> str:
    """Call `snakescribe db` -> what it prints."""
    config = study.folder.parent / "config.yaml"
    config.write_text(yaml.safe_dump(study.config), encoding="utf-8")
    run = CliRunner().invoke(cli, ["db", *arguments, "--configfile", str(config)])
    if run.exception and not isinstance(run.exception, SystemExit):
        raise run.exception
    return run.output


def listed(study: Study, *arguments: str) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = json.loads(db(study, "runs", "--json", *arguments))
    return runs


def rows(ask: Ask, table: str, change: int | None = None) -> list[tuple[Any, ...]]:
    """The rows of a table, as they are or as they were when a change was done."""
    source = table if change is None else f"as_of(null::{table}, {change})"
    return sorted(ask(f"select ({CONTENT})::text from {source} t"))


def everything(ask: Ask, change: int | None = None) -> dict[str, list[tuple[Any, ...]]]:
    return {table: rows(ask, table, change) for table in SCOPES}


def test_every_run_says_who_made_it_and_with_what(study: Study, ask: Ask) -> None:
    study.load()
    (run,) = listed(study)
    assert run["person"] == getpass.getuser()
    assert run["host"] == socket.gethostname()
    assert run["program"] == f"snakescribe {__version__}"
    assert run["state"] == "present"
    assert ask("select distinct since_change from words") == [(run["run"],)]
    assert ask(
        "select count(*) from experiments e join changes c on c.change = e.since_change "
        "where e.created_at = c.created_at and c.config_digest = e.config_digest"
    ) == [(1,)]
    study.load()
    assert len(listed(study)) == 1, "nothing was changed"
    assert getpass.getuser() in db(study, "runs")


def test_what_a_run_said_is_kept_when_the_config_changes(study: Study, ask: Ask) -> None:
    study.load()
    before = everything(ask)
    (first,) = listed(study)
    study.texts = {"talk-0000": "something else now"}
    study.prompts = ["none"]
    study.question = "And without?"
    study.write()
    study.load()
    after = everything(ask)
    assert after != before
    first, second = listed(study)
    assert [run["state"] for run in (first, second)] == ["earlier", "present"]
    assert first["config_digest"] != second["config_digest"]
    assert everything(ask, first["run"]) == before
    assert everything(ask, second["run"]) == after
    assert ask("select modified_at > created_at from experiments") == [(True,)]
    assert ask("select count(*) from past_rows where relation = 'recordings'") == [(0,)]


def test_two_runs_are_compared(study: Study, database: str) -> None:  # noqa: ARG001
    study.load()
    study.texts = {"talk-0000": "something else now"}
    study.prompts = ["none"]
    study.question = "And without?"
    study.write()
    study.load()
    numbers = [str(run["run"]) for run in listed(study)]
    compared = json.loads(db(study, "compare", *numbers, "--json"))
    assert {
        "place": "experiment.question",
        "first": "Do names help?",
        "second": "And without?",
    } in (compared["settings"])
    assert compared["conditions"] == [
        {
            "first": "raw.none", "second": "raw", "first_wer": 0.0, "second_wer": 0.0,
            "common": 4, "differing": 1,
        },
        {
            "first": "quiet.none", "second": "quiet", "first_wer": 0.2, "second_wer": 0.1,
            "common": 4, "differing": 1,
        },
        *(
            {
                "first": f"{audio}.names", "second": None, "first_wer": wer, "second_wer": None,
                "common": 0, "differing": 0,
            }
            for audio, wer in (("raw", 0.1), ("quiet", 0.3))
        ),
    ]  # fmt: skip
    shown = db(study, "compare", *numbers)
    assert 'experiment.question: "Do names help?" -> "And without?"' in shown
    assert "quiet.none = quiet" in shown
    assert "   -10.0  1 of 4" in shown
    assert f"only in run {numbers[0]}" in shown


def test_a_run_that_is_deleted_takes_all_with_it_and_comes_back(study: Study, ask: Ask) -> None:
    study.load()
    before = everything(ask)
    (run,) = listed(study)
    said = db(study, "delete", str(run["run"]))
    assert f"`db restore {run['run']}`" in said
    for table in OF_EXPERIMENT:
        assert rows(ask, table) == [], table
    assert len(rows(ask, "chunks")) == 8, "the corpus stays"
    assert [entry["state"] for entry in listed(study)] == ["deleted"]
    assert everything(ask, run["run"]) == before, "nothing is lost"
    with pytest.raises(UserError, match="deleted already"):
        db(study, "delete", str(run["run"]))
    with pytest.raises(UserError, match="is deleted; `db restore"):
        db(study, "compare", str(run["run"]), str(run["run"]))
    db(study, "restore", str(run["run"]))
    assert everything(ask) == before
    assert [entry["state"] for entry in listed(study)] == ["present"]
    with pytest.raises(UserError, match="nothing to restore"):
        db(study, "restore", str(run["run"]))
    study.load()
    assert everything(ask) == before
    assert len(listed(study)) == 1


def test_an_earlier_run_is_only_marked(study: Study, ask: Ask) -> None:
    study.load()
    study.texts = {"talk-0000": "something else now"}
    study.write()
    study.load()
    now = everything(ask)
    first, _ = listed(study)
    assert "later runs" in db(study, "delete", str(first["run"]))
    assert everything(ask) == now
    assert [run["state"] for run in listed(study)] == ["deleted", "present"]
    db(study, "restore", str(first["run"]))
    assert [run["state"] for run in listed(study)] == ["earlier", "present"]
    assert everything(ask) == now


def test_what_was_loaded_again_is_not_overwritten(study: Study, ask: Ask) -> None:
    study.load()
    (run,) = listed(study)
    db(study, "delete", str(run["run"]))
    study.texts = {"talk-0000": "something else now"}
    study.write()
    study.load()
    now = everything(ask)
    with pytest.raises(UserError, match="loaded again since"):
        db(study, "restore", str(run["run"]))
    assert everything(ask) == now


def test_a_run_whose_recordings_are_gone_is_not_restored(study: Study, ask: Ask) -> None:
    study.load()
    (run,) = listed(study)
    db(study, "delete", str(run["run"]))
    ask("delete from recordings where recording = 'talk'")
    with pytest.raises(UserError, match="no more in the database"):
        db(study, "restore", str(run["run"]))
    assert rows(ask, "experiments") == []


def test_changes_by_hand_are_remembered_with_all_that_goes_with_them(
    study: Study, ask: Ask
) -> None:
    study.load()
    before = everything(ask)
    (run,) = listed(study)
    ask("set application_name = 'my script'; delete from recordings where recording = 'talk'")
    ask("truncate scores")
    ask("update videos set title = 'x'")
    ask("insert into tags (corpus, recording, position, tag) "
        "select corpus, recording, 9, 'x' from videos")  # fmt: skip
    assert everything(ask) != before
    assert everything(ask, run["run"]) == before
    changes = ask("select kind, person, program from changes order by change")
    assert changes[1] == ("hand", "postgres", "my script")
    assert len(changes) == 5
    study.load()
    assert everything(ask) == before
    assert everything(ask, run["run"]) == before


def test_a_change_within_a_change_leaves_no_past(study: Study, ask: Ask) -> None:
    study.load()
    ask("update videos set title = 'x'; update videos set title = 'y'; delete from videos")
    assert ask(
        "select distinct content ->> 'title' from past_rows where relation = 'videos' order by 1"
    ) == [("The größe",), ("The talk",)]


def test_numbers_survive_as_they_are(study: Study, ask: Ask) -> None:
    study.load()
    odd = "update segments set avg_logprob = case number when 0 then {} end"
    for value in ("float8 'nan'", "float8 '-infinity'", "0.1::float8 + 0.2", "1e-310"):
        ask(odd.format(value))
    ask("set extra_float_digits = 0; delete from segments")
    kept = ask(
        "select distinct (as_of).avg_logprob::text from ("
        "select as_of(null::segments, change) from changes) t where (as_of).number = 0"
    )
    assert {value for (value,) in kept} >= {"NaN", "-Infinity", "0.30000000000000004", "1e-310"}


def test_unknown_runs_and_a_database_without_memory(
    study: Study,
    database: str,  # noqa: ARG001
) -> None:
    with pytest.raises(UserError, match="remembers no runs yet"):
        db(study, "runs")
    study.load()
    with pytest.raises(UserError, match="no run of this number"):
        db(study, "restore", "99")


def test_runs_of_all_folders(study: Study, tmp_path: Path, database: str) -> None:  # noqa: ARG001
    study.load()
    other = Study(tmp_path / "elsewhere", recordings=["talk"])
    other.write()
    other.load()
    assert [run["corpus"] for run in listed(study, "--all")] == [
        study.folder.as_posix(),
        other.folder.as_posix(),
    ]
    assert len(listed(other)) == 1
    numbers = [str(run["run"]) for run in listed(study, "--all")]
    with pytest.raises(UserError, match="of another results folder"):
        db(study, "delete", numbers[1])
    compared = json.loads(db(study, "compare", *numbers, "--json"))
    assert [pair["common"] for pair in compared["conditions"]] == [2, 2, 2, 2]


def test_who_claims_rows_is_remembered(study: Study, ask: Ask) -> None:
    study.load()
    ask("update corpora set identity = 'x'")
    db(study, "claim")
    assert ask("select kind, person from changes order by change desc limit 1") == [
        ("claim", getpass.getuser())
    ]
    study.load()


def test_who_only_looks_makes_no_database(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SNAKESCRIBE_DATABASE_URL", raising=False)
    for command in (["runs"], ["export", str(tmp_path / "x")], ["grant", "y"], ["delete", "1"]):
        with pytest.raises(UserError, match="there is no database yet"):
            db(study, *command)
    assert not (study.folder / "postgres").exists()


def test_settings_that_differ() -> None:
    assert list(
        differing_settings({"a": {"b": 1, "c": [1]}, "d": 0}, {"a": {"b": 2, "c": [1]}, "e": None})
    ) == [Setting("a.b", 1, 2), Setting("d", 0, None)]
