"""Answers of recognisers and services, as files: what they say, and what is refused."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.errors import UserError
from snakescribe.transcribe.answers import check_decoded
from snakescribe.transcribe.engines import Decoded
from snakescribe.transcribe.existing.read import read_transcript

TEXT = "Hello, world. Again"
TIMES = [(0.5, 1.0), (1.0, 1.5), (2.0, 2.5)]
WORDS = list(zip(TEXT.split(), TIMES, strict=True))

WHISPER = {
    "text": " Hello, world. Again",
    "language": "en",
    "segments": [
        {
            "id": 0, "seek": 0, "start": 0.5, "end": 2.5, "text": " Hello, world. Again",
            "tokens": [1, 2], "temperature": 0.0, "avg_logprob": -0.2, "compression_ratio": 1.0,
            "no_speech_prob": 0.1,
            "words": [
                {"word": f" {word}", "start": start, "end": end, "probability": 0.9}
                for word, (start, end) in WORDS
            ],
        }
    ],
}  # fmt: skip
OPENAI = {
    "task": "transcribe", "language": "en", "duration": 3.0, "text": TEXT,
    "words": [
        {"word": word.strip(".,"), "start": start, "end": end} for word, (start, end) in WORDS
    ],
}  # fmt: skip
WHISPERX = {
    "segments": [
        {
            "start": 0.5, "end": 2.5, "text": TEXT,
            "words": [
                {"word": word, "start": start, "end": end, "score": 0.9}
                for word, (start, end) in WORDS
            ],
        }
    ],
    "word_segments": [], "language": "en",
}  # fmt: skip
ASSEMBLYAI = {
    "id": "1", "status": "completed", "audio_duration": 3, "language_code": "en", "text": TEXT,
    "words": [
        {"text": word, "start": int(start * 1000), "end": int(end * 1000), "confidence": 0.9}
        for word, (start, end) in WORDS
    ],
}  # fmt: skip
DEEPGRAM = {
    "metadata": {},
    "results": {
        "channels": [
            {
                "detected_language": "en",
                "alternatives": [
                    {
                        "transcript": TEXT, "confidence": 0.9,
                        "words": [
                            {
                                "word": word.strip(".,").lower(), "punctuated_word": word,
                                "start": start, "end": end, "confidence": 0.9,
                            }
                            for word, (start, end) in WORDS
                        ],
                    }
                ],
            }
        ]
    },
}  # fmt: skip
AMAZON = {
    "jobName": "job", "status": "COMPLETED",
    "results": {
        "language_code": "en",
        "transcripts": [{"transcript": TEXT}],
        "items": [
            item
            for word, (start, end) in WORDS
            for item in [
                {
                    "type": "pronunciation", "start_time": str(start), "end_time": str(end),
                    "alternatives": [{"confidence": "0.9", "content": word.strip(".,")}],
                },
                *(
                    {"type": "punctuation", "alternatives": [{"content": mark}]}
                    for mark in word if mark in ".,"
                ),
            ]
        ],
    },
}  # fmt: skip
GOOGLE = {
    "results": [
        {
            "languageCode": "en",
            "alternatives": [
                {
                    "transcript": TEXT,
                    "words": [
                        {"word": word, "startTime": f"{start}s", "endTime": f"{end}s",
                         "confidence": 0.9}
                        for word, (start, end) in WORDS
                    ],
                }
            ],
        },
        {"alternatives": [{"words": [{"word": "Hello,", "startTime": "0.5s", "speakerTag": 1}]}]},
    ]
}  # fmt: skip
ELEVENLABS = {
    "language_code": "en", "text": TEXT,
    "words": [
        part
        for word, (start, end) in WORDS
        for part in [
            {"text": word, "start": start, "end": end, "type": "word"},
            {"text": " ", "start": end, "end": end, "type": "spacing"},
        ]
    ],
}  # fmt: skip

TIMED = {
    "whisper": WHISPER, "openai": OPENAI, "whisperx": WHISPERX, "assemblyai": ASSEMBLYAI,
    "deepgram": DEEPGRAM, "amazon": AMAZON, "google": GOOGLE, "elevenlabs": ELEVENLABS,
}  # fmt: skip


def read(folder: Path, value: Any) -> Decoded:
    """Write JSON and read it as a recording's transcript."""
    (folder / "talk.json").write_text(json.dumps(value))
    transcript = read_transcript(f"{folder}/{{recording}}.json", ["talk"])
    assert transcript is not None
    return check_decoded(transcript.decoded, 3.0)[0]


@pytest.mark.parametrize("service", TIMED)
def test_a_service_says_the_text_and_when_its_words_were_said(service: str, tmp_path: Path) -> None:
    decoded = read(tmp_path, TIMED[service])
    assert decoded.text == TEXT
    assert decoded.language == "en"
    assert [(word["start"], word["end"]) for word in decoded.words] == TIMES
    spelled = [word["text"].strip(".,") for word in decoded.words]
    assert spelled == ["Hello", "world", "Again"]
    knows = service not in {"openai", "elevenlabs"}
    assert [word["probability"] for word in decoded.words] == [0.9 if knows else None] * 3


WHERE_SPEAKERS_STAND = {
    "assemblyai": ("words", "speaker", "A", "B"),
    "deepgram": ("results channels 0 alternatives 0 words", "speaker", 0, 1),
    "amazon": ("results items", "speaker_label", "spk_0", "spk_1"),
    "elevenlabs": ("words", "speaker_id", "speaker_0", "speaker_1"),
    "whisperx": ("segments", "speaker", "SPEAKER_00", ""),
}


@pytest.mark.parametrize("service", WHERE_SPEAKERS_STAND)
def test_who_speaks_is_a_segments_speaker(service: str, tmp_path: Path) -> None:
    value = copy.deepcopy(TIMED[service])
    path, key, first, second = WHERE_SPEAKERS_STAND[service]
    parts: Any = value
    for step in path.split():
        parts = parts[int(step) if step.isdigit() else step]
    for part in parts:  # the third word is another speaker's
        late = float(part.get("start", part.get("start_time", 0)) or 0) in (2.0, 2000.0)
        part[key] = second if late else first
    decoded = read(tmp_path, value)
    assert decoded.text == TEXT
    told = [(part["text"], part["start"], part["speaker"]) for part in decoded.segments]
    if second == "":
        assert told == [(TEXT, 0.5, first)]
    else:
        assert told == [("Hello, world.", 0.5, str(first)), ("Again", 2.0, str(second))]


def test_whisper_cpp_tells_times_of_segments(tmp_path: Path) -> None:
    part = {"offsets": {"from": 500, "to": 2500}, "timestamps": {}, "text": f" {TEXT}"}
    decoded = read(tmp_path, {"result": {"language": "en"}, "transcription": [part]})
    (segment,) = decoded.segments
    assert (decoded.text, segment["start"], segment["end"]) == (TEXT, 0.5, 2.5)


@pytest.mark.parametrize("value", [["Hello, world.", "Again"], {"text": TEXT, "id": "x"}])
def test_a_text_alone_has_no_times(value: Any, tmp_path: Path) -> None:
    decoded = read(tmp_path, value)
    assert (decoded.text, decoded.segments, decoded.words) == (TEXT, [], [])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"answer": TEXT}, "JSON of an unknown shape, with answer; known are those of Whisper"),
        (7, "unknown shape"),
        ([7], "damaged"),
        ({"results": {"channels": [{}, {}]}}, "it holds 2 channels"),
        ({**ASSEMBLYAI, "status": "error", "text": None}, "its status is 'error'"),
        ({"segments": [{"start": 0, "end": 1}]}, "damaged"),
    ],
)
def test_what_is_not_known_is_refused(value: Any, reason: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=reason) as error:
        read(tmp_path, value)
    assert "talk.json" in str(error.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["text", "segments", "words", "results", "start", "end", "alternatives",
                         "channels", "items", "transcripts", "type", "word", "transcription"]),
        inner, max_size=3,
    ),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_any_json_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    folder = tmp_path_factory.getbasetemp()
    try:
        decoded = read(folder, value)
    except UserError:
        return
    assert isinstance(decoded.text, str)
