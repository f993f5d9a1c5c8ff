"""The fast engine on real weights and real speech."""

from typing import Any

import numpy as np
import pytest

from snakescribe.config.transcribe import Weights
from snakescribe.transcribe.engines import Engine, Request
from snakescribe.transcribe.engines.faster_whisper import FasterWhisper

MODEL = Weights(weights="tiny.en", compute_type="int8", batch_size=2)


@pytest.fixture(scope="module")
def engine(tiny_en: dict[str, Any]) -> FasterWhisper:
    return FasterWhisper(MODEL, tiny_en["path"], threads=2, device="cpu")


@pytest.fixture(scope="module")
def encoded(engine: Engine, speech: Any) -> Any:
    return engine.encode(speech, 9.0)


@pytest.fixture(scope="module")
def requests(tiny_en: dict[str, Any]) -> list[Request]:
    tokenize = FasterWhisper.load_tokenizer(tiny_en["path"]).tokenize
    texts = ["", "Lock keepers.", "Pendry Herons, Kites."]
    return [Request(index, tokenize(text), text, "en") for index, text in enumerate(texts)]


@pytest.mark.parametrize("window", [15, 30])
@pytest.mark.parametrize("seconds", [0, 0.01, 0.5, 3.21, 14.03, 14.99, 15])
def test_features_are_those_of_the_whole_padded_window(
    engine: FasterWhisper, window: int, seconds: float
) -> None:
    random = np.random.default_rng(0)
    sound = 0.1 * random.standard_normal(int(16000 * seconds)).astype(np.float32)
    sound[len(sound) // 2 :] = 0  # a chunk may end in silence, too
    padded = np.pad(sound, (0, 16000 * window - len(sound)))
    (found,) = engine.backend.features([sound], window)
    theirs = engine.backend.whisper.feature_extractor(padded, padding=0)
    assert found.shape == theirs.shape
    np.testing.assert_allclose(found, theirs, rtol=0, atol=1e-6)


def test_words_lie_in_order_on_the_chunks_clock(
    engine: Engine, encoded: Any, requests: list[Request], options: Any
) -> None:
    for one in engine.decode(encoded, requests, options):
        assert one.text
        assert one.language == "en"
        times = [time for word in one.words for time in (word["start"], word["end"])]
        assert times == sorted(times)
        assert 0 <= times[0] <= times[-1] <= 8
        assert " ".join(word["text"] for word in one.words).split() == one.text.split()
        assert all(0 <= word["probability"] <= 1 for word in one.words)
        assert one.decode_seconds > 0


def test_prompts_of_different_length_in_a_batch_are_as_if_alone(
    engine: Engine, encoded: Any, requests: list[Request], options: Any
) -> None:
    together = engine.decode(encoded, requests, options)
    alone = [engine.decode(encoded, [request], options)[0] for request in requests]
    assert [one.text for one in together] == [one.text for one in alone]


def test_a_prompt_with_the_names_is_heard(
    engine: Engine, encoded: Any, requests: list[Request], options: Any
) -> None:
    with_names = engine.decode(encoded, requests[2:], options)[0]
    assert "Pendry Herons" in with_names.text


def test_fallback_tries_each_temperature_until_one_passes(
    engine: Engine, encoded: Any, requests: list[Request], options: Any
) -> None:
    strict = options.model_copy(
        update={
            "logprob_threshold": 0.0,
            "no_speech_threshold": 1.0,
            "temperatures": [0.0, 0.4],
        }
    )
    assert engine.decode(encoded, requests[:1], strict)[0].tries == 2
    assert engine.decode(encoded, requests[:1], options)[0].tries == 1


def test_what_is_judged_silent_has_no_text(
    engine: Engine, encoded: Any, requests: list[Request], options: Any
) -> None:
    deaf = options.model_copy(update={"logprob_threshold": 0.0, "no_speech_threshold": -1.0})
    one = engine.decode(encoded, requests[:1], deaf)[0]
    assert one.text == ""
    assert one.words == []


def test_provenance_names_versions_and_number_format(engine: Engine) -> None:
    told = engine.provenance()
    assert told["engine"] == "faster-whisper"
    assert told["compute_type"].startswith("int8")
    assert told["device"] == "cpu"
