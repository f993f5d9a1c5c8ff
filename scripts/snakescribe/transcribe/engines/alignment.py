"""Aligned words -> words with their punctuation and times on the chunk's clock."""

from math import ceil
from typing import Any

from faster_whisper.transcribe import merge_punctuations

from snakescribe.transcribe.engines.protocol import Word

FRAMES_PER_SECOND = 100
FRAMES_PER_STATE = 2
OPENING, CLOSING = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"


def count_frames(seconds: float, states: int) -> int:
    """A chunk's length -> its log-mel frames, no more than an encoder has seen.

    At least those of one state: the packages cannot align with none, as of a last chunk of 10 ms.

    Args:
        seconds: length of the chunk.
        states: how many states the encoder gave of its window, which may be shorter than 30 s.
    """
    frames = max(ceil(seconds * FRAMES_PER_SECOND), FRAMES_PER_STATE)
    return min(frames, FRAMES_PER_STATE * states)


def place_words(alignment: list[dict[str, Any]], seconds: float) -> list[Word]:
    """Aligned words of one chunk -> words with their punctuation on the chunk's clock, in order.

    Args:
        alignment: objects with `word`, `tokens`, `start`, `end` (s) and `probability`, as both
            packages give them; punctuation is a word of its own.
        seconds: length of the chunk; no time lies beyond it.
    """
    merge_punctuations(alignment, OPENING, CLOSING)
    return [
        {
            "start": round(min(float(word["start"]), seconds), 3),
            "end": round(min(float(word["end"]), seconds), 3),
            "text": word["word"].strip(),
            "probability": round(float(word["probability"]), 4),
        }
        for word in alignment
        if word["word"].strip()  # punctuation has been merged out of the others
    ]
