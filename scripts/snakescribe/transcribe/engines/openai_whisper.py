"""Whisper by its authors' own package, on torch: slower, and the reference for all others.

The encoder runs once for a batch here too; the package's decoder takes what it gave. It decodes
one prompt for a whole batch, so a batch is decoded in groups of equal prompts.
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
from snakescribe.transcribe.engines.workers import Workers
from snakescribe.transcribe.weights.checkpoints import (
    ENGLISH_VOCABULARY,
    check_name,
    fetch_checkpoint,
    official_name,
    read_shape,
)

if TYPE_CHECKING:
    import numpy as np
    import torch
    from whisper.tokenizer import Tokenizer

SAMPLE_RATE = 16000
FRAMES_PER_SECOND = 100
BEST_OF = 5  # samples drawn at a temperature above 0, as in the package's command line


class OpenaiWhisper(Engine):
    """A model of the package openai-whisper."""

    OPTIONS = frozenset(
        {
            "task", "beam_size", "patience", "temperatures", "compression_ratio_threshold",
            "logprob_threshold", "no_speech_threshold", "suppress_blank", "suppress_tokens",
            "timestamps", "word_timestamps",
        }
    )  # fmt: skip
    COMPUTE_TYPES = frozenset({"default", "float16", "float32"})

    def __init__(self, model: dict[str, Any], weights: str, threads: int, device: str) -> None:
        import torch
        import whisper

        torch.set_num_threads(threads)
        self.model = whisper.load_model(weights, device=device)
        if name := official_name(Path(weights), read_shape(Path(weights))):
            self.model.set_alignment_heads(whisper._ALIGNMENT_HEADS[name])
        wanted = model["compute_type"]
        self._half = wanted == "float16" or (wanted == "default" and device == "cuda")
        if self._half:
            self.model.half()
        self.multilingual = bool(self.model.is_multilingual)
        self._workers = Workers(1, model["batch_size"])

    @property
    def batch_size(self) -> int:  # type: ignore[override]
        """Chunks decoded together, as far as memory has allowed."""
        return self._workers.batch_size

    @classmethod
    def check_weights(cls, weights: str) -> None:
        if not Path(weights).is_file():
            check_name(weights)

    @classmethod
    def fetch_weights(cls, weights: str) -> Receipt:
        return fetch_checkpoint(weights)

    @classmethod
    def load_tokenizer(cls, weights: str) -> PromptTokenizer:
        return _PackageTokenizer(weights)

    def provenance(self) -> dict[str, Any]:
        import torch
        import whisper

        return {
            "engine": "openai-whisper",
            "engine_version": whisper.__version__,
            "torch_version": torch.__version__,
            "compute_type": "float16" if self._half else "float32",
            "device": self.model.device.type,
            "batch_size": self.batch_size,
        }

    def encode(self, audio: "Sequence[np.ndarray]", window_seconds: float) -> Encoded:
        import torch
        from whisper.audio import N_SAMPLES, log_mel_spectrogram, pad_or_trim

        spent = {"features": 0.0, "encoder": 0.0}

        def encode(part: "Sequence[np.ndarray]") -> "list[torch.Tensor]":
            begin = time.perf_counter()
            # One by one: the package's floor is 80 dB below the loudest of all that it is given.
            bands, place = self.model.dims.n_mels, self.model.device
            padded = [pad_or_trim(one, N_SAMPLES) for one in part]
            mel = torch.stack([log_mel_spectrogram(one, bands, device=place) for one in padded])
            middle = time.perf_counter()
            with torch.inference_mode():
                states = self.model.encoder(mel.half() if self._half else mel)
            if states.is_cuda:
                torch.cuda.synchronize()
            spent["features"] += middle - begin
            spent["encoder"] += time.perf_counter() - middle
            return list(states)

        states = self._workers.map(audio, encode)
        return Encoded(
            states=torch.stack(states),
            seconds=[len(one) / SAMPLE_RATE for one in audio],
            feature_seconds=spent["features"],
            encode_seconds=spent["encoder"],
        )

    def detect_languages(self, encoded: Encoded) -> list[dict[str, float]]:
        def detect(part: Sequence[int]) -> list[dict[str, float]]:
            return self.model.detect_language(encoded.states[list(part)])[1]

        return self._workers.map(range(len(encoded.seconds)), detect)

    def decode(
        self, encoded: Encoded, requests: Sequence[Request], options: Options
    ) -> list[Decoded]:
        return self._workers.map_groups(
            requests,
            partial(self._decode_part, encoded, options),
            kind=lambda request: (tuple(request.prompt), request.language),
            cost=lambda request: encoded.seconds[request.member],
        )

    def _decode_part(
        self, encoded: Encoded, options: Options, requests: Sequence[Request]
    ) -> list[Decoded]:
        """Decode chunks that have one prompt and one language."""
        begin = time.perf_counter()
        tokenizer = self._tokenizer(requests[0].language, options["task"])
        states = encoded.states[[request.member for request in requests]]
        seconds = [encoded.seconds[request.member] for request in requests]
        best = self._search(states, requests[0], options)
        times = tokenizer.timestamp_begin
        results = [
            to_decoded(one, requests[0].language, length, options, times, tokenizer.decode)
            for one, length in zip(best, seconds, strict=True)
        ]
        if options["word_timestamps"]:
            for result, one, state, length in zip(results, best, states, seconds, strict=True):
                tokens = text_tokens(one, options, times)
                result.words = self._align(tokens, state, tokenizer, length)
        spent = time.perf_counter() - begin
        return [
            replace(one, decode_seconds=spent * length / sum(seconds))
            for one, length in zip(results, seconds, strict=True)
        ]

    def _search(self, states: "torch.Tensor", request: Request, options: Options) -> list[Attempt]:
        from whisper.decoding import DecodingOptions

        prompt = list(request.prompt)
        window = self.model.dims.n_text_ctx
        # openai-whisper's loop ends when the text and what stands before it exceed the window.
        most = min(window // 2, window - len(prompt) - 3)

        def search(pending: Sequence[int], temperature: float) -> list[Attempt]:
            beams = options["beam_size"] if options["beam_size"] > 1 else None
            how: dict[str, Any] = (
                {"best_of": BEST_OF}
                if temperature > 0
                else {"beam_size": beams, "patience": options["patience"] if beams else None}
            )
            settings = DecodingOptions(
                task=options["task"],
                language=request.language,
                temperature=temperature,
                prompt=prompt or None,
                suppress_tokens=list(options["suppress_tokens"]),
                suppress_blank=options["suppress_blank"],
                without_timestamps=not options["timestamps"],
                fp16=self._half,
                **how,
            )
            # With several candidates for a chunk the package takes one chunk at a time (20250625).
            alone = temperature > 0 or beams
            parts = [[index] for index in pending] if alone else [list(pending)]
            results = [one for part in parts for one in self.model.decode(states[part], settings)]
            return [
                Attempt(
                    tokens=one.tokens,
                    text=one.text,
                    avg_logprob=one.avg_logprob,
                    no_speech_prob=one.no_speech_prob,
                    temperature=temperature,
                    capped=len(one.tokens) >= most,
                )
                for one in results
            ]

        return search_with_fallback(len(states), search, options)

    def _align(
        self, tokens: list[int], state: "torch.Tensor", tokenizer: "Tokenizer", seconds: float
    ) -> list[dict[str, Any]]:
        from whisper.timing import find_alignment

        frames = ceil(seconds * FRAMES_PER_SECOND)
        found = find_alignment(_Encoded(self.model), tokenizer, tokens, state, frames)
        return place_words([vars(word) for word in found], seconds)

    def _tokenizer(self, language: str, task: str) -> "Tokenizer":
        from whisper.tokenizer import get_tokenizer

        return get_tokenizer(
            self.model.is_multilingual,
            num_languages=self.model.num_languages,
            language=language,
            task=task,
        )


class _Encoded:
    """A model as the package's alignment calls it, for audio that has been encoded already."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def __call__(self, states: "torch.Tensor", tokens: "torch.Tensor") -> "torch.Tensor":
        return self._model.decoder(tokens, states)


class _PackageTokenizer:
    """The package's tokenizer (see `PromptTokenizer`); a prompt has no special tokens."""

    def __init__(self, weights: str) -> None:
        from whisper.tokenizer import get_tokenizer

        self._tokenizer = get_tokenizer(
            multilingual=read_shape(Path(weights))[2] != ENGLISH_VOCABULARY
        )

    def tokenize(self, text: str) -> list[int]:
        # openai-whisper's convention: one leading space, no other white space around.
        text = text.strip()
        return self._tokenizer.encode(" " + text) if text else []

    def detokenize(self, tokens: Sequence[int]) -> str:
        return self._tokenizer.decode(list(tokens))
