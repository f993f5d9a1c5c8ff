"""Moonshine: its vocabulary, and real weights on real speech."""

import json
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import onnxruntime
import pytest
from test_transcribe_shard import Shard, without_times

from snakescribe.config.transcribe import Decoding, Weights
from snakescribe.errors import UserError
from snakescribe.transcribe.engines import Request
from snakescribe.transcribe.engines.moonshine import FILES, SAMPLE_RATE, Moonshine
from snakescribe.transcribe.engines.moonshine_model import read_vocabulary
from snakescribe.transcribe.weights.table import find_model

SAID = (  # what the first eight seconds of the recordings say, by their references
    "This is the story of a clock that has been wrong for two hundred years and my name is Hedwig "
    "Zellner in eighteen fourteen",
    "Welcome to Voices from the Vault the podcast of the Ostrey town museum and I am Philippa "
    "Wraxall with me today is our curator of water",
    "Good evening and welcome back to the ballpark where the Pendry Herons lead the Kessock Kites "
    "by two runs in the third inning Tobias",
)
SECONDS = (8.0, 2.5, 5.0)  # of each clip, in tests of what a batch does


def load(
    receipt: dict[str, Any], batch_size: int = 8, threads: int = 2, device: str = "cpu"
) -> Moonshine:
    model = Weights(engine="moonshine", weights="moonshine-tiny.en", batch_size=batch_size)
    return Moonshine(model, receipt["path"], threads=threads, device=device)


def plain(texts: list[str]) -> list[str]:
    return ["".join(letter for letter in text.lower() if letter not in ",.?!") for text in texts]


def say(engine: Moonshine, audio: list[np.ndarray], options: Decoding) -> list[Any]:
    requests = [Request(member, [], "", "en") for member in range(len(audio))]
    return engine.decode(engine.encode(audio, 30.0), requests, options)


def test_the_vocabulary_is_lengths_and_bytes(tmp_path: Path) -> None:
    pieces = [b"", b"<s>", "▁the".encode(), b"x" * 127, b"y" * 128, b"z" * 1000]
    path = tmp_path / "tokenizer.bin"
    heads = [
        bytes([len(piece)] if len(piece) < 128 else [len(piece) % 128 + 128, len(piece) // 128])
        for piece in pieces
    ]
    data = b"".join(head + piece for head, piece in zip(heads, pieces, strict=True))
    path.write_bytes(data)
    assert read_vocabulary(path) == pieces
    for cut in (data[:-1], data[:-1000], data[:-1001]):
        path.write_bytes(cut)
        with pytest.raises(UserError, match=r"tokenizer\.bin: it ends within a token"):
            read_vocabulary(path)


def test_the_table_has_a_digest_of_every_file() -> None:
    model = find_model("moonshine-tiny.en", "moonshine")
    assert tuple(model.files) == FILES.needed
    assert all(len(digest or "") == 64 for digest in model.files.values())


@pytest.mark.slow
def test_it_hears_what_is_said(
    moonshine_tiny_en: dict[str, Any], speech: list[np.ndarray], options: Decoding
) -> None:
    results = say(load(moonshine_tiny_en), speech, options)
    assert jiwer.wer(plain(list(SAID)), plain([result.text for result in results])) < 0.25
    for result in results:
        (segment,) = result.segments
        assert (segment["start"], segment["end"]) == (0.0, 8.0)
        assert segment["text"] == result.text
        assert -0.5 < (segment["avg_logprob"] or 0.0) < -0.05
        assert 15 < (segment["tokens"] or 0) < 8 * 6.5
        assert (result.language, result.words, result.capped) == ("en", [], False)
        assert result.decode_seconds > 0
    (silent,) = say(load(moonshine_tiny_en), [np.zeros(16000, np.float32)], options)
    assert len(silent.text.split()) < 7


@pytest.mark.slow
def test_what_it_says_does_not_depend_on_company(
    moonshine_tiny_en: dict[str, Any], speech: list[np.ndarray], options: Decoding
) -> None:
    audio = [
        samples[: round(seconds * SAMPLE_RATE)]
        for samples in speech
        for seconds in (*SECONDS, SECONDS[-1] - 0.5)
    ]
    together = [result.text for result in say(load(moonshine_tiny_en), audio, options)]
    for batch_size, threads in ((1, 1), (2, 1), (8, 1), (3, 2)):
        engine = load(moonshine_tiny_en, batch_size, threads)
        texts = [result.text for result in say(engine, audio[::-1], options)]
        assert texts[::-1] == together
    engine = load(moonshine_tiny_en)
    encoded = engine.encode(audio, 30.0)
    for member, text in enumerate(together):
        (alone,) = engine.decode(encoded, [Request(member, [], "", "en")], options)
        assert alone.text == text


@pytest.mark.slow
def test_what_it_cannot_do_is_an_error(
    moonshine_tiny_en: dict[str, Any], speech: list[np.ndarray], options: Decoding, tmp_path: Path
) -> None:
    engine = load(moonshine_tiny_en)
    with pytest.raises(UserError, match="the engine moonshine reads no prompts"):
        engine.decode(engine.encode(speech, 9.0), [Request(0, [1], "Herons", "en")], options)
    for name in FILES.needed:
        (tmp_path / name).write_bytes(b"no graph")
    with pytest.raises(UserError, match=r"encoder_model\.ort: onnxruntime cannot read this file"):
        load({"path": str(tmp_path)})


@pytest.mark.slow
def test_without_cuda_it_says_that_the_cpu_computes(
    moonshine_tiny_en: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    assert load(moonshine_tiny_en, device="cuda").provenance()["device"] == "cpu"
    assert "moonshine: onnxruntime has no CUDA here" in caplog.text


@pytest.mark.slow
def test_what_is_cached_changes_nothing(
    moonshine_tiny_en: dict[str, Any], speech: list[np.ndarray], tmp_path: Path
) -> None:
    shard = Shard(tmp_path, speech, moonshine_tiny_en, (*SECONDS[:0:-1], 6.0))
    shard.prompts = {"none": ""}
    model = {"engine": "moonshine", "weights": "moonshine-tiny.en", "compute_type": "default"}
    whole = shard.run("whole", **model, batch_size=4)
    assert len(whole) == 6
    told = whole[0]["run"]
    assert told["engine"] == "moonshine"
    assert told["model_sha256"] == moonshine_tiny_en["sha256"]
    assert (told["compute_type"], told["device"], told["threads"]) == ("int8", "cpu", 2)
    lines = shard.journal("whole").read_bytes().splitlines(keepends=True)
    for number, kept in enumerate((lines[::2], lines[1::2], lines[:1], [])):
        journal = shard.journal(f"part{number}")
        journal.parent.mkdir(parents=True)
        journal.write_bytes(b"".join(kept))
        rows = shard.run(f"part{number}", **model, batch_size=4)
        assert without_times(rows) == without_times(whole)
        keys = [json.loads(line)["key"] for line in journal.read_bytes().splitlines()]
        assert set(keys) == {json.loads(line)["key"] for line in lines}
    texts = [row["text"] for row in shard.run("alone", **model, batch_size=1)]
    assert texts == [row["text"] for row in whole]
