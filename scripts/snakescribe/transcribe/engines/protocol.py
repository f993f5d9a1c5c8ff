"""What an engine must do: encode a batch once, decode it under any prompts and options."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np

Options = dict[str, Any]


@dataclass
class Encoded:
    """A batch after the encoder; `states` is the engine's own, times are of the whole batch."""

    states: Any
    seconds: list[float]
    feature_seconds: float
    encode_seconds: float


@dataclass
class Decoded:
    """What the decoder said of one chunk; all times are seconds on the chunk's clock."""

    text: str
    language: str
    segments: list[dict[str, Any]] = field(default_factory=list)
    words: list[dict[str, Any]] = field(default_factory=list)
    tries: int = 1
    capped: bool = False
    decode_seconds: float = 0.0


class PromptTokenizer(Protocol):
    """The model's own tokenizer, which needs no weights: prompts are fitted to its budget."""

    def tokenize(self, text: str) -> list[int]:
        """A prompt -> the tokens the decoder will see, leading space included."""
        ...

    def detokenize(self, tokens: Sequence[int]) -> str:
        """Tokens -> text."""
        ...


class Engine(Protocol):
    """A loaded model. One job makes one engine, and gives it batches until it is done."""

    multilingual: bool
    batch_size: int

    @classmethod
    def load_tokenizer(cls, weights: Path) -> PromptTokenizer:
        """The tokenizer of a model, without its weights."""
        ...

    def provenance(self) -> dict[str, Any]:
        """Engine, versions, compute type, device: what a result's row must tell."""
        ...

    def encode(self, audio: "Sequence[np.ndarray]", window_seconds: float) -> Encoded:
        """Chunks (float32 mono, 16 kHz, each at most `window_seconds`) -> encoder states."""
        ...

    def detect_languages(self, encoded: Encoded) -> list[dict[str, float]]:
        """For each chunk, the probability of each language code."""
        ...

    def decode(
        self,
        encoded: Encoded,
        members: Sequence[int],
        prompts: Sequence[Sequence[int]],
        languages: Sequence[str],
        options: Options,
    ) -> list[Decoded]:
        """Decode the chunks `members` of a batch, each with its own prompt and language."""
        ...
