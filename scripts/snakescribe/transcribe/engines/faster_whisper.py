"""Whisper by CTranslate2: features and encoder once a batch, every prompt decoded from them.

faster-whisper's own batched pipeline takes one prompt for all chunks and encodes again at each
call; here its parts are called one by one. CTranslate2 wants the start token at the same index in
all prompts of a call, so a batch is decoded in groups of equal prompt length.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snakescribe.transcribe.engines.fallback import Attempt, search_with_fallback
from snakescribe.transcribe.engines.protocol import (
    Decoded,
    Encoded,
    Engine,
    Options,
    PromptTokenizer,
    Receipt,
    Request,
)
from snakescribe.transcribe.engines.segments import place_words, text_tokens, to_decoded
from snakescribe.transcribe.engines.workers import Workers, divide_threads

if TYPE_CHECKING:
    import numpy as np
    from faster_whisper.tokenizer import Tokenizer

SAMPLE_RATE = 16000
FRAMES_PER_SECOND = 100
BEST_OF = 5  # samples drawn at a temperature above 0, as in openai-whisper's command line
FIRST_TIMESTAMP_INDEX = 50  # speech starts within 1 s of the chunk's start, as in openai-whisper


class FasterWhisper(Engine):
    """A CTranslate2 Whisper model."""

    OPTIONS = frozenset(
        {
            "task", "beam_size", "patience", "length_penalty", "temperatures",
            "compression_ratio_threshold", "logprob_threshold", "no_speech_threshold",
            "repetition_penalty", "no_repeat_ngram_size", "suppress_blank", "suppress_tokens",
            "trim_windows", "timestamps", "word_timestamps",
        }
    )  # fmt: skip
    COMPUTE_TYPES = frozenset(
        {
            "default", "auto", "int8", "int8_float16", "int8_float32", "int8_bfloat16", "int16",
            "float16", "bfloat16", "float32",
        }
    )  # fmt: skip

    def __init__(self, model: dict[str, Any], weights: str, threads: int, device: str) -> None:
        from faster_whisper import WhisperModel

        workers, threads_each = divide_threads(threads) if device == "cpu" else (1, threads)
        self.whisper = WhisperModel(
            weights,
            device=device,
            compute_type=model["compute_type"],
            cpu_threads=threads_each,
            num_workers=workers,
            local_files_only=True,
        )
        self.multilingual = bool(self.whisper.model.is_multilingual)
        self._workers = Workers(workers, model["batch_size"])
        self._tokenizers: dict[tuple[str, str], Tokenizer] = {}

    @property
    def batch_size(self) -> int:  # type: ignore[override]
        """Chunks decoded together, as far as memory has allowed."""
        return self._workers.batch_size

    @classmethod
    def check_weights(cls, weights: str) -> None:
        from snakescribe.transcribe.weights.table import find_model

        if not Path(weights).exists():
            find_model(weights)

    @classmethod
    def fetch_weights(cls, weights: str) -> Receipt:
        from snakescribe.transcribe.weights.fetch import fetch_model

        return fetch_model(weights)

    @classmethod
    def load_tokenizer(cls, weights: str) -> PromptTokenizer:
        from snakescribe.transcribe.engines.hub_tokenizer import HubTokenizer

        return HubTokenizer(Path(weights))

    def provenance(self) -> dict[str, Any]:
        import ctranslate2
        import faster_whisper

        return {
            "engine": "faster-whisper",
            "engine_version": faster_whisper.__version__,
            "ctranslate2_version": ctranslate2.__version__,
            "compute_type": self.whisper.model.compute_type,
            "device": self.whisper.model.device,
            "batch_size": self.batch_size,
        }

    def encode(self, audio: "Sequence[np.ndarray]", window_seconds: float) -> Encoded:
        import numpy as np

        samples = round(window_seconds * SAMPLE_RATE)
        spent = {"features": 0.0, "encoder": 0.0}

        def encode(part: "Sequence[np.ndarray]") -> "list[np.ndarray]":
            begin = time.perf_counter()
            # Padded as audio, as openai-whisper does: silence, not zeros in the log-mel domain.
            padded = [np.pad(one, (0, samples - len(one))) for one in part]
            features = np.stack([self.whisper.feature_extractor(one, padding=0) for one in padded])
            middle = time.perf_counter()
            states = np.array(self.whisper.model.encode(_view(features), to_cpu=True))
            spent["features"] += middle - begin
            spent["encoder"] += time.perf_counter() - middle
            return list(states)

        begin = time.perf_counter()
        states = self._workers.map(audio, encode)
        share = (time.perf_counter() - begin) / sum(spent.values())
        return Encoded(
            states=np.stack(states),
            seconds=[len(one) / SAMPLE_RATE for one in audio],
            feature_seconds=spent["features"] * share,
            encode_seconds=spent["encoder"] * share,
        )

    def detect_languages(self, encoded: Encoded) -> list[dict[str, float]]:
        def detect(part: Sequence[int]) -> list[dict[str, float]]:
            found = self.whisper.model.detect_language(_view(encoded.states[part]))
            return [{token[2:-2]: probability for token, probability in one} for one in found]

        return self._workers.map(range(len(encoded.seconds)), detect)

    def decode(
        self, encoded: Encoded, requests: Sequence[Request], options: Options
    ) -> list[Decoded]:
        begin = time.perf_counter()
        decoded = self._workers.map_groups(
            requests,
            partial(self._decode_part, encoded, options),
            kind=lambda request: (len(request.prompt), request.language),
            cost=lambda request: encoded.seconds[request.member],
        )
        elapsed = time.perf_counter() - begin
        share = elapsed / sum(one.decode_seconds for one in decoded)
        return [replace(one, decode_seconds=one.decode_seconds * share) for one in decoded]

    def _decode_part(
        self, encoded: Encoded, options: Options, requests: Sequence[Request]
    ) -> list[Decoded]:
        """Decode chunks whose prompts are equally long and whose language is the same."""
        begin = time.perf_counter()
        tokenizer = self._tokenizer(requests[0].language, options["task"])
        states = encoded.states[[request.member for request in requests]]
        seconds = [encoded.seconds[request.member] for request in requests]
        best = self._search(states, requests, tokenizer, options)
        times = tokenizer.timestamp_begin
        results = [
            to_decoded(one, requests[0].language, length, options, times, tokenizer.decode)
            for one, length in zip(best, seconds, strict=True)
        ]
        if options["word_timestamps"]:
            # The window may be shorter than 30 s: no more frames than the encoder has seen.
            frames = [min(ceil(one * FRAMES_PER_SECOND), 2 * states.shape[1]) for one in seconds]
            texts = [text_tokens(one, options, times) for one in best]
            alignments = self.whisper.find_alignment(tokenizer, texts, _view(states), frames)
            for result, alignment, length in zip(results, alignments, seconds, strict=True):
                result.words = place_words(alignment, length)
        spent = time.perf_counter() - begin
        return [
            replace(one, decode_seconds=spent * length / sum(seconds))
            for one, length in zip(results, seconds, strict=True)
        ]

    def _search(
        self,
        states: "np.ndarray",
        requests: Sequence[Request],
        tokenizer: "Tokenizer",
        options: Options,
    ) -> list[Attempt]:
        from faster_whisper.transcribe import get_suppressed_tokens

        suppressed = get_suppressed_tokens(tokenizer, list(options["suppress_tokens"]))
        starts = [
            self.whisper.get_prompt(
                tokenizer, list(request.prompt), without_timestamps=not options["timestamps"]
            )
            for request in requests
        ]
        most = self.whisper.max_length

        def search(pending: Sequence[int], temperature: float) -> list[Attempt]:
            how: dict[str, Any] = (
                {
                    "beam_size": 1,
                    "num_hypotheses": BEST_OF,
                    "sampling_topk": 0,
                    "sampling_temperature": temperature,
                }
                if temperature > 0
                else {"beam_size": options["beam_size"], "patience": options["patience"]}
            )
            results = self.whisper.model.generate(
                _view(states[pending]),
                [starts[index] for index in pending],
                length_penalty=options["length_penalty"],
                repetition_penalty=options["repetition_penalty"],
                no_repeat_ngram_size=options["no_repeat_ngram_size"],
                max_length=most,
                suppress_blank=options["suppress_blank"],
                suppress_tokens=suppressed,
                max_initial_timestamp_index=FIRST_TIMESTAMP_INDEX,
                return_scores=True,
                return_no_speech_prob=True,
                **how,
            )
            attempts = []
            for index, result in zip(pending, results, strict=True):
                tokens = result.sequences_ids[0]
                # CTranslate2 divides by length ** penalty; openai-whisper's figure counts the
                # end token too.
                total = result.scores[0] * len(tokens) ** options["length_penalty"]
                attempts.append(
                    Attempt(
                        tokens=tokens,
                        text=tokenizer.decode(tokens).strip(),
                        avg_logprob=total / (len(tokens) + 1),
                        no_speech_prob=result.no_speech_prob,
                        temperature=temperature,
                        capped=len(tokens) >= min(most // 2, most - len(starts[index])),
                    )
                )
            return attempts

        return search_with_fallback(len(requests), search, options)

    def _tokenizer(self, language: str, task: str) -> "Tokenizer":
        from faster_whisper.tokenizer import Tokenizer

        key = (language, task)
        if key not in self._tokenizers:
            self._tokenizers[key] = Tokenizer(
                self.whisper.hf_tokenizer, self.multilingual, task=task, language=language
            )
        return self._tokenizers[key]


def _view(array: "np.ndarray") -> Any:
    """An array -> what CTranslate2 takes."""
    import numpy as np
    from ctranslate2 import StorageView

    return StorageView.from_array(np.ascontiguousarray(array))
