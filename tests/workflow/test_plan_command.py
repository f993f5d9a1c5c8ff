"""`snakescribe plan`: what a study takes, by the rates of earlier runs, and how far off it was."""

import json
import re
import socket
import wave
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.cli import cli
from snakescribe.config.root import Config
from snakescribe.report.bill import how_far_off, say_difference
from snakescribe.spent import Spent, compare_plan
from snakescribe.workflow.fit import fit
from snakescribe.workflow.rates import (
    Rate,
    decoding_key,
    keep_rates,
    key_of,
    model_key,
    rates_file,
    read_rates,
)


def design(**factors: list[str]) -> dict[str, Any]:
    """An experiment with one model, two prompts and one decoding, unless said otherwise."""
    usual = {"model": ["tiny"], "prompt": ["none", "names"], "decoding": ["greedy"]}
    return {"study": {"factors": {**usual, **factors}}}


CONFIG: dict[str, Any] = {
    "results": "results",
    "recordings": [{"source": "folder", "path": "talks"}],
    "models": {"tiny": {"weights": "tiny.en"}, "other": {"weights": "base.en"}},
    "prompts": {"none": "", "names": "{title}"},
    "decoding": {"greedy": {"beam_size": 1}, "beam5": {"beam_size": 5}},
    "experiments": design(),
    "sharding": {"recordings_per_shard": 1},
}


@pytest.fixture(autouse=True)
def own_rates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNAKESCRIBE_RATES", str(tmp_path / "rates" / "rates.jsonl"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study of two recordings, of 60 and 120 s."""
    (tmp_path / "talks").mkdir()
    for name, seconds in (("a", 60), ("b", 120)):
        with wave.open(str(tmp_path / "talks" / f"{name}.wav"), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(1)
            sound.setframerate(8000)
            sound.writeframes(bytes([128]) * 8000 * seconds)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def plan(folder: Path, config: dict[str, Any], *options: str) -> dict[str, Any]:
    (folder / "study.yaml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    done = CliRunner().invoke(cli, ["plan", "study.yaml", "--json", *options])
    assert done.exit_code == 0, (done.output, done.exception)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def rate(config: dict[str, Any], rule: str, sound: float, wall: float, **more: Any) -> Rate:
    """A rate as a run would have kept it."""
    checked = Config.model_validate(config)
    wildcards = {"variant": "raw", "cut": ""}
    if rule == "transcribe_chunks":
        more["decode"] = {
            decoding_key(checked.decoding[name]): seconds
            for name, seconds in more["decode"].items()
        }
        key = model_key(checked, "tiny")
    else:
        key = key_of(checked, rule, wildcards)
    return Rate(rule, key, sound, more.pop("spent", wall), wall, **more)


def keep_all(config: dict[str, Any], **of_model: Any) -> None:
    """Rates of 100 s of sound: 2 s a step; a model that takes 10 s, and 5 for each condition."""
    scoring = ("score_transcripts", "compare_conditions")
    steps = ("fetch_recordings", "prepare_audio", "plan_chunks", "cut_chunks")
    known = {"busy": 20.0, "encode": 10.0, "decode": {"greedy": 5.0}, "spent": 20.0, **of_model}
    keep_rates(
        [
            *(rate(config, step, 100.0, 2.0) for step in steps),
            *(rate(config, rule, 200.0, 2.0) for rule in scoring),
            rate(config, "transcribe_chunks", 100.0, 23.0, **known),
            rate(config, "run", 200.0, 60.0, spent=11.0),
        ]
    )  # fmt: skip


def test_hours_are_those_of_earlier_runs_by_the_sound_and_the_conditions(folder: Path) -> None:
    keep_all(CONFIG)
    told = plan(folder, CONFIG)
    (model,) = told["models"]
    assert told["recordings"] == 2
    assert told["sound_hours"] == pytest.approx(180 / 3600)
    assert (told["stated"], told["guess"]) == (2, "")
    assert told["conditions"] == {"study": 2}
    # 10 s to encode 100 s once, 5 s for each of two conditions
    assert model["hours"] == pytest.approx(1.8 * (10 + 2 * 5) / 3600)
    assert (model["kind"], model["price"]) == ("CPU", None)
    assert "1 jobs on this machine" in model["basis"]
    # 1 s to start each job, 1 s for 100 s of sound
    steps = 4 * (2 * 1 + 1.8)
    passes = 2 * 3 + 1.8 * 20
    scored = 2 * (1 + 360 * 1 / 200)
    assert told["elapsed_seconds"] <= steps + passes + scored + 11 + 1e-6
    assert told["elapsed_seconds"] >= passes + scored + 11
    assert told["passes"] == {
        "tiny.raw": {"model": "tiny", "seconds": pytest.approx(model["hours"] * 3600)}
    }
    assert json.loads((folder / "results/store/plan.json").read_text(encoding="utf-8")) == told


def test_what_was_never_timed_is_said_and_not_guessed(folder: Path) -> None:
    told = plan(folder, CONFIG)
    assert told["models"][0]["hours"] is None
    assert "--calibrate" in told["models"][0]["basis"]
    assert told["elapsed_seconds"] is None
    keep_all(CONFIG)
    both = {**CONFIG, "experiments": design(model=["tiny", "other"])}
    told = plan(folder, both)
    assert [model["hours"] is None for model in told["models"]] == [False, True]
    assert told["elapsed_seconds"] is None
    beams = {**CONFIG, "experiments": design(decoding=["greedy", "beam5"], prompt=["none"])}
    told = plan(folder, beams)
    assert "1 of its decode options never timed" in told["models"][0]["basis"]
    shown = CliRunner().invoke(cli, ["plan", "study.yaml"]).stdout
    assert "1 experiment, 2 conditions in 1 pass, " in shown
    assert "2 recordings, 3.0 min, all of them known" in shown


def test_prices_are_by_the_hour_or_the_minute_of_sound(folder: Path) -> None:
    keep_all(CONFIG, gpu=True, device="A100")
    priced = {**CONFIG, "prices": {"tiny": {"per_hour": 36.0, "per_audio_minute": 0.5}}}
    (model,) = plan(folder, priced)["models"]
    wall = 2 * 3 + 1.8 * 20
    assert model["kind"] == "GPU"
    assert model["price"] == pytest.approx(36 * wall / 3600 + 0.5 * 2 * 3)
    wrong = {**CONFIG, "prices": {"tini": {"per_hour": 1}}}
    (folder / "study.yaml").write_text(yaml.safe_dump(wrong), encoding="utf-8")
    done = CliRunner().invoke(cli, ["plan", "study.yaml"])
    assert "prices.tini: no entry of `models` has this name; did you mean 'tiny'?" in str(
        done.exception
    )


def test_recordings_of_unknown_length_are_counted_and_named(folder: Path) -> None:
    (folder / "talks" / "c.wav").write_text("this is no sound", encoding="utf-8")
    told = plan(folder, CONFIG)
    assert told["stated"] == 2
    assert told["sound_hours"] == pytest.approx((60 + 120 + 90) / 3600)
    assert told["guess"].startswith("1 are taken to be as long as the others (90 s)")


def test_random_groups_hear_their_share(folder: Path) -> None:
    keep_all(CONFIG)
    groups = {"study": {**design()["study"], "design": "random_groups"}}
    grouped = {**CONFIG, "experiments": groups}
    (model,) = plan(folder, grouped)["models"]
    assert model["hours"] == pytest.approx(1.8 * (10 + 5) / 3600)
    assert model["sound_hours"] == pytest.approx(180 / 3600)


def test_rates_of_this_machine_go_before_others_and_odd_lines_are_passed_over() -> None:
    keep_rates([Rate("run", "", 1.0, 2.0, 3.0), Rate("run", "", 1.0, 2.0, 3.0, host="far")])
    with rates_file().open("a", encoding="utf-8") as stream:
        stream.write('not json\n{"rule": "run"}\n[1]\n{"later": 1}\n')
    assert [kept.host for kept in read_rates()] == [socket.gethostname(), "far"]


@given(
    start=st.floats(0, 100),
    slope=st.floats(1e-6, 10),
    sizes=st.lists(st.floats(1, 1e6), min_size=2, max_size=8),
)
def test_a_line_is_found_again(start: float, slope: float, sizes: list[float]) -> None:
    sizes = [*sizes, 2 * max(sizes)]  # one that differs
    found = fit([(size, start + slope * size) for size in sizes], 1.0)
    assert found
    for size in sizes:
        assert found[0] + found[1] * size == pytest.approx(start + slope * size, rel=1e-3, abs=1e-6)


@given(points=st.lists(st.tuples(st.floats(0.1, 1e6), st.floats(0, 1e6)), max_size=8))
def test_no_line_goes_below_zero(points: list[tuple[float, float]]) -> None:
    found = fit(points, 1.0)
    assert (found is None) == (not points)
    assert found is None or min(found) >= 0


def test_a_difference_is_of_the_passes_that_both_know() -> None:
    planned = {"a.raw": {"seconds": 3600.0}, "a.new": {"seconds": None}, "b.raw": {"seconds": 900}}
    spent = {"a.raw": 3000.0, "a.new": 5.0, "b.raw": 1800.0}
    models = {"a.raw": "a", "a.new": "a", "b.raw": "b"}
    assert [say_difference(line) for line in compare_plan(planned, spent, models)] == [
        "a: 60.0 min of computing planned, 50.0 min spent (20 % too much)",
        "b: 15.0 min of computing planned, 30.0 min spent (50 % too little)",
    ]
    assert how_far_off(100.2, 100) == "as planned"


def test_a_job_is_counted_once_with_all_that_it_spent() -> None:
    spent = Spent()
    for wall, processor in (("1.5", "2.5"), ("2.0", "4.0"), ("nonsense", "1")):
        more = {"wall_seconds": wall, "processor_seconds": processor}
        spent.add("a", {"run": {"job": "1", "device": "cpu", "more": more}})
    more = {"wall_seconds": "7", "processor_seconds": "100"}
    spent.add("a", {"run": {"job": "2", "device": "cuda", "more": more}})
    spent.add("a", {"run": {"job": None, "more": {}}})
    assert spent.seconds("a") == 4 + 7
    assert spent.seconds("b") is None


@pytest.mark.slow
def test_the_end_of_a_run_and_its_report_say_how_far_off_the_plan_was(make_study: Any) -> None:
    study = make_study("planned")
    study.write()
    told = json.loads(study.snakescribe("plan", "study.yaml", "--json", "--calibrate"))
    (model,) = told["models"]
    assert model["hours"] > 0
    assert "2 jobs on this machine" in model["basis"]  # a variant each
    assert told["elapsed_basis"].endswith(
        "never timed: score_transcripts, compare_conditions, a whole run"
    )
    assert not study.path("items.tsv").exists()
    run = study.snakemake()
    assert run.returncode == 0, run.output
    shown = study.snakescribe("summary", "study.yaml")
    (line,) = re.findall(r"^  tiny-en: .+ planned, .+ spent \(.*\)$", shown, re.MULTILINE)
    page = (study.folder / "results/report/study.html").read_text(encoding="utf-8")
    assert f"<bdi>{line.strip()}</bdi>" in page
    assert re.search(r"^  disk: \d+ MB planned, \d+ MB used$", shown, re.MULTILINE)
    (whole,) = [kept for kept in read_rates() if kept.rule == "run"]
    assert 0 < whole.spent < whole.wall
