"""Whisper by CTranslate2: the calls into faster-whisper.

faster-whisper's own batched pipeline takes one prompt for all chunks and encodes again at each
call; here its parts are called one by one. CTranslate2 wants the start token at the same index in
all prompts of a call, so a batch is decoded in groups of equal prompt length.
"""

from collections.abc import Hashable, Sequence
from dataclasses import asdict
from functools import partial
from math import ceil
from typing import Any

import ctranslate2
import faster_whisper
import numpy as np
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_suppressed_tokens

from snakescribe.transcribe.engines.alignment import count_frames, place_words
from snakescribe.transcribe.engines.encoder_states import states_on
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
from snakescribe.transcribe.engines.workers import divide_threads

FIRST_TIMESTAMP_INDEX = 50  # speech starts within 1 s of the chunk's start, as in openai-whisper

UNSEEDED = 2**32 - 1  # what CTranslate2 has before it is given a seed: it asks the machine for one


class CTranslate2Backend(Backend):
    """A CTranslate2 Whisper model; `states` are numpy arrays, or tensors on a GPU."""

    def __init__(self, weights: str, compute_type: str, threads: int, device: str) -> None:
        """Load the folder `weights`; a CPU's `threads` are divided among workers side by side."""
        self.workers, threads_each = divide_threads(threads) if device == "cpu" else (1, threads)
        load = partial(
            faster_whisper.WhisperModel,
            weights,
            device=device,
            cpu_threads=threads_each,
            num_workers=self.workers,
            local_files_only=True,
        )
        self.whisper = load(compute_type=compute_type)
        stored = self.whisper.model.compute_type
        if (device, compute_type, stored) == ("cuda", "default", "float32"):
            self.whisper = load(compute_type="float16")
        self._states = states_on(device)
        self.multilingual = bool(self.whisper.model.is_multilingual)
        self._tokenizers: dict[tuple[str, str], Tokenizer] = {}
        self._seeded = False

    def provenance(self) -> Provenance:
        return {
            "engine": "faster-whisper",
            "engine_version": faster_whisper.__version__,
            "ctranslate2_version": ctranslate2.__version__,
            "compute_type": self.whisper.model.compute_type,
            "device": self.whisper.model.device,
        }

    def features(self, audio: Sequence[np.ndarray], window_seconds: float) -> np.ndarray:
        window = round(window_seconds * SAMPLE_RATE)
        return np.stack([self._features(samples, window) for samples in audio])

    def _features(self, samples: np.ndarray, window: int) -> np.ndarray:
        """Padded as audio, as openai-whisper does: silence, not zeros in the log-mel domain.

        All frames of silence are equal: a second of it is computed, and its last frame repeated.
        """
        extractor = self.whisper.feature_extractor
        hop: int = extractor.hop_length
        computed = min(window, ceil(len(samples) / hop) * hop + SAMPLE_RATE)
        frames = extractor(np.pad(samples, (0, computed - len(samples))), padding=0)
        return np.pad(frames, ((0, 0), (0, window // hop - frames.shape[1])), mode="edge")

    def encode(self, features: np.ndarray) -> list[Any]:
        given = ctranslate2.StorageView.from_array(features)
        return self._states.split(self.whisper.model.encode(given, to_cpu=self._states.to_cpu))

    def stack(self, states: list[Any]) -> Any:
        return self._states.stack(states)

    def detect_languages(self, states: Any) -> list[dict[str, float]]:
        ranked = self.whisper.model.detect_language(self._states.view(states))
        return [{token[2:-2]: probability for token, probability in chunk} for chunk in ranked]

    def kind(self, request: Request) -> Hashable:
        return len(request.prompt)

    def tokenizer(self, language: str, task: str) -> Tokenizer:
        key = (language, task)
        if key not in self._tokenizers:
            self._tokenizers[key] = Tokenizer(
                self.whisper.hf_tokenizer, self.multilingual, task=task, language=language
            )
        return self._tokenizers[key]

    def make_search(
        self,
        states: Any,
        requests: Sequence[Request],
        tokenizer: Tokenizer,
        options: Options,
    ) -> Search:
        suppressed = get_suppressed_tokens(tokenizer, list(options.suppress_tokens))
        starts = [
            self.whisper.get_prompt(
                tokenizer, list(request.prompt), without_timestamps=not options.timestamps
            )
            for request in requests
        ]
        most = self.whisper.max_length

        def search(pending: Sequence[int], temperature: float) -> list[Attempt]:
            if temperature > 0:
                self._seed(requests[pending[0]].seed)
            results = self.whisper.model.generate(
                self._states.view(_pick(states, pending)),
                [starts[index] for index in pending],
                length_penalty=options.length_penalty,
                repetition_penalty=options.repetition_penalty,
                no_repeat_ngram_size=options.no_repeat_ngram_size,
                max_length=most,
                suppress_blank=options.suppress_blank,
                suppress_tokens=suppressed,
                max_initial_timestamp_index=FIRST_TIMESTAMP_INDEX,
                return_scores=True,
                return_no_speech_prob=True,
                **_sampling(temperature, options),
            )
            attempts = []
            for index, result in zip(pending, results, strict=True):
                tokens = result.sequences_ids[0]
                # CTranslate2 divides by length ** penalty; openai-whisper's figure counts the
                # end token too.
                total = result.scores[0] * len(tokens) ** options.length_penalty
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

        return search

    def align(
        self,
        states: Any,
        texts: list[list[int]],
        seconds: list[float],
        tokenizer: Tokenizer,
    ) -> list[list[Word]]:
        frames = [count_frames(length, states.shape[1]) for length in seconds]
        view = self._states.view(states)
        alignments = self.whisper.find_alignment(tokenizer, texts, view, frames)
        return [place_words(*chunk) for chunk in zip(alignments, seconds, strict=True)]

    def _seed(self, seed: int) -> None:
        """Let a job's draws begin with the seed of what it draws first.

        CTranslate2 takes a seed for each of its threads when that first draws, and no other later.
        Several would get the same one, and two repeats the same text: then each seeds itself.
        """
        if not self._seeded:
            ctranslate2.set_random_seed(seed if self.workers == 1 else UNSEEDED)
        self._seeded = True

    def transcribe(
        self, samples: np.ndarray, request: Request, options: Options, conditioned: bool
    ) -> Decoded:
        self._seed(request.seed)
        segments, _ = self.whisper.transcribe(
            samples,
            language=request.language,
            beam_size=options.beam_size,
            best_of=BEST_OF,
            patience=options.patience,
            length_penalty=options.length_penalty,
            repetition_penalty=options.repetition_penalty,
            no_repeat_ngram_size=options.no_repeat_ngram_size,
            log_prob_threshold=options.logprob_threshold,
            initial_prompt=list(request.prompt) or None,
            without_timestamps=False,
            vad_filter=False,
            **shared_settings(options, conditioned),
        )
        parts = [asdict(segment) for segment in segments]
        return to_decoded(parts, request.language, len(samples) / SAMPLE_RATE, options)


def _sampling(temperature: float, options: Options) -> dict[str, Any]:
    """How to search: beams at temperature 0, else the best of some samples."""
    if temperature == 0:
        return {"beam_size": options.beam_size, "patience": options.patience}
    return {
        "beam_size": 1,
        "num_hypotheses": BEST_OF,
        "sampling_topk": 0,
        "sampling_temperature": temperature,
    }


def _pick(states: Any, pending: Sequence[int]) -> Any:
    """The states of some chunks; at the first temperature those of all, which need no copy."""
    return states if len(pending) == len(states) else states[list(pending)]
