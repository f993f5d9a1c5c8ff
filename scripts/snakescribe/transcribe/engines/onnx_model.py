"""The calls into onnx-asr, and what it gives of a chunk -> text, words and figures.

Transducer and CTC models time their tokens, by the frame in which each was written; Canary gives
their log probabilities alone, Whisper nothing but the text.
"""

from collections.abc import Sequence
from importlib.metadata import version
from itertools import zip_longest
from math import exp
from typing import NamedTuple

import numpy as np
import onnx_asr
import onnxruntime
from onnx_asr.asr import TimestampedResult

from snakescribe.errors import UserError
from snakescribe.transcribe.engines.external import SAMPLE_RATE
from snakescribe.transcribe.engines.fallback import compression_ratio
from snakescribe.transcribe.engines.onnx_providers import CUDA, choose_providers
from snakescribe.transcribe.engines.protocol import Decoded, Provenance, Word
from snakescribe.transcribe.weights.onnx_files import FORMATS, OnnxModel

FRAME_SECONDS = 0.08  # of Parakeet, Canary and FastConformer; others have half of it


class Token(NamedTuple):
    """A piece of text, with a space where a word begins; its time (s) and log probability."""

    text: str
    time: float
    logprob: float | None


class OnnxAsrModel:
    """A loaded model of onnx-asr."""

    def __init__(self, model: OnnxModel, number_format: str, threads: int, device: str) -> None:
        """Load the weights of a folder in one of its number formats."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        providers = choose_providers(device, "onnx")
        quantization = FORMATS[number_format].removeprefix("?") or None
        try:
            adapter = onnx_asr.load_model(
                model.kind,
                model.folder,
                quantization=quantization,
                sess_options=options,
                providers=providers,
                # More than one, so that features are those of a chunk alone: Whisper's have a floor
                # below the loudest of all that it is given.
                preprocessor_config={"max_concurrent_workers": max(2, threads)},
            )
        except Exception as error:  # its own and onnxruntime's errors have no class in common
            raise UserError(f"{model.folder}: onnx-asr cannot read this model: {error}") from error
        self._adapter = adapter.with_timestamps()
        self._kind = model.kind
        self._number_format = number_format
        self._device = "cuda" if CUDA in providers else "cpu"

    def provenance(self) -> Provenance:
        """Versions, number format and device."""
        return {
            "engine_version": f"onnx-asr {version('onnx-asr')}",
            "onnxruntime_version": onnxruntime.__version__,
            "model_kind": self._kind,
            "compute_type": self._number_format,
            "device": self._device,
        }

    def recognise(self, audio: Sequence[np.ndarray], language: str) -> list[Decoded]:
        """Chunks (float32 mono, 16 kHz) of one language, empty if unknown -> what each says.

        Raises:
            UserError: Whisper or Canary has no such language.
        """
        try:
            results = self._adapter.recognize(list(audio), language=language or None)
        except KeyError as error:  # the token of a language in the model's vocabulary
            raise UserError(f"this model of onnx-asr knows no language {error}") from error
        return [
            to_decoded(result, len(samples) / SAMPLE_RATE, language)
            for result, samples in zip(results, audio, strict=True)
        ]


def to_decoded(result: TimestampedResult, seconds: float, language: str) -> Decoded:
    """What onnx-asr gives of a chunk of so many seconds -> a result of one segment, if any text."""
    text = result.text.strip()
    if not text:
        return Decoded("", language)
    logprobs = [float(value) for value in result.logprobs or ()]
    words: list[Word] = []
    if result.tokens is not None and result.timestamps is not None:
        tokens = zip_longest(result.tokens, result.timestamps, logprobs)
        words = to_words([Token(*token) for token in tokens], seconds)
    return Decoded(
        text=text,
        language=language,
        words=words,
        segments=[
            {
                "start": words[0]["start"] or 0.0 if words else 0.0,
                "end": words[-1]["end"] or seconds if words else seconds,
                "text": text,
                "tokens": len(result.tokens) if result.tokens is not None else None,
                "avg_logprob": sum(logprobs) / len(logprobs) if logprobs else None,
                "no_speech_prob": None,
                "compression_ratio": compression_ratio(text),
                "temperature": None,
            }
        ],
    )


def to_words(tokens: Sequence[Token], seconds: float) -> list[Word]:
    """Tokens of a chunk of so many seconds -> its words.

    A token says when it was written, not how long it sounds: a word ends a frame after its last
    token, or where the next one begins. Its probability is the mean of its tokens'.
    """
    groups: list[list[Token]] = []
    space = True
    for token in tokens:
        if token.text.strip():
            if space or token.text[0].isspace():
                groups.append([])
            groups[-1].append(token)
            space = token.text[-1].isspace()
        elif token.text:
            space = True
    following = [group[0].time for group in groups[1:]]
    return [
        {
            "start": group[0].time,
            "end": max(group[0].time, min(group[-1].time + FRAME_SECONDS, latest)),
            "text": "".join(token.text for token in group).strip(),
            "probability": _mean_probability(group),
        }
        for group, latest in zip(groups, [*following, seconds], strict=False)
    ]


def _mean_probability(tokens: Sequence[Token]) -> float | None:
    logprobs = [token.logprob for token in tokens if token.logprob is not None]
    return (
        round(sum(exp(min(value, 1.0)) for value in logprobs) / len(logprobs), 4)
        if logprobs
        else None
    )
