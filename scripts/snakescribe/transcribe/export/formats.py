"""The rows of one recording under one condition -> a file's text, by the format's name."""

import json
from collections.abc import Callable
from typing import Any

from snakescribe.streams import split_stream_id
from snakescribe.transcribe.export.cues import to_cues

Rows = list[dict[str, Any]]

_SEGMENT_KEYS = ("start", "end", "text", "avg_logprob", "no_speech_prob", "compression_ratio")


def to_txt(rows: Rows) -> str:
    """A line for each chunk that has text."""
    return "".join(f"{row['text']}\n" for row in rows if row["text"])


def to_srt(rows: Rows) -> str:
    """SubRip subtitles."""
    cues = [cue for row in rows for cue in to_cues(row)]
    return "\n".join(
        f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{cue.text}\n"
        for number, cue in enumerate(cues, 1)
    )


def to_vtt(rows: Rows) -> str:
    """WebVTT subtitles."""
    cues = [cue for row in rows for cue in to_cues(row)]
    return "WEBVTT\n" + "".join(
        f"\n{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{_escape(cue.text)}\n"
        for cue in cues
    )


def to_json(rows: Rows) -> str:
    """One object with `text`, `language`, `segments` and `words`, as openai-whisper writes it."""
    value = {
        "text": " ".join(row["text"] for row in rows if row["text"]),
        "language": rows[0]["language"] if rows else "",
        "segments": [
            {key: segment[key] for key in _SEGMENT_KEYS} | {"chunk": row["chunk"]}
            for row in rows
            for segment in row["segments"]
        ],
        "words": [word for row in rows for word in row["words"]],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def to_ctm(rows: Rows) -> str:
    """NIST CTM, as sclite reads it: recording, channel, start, duration, word, confidence.

    The channel is 1 unless channels are kept apart.
    Words without times of their own share their segment's time evenly.
    """
    lines = []
    for row in rows:
        name, stream = split_stream_id(row["recording"])
        for word in row["words"] or _spread(row["segments"]):
            confidence = "" if word["probability"] is None else f" {word['probability']:.4f}"
            seconds = word["end"] - word["start"]
            for text in word["text"].split():
                place = f"{name} {stream or 1} {word['start']:.3f} {seconds:.3f}"
                lines.append(f"{place} {text}{confidence}\n")
    return "".join(lines)


FORMATS: dict[str, Callable[[Rows], str]] = {
    "txt": to_txt,
    "srt": to_srt,
    "vtt": to_vtt,
    "json": to_json,
    "ctm": to_ctm,
}


def _spread(segments: Rows) -> Rows:
    words = []
    for segment in segments:
        texts = segment["text"].split()
        step = (segment["end"] - segment["start"]) / max(1, len(texts))
        for number, text in enumerate(texts):
            start = segment["start"] + number * step
            words.append({"start": start, "end": start + step, "text": text, "probability": None})
    return words


def _clock(seconds: float, comma: str) -> str:
    total = round(seconds * 1000)
    minutes, rest = divmod(total, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}{comma}{rest % 1000:03d}"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
