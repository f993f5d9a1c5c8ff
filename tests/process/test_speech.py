"""Speech regions from probabilities: Silero's own rule, and its detector in blocks."""

from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from faster_whisper import vad
from hypothesis import given, settings
from hypothesis import strategies as st

from snakescribe.ffmpeg.samples import decode
from snakescribe.process import levels, silero
from snakescribe.process.speech import find_pauses, find_speech, measure_frames

PROBABILITIES = st.lists(
    st.sampled_from([0.0, 0.02, 0.3, 0.34, 0.36, 0.49, 0.5, 0.51, 0.9]), max_size=120
)


@given(
    probabilities=PROBABILITIES,
    threshold=st.sampled_from([0.1, 0.35, 0.5, 0.8]),
    min_speech_ms=st.integers(0, 400),
    min_silence_ms=st.integers(0, 600),
)
@settings(max_examples=3 * settings().max_examples)
def test_regions_are_those_of_faster_whisper(
    probabilities: list[float], threshold: float, min_speech_ms: int, min_silence_ms: int
) -> None:
    """The oracle: faster-whisper's function, with the detector's answers put in its mouth."""
    options = vad.VadOptions(
        threshold=threshold,
        min_speech_duration_ms=min_speech_ms,
        min_silence_duration_ms=min_silence_ms,
        speech_pad_ms=0,
    )
    audio = np.zeros(512 * len(probabilities), dtype=np.float32)
    with patch.object(vad, "get_vad_model", lambda: lambda _: probabilities):
        wanted = vad.get_speech_timestamps(audio, options)
    found = find_speech(
        probabilities, 32 * len(probabilities), threshold, min_speech_ms, min_silence_ms
    )
    assert found == [(one["start"] // 16, one["end"] // 16) for one in wanted]


@given(PROBABILITIES)
def test_pauses_are_the_frames_below_the_threshold(probabilities: list[float]) -> None:
    frames = {
        frame
        for start, end in find_pauses(probabilities, 0.5)
        for frame in range(start // 32, end // 32)
    }
    assert frames == {frame for frame, one in enumerate(probabilities) if one < 0.5}


@pytest.mark.parametrize("length", [1, 511, 512, 513, 7 * 512, 7 * 512 + 100, 20 * 512 + 3])
def test_few_frames_at_once_are_heard_as_all_are(length: int) -> None:
    samples = np.random.default_rng(length).normal(0, 0.1, length).astype(np.float32)
    # One frame more: the model takes the end of what it is given as silence.
    whole = vad.get_vad_model()(np.pad(samples, (0, (-length % 512) + 512)))
    with patch.object(silero, "_AT_ONCE", 7):
        parts = silero.detect_speech(samples, 16_000)
    np.testing.assert_allclose(parts, np.ravel(whole)[: len(parts)], rtol=0, atol=1e-6)


@pytest.mark.slow
def test_the_detector_hears_the_same_in_blocks(demo_audio: Path) -> None:
    samples, _ = decode(next(iter(sorted(demo_audio.glob("*.opus")))))
    whole = measure_frames(samples, silero.detect_speech)
    with (
        patch.object(levels, "_BLOCK_FRAMES", 400),
        patch.object(silero, "_BLOCK_FRAMES", 400),
        patch.object(silero, "_RUN_UP_FRAMES", 200),
    ):
        blocks = measure_frames(samples, silero.detect_speech)
    np.testing.assert_allclose(blocks[1], whole[1], atol=1e-4)
    assert np.quantile(np.abs(blocks[0] - whole[0]), 0.99) < 0.02
    direct = np.ravel(vad.get_vad_model()(np.pad(samples, (0, 512 - len(samples) % 512))))
    np.testing.assert_allclose(whole[0], direct[: len(whole[0])], rtol=0, atol=1e-6)
