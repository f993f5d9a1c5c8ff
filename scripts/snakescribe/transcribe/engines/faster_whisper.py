"""Whisper by CTranslate2: features and encoder once a batch, every prompt decoded from them.

faster-whisper's own batched pipeline takes one prompt for all chunks and encodes again at each
call; here its parts are called one by one. CTranslate2 wants the start token at the same index in
all prompts of a call, so a batch is decoded in groups of equal prompt length.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snakescribe.transcribe.engines.fallback import choose_result, judge_result
from snakescribe.transcribe.engines.memory import run_in_batches
from snakescribe.transcribe.engines.protocol import Decoded, Encoded, Options, PromptTokenizer
from snakescribe.transcribe.engines.words import place_words

if TYPE_CHECKING:
    import numpy as np
    from faster_whisper.tokenizer import Tokenizer

SAMPLE_RATE = 16000
FRAMES_PER_SECOND = 100
BEST_OF = 5  # samples drawn at a temperature above 0, as in openai-whisper's command line
FIRST_TIMESTAMP_INDEX = 50  # speech starts within 1 s of the chunk's start, as in openai-whisper


class FasterWhisper:
    """A CTranslate2 Whisper model (see `Engine` for what each method promises)."""

    def __init__(self, model: dict[str, Any], weights: Path, threads: int, device: str) -> None:
        from faster_whisper import WhisperModel

        self.whisper = WhisperModel(
            str(weights),
            device=device,
            compute_type=model["compute_type"],
            cpu_threads=threads,
            local_files_only=True,
        )
        self.batch_size = model["batch_size"]
        self.multilingual = bool(self.whisper.model.is_multilingual)
        self._tokenizers: dict[tuple[str, str], Tokenizer] = {}

    @classmethod
    def load_tokenizer(cls, weights: Path) -> PromptTokenizer:
        from snakescribe.transcribe.engines.hub_tokenizer import HubTokenizer

        return HubTokenizer(weights)

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
        begin = time.perf_counter()
        features = np.stack(
            [
                # Padded as audio, as openai-whisper does: silence, not zeros in the log-mel domain.
                self.whisper.feature_extractor(np.pad(one, (0, samples - len(one))), padding=0)
                for one in audio
            ]
        )
        middle = time.perf_counter()
        states = run_in_batches(
            self, range(len(audio)), lambda part: list(self._encode(features[part]))
        )
        end = time.perf_counter()
        return Encoded(
            states=np.stack(states),
            seconds=[len(one) / SAMPLE_RATE for one in audio],
            feature_seconds=middle - begin,
            encode_seconds=end - middle,
        )

    def detect_languages(self, encoded: Encoded) -> list[dict[str, float]]:
        def detect(part: list[int]) -> list[dict[str, float]]:
            found = self.whisper.model.detect_language(_view(encoded.states[part]))
            return [{token[2:-2]: probability for token, probability in one} for one in found]

        return run_in_batches(self, range(len(encoded.seconds)), detect)

    def decode(
        self,
        encoded: Encoded,
        members: Sequence[int],
        prompts: Sequence[Sequence[int]],
        languages: Sequence[str],
        options: Options,
    ) -> list[Decoded]:
        prompt_of = dict(zip(members, prompts, strict=True))
        groups: dict[tuple[int, str], list[int]] = {}
        for member, language in zip(members, languages, strict=True):
            groups.setdefault((len(prompt_of[member]), language), []).append(member)
        decoded: dict[int, Decoded] = {}
        for (_, language), group in groups.items():
            decode = self._group_decoder(encoded, prompt_of, language, options)
            decoded |= zip(group, run_in_batches(self, group, decode), strict=True)
        return [decoded[member] for member in members]

    def _encode(self, features: "np.ndarray") -> "np.ndarray":
        import numpy as np

        return np.array(self.whisper.model.encode(_view(features), to_cpu=True))

    def _group_decoder(
        self,
        encoded: Encoded,
        prompt_of: dict[int, Sequence[int]],
        language: str,
        options: Options,
    ) -> "Callable[[list[int]], list[Decoded]]":
        tokenizer = self._tokenizer(language, options["task"])

        def decode(members: list[int]) -> list[Decoded]:
            begin = time.perf_counter()
            states = encoded.states[members]
            starts = [
                self.whisper.get_prompt(
                    tokenizer, list(prompt_of[index]), without_timestamps=not options["timestamps"]
                )
                for index in members
            ]
            best = self._search(states, starts, tokenizer, options)
            seconds = [encoded.seconds[index] for index in members]
            results = [
                self._to_decoded(one, tokenizer, language, length, options)
                for one, length in zip(best, seconds, strict=True)
            ]
            if options["word_timestamps"]:
                self._add_words(results, states, tokenizer, seconds)
            spent = time.perf_counter() - begin
            return [
                replace(one, decode_seconds=spent * length / sum(seconds))
                for one, length in zip(results, seconds, strict=True)
            ]

        return decode

    def _search(
        self,
        states: "np.ndarray",
        starts: list[list[int]],
        tokenizer: "Tokenizer",
        options: Options,
    ) -> list[dict[str, Any]]:
        """Decode at each temperature in turn what did not pass the thresholds at the one before."""
        from faster_whisper.transcribe import get_suppressed_tokens

        suppressed = get_suppressed_tokens(tokenizer, options["suppress_tokens"])
        tried: list[list[dict[str, Any]]] = [[] for _ in starts]
        pending = list(range(len(starts)))
        for temperature in options["temperatures"]:
            search: dict[str, Any] = (
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
                max_length=self.whisper.max_length,
                suppress_blank=options["suppress_blank"],
                suppress_tokens=suppressed,
                max_initial_timestamp_index=FIRST_TIMESTAMP_INDEX,
                return_scores=True,
                return_no_speech_prob=True,
                **search,
            )
            for index, result in zip(pending, results, strict=True):
                one = judge_result(result, temperature, tokenizer, options)
                one["cap"] = min(
                    self.whisper.max_length // 2, self.whisper.max_length - len(starts[index])
                )
                tried[index].append(one)
            pending = [index for index in pending if not tried[index][-1]["passed"]]
            if not pending:
                break
        return [choose_result(one) for one in tried]

    def _to_decoded(
        self,
        best: dict[str, Any],
        tokenizer: "Tokenizer",
        language: str,
        seconds: float,
        options: Options,
    ) -> Decoded:
        from faster_whisper.transcribe import get_compression_ratio

        silent = (
            best["no_speech_prob"] > options["no_speech_threshold"]
            and best["avg_logprob"] < options["logprob_threshold"]
        )
        tokens = [] if silent else best["tokens"]
        pieces, _, _ = self.whisper._split_segments_by_timestamps(
            tokenizer, tokens, 0.0, ceil(seconds * FRAMES_PER_SECOND), seconds, 0
        )
        segments = [
            {
                "start": min(piece["start"], seconds),
                "end": min(piece["end"], seconds),
                "text": tokenizer.decode(piece["tokens"]),
                "token_ids": [token for token in piece["tokens"] if token < tokenizer.eot],
                "tokens": len(piece["tokens"]),
                "avg_logprob": best["avg_logprob"],
                "no_speech_prob": best["no_speech_prob"],
                "compression_ratio": get_compression_ratio(tokenizer.decode(piece["tokens"])),
                "temperature": best["temperature"],
            }
            for piece in pieces
            if piece["tokens"]
        ]
        return Decoded(
            text=tokenizer.decode(tokens).strip(),
            language=language,
            segments=segments,
            tries=best["tries"],
            capped=len(best["tokens"]) >= best["cap"],
        )

    def _add_words(
        self,
        results: list[Decoded],
        states: "np.ndarray",
        tokenizer: "Tokenizer",
        seconds: list[float],
    ) -> None:
        """Align each text with its audio and give every result its words, in place."""
        from faster_whisper.transcribe import merge_punctuations

        tokens = [
            [token for segment in one.segments for token in segment["token_ids"]] for one in results
        ]
        # The window may be shorter than 30 s: no more frames than the encoder has seen.
        frames = [min(ceil(one * FRAMES_PER_SECOND), 2 * states.shape[1]) for one in seconds]
        alignments = self.whisper.find_alignment(tokenizer, tokens, _view(states), frames)
        for one, alignment, length in zip(results, alignments, seconds, strict=True):
            merge_punctuations(alignment, "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、")
            one.words = place_words(alignment, length)

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
