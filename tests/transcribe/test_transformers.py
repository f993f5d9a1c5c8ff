"""The engine `transformers`, and Whisper from one form to another: real weights, real speech."""

import json
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import pytest
from click.testing import CliRunner
from test_moonshine import plain

from snakescribe.cli import cli
from snakescribe.config.transcribe import Decoding, Weights
from snakescribe.errors import UserError
from snakescribe.transcribe.engines import Engine, Request, engine_class

pytestmark = pytest.mark.slow

SAMPLE_RATE = 16_000


@pytest.fixture(scope="module")
def whisper_folder(tiny_en_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Whisper tiny.en as a folder of transformers."""
    target = tmp_path_factory.mktemp("transformers") / "tiny.en"
    call = ["models", "convert", str(tiny_en_checkpoint), "--engine", "transformers"]
    result = CliRunner().invoke(cli, [*call, "--output", str(target)], catch_exceptions=False)
    assert f"{target}: for transformers, made of {tiny_en_checkpoint} (sha256 " in result.output
    return target


def load(engine: str, weights: Path | str, compute_type: str = "float32") -> Engine:
    model = Weights(engine=engine, weights=str(weights), compute_type=compute_type)
    receipt = engine_class(engine).fetch_weights(str(weights))
    return engine_class(engine)(model, receipt["path"], 2, "cpu")


def say(engine: Engine, audio: list[np.ndarray], **options: Any) -> list[Any]:
    requests = [Request(member, [], "", "en") for member in range(len(audio))]
    return engine.decode(engine.encode(audio, 30.0), requests, Decoding(**options))


def test_it_hears_what_openai_whisper_hears(
    whisper_folder: Path, tiny_en_checkpoint: Path, speech: list[np.ndarray]
) -> None:
    engine = load("transformers", whisper_folder)
    told = say(engine, speech)
    theirs = say(load("openai-whisper", tiny_en_checkpoint), speech)
    assert [result.text for result in told] == [result.text for result in theirs]
    assert [result.words for result in told] == [[], [], []]
    (timed,) = say(engine, speech[:1], timestamps=True)
    starts = [word["start"] for word in timed.words]
    assert starts == sorted(starts)
    same = [word["start"] for word in theirs[0].words]
    assert starts[:5] == pytest.approx(same[:5], abs=0.3)
    assert engine.provenance()["model_kind"] == "whisper"
    quiet = np.zeros(3 * SAMPLE_RATE, np.float32)
    (whole,) = engine.decode_whole(
        [np.concatenate([quiet, speech[0]])], [Request(0, [], "", "en")], Decoding(), False
    )
    assert jiwer.wer(plain([told[0].text]), plain([whole.text])) < 0.25
    assert whole.segments[0]["start"] > 2.5


def test_every_form_says_the_same(
    whisper_folder: Path,
    tiny_en_checkpoint: Path,
    tiny_en: dict[str, Any],
    speech: list[np.ndarray],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SNAKESCRIBE_CACHE", str(tmp_path))
    clips = [samples[: 4 * SAMPLE_RATE] for samples in speech[:2]]
    texts = [result.text for result in say(load("faster-whisper", tiny_en["path"]), clips)]
    for weights in (whisper_folder, tiny_en_checkpoint):
        engine = load("faster-whisper", weights)
        results = say(engine, clips)
        assert [result.text for result in results] == texts
        assert all(result.words for result in results)
        fast = engine_class("faster-whisper")
        converted = fast.load_tokenizer(fast.fetch_weights(str(weights))["path"])
        original = fast.load_tokenizer(tiny_en["path"])
        for text in ("Okafor: 3-2 in extra innings.", "Say <|startoftranscript|> twice, é."):
            assert converted.tokenize(text) == original.tokenize(text)
            assert converted.detokenize(converted.tokenize(text)).strip() == text
    theirs = load("openai-whisper", whisper_folder)
    before = say(load("openai-whisper", tiny_en_checkpoint), clips[:1])
    assert [result.text for result in say(theirs, clips[:1])] == [result.text for result in before]
    receipt = engine_class("faster-whisper").fetch_weights(str(whisper_folder))
    again = engine_class("faster-whisper").fetch_weights(str(whisper_folder))
    assert receipt == again
    assert receipt["source"] == "converted"
    assert len(receipt["converted_from"]) == 64
    assert Path(receipt["path"]).is_relative_to(tmp_path)
    state = engine_class("faster-whisper").weights_state(str(whisper_folder))
    changed = whisper_folder / "generation_config.json"
    changed.write_text(changed.read_text() + "\n")
    assert engine_class("faster-whisper").weights_state(str(whisper_folder)) != state


def test_a_ctc_model_times_its_words(tmp_path: Path) -> None:
    import torch
    from transformers import (
        Wav2Vec2Config,
        Wav2Vec2CTCTokenizer,
        Wav2Vec2FeatureExtractor,
        Wav2Vec2ForCTC,
    )

    letters = ["<pad>", "<s>", "</s>", "<unk>", "|", *"abcdef"]
    numbered = {letter: number for number, letter in enumerate(letters)}
    (tmp_path / "letters.json").write_text(json.dumps(numbered))
    torch.manual_seed(0)
    size = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = Wav2Vec2Config(
        **size, vocab_size=len(letters), intermediate_size=64, conv_dim=(32,) * 7, pad_token_id=0,
        num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=4,
    )  # fmt: skip
    folder = tmp_path / "wav2vec2"
    Wav2Vec2ForCTC(config).save_pretrained(folder)
    with pytest.raises(UserError, match=r"no preprocessor_config\.json or processor_config\.json"):
        engine_class("transformers").check_weights(str(folder))
    Wav2Vec2CTCTokenizer(str(tmp_path / "letters.json")).save_pretrained(folder)
    Wav2Vec2FeatureExtractor(return_attention_mask=True).save_pretrained(folder)
    with pytest.raises(UserError, match="model_type 'wav2vec2', no Whisper"):
        engine_class("faster-whisper").check_weights(str(folder))
    random = np.random.default_rng(1)
    audio = [random.normal(0, 0.1, int(s * SAMPLE_RATE)).astype(np.float32) for s in (1, 2.5, 1.7)]
    results = say(load("transformers", folder), audio)
    for result, samples in zip(results, audio, strict=True):
        assert "".join(word["text"] for word in result.words) == result.text.replace(" ", "")
        starts = [word["start"] for word in result.words]
        assert starts == sorted(starts)
        assert all(0 <= start <= len(samples) / SAMPLE_RATE for start in starts)
    assert any(result.text for result in results)
