"""Aligned words -> the words of a result."""

from typing import Any


def place_words(alignment: list[dict[str, Any]], seconds: float) -> list[dict[str, Any]]:
    """faster-whisper's alignment of one chunk -> words on the chunk's clock, in order.

    Words that punctuation was merged out of are empty and left out; times stay inside the chunk.
    """
    return [
        {
            "start": round(min(float(word["start"]), seconds), 3),
            "end": round(min(float(word["end"]), seconds), 3),
            "text": word["word"].strip(),
            "probability": round(float(word["probability"]), 4),
        }
        for word in alignment
        if word["word"].strip()
    ]
