"""Moonshine by onnxruntime: the calls into its encoder, its decoder and its vocabulary.

Both graphs are the `.ort` files that the package moonshine-voice ships. The encoder takes samples,
no spectrogram; the decoder keeps the attention over what it has written and heard ("past" in,
"present" out), so that a step reads one token. Weights are 8-bit integers, and activations are
scaled by the largest one of a call: chunks of one call would change each other's text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from snakescribe.errors import UserError
from snakescribe.transcribe.engines.onnx_providers import choose_providers
from snakescribe.transcribe.engines.protocol import Provenance

SAMPLE_RATE = 16000
START, END = 1, 2  # tokens
TOKENS_PER_SECOND = 6.5  # the authors' limit: more is a loop


@dataclass(frozen=True)
class Heard:
    """A chunk after the encoder: states of (1, frames, width); a 1 for each sample, 0 for added."""

    states: np.ndarray
    mask: np.ndarray


@dataclass(frozen=True)
class Said:
    """The text of a chunk; `avg_logprob` counts the end token, as Whisper's does."""

    text: str
    tokens: int
    avg_logprob: float
    capped: bool


class MoonshineModel:
    """A loaded model; several threads may call it at once."""

    def __init__(self, folder: Path, names: Sequence[str], threads: int, device: str) -> None:
        """Load the weights of a folder.

        Args:
            folder: where the files lie.
            names: of encoder, decoder and vocabulary there.
            threads: CPU threads of a call.
            device: `cpu` or `cuda`; an onnxruntime without CUDA computes on the CPU.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.providers = choose_providers(device, "moonshine")
        self._encoder, self._decoder = (
            _load_graph(folder / name, options, self.providers) for name in names[:2]
        )
        self._pieces = read_vocabulary(folder / names[2])

    def provenance(self) -> Provenance:
        """Version, number format and device."""
        return {
            "engine_version": onnxruntime.__version__,
            "compute_type": "int8",
            "device": "cuda" if len(self.providers) > 1 else "cpu",
        }

    def encode(self, audio: np.ndarray, silence: int) -> Heard:
        """A chunk (float32 mono, 16 kHz), and how many samples of silence to add -> its states."""
        padded = np.pad(audio, (0, silence))[None]
        mask = np.pad(np.ones(len(audio), np.int64), (0, silence))[None]
        (states,) = self._encoder.run(None, {"input_values": padded, "attention_mask": mask})
        return Heard(states, mask)

    def decode(self, heard: Heard) -> Said:
        """A chunk -> its text, by greedy search."""
        most = ceil(int(heard.mask.sum()) / SAMPLE_RATE * TOKENS_PER_SECOND)
        fixed = {"encoder_hidden_states": heard.states, "encoder_attention_mask": heard.mask}
        past, tokens = self._empty_past(), [START]
        logprobs: list[float] = []
        while tokens[-1] != END and len(tokens) <= most:
            logits, *present = self._decoder.run(
                None,
                {
                    **fixed,
                    **past,
                    "input_ids": np.array([tokens[-1:]]),
                    "use_cache_branch": np.array([bool(logprobs)]),
                },
            )
            past = self._next_past(past, present, first=not logprobs)
            shifted = logits[0, -1] - logits.max()
            tokens.append(int(shifted.argmax()))
            logprobs.append(-float(np.log(np.exp(shifted).sum())))
        capped = tokens[-1] != END
        written = tokens[1:] if capped else tokens[1:-1]
        text = b"".join(self._pieces[token] for token in written).decode("utf-8", "replace")
        return Said(
            text=text.replace("\u2581", " ").strip(),
            tokens=len(written),
            avg_logprob=sum(logprobs) / len(logprobs),
            capped=capped,
        )

    def _empty_past(self) -> dict[str, np.ndarray]:
        return {
            place.name: np.zeros((1, place.shape[1], 0, place.shape[3]), np.float32)
            for place in self._decoder.get_inputs()
            if place.name.startswith("past_key_values")
        }

    def _next_past(
        self, past: dict[str, np.ndarray], present: list[Any], first: bool
    ) -> dict[str, np.ndarray]:
        """What the decoder gave -> what it is given next; what it heard comes but once."""
        names = [place.name for place in self._decoder.get_outputs()[1:]]
        given = {
            name.replace("present", "past_key_values"): array
            for name, array in zip(names, present, strict=True)
        }
        return {
            name: array if first or ".decoder." in name else past[name]
            for name, array in given.items()
        }


def _load_graph(
    path: Path, options: onnxruntime.SessionOptions, providers: list[str]
) -> onnxruntime.InferenceSession:
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=providers)
    except Exception as error:  # its own errors have no class in common
        raise UserError(f"{path}: onnxruntime cannot read this file: {error}") from error


def read_vocabulary(path: Path) -> list[bytes]:
    """The file `tokenizer.bin` -> the piece of text of each token, in UTF-8.

    Each is stored as its length and its bytes; a length from 128 on takes two bytes, the low seven
    bits first.

    Raises:
        UserError: the file ends within a token.
    """
    data = path.read_bytes()
    pieces, place = [], 0
    while place < len(data):
        length = data[place]
        place += 1
        if length >= 128:
            length += 128 * (int.from_bytes(data[place : place + 1]) - 1)
            place += 1
        pieces.append(data[place : place + length])
        place += length
    if place > len(data):
        raise UserError(f"{path}: it ends within a token; fetch the file again")
    return pieces
