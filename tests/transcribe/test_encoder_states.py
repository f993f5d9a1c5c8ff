"""Encoder states on a GPU, by a fake that shares memory as CTranslate2 and torch do."""

import sys
from types import SimpleNamespace
from typing import Any

import ctranslate2
import numpy as np
import pytest
from fake_cuda import TRUE_VIEW, DeviceArray, FakeTorch, share

from snakescribe.config.transcribe import Decoding, Weights
from snakescribe.transcribe.engines import Decoded, Engine, Request
from snakescribe.transcribe.engines.encoder_states import DeviceStates, HostStates, states_on
from snakescribe.transcribe.engines.faster_whisper import FasterWhisper

STATES = np.random.default_rng(7).normal(size=(3, 4, 5)).astype(np.float32)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeTorch:
    """torch as if a GPU were there, and CTranslate2's views of its memory."""
    torch = FakeTorch()
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setattr(ctranslate2, "StorageView", share(torch))
    return torch


def test_states_are_picked_on_the_device(fake: FakeTorch) -> None:
    states = states_on("cuda")
    assert isinstance(states, DeviceStates)
    assert not states.to_cpu
    whole = states.stack(states.split(DeviceArray(STATES)))
    with pytest.raises(TypeError, match="device type"):
        np.array(whole)
    assert fake.waits == 0
    np.testing.assert_array_equal(np.array(states.view(whole[[2, 0]])), STATES[[2, 0]])
    assert fake.waits == 1


@pytest.mark.parametrize("torch", [None, SimpleNamespace(cuda=SimpleNamespace(is_available=bool))])
def test_without_torch_for_cuda_they_go_through_the_host(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, torch: Any
) -> None:
    monkeypatch.setitem(sys.modules, "torch", torch)
    with caplog.at_level("INFO"):
        states = states_on("cuda")
    assert isinstance(states, HostStates)
    assert states.to_cpu
    assert "no PyTorch with CUDA" in caplog.text


def test_a_cpu_needs_no_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    states = states_on("cpu")
    whole = states.stack(states.split(TRUE_VIEW.from_array(STATES)))
    np.testing.assert_array_equal(np.array(states.view(whole[[2, 0]])), STATES[[2, 0]])


def test_states_in_bfloat16_are_handed_on_in_a_type_that_others_know() -> None:
    narrow = TRUE_VIEW.from_array(STATES).to(ctranslate2.DataType.bfloat16)
    states = HostStates()
    whole = states.stack(states.split(narrow))
    assert whole.dtype == np.float32
    np.testing.assert_allclose(whole, STATES, rtol=2**-8)


@pytest.mark.slow
def test_texts_words_and_figures_are_those_of_the_host(
    tiny_en: dict[str, Any],
    speech: list[np.ndarray],
    options: Decoding,
    fake: FakeTorch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = FasterWhisper(
        Weights(weights="tiny.en", compute_type="int8", batch_size=2), tiny_en["path"], 2, "cpu"
    )
    ours = _decode(engine, speech, options)
    backend: Any = engine.backend
    encode = backend.whisper.model.encode

    def encode_there(features: Any, to_cpu: bool) -> DeviceArray:
        assert not to_cpu
        return DeviceArray(np.array(encode(features)))

    monkeypatch.setattr(backend, "_states", states_on("cuda"))
    monkeypatch.setattr(
        backend.whisper, "model", _Other(backend.whisper.model, encode=encode_there)
    )
    assert _decode(engine, speech, options) == ours
    assert fake.waits


class _Other:
    """An object of which some methods are others."""

    def __init__(self, whole: Any, **others: Any) -> None:
        self.__dict__.update(others, _whole=whole)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)


def _decode(engine: Engine, speech: list[np.ndarray], options: Decoding) -> list[Any]:
    encoded = engine.encode(speech, 15.0)
    requests = [Request(index, prompt, "", "en") for index, prompt in ((2, []), (0, [11]), (1, []))]
    # At the second temperature, only some chunks are left.
    strict = options.model_copy(update={"logprob_threshold": -0.25, "temperatures": [0.0, 0.0]})
    decoded = engine.decode(encoded, requests, strict)
    assert {one.tries for one in decoded} == {1, 2}
    return [_without_times(one) for one in decoded]


def _without_times(decoded: Decoded) -> dict[str, Any]:
    return {key: value for key, value in vars(decoded).items() if key != "decode_seconds"}
