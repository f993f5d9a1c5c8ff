"""What rules depend on: params that stay as they were where nothing else was asked for."""

from pathlib import Path

from snakescribe.config.block import as_json
from snakescribe.config.experiments import expand_experiments, plan_passes
from snakescribe.workflow.check import check_config
from snakescribe.workflow.params import engine_options, guides_of, score_params

CONFIG = {
    "recordings": [{"source": "folder", "path": "."}],
    "models": {"tiny-en": {"weights": "tiny.en"}},
    "experiments": {"study": {}},
}


def test_a_detector_that_nobody_named_is_not_named() -> None:
    """The plans of earlier versions, which had no other detector, are not made anew."""
    assert as_json(check_config(CONFIG, "test").chunking) == (
        '{"method":"vad","max_seconds":30,"detect_on":"raw","speech_threshold":0.5,'
        '"min_speech_ms":100,"min_silence_ms":300,"pad_ms":200}'
    )


def test_a_detector_of_ones_own_is_named() -> None:
    checked = check_config({**CONFIG, "chunking": {"detector": "builtins:len"}}, "test")
    assert as_json(checked.chunking).startswith('{"detector":"builtins:len","method":"vad",')


def test_transcripts_that_exist_are_cut_by_a_model_on_the_same_chunks(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("words")
    vendor = {"engine": "files", "weights": f"{tmp_path}/{{recording}}.txt"}
    checked = check_config(
        {
            **CONFIG,
            "audio": {"raw": [], "clean": ["wiener"]},
            "models": {"tiny-en": {"weights": "tiny.en"}, "vendor": vendor, "other": vendor},
            "experiments": {
                "study": {"factors": {"model": ["vendor", "tiny-en"], "audio": ["raw", "clean"]}},
                "alone": {"factors": {"model": ["vendor", "other"], "audio": ["raw"]}},
            },
        },
        "test",
    )
    experiments = expand_experiments(checked)
    guides = {
        name: guides_of(checked, experiments.values(), planned)
        for name, planned in plan_passes(experiments.values()).items()
    }
    assert guides == {
        "vendor.raw": ["tiny-en.raw"],
        "vendor.clean": ["tiny-en.clean"],
        "tiny-en.raw": [],
        "tiny-en.clean": [],
        "other.raw": [],
    }


def test_what_some_engines_read_is_passed_on_where_it_is_said() -> None:
    """The transcripts of earlier versions, which had no such keys, are not out of date."""
    plain = check_config(CONFIG, "test").models["tiny-en"]
    assert engine_options(plain) == {}
    assert as_json(plain) == (
        '{"weights":"tiny.en","engine":"faster-whisper","compute_type":"default","batch_size":8,'
        '"gpu_mem_mb":0}'
    )
    model = {"engine": "http", "weights": "w", "url": "http://127.0.0.1/v1"}
    asked = check_config({**CONFIG, "models": {"tiny-en": model}}, "test").models["tiny-en"]
    assert engine_options(asked) == {"url": "http://127.0.0.1/v1"}


def test_scoring_is_told_of_translations_where_there_are_some() -> None:
    config = check_config(CONFIG, "test")
    assert "translating" not in as_json(score_params(config, expand_experiments(config)["study"]))
    asked = {
        **CONFIG,
        "models": {"tiny": {"weights": "tiny"}},
        "decoding": {"there": {}, "back": {"task": "translate"}},
        "experiments": {"study": {"factors": {"decoding": ["there", "back"]}}},
    }
    config = check_config(asked, "test")
    assert score_params(config, expand_experiments(config)["study"]).translating == ["back"]
