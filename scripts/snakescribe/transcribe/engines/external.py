"""What engines outside this process share: audio to a WAV file, their JSON to a result, a budget.

The JSON is OpenAI's `verbose_json`: `text`, and, where the program knows them, `language`,
`segments` (`start`, `end`, `text`, `avg_logprob`, `no_speech_prob`, `compression_ratio`,
`temperature`) and `words` (`start`, `end`, `word`, `probability`), in seconds from the start of
the chunk.
"""

import io
import re
import time
import wave
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from snakescribe.config.transcribe import Weights
from snakescribe.errors import UserError
from snakescribe.languages import language_code
from snakescribe.transcribe.engines.fallback import compression_ratio
from snakescribe.transcribe.engines.protocol import (
    Decoded,
    Encoded,
    Engine,
    InterruptedDecodingError,
    Options,
    PromptTokenizer,
    Request,
    Segment,
    Word,
)
from snakescribe.transcribe.engines.workers import Workers

if TYPE_CHECKING:
    import numpy as np

SAMPLE_RATE = 16000
CHUNK_SECONDS = 30.0  # the length for which `timeout_seconds` is meant
_WANTED = 'wanted is {"text": ..., "segments": [...], "words": [...]}, see docs/transcribe.md'


class BadAnswerError(Exception):
    """An answer from outside that says nothing about its chunk."""


class ExternalTokenizer(PromptTokenizer):
    """Counts pieces of up to three letters, since the engine's own tokens are not known here.

    Whisper's tokens of English hold about four letters, of names about three, so that the count is
    rather too high. A piece's id is its text in UTF-8 as a number.
    """

    _PIECE = re.compile(r" ?[!-~]{1,3}|.", re.DOTALL)

    def tokenize(self, text: str) -> list[int]:
        pieces = self._PIECE.findall(text.strip())
        return [int.from_bytes(piece.encode("utf-8", "replace")) for piece in pieces]

    def detokenize(self, tokens: Sequence[int]) -> str:
        lengths = ((token.bit_length() + 7) // 8 or 1 for token in tokens)
        return "".join(
            token.to_bytes(length).decode() for token, length in zip(tokens, lengths, strict=True)
        )


class ExternalEngine(Engine):
    """An engine outside this process: it is given audio, and finds out the language by itself."""

    DETECTS_WHILE_DECODING = True
    LONG_FORM = True  # one file a recording
    CHUNKS_APART = True
    multilingual = True

    _timeout = 600.0

    @classmethod
    def weights_state(cls, weights: str) -> str:
        return str(cls.fetch_weights(weights)["sha256"])

    @classmethod
    def model_state(cls, model: Weights) -> str:
        return str(cls.fetch_model(model)["sha256"])

    @classmethod
    def load_tokenizer(cls, weights: str) -> PromptTokenizer:
        return ExternalTokenizer()

    def encode(self, audio: "Sequence[np.ndarray]", window_seconds: float) -> Encoded:
        return Encoded(list(audio), [len(samples) / SAMPLE_RATE for samples in audio], 0.0, 0.0)

    def decode_whole(
        self,
        audio: "Sequence[np.ndarray]",
        requests: Sequence[Request],
        options: Options,
        conditioned: bool,
    ) -> list[Decoded]:
        return self.decode(self.encode(audio, 0.0), requests, options)

    def patience(self, seconds: float) -> float:
        """The length of a chunk or recording -> how long (s) an answer may take."""
        return self._timeout * max(1.0, seconds / CHUNK_SECONDS)

    def ask_each(
        self, requests: Sequence[Request], ask: Callable[[Request], Decoded], workers: Workers
    ) -> list[Decoded]:
        """Ask for every request by itself, as many at a time as there are workers.

        `decode_seconds` is set: of the time that all took, side by side, each one's share by how
        long its answer took.

        Raises:
            InterruptedDecodingError: one of them has failed in a way in which others will too;
                those under way are waited for, and what they gave is in it.
        """
        faults: list[UserError] = []

        def ask_part(part: Sequence[Request]) -> list[Decoded | None]:
            return [ask_one(request) for request in part]

        def ask_one(request: Request) -> Decoded | None:
            if faults:
                return None
            begin = time.perf_counter()
            try:
                decoded = ask(request)
            except UserError as error:
                faults.append(error)
                return None
            decoded.decode_seconds = time.perf_counter() - begin
            return decoded

        begin = time.perf_counter()
        results = workers.map(requests, ask_part)
        elapsed = time.perf_counter() - begin
        answered = [result for result in results if result is not None]
        waited = sum(result.decode_seconds for result in answered)
        for result in answered:
            result.decode_seconds *= elapsed / waited
        if faults:
            raise InterruptedDecodingError(str(faults[0]), results) from faults[0]
        return answered


def to_wav(audio: "np.ndarray") -> bytes:
    """Samples (float32 mono, 16 kHz, -1 to 1) -> a WAV file of 16-bit integers."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((audio.clip(-1, 1) * 32767).round().astype("<i2").tobytes())
    return target.getvalue()


def read_answer(answer: Any, who: str, language: str, seconds: float) -> Decoded:
    """An engine's JSON -> a result, in which values may be of any kind until they are checked.

    An answer that says nothing about its chunk is a result with a `failure`.

    Args:
        who: the engine, for messages.
        language: what it was told; empty if it was to find out.
        seconds: length of the chunk.
    """
    try:
        return _read(answer, language, seconds)
    except BadAnswerError as error:
        return Decoded(text="", language=language, failure=f"{who}: {error}")


def _read(answer: Any, language: str, seconds: float) -> Decoded:
    if not isinstance(answer, dict) or not isinstance(answer.get("text"), str):
        raise BadAnswerError(f"the answer {_shorten(answer)} has no text; {_WANTED}")
    text = _plain(answer["text"]).strip()
    segments = _objects(answer.get("segments")) or ([{"text": text}] if text else [])
    words = _objects(answer.get("words")) or [
        word for segment in segments for word in _objects(segment.get("words"))
    ]
    told = _plain(answer.get("language"))
    return Decoded(
        text=text,
        language=language or language_code(told) or told,
        segments=[_to_segment(segment, seconds) for segment in segments],
        words=[_to_word(word) for word in words if _text_of(word)],
    )


def _objects(parts: Any) -> list[dict[str, Any]]:
    """What should be a list of objects -> the list; nothing where there is none."""
    if parts is None:
        return []
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise BadAnswerError(f"{_shorten(parts)} is no list of objects; {_WANTED}")
    return parts


def _to_segment(segment: dict[str, Any], seconds: float) -> Segment:
    text = _plain(segment.get("text"))
    tokens = segment.get("tokens")
    speaker = segment.get("speaker")
    if isinstance(speaker, int) and not isinstance(speaker, bool):
        speaker = str(speaker)  # a number, as some count speakers
    told: Segment = {
        "start": segment.get("start", 0.0),
        "end": segment.get("end", seconds),
        "text": text,
        "tokens": len(tokens) if isinstance(tokens, list) else None,
        "compression_ratio": segment.get("compression_ratio", compression_ratio(text)),
        "avg_logprob": segment.get("avg_logprob"),
        "no_speech_prob": segment.get("no_speech_prob"),
        "temperature": segment.get("temperature"),
    }
    if isinstance(speaker, str) and (name := _plain(speaker).strip()):
        told["speaker"] = name
    return told


def _to_word(word: dict[str, Any]) -> Word:
    return {
        "start": word.get("start"),
        "end": word.get("end"),
        "text": _text_of(word),
        "probability": word.get("probability"),
    }


def _text_of(word: dict[str, Any]) -> str:
    return _plain(word.get("word", word.get("text"))).strip()


def _plain(text: Any) -> str:
    """What should be a text -> the text; halves of characters, which no file can hold, are `?`."""
    return text.encode("utf-8", "replace").decode() if isinstance(text, str) else ""


def _shorten(answer: Any) -> str:
    return repr(answer)[:80]
