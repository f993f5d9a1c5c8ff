"""What rules depend on: params that stay as they were where nothing else was asked for."""

from pathlib import Path

from snakescribe.config.block import as_json
from snakescribe.config.experiments import expand_experiments, plan_passes
from snakescribe.workflow.check import check_config
from snakescribe.workflow.params import guides_of

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
