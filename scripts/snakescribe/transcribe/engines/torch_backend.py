"""Whisper by its authors' own package, on torch: the calls into openai-whisper.

The package's decoder takes what the encoder gave. It decodes one prompt for a whole batch, so a
batch is decoded in groups of equal prompts.
"""

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import whisper
from whisper.audio import N_SAMPLES, log_mel_spectrogram, pad_or_trim
from whisper.decoding import DecodingOptions
from whisper.timing import find_alignment
from whisper.tokenizer import Tokenizer, get_tokenizer

from snakescribe.transcribe.engines.alignment import count_frames, place_words
from snakescribe.transcribe.engines.fallback import Attempt, Search
from snakescribe.transcribe.engines.long_form import shared_settings, to_decoded
from snakescribe.transcribe.engines.protocol import (
    Decoded,
    Options,
    Provenance,
    Request,
    Word,
)
from snakescribe.transcribe.engines.whisper_engine import BEST_OF, SAMPLE_RATE, Backend
from snakescribe.transcribe.weights.checkpoints import official_name, read_shape


class TorchBackend(Backend):
    """A model of the package openai-whisper; `states` are tensors."""

    workers = 1

    def __init__(self, weights: str, compute_type: str, threads: int, device: str) -> None:
        """Load the checkpoint `weights`."""
        torch.set_num_threads(threads)
        self.model = whisper.load_model(weights, device=device)
        if name := official_name(Path(weights), read_shape(Path(weights))):
            self.model.set_alignment_heads(whisper._ALIGNMENT_HEADS[name])
        self._half = compute_type == "float16" or (compute_type == "default" and device == "cuda")
        if self._half:
            self.model.half()
        self.multilingual = bool(self.model.is_multilingual)

    def provenance(self) -> Provenance:
        return {
            "engine": "openai-whisper",
            "engine_version": whisper.__version__,
            "torch_version": torch.__version__,
            "compute_type": "float16" if self._half else "float32",
            "device": self.model.device.type,
        }

    def features(self, audio: Sequence[np.ndarray], window_seconds: float) -> torch.Tensor:
        """The package's encoder takes 30 s, whatever the window (see `OPTIONS`)."""
        bands, place = self.model.dims.n_mels, self.model.device
        padded = [pad_or_trim(samples, N_SAMPLES) for samples in audio]
        # One by one: the package's floor is 80 dB below the loudest of all that it is given.
        return torch.stack(
            [log_mel_spectrogram(samples, bands, device=place) for samples in padded]
        )

    def encode(self, features: torch.Tensor) -> list[torch.Tensor]:
        with torch.inference_mode():
            states = self.model.encoder(features.half() if self._half else features)
        if states.is_cuda:
            torch.cuda.synchronize()
        return list(states)

    def stack(self, states: list[torch.Tensor]) -> torch.Tensor:
        return torch.stack(states)

    def detect_languages(self, states: torch.Tensor) -> list[dict[str, float]]:
        probabilities: list[dict[str, float]] = self.model.detect_language(states)[1]
        return probabilities

    def kind(self, request: Request) -> Hashable:
        return tuple(request.prompt)

    def tokenizer(self, language: str, task: str) -> Tokenizer:
        return get_tokenizer(
            self.model.is_multilingual,
            num_languages=self.model.num_languages,
            language=language,
            task=task,
        )

    def make_search(
        self,
        states: torch.Tensor,
        requests: Sequence[Request],
        tokenizer: Tokenizer,
        options: Options,
    ) -> Search:
        prompt = list(requests[0].prompt)  # the same for all of them
        window = self.model.dims.n_text_ctx
        # openai-whisper's loop ends when the text and what stands before it exceed the window.
        most = min(window // 2, window - len(prompt) - 3)
        beams = options.beam_size if options.beam_size > 1 else None

        def search(pending: Sequence[int], temperature: float) -> list[Attempt]:
            sampled = temperature > 0
            settings = DecodingOptions(
                task=options.task,
                language=requests[0].language,
                temperature=temperature,
                best_of=BEST_OF if sampled else None,
                beam_size=None if sampled else beams,
                patience=options.patience if beams and not sampled else None,
                prompt=prompt or None,
                suppress_tokens=list(options.suppress_tokens),
                suppress_blank=options.suppress_blank,
                without_timestamps=not options.timestamps,
                fp16=self._half,
            )
            # With several candidates for a chunk the package takes one chunk at a time (20250625).
            alone = sampled or beams
            parts = [[index] for index in pending] if alone else [list(pending)]
            attempts = []
            for part in parts:
                if sampled:
                    torch.manual_seed(requests[part[0]].seed)
                attempts += [
                    Attempt(
                        tokens=result.tokens,
                        text=result.text,
                        avg_logprob=result.avg_logprob,
                        no_speech_prob=result.no_speech_prob,
                        temperature=temperature,
                        capped=len(result.tokens) >= most,
                    )
                    for result in self.model.decode(states[part], settings)
                ]
            return attempts

        return search

    def align(
        self,
        states: torch.Tensor,
        texts: list[list[int]],
        seconds: list[float],
        tokenizer: Tokenizer,
    ) -> list[list[Word]]:
        model = _DecoderOnly(self.model)
        words = []
        for chunk, tokens, length in zip(states, texts, seconds, strict=True):
            frames = count_frames(length, states.shape[1])
            alignment = find_alignment(model, tokenizer, tokens, chunk, frames)
            words.append(place_words([vars(word) for word in alignment], length))
        return words

    def transcribe(
        self, samples: np.ndarray, request: Request, options: Options, conditioned: bool
    ) -> Decoded:
        beams = options.beam_size if options.beam_size > 1 else None
        torch.manual_seed(request.seed)
        result: dict[str, Any] = whisper.transcribe(
            self.model,
            samples,
            language=request.language,
            beam_size=beams,
            best_of=BEST_OF,
            patience=options.patience if beams else None,
            logprob_threshold=options.logprob_threshold,
            initial_prompt=request.prompt_text or None,
            fp16=self._half,
            **shared_settings(options, conditioned),
        )
        seconds = len(samples) / SAMPLE_RATE
        return to_decoded(result["segments"], request.language, seconds, options)


class _DecoderOnly:
    """A model as the package's alignment calls it, for audio that has been encoded already."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def __call__(self, states: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self._model.decoder(tokens, states)
        return logits
