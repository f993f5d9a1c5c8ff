"""Chunking is a factor: its levels, what experiments may ask of them, and what stays as it was."""

import json
from pathlib import Path
from typing import Any

import pytest

from snakescribe.config.block import as_json
from snakescribe.config.experiments import expand_experiments, plan_passes
from snakescribe.config.root import Config
from snakescribe.errors import UserError
from snakescribe.results import Results
from snakescribe.tables import CHUNKS, PLANS
from snakescribe.workflow.check import check_config
from snakescribe.workflow.params import experiment_params, pass_params, plan_params, score_params

CONFIG: dict[str, Any] = {
    "recordings": [{"source": "folder", "path": "."}],
    "audio": {"raw": [], "denoised": ["wiener"]},
    "models": {"tiny": {"weights": "tiny.en"}},
}
CUTS = {
    "vad15": {"method": "vad", "max_seconds": 15},
    "fixed": {"method": "fixed", "max_seconds": 10, "overlap_seconds": 2},
    "all": {"method": "whole", "condition_on_previous_text": False},
}


def checked(experiment: dict[str, Any], **changes: Any) -> Config:
    experiment = {**experiment, "factors": {"audio": ["raw"], **experiment.get("factors", {})}}
    return check_config({**CONFIG, "experiments": {"study": experiment}, **changes}, "test")


def test_levels_are_joined_to_names_and_passes() -> None:
    factors = {"audio": ["raw", "denoised"], "chunking": ["vad15", "all"]}
    config = checked({"factors": factors}, chunkings=CUTS)
    experiments = expand_experiments(config)
    study = experiments["study"]
    assert [cell.name for cell in study.conditions] == [
        "raw.vad15", "raw.all", "denoised.vad15", "denoised.all",
    ]  # fmt: skip
    assert study.baseline == "raw.vad15"
    assert study.on_recordings
    passes = plan_passes(experiments.values())
    assert list(passes) == [
        "tiny.raw.vad15", "tiny.raw.all", "tiny.denoised.vad15", "tiny.denoised.all",
    ]  # fmt: skip
    whole = json.loads(as_json(pass_params(config, passes["tiny.raw.all"], experiments)))
    assert (whole["chunking"], whole["whole"]) == ("all", {"conditioned": False})
    assert experiment_params(config, study).chunkings.keys() == {"vad15", "all"}


def test_without_a_name_all_is_as_it_was() -> None:
    """The params of rules, the names of passes and the paths: nothing is made anew."""
    config = checked({"factors": {"audio": ["raw", "denoised"]}})
    experiments = expand_experiments(config)
    study = experiments["study"]
    assert [cell.passname for cell in study.conditions] == ["tiny.raw", "tiny.denoised"]
    assert not study.on_recordings
    passes = plan_passes(experiments.values())
    for text in (
        as_json(pass_params(config, passes["tiny.raw"], experiments)),
        as_json(score_params(config, study)),
    ):
        assert "chunking" not in text
        assert "whole" not in text
    assert '"chunkings"' not in as_json(experiment_params(config, study))
    assert as_json(plan_params(config, config.chunking, [])) == (
        '{"method":"vad","max_seconds":30,"detect_on":"raw","speech_threshold":0.5,'
        '"min_speech_ms":100,"min_silence_ms":300,"pad_ms":200}'
    )
    results = Results(Path("r"))
    assert str(results.path(PLANS, shard="s00000")) == "r/plans/s00000.tsv"
    assert str(results.path(CHUNKS, shard="s00000", variant="raw")) == "r/chunks/raw/s00000.tsv"
    named = results.path(CHUNKS, shard="s00000", variant="raw", chunking="all")
    assert str(named) == "r/chunks/all/raw/s00000.tsv"


def test_a_method_is_a_level_of_the_section_chunking() -> None:
    config = checked(
        {"factors": {"chunking": ["vad", "fixed", "whole"]}},
        chunking={"max_seconds": 20, "detect_on": "denoised"},
    )
    levels = config.chunkings.items()
    assert {name: (entry.method, entry.max_seconds) for name, entry in levels} == {
        "vad": ("vad", 20), "fixed": ("fixed", 20), "whole": ("whole", 20),
    }  # fmt: skip
    assert {entry.detect_on for entry in config.chunkings.values()} == {"denoised"}


def test_the_section_chunking_stays_for_experiments_that_name_none() -> None:
    experiments = {
        "plain": {"factors": {"audio": ["raw"]}},
        "cuts": {"factors": {"audio": ["raw"], "chunking": ["vad15", "fixed"]}},
    }
    raw = {**CONFIG, "experiments": experiments, "chunkings": CUTS}
    config = check_config({**raw, "chunking": {"max_seconds": 25}}, "test")
    passes = plan_passes(expand_experiments(config).values())
    assert list(passes) == ["tiny.raw", "tiny.raw.vad15", "tiny.raw.fixed"]
    with pytest.raises(UserError, match=r"plain.factors.chunking: `chunkings` has several entries"):
        check_config(raw, "test")


def test_the_only_chunking_need_not_be_named() -> None:
    config = checked({}, chunkings={"short": {"max_seconds": 5}})
    assert [cell.chunking for cell in expand_experiments(config)["study"].conditions] == ["short"]


MISTAKES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "no such level": (
        {"factors": {"chunking": ["vad51"]}},
        {},
        "experiments.study.factors.chunking: `chunkings` defines no 'vad51'; did you mean 'vad15'?",
    ),
    "an empty level": (
        {"factors": {"chunking": [""]}},
        {},
        "experiments.study.factors.chunking: `chunkings` defines no ''",
    ),
    "one without a name among others": (
        {"include": [{"chunking": "fixed"}]},
        {"chunking": {}},
        "experiments.study.factors.chunking: some conditions name a chunking and others take",
    ),
    "random groups": (
        {"design": "random_groups", "factors": {"chunking": ["vad15", "all"]}},
        {},
        "experiments.study.design: random groups give each chunk one condition",
    ),
    "random groups that overlap": (
        {"design": "random_groups", "factors": {"chunking": ["fixed"]}},
        {},
        "experiments.study.design: random groups give neighbouring chunks to different conditions",
    ),
    "an engine that decodes nothing whole": (
        {"factors": {"chunking": ["all"]}},
        {"models": {"m": {"engine": "moonshine", "weights": "moonshine-tiny.en"}}},
        "chunkings.all.method: the engine moonshine of models.m decodes no recording whole",
    ),
    "too much overlap": (
        {"factors": {"chunking": ["over"]}},
        {"chunkings": {"over": {"method": "fixed", "max_seconds": 6, "overlap_seconds": 3}}},
        "chunkings.over.overlap_seconds: 3 s are not less than half of max_seconds, 6 s",
    ),
    "segments without a file": (
        {"factors": {"chunking": ["own"]}},
        {"chunkings": {"own": {"detector": "segments"}}},
        "chunkings.own.segments: the detector segments needs the file",
    ),
    "segments of an unknown kind": (
        {"factors": {"chunking": ["own"]}},
        {"chunkings": {"own": {"detector": "segments", "segments": "a.doc"}}},
        "chunkings.own.segments: a.doc: no segments end in '.doc'; known are .csv, .ctm,",
    ),
    "segments that name no recording": (
        {"factors": {"chunking": ["own"]}},
        {"chunkings": {"own": {"detector": "segments", "segments": "a.vtt"}}},
        "chunkings.own.segments: a.vtt: a .vtt file names no recording; write {recording}",
    ),
    "segments that are not there": (
        {"factors": {"chunking": ["own"]}},
        {"chunkings": {"own": {"detector": "segments", "segments": "no/such.rttm"}}},
        "chunkings.own.segments: no file no/such.rttm",
    ),
    "segments that nobody reads": (
        {"factors": {"chunking": ["own"]}},
        {"chunkings": {"own": {"segments": "a.rttm"}}},
        "chunkings.own.segments: the detector silero reads none; leave it out",
    ),
    "a detector that is not installed": (
        {"factors": {"chunking": ["own"]}},
        {"chunkings": {"own": {"detector": "pyannote"}}},
        "chunkings.own.detector: 'pyannote' needs the package pyannote.audio, which is not",
    ),
    "no such detector": (
        {"factors": {"chunking": ["own"]}},
        {"chunkings": {"own": {"detector": "enrgy"}}},
        "chunkings.own.detector: the speech detector 'enrgy' is unknown; did you mean 'energy'?",
    ),
}


@pytest.mark.parametrize(("experiment", "changes", "message"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_name_the_key_and_a_remedy(
    experiment: dict[str, Any], changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(UserError) as error:
        checked(experiment, **{"chunkings": CUTS, **changes})
    assert f"test: {message}" in str(error.value)


def test_mistakes_beside_others_are_told_too() -> None:
    with pytest.raises(UserError) as error:
        checked(
            {"factors": {"chunking": ["vad15", "nine", "whole"]}},
            chunkings={**CUTS, "broken": {"method": "vda"}},
            promts={},
        )
    lines = str(error.value).splitlines()
    assert len(lines) == 3, lines
    assert any("chunkings.broken.method: unknown value 'vda'" in line for line in lines)
    assert any("`chunkings` defines no 'nine'" in line for line in lines)
