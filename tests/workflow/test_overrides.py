"""What `--config` changes: how it is read, what is kept of it, and who sees it afterwards."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from snakescribe.cli import cli
from snakescribe.errors import UserError
from snakescribe.paths import REPOSITORY
from snakescribe.results import Results
from snakescribe.workflow.check import check_config
from snakescribe.workflow.overrides import as_arguments, merge, places, read_overrides
from snakescribe.workflow.read import read_run
from snakescribe.workflow.run_record import RunRecord, merged_config, read_record, write_record

CONFIG: dict[str, Any] = {
    "results": "results",
    "recordings": [{"source": "folder", "path": "talks"}],
    "models": {"tiny": {"weights": "tiny.en"}},
    "chunking": {"pad_ms": 5, "max_seconds": 30},
    "experiments": {"study": {}},
}


@pytest.fixture
def configfile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("study.yaml")
    path.write_text(yaml.safe_dump(CONFIG, sort_keys=False), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("results=other", {"results": "other"}),
        ("results=[draft] two", {"results": "[draft] two"}),
        ('chunking={"max_seconds": 20}', {"chunking": {"max_seconds": 20}}),
        ("chunking={max_seconds: 20.0}", {"chunking": {"max_seconds": 20.0}}),
        ('prompts={"a": "20"}', {"prompts": {"a": "20"}}),
        ('audio={"raw": [], "w": ["wiener"]}', {"audio": {"raw": [], "w": ["wiener"]}}),
        ("scoring=", {"scoring": None}),
        ("results=a=b", {"results": "a=b"}),
        ("results='7'", {"results": "7"}),
        ("export={formats: [txt]}", {"export": {"formats": ["txt"]}}),
    ],
)
def test_a_value_is_read_as_in_a_file(argument: str, value: dict[str, Any]) -> None:
    if argument.startswith("results=[draft]"):
        with pytest.raises(UserError, match=r"--config results: '\[draft\] two' is no YAML"):
            read_overrides([argument])
        return
    assert read_overrides([argument]) == value


def test_a_broken_map_is_said_with_an_example() -> None:
    with pytest.raises(UserError) as error:
        read_overrides(['chunking={"max_seconds": 20'])
    assert "--config chunking: '{\"max_seconds\": 20' is no YAML: " in str(error.value)
    assert "write --config 'chunking={\"max_seconds\": 20}'" in str(error.value)


def test_maps_are_merged_and_keep_their_order() -> None:
    overrides = read_overrides(["chunking={max_seconds: 20}", "chunking={method: fixed}"])
    merged = merge(CONFIG, overrides)
    assert list(merged["chunking"].items()) == [
        ("pad_ms", 5), ("max_seconds", 20), ("method", "fixed"),
    ]  # fmt: skip
    assert CONFIG["chunking"]["max_seconds"] == 30
    assert list(places(overrides)) == ["chunking.max_seconds", "chunking.method"]
    assert as_arguments(overrides) == '\'chunking={"max_seconds":20,"method":"fixed"}\''


def test_a_mistake_says_whether_it_stands_in_the_file() -> None:
    overrides = {"chunking": {"max_seconds": 40}, "promts": {}}
    written = merge({**CONFIG, "sharding": {"recordings": 1}}, overrides)
    with pytest.raises(UserError) as error:
        check_config(written, "study.yaml", overrides)
    assert [line.split(":")[:2] for line in str(error.value).splitlines()] == [
        ["--config", " chunking.max_seconds"],
        ["study.yaml", " sharding.recordings"],
        ["--config", " promts"],
    ]


def keep(overrides: dict[str, Any], files: tuple[str, ...] = ("study.yaml",)) -> Results:
    merged = merge(CONFIG, overrides)
    results = Results(Path(merged["results"]))
    write_record(results, merged, RunRecord(files, overrides))
    return results


def test_the_run_is_shown_with_what_it_was_told(
    configfile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert read_run(configfile).chunking.max_seconds == 30  # before any run
    keep({"chunking": {"max_seconds": 20}})
    assert read_run(configfile).chunking.max_seconds == 20
    assert capsys.readouterr().err == (
        "study.yaml: the last run into results had --config 'chunking={\"max_seconds\":20}'; "
        "this is of that run\n"
    )
    assert read_run(Path("results")).chunking.max_seconds == 20
    keep({})
    assert read_run(configfile).chunking.max_seconds == 30
    assert capsys.readouterr().err == ""


def test_what_changes_nothing_and_runs_of_other_files_are_not_told(
    configfile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep({"chunking": {"max_seconds": 30}})
    assert read_run(configfile).chunking.max_seconds == 30
    keep({"chunking": {"max_seconds": 20}}, ("another.yaml",))
    assert read_run(configfile).chunking.max_seconds == 30
    assert capsys.readouterr().err == ""


def test_files_that_were_merged_are_merged_again(
    configfile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("more.yaml").write_text("chunking: {max_seconds: 12}\n", encoding="utf-8")
    keep({}, ("study.yaml", "more.yaml"))
    assert read_run(configfile).chunking.max_seconds == 12
    assert "had beside more.yaml; this is of that run" in capsys.readouterr().err


def test_a_results_folder_elsewhere_tells_its_run(configfile: Path) -> None:
    keep({"results": "elsewhere"})
    result = CliRunner().invoke(cli, ["status", "elsewhere", "--json"])
    assert result.exit_code == 0, (result.output, result.exception)
    assert json.loads(result.stdout)["results"] == "elsewhere"
    assert json.loads(CliRunner().invoke(cli, ["status", str(configfile), "--json"]).stdout)[
        "results"
    ] == "results"  # fmt: skip


def test_a_folder_without_a_run_and_a_damaged_record(configfile: Path) -> None:
    Path("results/store").mkdir(parents=True)
    with pytest.raises(UserError, match="results: no run has begun in this folder"):
        read_run(Path("results"))
    Path("results/store/run.json").write_text("{", encoding="utf-8")
    with pytest.raises(UserError, match=r"results/store/run\.json: damaged"):
        read_run(configfile)


@pytest.mark.usefixtures("configfile")
def test_no_password_is_kept() -> None:
    secret = {
        "database": {"url": "postgresql://me:hush@host/db?sslpassword=hush"},
        "recordings": [
            {"source": "rss", "feeds": ["https://me:hush@host/feed?token=hush&n=1"]},
            {"source": "mod:Own", "password": "hush", "api_key": "hush", "name": "me"},
        ],
    }
    results = keep(secret)
    kept = merged_config(results).read_text(encoding="utf-8")
    assert "hush" not in kept
    assert "hush" not in (results.store / "run.json").read_text(encoding="utf-8")
    config = yaml.safe_load(kept)
    assert config["database"]["url"] == "postgresql://me@host/db?sslpassword=***"
    assert config["recordings"][0]["feeds"] == ["https://me@host/feed?token=***&n=1"]
    record = read_record(results)
    assert record is not None
    assert record.configfiles == ("study.yaml",)


@pytest.mark.slow
def test_a_run_keeps_what_it_was_told_and_a_dry_run_nothing(make_study: Any) -> None:
    study = make_study("told")
    told = ("--config", 'chunking={"max_seconds": 20}', 'prompts={"none": ""}')
    dry = study.snakemake("--dry-run", "results/items.tsv", *told)
    assert dry.returncode == 0, dry.output
    assert not study.path("config.yaml").exists()
    run = study.snakemake("results/items.tsv", *told)
    assert run.returncode == 0, run.output
    kept = yaml.safe_load(study.path("config.yaml").read_text(encoding="utf-8"))
    assert kept["chunking"]["max_seconds"] == 20
    assert kept["recordings"] == study.config["recordings"]
    assert json.loads(study.path("store/run.json").read_text(encoding="utf-8")) == {
        "configfiles": ["study.yaml"],
        "overrides": {"chunking": {"max_seconds": 20}, "prompts": {"none": ""}},
    }
    wrong = study.snakemake("--dry-run", "--config", 'chunking={"max_seconds": 40}')
    assert wrong.returncode != 0
    assert "--config: chunking.max_seconds: 40 is greater than the maximum of 30" in wrong.output
    assert "Traceback" not in wrong.output


@pytest.mark.slow
def test_the_workflow_minds_what_snakemake_passes_over(configfile: Path) -> None:
    with configfile.open("a", encoding="utf-8") as stream:
        stream.write("results: again\n")
    snakefile = str(REPOSITORY / "workflow" / "Snakefile")
    run = subprocess.run(
        [
            *(sys.executable, "-m", "snakemake", "--dry-run", "--snakefile", snakefile),
            *("--workflow-profile", "none", "--configfile", str(configfile)),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode != 0
    assert "study.yaml: line 13: the key 'results' stands in line 1" in run.stdout + run.stderr
