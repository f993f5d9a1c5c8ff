"""JSON as recognisers and services write it -> the shape of OpenAI's `verbose_json`.

Each shape is known by what it alone has; what is none of them is refused, not guessed. Sources: the
services' own references of their answers (AssemblyAI "Get transcript", Deepgram "Pre-recorded
audio", Amazon Transcribe "Data input and output", Google Speech-to-Text `RecognizeResponse`,
ElevenLabs "Create transcript", whisper.cpp's `-oj`).
"""

import re
from collections.abc import Callable
from itertools import groupby
from typing import Any

Answer = dict[str, Any]

KNOWN = (
    "known are those of Whisper, WhisperX, whisper.cpp, AssemblyAI, Deepgram, Amazon Transcribe, "
    "Google and ElevenLabs, and lists of segments with start, end and text"
)
# What OpenAI's answers have; of others with a text nothing is known but the text.
_OPENAI = frozenset({"text", "language", "duration", "words", "task", "usage"})
_SECONDS = re.compile(r"(\d+(?:\.\d+)?)s")


def to_verbose(value: Any) -> Answer:
    """A file's JSON -> `text` and, where it tells them, `language`, `segments` and `words`, in s.

    Values are as they stand there: they are checked later, one by one.

    Raises:
        ValueError: it is of no shape that is known, or holds several channels.
    """
    if isinstance(value, list):
        value = {"segments": [{"text": part} if isinstance(part, str) else part for part in value]}
    if not isinstance(value, dict):
        raise ValueError(f"JSON of an unknown shape; {KNOWN}")
    for is_shape, convert in _SHAPES:
        try:
            matches = is_shape(value)
        except (AttributeError, IndexError, KeyError, TypeError):
            continue
        if matches:
            return _convert(convert, value)
    raise ValueError(f"JSON of an unknown shape, with {', '.join(sorted(value)[:6])}; {KNOWN}")


def _convert(convert: Callable[[Any], Answer], value: Answer) -> Answer:
    try:
        answer = convert(value)
        words = answer.get("words") or []
        if not answer.get("segments") and any(_speaker(word) for word in words):
            answer["segments"] = _turns(words)
        return answer
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise ValueError(f"JSON of a known kind, but damaged ({error!r})") from error


def _turns(words: list[Answer]) -> list[Answer]:
    """Words with speakers -> a segment for each run of words of one speaker."""
    return [
        {
            "start": said[0]["start"],
            "end": said[-1]["end"],
            "text": " ".join(word["text"] for word in said),
            "speaker": speaker,
        }
        for speaker, run in groupby(words, _speaker)
        for said in [list(run)]
    ]


def _speaker(word: Answer) -> str:
    """AssemblyAI has letters, Deepgram numbers, the others names such as `spk_0`."""
    speaker = word.get("speaker")
    return "" if speaker is None else str(speaker)


def _from_whisper(value: Answer) -> Answer:
    segments = [_renamed(segment) for segment in value.get("segments") or []]
    words = value.get("words") or [
        word for segment in segments for word in segment.get("words") or []
    ]
    text = value.get("text")
    if not isinstance(text, str):
        text = " ".join(str(segment["text"]).strip() for segment in segments)
    return {
        "text": text,
        "language": value.get("language"),
        "segments": [{**segment, "words": None} for segment in segments],
        "words": [{**word, "probability": _confidence(word)} for word in words],
    }


def _renamed(segment: Answer) -> Answer:
    """A segment -> the same by our names; podcasts have `startTime`, `endTime` and `body`."""
    if "body" in segment:
        names = {"start": "startTime", "end": "endTime", "text": "body", "speaker": "speaker"}
        return {name: segment.get(theirs) for name, theirs in names.items()}
    if not isinstance(segment["text"], str):
        raise TypeError("a segment without a text")
    return {"start": None, "end": None, **segment}


def _confidence(word: Answer) -> Any:
    """Whisper has `probability`, WhisperX `score`, others `confidence`."""
    names = (name for name in ("probability", "score", "confidence") if name in word)
    return word.get(next(names, "probability"))


def _from_whisper_cpp(value: Answer) -> Answer:
    segments = [
        {
            "start": part["offsets"]["from"] / 1000,
            "end": part["offsets"]["to"] / 1000,
            "text": part["text"],
        }
        for part in value["transcription"]
    ]
    text = "".join(segment["text"] for segment in segments)
    return {"text": text, "segments": segments, "language": value["result"]["language"]}


def _from_assemblyai(value: Answer) -> Answer:
    if value.get("status") != "completed":
        raise ValueError(f"its status is {value.get('status')!r}: there is no transcript")
    words = [
        {
            "text": word["text"],
            "start": _thousandth(word["start"]),
            "end": _thousandth(word["end"]),
            "probability": word.get("confidence"),
            "speaker": word.get("speaker"),
        }
        for word in value["words"]
    ]
    return {"text": value["text"], "words": words, "language": value.get("language_code")}


def _thousandth(value: Any) -> Any:
    return value / 1000 if isinstance(value, int | float) else value


def _from_deepgram(value: Answer) -> Answer:
    channels = value["results"]["channels"]
    if len(channels) != 1:
        raise ValueError(f"it holds {len(channels)} channels, each with a transcript of its own")
    best = channels[0]["alternatives"][0]
    words = [
        {
            "text": word.get("punctuated_word", word["word"]),
            "start": word.get("start"),
            "end": word.get("end"),
            "probability": word.get("confidence"),
            "speaker": word.get("speaker"),
        }
        for word in best["words"]
    ]
    language = channels[0].get("detected_language")
    return {"text": best["transcript"], "words": words, "language": language}


def _from_amazon(value: Answer) -> Answer:
    """Its numbers are texts; its punctuation is items of its own, without times."""
    words: list[Answer] = []
    for item in value["results"]["items"]:
        best = item["alternatives"][0]
        if item["type"] == "punctuation":
            if words:
                words[-1]["text"] += best["content"]
            continue
        words.append(
            {
                "text": best["content"],
                "start": _number(item["start_time"]),
                "end": _number(item["end_time"]),
                "probability": _number(best.get("confidence")),
                "speaker": item.get("speaker_label"),
            }
        )
    text = " ".join(part["transcript"] for part in value["results"]["transcripts"])
    return {"text": text, "words": words, "language": value["results"].get("language_code")}


def _number(value: Any) -> Any:
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


def _from_google(value: Answer) -> Answer:
    """Where speakers are told apart, its last result has all words once more, and no text."""
    best = [result["alternatives"][0] for result in value["results"] if result.get("alternatives")]
    told = [part for part in best if part.get("transcript")]
    words = [
        {
            "text": word["word"],
            "start": _google_seconds(word, "start"),
            "end": _google_seconds(word, "end"),
            "probability": word.get("confidence"),
        }
        for part in told
        for word in part.get("words") or []
    ]
    text = " ".join(part["transcript"].strip() for part in told)
    return {"text": text, "words": words, "language": value["results"][0].get("languageCode")}


def _google_seconds(word: Answer, side: str) -> Any:
    """A word's `startTime` (or `startOffset`, of version 2), such as `1.300s` -> s."""
    told = word.get(f"{side}Time", word.get(f"{side}Offset"))
    match = _SECONDS.fullmatch(told) if isinstance(told, str) else None
    return float(match[1]) if match else None


def _from_elevenlabs(value: Answer) -> Answer:
    words = [
        {
            "text": word["text"],
            "start": word.get("start"),
            "end": word.get("end"),
            "speaker": word.get("speaker_id"),
        }
        for word in value["words"]
        if word["type"] == "word"
    ]
    return {"text": value["text"], "words": words, "language": value.get("language_code")}


_SHAPES: tuple[tuple[Callable[[Answer], Any], Callable[[Answer], Answer]], ...] = (
    (lambda value: "channels" in value["results"], _from_deepgram),
    (lambda value: {"transcripts", "items"} <= set(value["results"]), _from_amazon),
    (lambda value: "alternatives" in value["results"][0] and "type" not in value["results"][0],
     _from_google),
    (lambda value: "audio_duration" in value and "status" in value, _from_assemblyai),
    (lambda value: "offsets" in value["transcription"][0], _from_whisper_cpp),
    (lambda value: "language_code" in value and "type" in value["words"][0], _from_elevenlabs),
    (lambda value: isinstance(value.get("segments"), list), _from_whisper),
    (lambda value: isinstance(value["text"], str) and set(value) <= _OPENAI, _from_whisper),
    (lambda value: isinstance(value["text"], str), lambda value: {"text": value["text"]}),
)  # fmt: skip
