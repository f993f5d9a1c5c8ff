"""The engine `onnx`: words from tokens, small graphs, and real weights on real speech."""

import json
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
import onnx_asr
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx_models import STRIDE, write_ctc, write_transducer, write_vocabulary, write_whisper
from test_moonshine import plain

from snakescribe.config.transcribe import Decoding, Weights
from snakescribe.errors import UserError
from snakescribe.transcribe.engines import Request
from snakescribe.transcribe.engines.onnx import Onnx
from snakescribe.transcribe.engines.onnx_model import Token, to_words

pytestmark = pytest.mark.slow

SAMPLE_RATE = 16_000


def load(folder: Path, threads: int = 2, **model: Any) -> Onnx:
    entry = Weights(engine="onnx", weights=str(folder), **model)
    return Onnx(entry, Onnx.fetch_weights(str(folder))["path"], threads=threads, device="cpu")


def say(engine: Onnx, audio: list[np.ndarray], language: str = "en") -> list[Any]:
    requests = [Request(member, [], "", language) for member in range(len(audio))]
    return engine.decode(engine.encode(audio, 30.0), requests, Decoding())


def noise(*seconds: float) -> list[np.ndarray]:
    random = np.random.default_rng(7)
    return [
        random.normal(0, 0.1, round(length * SAMPLE_RATE)).astype(np.float32) for length in seconds
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from([" the", "s", " ", "é", " a ", "", "'", " ,"]), st.floats(0, 2)),
        max_size=12,
    )
)
def test_words_have_the_letters_of_their_tokens(pieces: list[tuple[str, float]]) -> None:
    times = np.cumsum([step for _, step in pieces])
    tokens = [Token(text, float(time), -0.5) for (text, _), time in zip(pieces, times, strict=True)]
    words = to_words(tokens, 30.0)
    assert [word["text"] for word in words] == "".join(text for text, _ in pieces).split()
    if not words:
        return
    starts = [word["start"] for word in words]
    assert starts == sorted(starts)
    for word, following in zip(words, [*starts[1:], 30.0], strict=True):
        assert word["start"] <= word["end"] <= max(following, word["start"])
        assert word["probability"] == pytest.approx(exp(-0.5), abs=1e-4)


@pytest.mark.parametrize("kind", ["ctc", "rnnt", "tdt"])
def test_tokens_times_and_figures_are_those_of_onnx_asr(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / kind
    if kind == "ctc":
        write_ctc(folder)
    else:
        write_transducer(folder, durations=3 if kind == "tdt" else 0)
    audio = noise(1.0, 3.0, 0.4)
    theirs = onnx_asr.load_model(f"nemo-conformer-{kind}", folder).with_timestamps()
    ours = say(load(folder), audio)
    for decoded, told, samples in zip(ours, theirs.recognize(audio), audio, strict=True):
        seconds = len(samples) / SAMPLE_RATE
        assert told.tokens and told.timestamps and told.logprobs
        assert decoded.text == told.text.strip()
        (segment,) = decoded.segments
        assert segment["tokens"] == len(told.tokens)
        assert segment["avg_logprob"] == pytest.approx(np.mean(told.logprobs), abs=1e-6)
        assert {word["start"] for word in decoded.words} <= set(told.timestamps)
        assert "".join(word["text"] for word in decoded.words) == decoded.text.replace(" ", "")
        assert all(0 < word["probability"] <= 1 for word in decoded.words)
        assert 0 <= segment["start"] < segment["end"] <= seconds + STRIDE * 0.01


def test_what_a_model_knows_not_is_an_error(tmp_path: Path) -> None:
    folder = write_ctc(tmp_path / "ctc")
    engine = load(folder)
    with pytest.raises(UserError, match="the engine onnx reads no prompts"):
        engine.decode(engine.encode(noise(1.0), 9.0), [Request(0, [1], "Kites", "en")], Decoding())
    (folder / "model.onnx").write_bytes(b"no graph")
    with pytest.raises(UserError, match="onnx-asr cannot read this model"):
        load(folder)
    write_vocabulary(folder, {"model_type": "nemo-conformer-rnnt"})
    with pytest.raises(UserError, match=r"no encoder-model\.onnx"):
        load(folder)


def test_a_receipt_has_a_digest_of_every_file(tmp_path: Path) -> None:
    folder = write_transducer(tmp_path / "rnnt")
    receipt = Onnx.fetch_weights(str(folder))
    names = {Path(path).name for path in receipt["files"]}
    assert names == {
        "encoder-model.onnx", "decoder_joint-model.onnx", "vocab.txt", "config.json",
    }  # fmt: skip
    (folder / "vocab.txt").write_text((folder / "vocab.txt").read_text().replace("game", "play"))
    assert Onnx.fetch_weights(str(folder))["sha256"] != receipt["sha256"]


@pytest.fixture(scope="module")
def whisper_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Whisper base, real weights, as onnx-asr reads it."""
    from checkpoint import write_checkpoint

    from snakescribe.transcribe.engines.faster_whisper import FasterWhisper

    base = Path(FasterWhisper.fetch_weights("base")["path"])
    folder = tmp_path_factory.mktemp("onnx")
    checkpoint = write_checkpoint(base, folder / "base.pt")
    return write_whisper(folder / "whisper", checkpoint, base / "tokenizer.json")


def test_real_weights_hear_what_is_said(whisper_base: Path, speech: list[np.ndarray]) -> None:
    engine = load(whisper_base)
    clips = [speech[2][: 4 * SAMPLE_RATE], speech[0][: 3 * SAMPLE_RATE]]
    first, second = say(engine, clips)
    assert plain([first.text])[0].startswith("good evening and welcome back to the ballpark")
    assert "the story of a clock" in second.text
    assert (first.words, first.segments[0]["avg_logprob"]) == ([], None)
    with pytest.raises(UserError, match=r"knows no language '<\|xx\|>'"):
        say(engine, clips[1:], language="xx")
    silence = np.zeros(4 * SAMPLE_RATE, np.float32)
    recording = np.concatenate([silence, clips[0], silence])
    requests = [Request(0, [], "", ""), Request(1, [], "", "")]  # of languages it finds out
    whole, nothing = engine.decode_whole([recording, silence], requests, Decoding(), False)
    assert whole.text == first.text
    assert 3.5 < whole.segments[0]["start"] < whole.segments[-1]["end"] < 8.5
    assert (nothing.text, nothing.segments) == ("", [])


def test_stretches_of_a_recording_lie_on_its_clock(tmp_path: Path, speech: Any) -> None:
    engine = load(write_ctc(tmp_path / "ctc"))
    quiet = np.zeros(3 * SAMPLE_RATE, np.float32)
    recording = np.concatenate([quiet, speech[0], quiet, speech[1]])
    (whole,) = engine.decode_whole([recording], [Request(0, [], "", "")], Decoding(), False)
    seconds = len(recording) / SAMPLE_RATE
    edges = [(part["start"], part["end"]) for part in whole.segments]
    assert len(edges) >= 2
    assert edges == sorted(edges)
    assert 2.5 < edges[0][0] < edges[-1][1] <= seconds
    assert not any(11.5 < (start + end) / 2 < 13.5 for start, end in edges)
    starts = [word["start"] for word in whole.words]
    assert starts == sorted(starts)
    assert "".join(word["text"] for word in whole.words) == whole.text.replace(" ", "")
    assert json.dumps(whole.segments)
