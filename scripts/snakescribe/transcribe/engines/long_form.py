"""Whole recordings by the Whisper packages' own `transcribe` -> results.

Both walk through a recording in windows of 30 s, each beginning where the last segment of the one
before ended, and, if conditioned, with what was written before as its prompt. Time tokens are
always written: they say where a window ends. The rules are those of openai-whisper's
`whisper/transcribe.py`; faster-whisper has the same in `WhisperModel.transcribe`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from snakescribe.transcribe.engines.fallback import compression_ratio
from snakescribe.transcribe.engines.protocol import Decoded, Options, Segment, Word


def shared_settings(options: Options, conditioned: bool) -> dict[str, Any]:
    """Decode options -> the arguments that both packages call alike."""
    return {
        "task": options.task,
        "temperature": tuple(options.temperatures),
        "compression_ratio_threshold": options.compression_ratio_threshold,
        "no_speech_threshold": options.no_speech_threshold,
        "condition_on_previous_text": conditioned,
        "word_timestamps": options.word_timestamps,
        "suppress_blank": options.suppress_blank,
        "suppress_tokens": list(options.suppress_tokens),
    }


def to_decoded(
    segments: Iterable[Mapping[str, Any]], language: str, seconds: float, options: Options
) -> Decoded:
    """A package's segments of a recording -> a result; no time lies behind the recording's end.

    Args:
        segments: `start`, `end`, `text`, `tokens`, `avg_logprob`, `no_speech_prob`, `temperature`,
            and `words` (`start`, `end`, `word`, `probability`), in seconds.
        language: the code.
        seconds: the recording's length.
        options: the decode options, whose temperatures say how many were tried.
    """
    kept = [part for part in segments if part["text"].strip()]
    temperatures = list(options.temperatures)
    tries = [
        temperatures.index(part["temperature"]) + 1
        for part in kept
        if part["temperature"] in temperatures
    ]
    return Decoded(
        text="".join(part["text"] for part in kept).strip(),
        language=language,
        segments=[_to_segment(part, seconds) for part in kept],
        words=[
            _to_word(word, seconds)
            for part in kept
            for word in part.get("words") or ()
            if word["word"].strip()
        ],
        tries=max(tries, default=1),
    )


def _to_segment(part: Mapping[str, Any], seconds: float) -> Segment:
    start = _inside(part["start"], seconds)
    return {
        "start": start,
        "end": max(start, _inside(part["end"], seconds)),
        "text": part["text"],
        "tokens": len(part["tokens"]),
        "avg_logprob": float(part["avg_logprob"]),
        "no_speech_prob": float(part["no_speech_prob"]),
        "compression_ratio": compression_ratio(part["text"].strip()),
        "temperature": float(part["temperature"]),
    }


def _to_word(word: Mapping[str, Any], seconds: float) -> Word:
    start = _inside(word["start"], seconds)
    return {
        "start": start,
        "end": max(start, _inside(word["end"], seconds)),
        "text": word["word"].strip(),
        "probability": round(float(word["probability"]), 4),
    }


def _inside(time: Any, seconds: float) -> float:
    return round(min(max(float(time), 0.0), seconds), 3)
