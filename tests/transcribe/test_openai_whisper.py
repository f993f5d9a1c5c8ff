"""openai-whisper on the same real weights: its own figures, and agreement with the fast engine."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import jiwer
import pytest

from snakescribe.config.transcribe import Weights
from snakescribe.errors import UserError
from snakescribe.transcribe.engines import Request
from snakescribe.transcribe.engines.faster_whisper import FasterWhisper
from snakescribe.transcribe.engines.openai_whisper import OpenaiWhisper
from snakescribe.transcribe.weights.checkpoints import (
    NAMES,
    check_name,
    fetch_checkpoint,
    official_name,
    read_shape,
)
from snakescribe.transcribe.weights.convert import needs_conversion

pytestmark = pytest.mark.slow

MODEL = Weights(weights="tiny.en", compute_type="float32")


@pytest.fixture(scope="module")
def engine(tiny_en_checkpoint: Path) -> OpenaiWhisper:
    return OpenaiWhisper(MODEL, str(tiny_en_checkpoint), threads=2, device="cpu")


@pytest.fixture(scope="module")
def encoded(engine: OpenaiWhisper, speech: Any) -> Any:
    return engine.encode(speech, 9.0)


@pytest.fixture(scope="module")
def requests(tiny_en_checkpoint: Path) -> list[Request]:
    tokenize = OpenaiWhisper.load_tokenizer(str(tiny_en_checkpoint)).tokenize
    texts = ["", "", "Pendry Herons, Kites."]
    return [Request(index, tokenize(text), text, "en") for index, text in enumerate(texts)]


@pytest.mark.parametrize("beam_size", [1, 3])
def test_it_says_what_the_package_itself_says(
    engine: OpenaiWhisper, encoded: Any, requests: Any, options: Any, speech: Any, beam_size: int
) -> None:
    import whisper
    from whisper.timing import find_alignment
    from whisper.tokenizer import get_tokenizer

    beams = options.model_copy(update={"beam_size": beam_size})
    found = engine.decode(encoded, requests, beams)
    for audio, request, one in zip(speech, requests, found, strict=True):
        mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(audio))
        theirs = whisper.decode(
            engine.backend.model,
            mel,
            whisper.DecodingOptions(
                language="en",
                prompt=request.prompt_text or None,
                beam_size=beam_size if beam_size > 1 else None,
                without_timestamps=True,
                fp16=False,
            ),
        )
        assert one.text == theirs.text
        assert one.segments[0]["avg_logprob"] == pytest.approx(theirs.avg_logprob, abs=1e-4)
        assert one.segments[0]["no_speech_prob"] == pytest.approx(theirs.no_speech_prob, abs=1e-4)
        assert one.segments[0]["compression_ratio"] == pytest.approx(theirs.compression_ratio)
        words = find_alignment(engine.backend.model, get_tokenizer(False), theirs.tokens, mel, 800)
        spoken = [word for word in words if any(letter.isalnum() for letter in word.word)]
        assert [word["start"] for word in one.words] == pytest.approx(
            [word.start for word in spoken], abs=0.021
        )


@pytest.mark.parametrize("beam_size", [1, 5])
def test_both_engines_hear_nearly_the_same(
    engine: OpenaiWhisper,
    encoded: Any,
    requests: Any,
    options: Any,
    speech: Any,
    tiny_en: dict[str, Any],
    beam_size: int,
) -> None:
    options = options.model_copy(update={"beam_size": beam_size})
    other = FasterWhisper(MODEL, tiny_en["path"], 2, "cpu")
    ours = engine.decode(encoded, requests, options)
    fast = other.decode(other.encode(speech, 30.0), requests, options)
    assert jiwer.wer([one.text for one in ours], [one.text for one in fast]) < 0.05


def test_weights_by_path_get_the_heads_of_their_architecture(engine: OpenaiWhisper) -> None:
    import whisper

    named = whisper.model.Whisper(engine.backend.model.dims)
    named.set_alignment_heads(whisper._ALIGNMENT_HEADS["tiny.en"])
    assert engine.backend.model.alignment_heads.indices().equal(named.alignment_heads.indices())


def test_a_name_of_an_official_model_beats_its_shape(tiny_en_checkpoint: Path) -> None:
    shape = read_shape(tiny_en_checkpoint)
    assert official_name(Path("mine/large-v1.pt"), shape) == "large-v1"
    assert official_name(tiny_en_checkpoint, shape) == "tiny.en"
    assert official_name(tiny_en_checkpoint, (3, 3, 51864, 80)) is None


def test_a_higher_temperature_is_tried_where_the_first_does_not_pass(
    engine: OpenaiWhisper, encoded: Any, requests: Any, options: Any
) -> None:
    strict = options.model_copy(
        update={
            "logprob_threshold": 0.0,
            "no_speech_threshold": 1.0,
            "temperatures": [0.0, 0.4],
        }
    )
    assert engine.decode(encoded, requests[:1], strict)[0].tries == 2


def test_both_tokenizers_count_the_same(tiny_en: dict[str, Any], tiny_en_checkpoint: Path) -> None:
    text = "Okafor, Dziedzic and the Pendry Herons: 3-2 in extra innings."
    ours = OpenaiWhisper.load_tokenizer(str(tiny_en_checkpoint))
    fast = FasterWhisper.load_tokenizer(tiny_en["path"])
    assert ours.tokenize(text) == fast.tokenize(text)
    assert ours.detokenize(ours.tokenize(text)).strip() == text


def test_a_receipt_names_path_sha256_and_language(tiny_en_checkpoint: Path) -> None:
    receipt = fetch_checkpoint(str(tiny_en_checkpoint))
    assert receipt["languages"] == "en"
    assert receipt["path"] == str(tiny_en_checkpoint.resolve())
    assert len(receipt["sha256"]) == 64


def test_the_names_that_a_config_may_give_are_those_of_the_package() -> None:
    import whisper

    assert set(whisper.available_models()) == NAMES


def test_a_name_is_checked_without_torch() -> None:
    program = (
        "import sys; from snakescribe.transcribe.engines import engine_class; "
        "engine_class('openai-whisper').check_weights('tiny.en'); print('torch' in sys.modules)"
    )
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, capture_output=True, text=True).stdout == "False\n"


def test_unknown_names_suggest_near_ones() -> None:
    with pytest.raises(UserError, match=r"did you mean 'small\.en'"):
        check_name("smal.en")


def test_a_file_that_is_no_checkpoint_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(b"this is not a checkpoint")
    with pytest.raises(UserError, match="not a checkpoint of openai-whisper"):
        fetch_checkpoint(str(path))
    with pytest.raises(UserError, match="not a checkpoint of openai-whisper"):
        OpenaiWhisper.check_weights(str(path))  # before the run, without torch
    assert not needs_conversion(str(path), "faster-whisper")


def test_samples_depend_on_the_seed_of_each_chunk_alone(
    engine: OpenaiWhisper, encoded: Any, options: Any
) -> None:
    sampled = options.model_copy(update={"temperatures": [1.0], "word_timestamps": False})

    def hear(*seeds: int) -> list[str]:
        requests = [Request(0, (), "", "en", seed=seed) for seed in seeds]
        return [decoded.text for decoded in engine.decode(encoded, requests, sampled)]

    first = hear(1, 2)
    assert first[0] != first[1]
    assert hear(2, 1) == first[::-1]
