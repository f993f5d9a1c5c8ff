"""The rows of one recording under one condition -> a file's text, by the format's name."""

import json
import re
from collections.abc import Callable
from typing import Any

from snakescribe.streams import split_stream_id
from snakescribe.transcribe.export.cues import to_cues
from snakescribe.transcribe.export.pieces import (
    Piece,
    own_segments,
    to_pieces,
    whole_words,
)
from snakescribe.transcribe.spacing import bare

Row = dict[str, Any]
Rows = list[Row]

_SEGMENT_FIGURES = ("temperature", "avg_logprob", "compression_ratio", "no_speech_prob")
# An apostrophe may be a part of the word on either side (the dogs', 'tis), and so are % & @ # * /.
_MARKS = re.escape('.,;:!?…"“”„«»‹›()[]{}<>¿¡—–-|~')
_AROUND = re.compile(f"^[{_MARKS}]+|[{_MARKS}]+$")
_CJK = re.compile("[。、，．！？：；「」『』（）《》〈〉【】・“”…]")


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
    """One object as openai-whisper's `transcribe` gives it, which its writers accept.

    `text`, `language` and `segments`, each with its `words` where words have times; and beside
    that, for each segment, its `chunk`. Whisper's token ids are not kept: `tokens` is empty.
    """
    segments = [segment for row in rows for segment in _segments(row)]
    value = {
        "text": "".join(segment["text"] for segment in segments).strip(),
        "segments": [{"id": number, **segment} for number, segment in enumerate(segments)],
        "language": rows[0]["language"] if rows else "",
    }
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _segments(row: Row) -> Rows:
    """A row -> its segments with their words, and the spaces that stand before both."""
    segments: Rows = [
        {
            "seek": 0,
            "start": segment["start"],
            "end": segment["end"],
            "text": f"{' ' if segment['spaced'] or number == 0 else ''}{segment['text']}",
            "tokens": [],
            **{name: segment.get(name) for name in _SEGMENT_FIGURES},
            **({"speaker": segment["speaker"]} if segment.get("speaker") else {}),
            "chunk": row["chunk"],
        }
        for number, segment in enumerate(own_segments(row))
        if segment["text"]
    ]
    if row["words"]:
        waiting = to_pieces(row)
        for number, segment in enumerate(segments):
            left, words = len(bare(segment["text"])), 0
            while left > 0 and words < len(waiting):
                left -= len(bare(waiting[words].text))
                words += 1
            segment["words"] = [_word(piece) for piece in waiting[:words]]
            waiting = waiting[words:]
            if number == 0 and segment["words"]:
                segment["words"][0]["word"] = f" {segment['words'][0]['word'].lstrip()}"
    return segments


def _word(piece: Piece) -> Row:
    """A piece -> a word as Whisper has it, with the space before it."""
    return {
        "word": f"{' ' if piece.spaced else ''}{piece.text}",
        "start": round(piece.start, 3),
        "end": round(piece.end, 3),
        "probability": piece.probability,
    }


def to_ctm(rows: Rows) -> str:
    """NIST CTM, as sclite reads it: recording, channel, start, duration, word, confidence.

    A line for each word between spaces, in order of time, without the punctuation around it, which
    sclite would count as part of it. The channel is 1 unless channels are kept apart.
    """
    lines: list[tuple[float, str]] = []
    for row in rows:
        name, stream = split_stream_id(row["recording"])
        latest = 0.0
        for word in whole_words(to_pieces(row)):
            latest = max(latest, word.start)  # segments may overlap
            if spoken := _without_punctuation(word.text):
                confidence = "" if word.probability is None else f" {word.probability:.4f}"
                place = f"{name} {stream or 1} {latest:.3f} {max(0.0, word.end - latest):.3f}"
                lines.append((latest, f"{place} {spoken}{confidence}\n"))
    lines.sort(key=lambda line: line[0])  # chunks may overlap
    return "".join(line for _, line in lines)


def _without_punctuation(word: str) -> str:
    """A word -> the same without what is not spoken: marks around it, and CJK marks in it."""
    return _AROUND.sub("", _CJK.sub("", word))


FORMATS: dict[str, Callable[[Rows], str]] = {
    "txt": to_txt,
    "srt": to_srt,
    "vtt": to_vtt,
    "json": to_json,
    "ctm": to_ctm,
}


def _clock(seconds: float, comma: str) -> str:
    total = round(seconds * 1000)
    minutes, rest = divmod(total, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}{comma}{rest % 1000:03d}"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
