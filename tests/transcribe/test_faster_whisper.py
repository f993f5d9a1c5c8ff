"""The fast engine on real weights and real speech."""

from pathlib import Path
from typing import Any

import pytest

from snakescribe.config.check import config_schema
from snakescribe.transcribe.engines import Engine, load_engine, load_tokenizer

MODEL = {"engine": "faster-whisper", "compute_type": "int8", "batch_size": 2}
CLIPS = ("museum-clockmaker-1", "museum-lock-keepers-1", "baseball-herons-kites-1")


@pytest.fixture(scope="module")
def engine(tiny_en: dict[str, Any]) -> Engine:
    return load_engine(MODEL, Path(tiny_en["path"]), threads=2, device="cpu")


@pytest.fixture(scope="module")
def options() -> dict[str, Any]:
    properties = config_schema()["properties"]["decoding"]["additionalProperties"]["properties"]
    return {**{key: one["default"] for key, one in properties.items()}, "language": "en"}


@pytest.fixture(scope="module")
def encoded(engine: Engine, demo_audio: Path) -> Any:
    from faster_whisper.audio import decode_audio

    audio = [decode_audio(str(demo_audio / f"{clip}.opus"))[: 8 * 16000] for clip in CLIPS]
    return engine.encode(audio, 9.0)


@pytest.fixture(scope="module")
def prompts(tiny_en: dict[str, Any]) -> list[list[int]]:
    tokenizer = load_tokenizer(MODEL, Path(tiny_en["path"]))
    return [[], tokenizer.tokenize("Lock keepers."), tokenizer.tokenize("Pendry Herons, Kites.")]


def test_words_lie_in_order_on_the_chunks_clock(
    engine: Engine, encoded: Any, prompts: Any, options: Any
) -> None:
    for one in engine.decode(encoded, [0, 1, 2], prompts, ["en"] * 3, options):
        assert one.text
        assert one.language == "en"
        times = [time for word in one.words for time in (word["start"], word["end"])]
        assert times == sorted(times)
        assert 0 <= times[0] <= times[-1] <= 8
        assert " ".join(word["text"] for word in one.words).split() == one.text.split()
        assert all(0 <= word["probability"] <= 1 for word in one.words)
        assert one.decode_seconds > 0


def test_prompts_of_different_length_in_a_batch_are_as_if_alone(
    engine: Engine, encoded: Any, prompts: Any, options: Any
) -> None:
    together = engine.decode(encoded, [0, 1, 2], prompts, ["en"] * 3, options)
    alone = [
        engine.decode(encoded, [index], [prompts[index]], ["en"], options)[0] for index in range(3)
    ]
    assert [one.text for one in together] == [one.text for one in alone]


def test_a_prompt_with_the_names_is_heard(
    engine: Engine, encoded: Any, prompts: Any, options: Any
) -> None:
    with_names = engine.decode(encoded, [2], [prompts[2]], ["en"], options)[0]
    assert "Pendry Herons" in with_names.text


def test_fallback_tries_each_temperature_until_one_passes(
    engine: Engine, encoded: Any, options: Any
) -> None:
    strict = {**options, "logprob_threshold": 0.0, "temperatures": [0.0, 0.4]}
    strict |= {"no_speech_threshold": 1.0}
    assert engine.decode(encoded, [0], [[]], ["en"], strict)[0].tries == 2
    assert engine.decode(encoded, [0], [[]], ["en"], options)[0].tries == 1


def test_what_is_judged_silent_has_no_text(engine: Engine, encoded: Any, options: Any) -> None:
    deaf = {**options, "logprob_threshold": 0.0, "no_speech_threshold": -1.0}
    one = engine.decode(encoded, [0], [[]], ["en"], deaf)[0]
    assert one.text == ""
    assert one.words == []


def test_provenance_names_versions_and_number_format(engine: Engine) -> None:
    told = engine.provenance()
    assert told["engine"] == "faster-whisper"
    assert told["compute_type"].startswith("int8")
    assert told["device"] == "cpu"
