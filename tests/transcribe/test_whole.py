"""Whole recordings, in each engine's own long form."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tone_engine import ToneEngine
from tone_shard import ToneShard, pass_params

from results_folder import chunk_row
from snakescribe.config.transcribe import Decoding, Weights
from snakescribe.transcribe.batches import WHOLE_SECONDS, Batch, plan_whole
from snakescribe.transcribe.engines import Decoded, Engine, Request
from snakescribe.transcribe.engines.command import Command
from snakescribe.transcribe.engines.faster_whisper import FasterWhisper
from snakescribe.transcribe.engines.long_form import to_decoded
from snakescribe.transcribe.engines.openai_whisper import OpenaiWhisper
from snakescribe.transcribe.params import WholeParams
from snakescribe.transcribe.session import Session
from snakescribe.transcribe.spacing import join_words, mark_spaces

CLIPS = ("museum-clockmaker-1", "museum-lock-keepers-1", "baseball-herons-kites-1")


@given(st.lists(st.floats(1, 9_000), max_size=30))
def test_recordings_are_read_an_hour_at_a_time_and_none_is_left_out(seconds: list[float]) -> None:
    rows = [chunk_row(f"r{place}", 0, [0.0, length]) for place, length in enumerate(seconds)]
    batches = plan_whole(rows)
    assert [row for batch in batches for row in batch.chunks] == rows
    for batch in batches:
        total = sum(row["end"] for row in batch.chunks)
        assert len(batch.chunks) == 1 or total <= WHOLE_SECONDS


def test_a_command_gets_one_file(tmp_path: Path, options: Decoding) -> None:
    program = tmp_path / "length.py"
    program.write_text(
        "import json, sys, wave\n"
        "file = wave.open(sys.argv[1])\n"
        "print(json.dumps({'text': f'{file.getnframes() / 16000:g} s'}))\n"
    )
    weights = f"{sys.executable} {program} {{audio}}"
    engine = Command(Weights(engine="command", weights=weights), weights, threads=1, device="cpu")
    sound = [np.zeros(45 * 16_000, np.float32), np.zeros(16_000, np.float32)]
    requests = [Request(1, [], "", "en"), Request(0, [], "", "en")]
    results = engine.decode_whole(sound, requests, options, conditioned=True)
    assert [one.text for one in results] == ["1 s", "45 s"]


def test_no_time_lies_behind_the_end_or_runs_back(options: Decoding) -> None:
    figures = {"tokens": [1, 2], "avg_logprob": -0.3, "no_speech_prob": 0.1, "temperature": 0.0}
    words = [
        {"start": 9.5, "end": 30.0, "word": " late", "probability": 0.51239},
        {"start": 9.9, "end": 9.8, "word": " ", "probability": 0.5},
    ]
    parts = [
        {"start": 0.0, "end": 4.0, "text": "  ", **figures},
        {"start": 9.0, "end": 30.0, "text": " late", "words": words, **figures},
    ]
    one = to_decoded(parts, "en", 10.0, options)
    assert one.text == "late"
    assert [(part["start"], part["end"], part["tokens"]) for part in one.segments] == [(9, 10, 2)]
    assert one.words == [{"start": 9.5, "end": 10.0, "text": "late", "probability": 0.5124}]


class LongTone(ToneEngine):
    """Hears whole recordings, and says whether it was told to look back."""

    LONG_FORM = True

    def decode_whole(
        self,
        audio: Any,
        requests: Any,
        options: Decoding,  # noqa: ARG002
        conditioned: bool,
    ) -> list[Decoded]:
        return [
            Decoded(f"{len(audio[one.member])} {conditioned}", one.language) for one in requests
        ]


@pytest.fixture
def long_tones(tones: ToneShard, monkeypatch: pytest.MonkeyPatch) -> ToneShard:
    """The shard of tones, with an engine that decodes recordings whole."""
    monkeypatch.setattr("tone_engine.ToneEngine", LongTone)
    LongTone.forget()
    return tones


@pytest.mark.parametrize("conditioned", [True, False])
def test_a_job_decodes_whole_and_keeps_it_under_keys_of_its_own(
    long_tones: ToneShard, conditioned: bool
) -> None:
    plain = long_tones.run(pass_params())
    params = pass_params(whole=WholeParams(conditioned=conditioned))
    rows = long_tones.run(params)
    assert {row["text"].split()[1] for row in rows} == {str(conditioned)}
    assert all(row["text"].startswith("tone") for row in plain)
    assert LongTone.encoded  # of the plain job
    again = long_tones.run(params)
    assert [row["run"]["job"] for row in again] == [row["run"]["job"] for row in rows]


def test_windows_all_over_a_recording_vote_for_its_language(long_tones: ToneShard) -> None:
    """Dutch (a low tone) but for its first half minute."""
    time = np.arange(240 * 16_000) / 16_000
    hertz = np.where(time < 30, 440, 220)
    sound = np.sin(2 * np.pi * hertz * time).astype(np.float32)
    receipt = long_tones.receipt
    model = Weights(engine="tone", weights="w", batch_size=4)
    session = Session(model, receipt, 1, "cpu", WholeParams(conditioned=True))
    row = chunk_row("talk", 0, [0.0, 240.0])
    [votes] = session.detect_languages(Batch((row,), 30.0), [sound])
    assert max(votes, key=lambda code: votes[code]) == "nl"
    assert sum(votes.values()) == pytest.approx(1.0)


@pytest.fixture(scope="module")
def talk(demo_audio: Path) -> np.ndarray:
    """Three of the bundled recordings, one after the other: more than one window."""
    from faster_whisper.audio import decode_audio

    parts = [decode_audio(str(demo_audio / f"{clip}.opus")) for clip in CLIPS]
    joined = np.concatenate(parts)
    assert len(joined) > 40 * 16_000
    return joined


def check_whole(one: Decoded, theirs: str, seconds: float) -> None:
    assert one.text == theirs.strip()
    times = [time for word in one.words for time in (word["start"], word["end"])]
    assert times == sorted(times)
    assert seconds - 5 < times[-1] <= seconds
    assert join_words(mark_spaces(one.text, one.words)) == one.text
    assert "".join(part["text"] for part in one.segments).strip() == one.text
    assert one.decode_seconds > 0


@pytest.mark.slow
@pytest.mark.parametrize("conditioned", [True, False])
def test_faster_whisper_says_what_its_package_says(
    tiny_en: dict[str, Any], talk: np.ndarray, options: Decoding, conditioned: bool
) -> None:
    model = Weights(weights="tiny.en", compute_type="int8")
    engine = FasterWhisper(model, tiny_en["path"], threads=2, device="cpu")
    prompt = "Lock keepers."
    tokens = FasterWhisper.load_tokenizer(tiny_en["path"]).tokenize(prompt)
    request = Request(0, tokens, prompt, "en")
    [one] = engine.decode_whole([talk], [request], options, conditioned)
    theirs, _ = engine.backend.whisper.transcribe(  # type: ignore[attr-defined]
        talk, language="en", beam_size=1, temperature=0.0, initial_prompt=prompt,
        condition_on_previous_text=conditioned, word_timestamps=True,
    )  # fmt: skip
    check_whole(one, "".join(segment.text for segment in theirs), len(talk) / 16_000)


@pytest.mark.slow
def test_openai_whisper_says_what_its_package_says(
    tiny_en_checkpoint: Path, talk: np.ndarray, options: Decoding
) -> None:
    import whisper

    model = Weights(engine="openai-whisper", weights="tiny.en", compute_type="float32")
    engine: Engine = OpenaiWhisper(model, str(tiny_en_checkpoint), threads=2, device="cpu")
    [one] = engine.decode_whole([talk], [Request(0, [], "", "en")], options, True)
    theirs = whisper.transcribe(
        engine.backend.model,
        talk,
        language="en",
        temperature=0.0,
        word_timestamps=True,  # where the next window begins depends on it
        fp16=False,  # type: ignore[attr-defined]
    )
    check_whole(one, theirs["text"], len(talk) / 16_000)
