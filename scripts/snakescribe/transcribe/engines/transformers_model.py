"""The calls into a pipeline of transformers, and what it gives of a chunk -> text and words."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import transformers
from transformers import pipeline

from snakescribe.errors import UserError
from snakescribe.transcribe.engines.external import SAMPLE_RATE
from snakescribe.transcribe.engines.fallback import compression_ratio
from snakescribe.transcribe.engines.protocol import Decoded, Options, Provenance, Word

CTC, WHISPER = "ctc", "seq2seq_whisper"  # how a pipeline calls its kinds


class PipelineModel:
    """A loaded pipeline; it gives no probabilities."""

    def __init__(self, weights: str, compute_type: str, threads: int, device: str) -> None:
        """Load the folder `weights`; on a GPU in half precision, unless told otherwise."""
        torch.set_num_threads(threads)
        if compute_type == "default":
            compute_type = "float16" if device == "cuda" else "float32"
        transformers.logging.set_verbosity_error()
        transformers.logging.disable_progress_bar()
        try:
            self._pipeline: Any = pipeline(
                "automatic-speech-recognition",
                model=weights,
                device=device,
                dtype=getattr(torch, compute_type),
                trust_remote_code=False,
            )
        except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
            if "out of memory" in str(error).lower():
                raise
            reason = str(error).strip().splitlines()[0]
            raise UserError(f"{weights}: no recogniser for transformers: {reason}") from error
        self._compute_type = compute_type
        tokenizer = self._pipeline.tokenizer
        if tokenizer.pad_token_id is None:  # fine-tuned models may have been saved without
            tokenizer.pad_token = tokenizer.eos_token
        rate = self._pipeline.feature_extractor.sampling_rate
        if rate != SAMPLE_RATE:
            raise UserError(f"{weights}: it hears {rate} Hz, and chunks have {SAMPLE_RATE}")

    def provenance(self) -> Provenance:
        """Versions, kind of model, number format and device."""
        return {
            "engine_version": transformers.__version__,
            "torch_version": torch.__version__,
            "model_kind": self._pipeline.model.config.model_type,
            "compute_type": self._compute_type,
            "device": self._pipeline.device.type,
        }

    def recognise(
        self, audio: Sequence[np.ndarray], language: str, options: Options
    ) -> list[Decoded]:
        """Chunks (float32 mono, 16 kHz) of one language, empty if unknown -> what each says.

        Whisper times words only where it may write time tokens (`timestamps`), which cost text.
        """
        timed = options.word_timestamps and self._times_words(options)
        results = self._pipeline(
            [np.array(samples) for samples in audio],  # which the pipeline may change
            batch_size=len(audio),
            return_timestamps="word" if timed else None,
            **self._settings(language),
        )
        return [
            to_decoded(result, len(samples) / SAMPLE_RATE, language)
            for result, samples in zip(results, audio, strict=True)
        ]

    def _times_words(self, options: Options) -> bool:
        if self._pipeline.type == CTC:
            return True
        heads = getattr(self._pipeline.model.generation_config, "alignment_heads", None)
        return self._pipeline.type == WHISPER and options.timestamps and bool(heads)

    def _settings(self, language: str) -> dict[str, Any]:
        """A language -> the arguments of `generate`, for models that write token by token."""
        if self._pipeline.type == CTC:
            return {}
        settings: dict[str, Any] = {"num_beams": 1, "do_sample": False}
        if self._pipeline.type == WHISPER:
            # As many as there is room for: the pipeline's own limit cuts long texts.
            settings["max_new_tokens"] = self._pipeline.model.config.max_target_positions // 2 - 4
            if self._pipeline.model.generation_config.is_multilingual:
                settings |= {"task": "transcribe", **({"language": language} if language else {})}
        return {"generate_kwargs": settings}


def to_decoded(result: dict[str, Any], seconds: float, language: str) -> Decoded:
    """What a pipeline gives of a chunk of so many seconds -> a result of one segment, if any."""
    text = result["text"].strip()
    if not text:
        return Decoded("", language)
    words: list[Word] = [
        {
            "start": part["timestamp"][0],
            "end": part["timestamp"][1],
            "text": part["text"].strip(),
            "probability": None,
        }
        for part in result.get("chunks") or ()
        if part["text"].strip()
    ]
    return Decoded(
        text=text,
        language=language,
        words=words,
        segments=[
            {
                "start": 0.0,
                "end": seconds,
                "text": text,
                "tokens": None,
                "avg_logprob": None,
                "no_speech_prob": None,
                "compression_ratio": compression_ratio(text),
                "temperature": None,
            }
        ],
    )
