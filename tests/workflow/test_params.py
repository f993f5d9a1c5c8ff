"""What rules depend on: params that stay as they were where nothing else was asked for."""

from snakescribe.config.block import as_json
from snakescribe.workflow.check import check_config

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
