"""What an engine must do: encode a batch once, decode it under any prompts and options."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, NotRequired, Protocol, TypedDict

from snakescribe.config.transcribe import Decoding, Weights
from snakescribe.errors import UserError
from snakescribe.transcribe.weights.receipt import Receipt

if TYPE_CHECKING:
    import numpy as np

Options = Decoding
Provenance = dict[str, str | int | float | None]


class Segment(TypedDict):
    """A stretch of text; times in seconds. Figures that an engine does not know are None."""

    start: float
    end: float
    text: str
    tokens: int | None  # how many
    avg_logprob: float | None
    no_speech_prob: float | None
    compression_ratio: float
    temperature: float | None
    speaker: NotRequired[str]  # where the engine tells speakers apart


class Word(TypedDict):
    """A word, or a piece of one, with its punctuation; times in seconds, None where unknown."""

    start: float | None
    end: float | None
    text: str
    probability: float | None


class Passage(NamedTuple):
    """Where a chunk comes from: a recording, from `start` to `end` (s), and its file as it came."""

    recording: str = ""
    start: float = 0.0
    end: float = 0.0
    source: str = ""


class Request(NamedTuple):
    """One chunk of an encoded batch, to be decoded with its own prompt and language.

    `member` is its position in the batch. The prompt stands here as the model's tokens and as text;
    both are empty without a prompt. The language is a code, or empty if the engine is to find out.
    `likely_tokens` is how long the text was under another prompt, where that is known: chunks whose
    texts are about as long are best decoded together. `seed` is for engines that draw at random: it
    is the same in all runs, and another one for each chunk, condition and repeat.
    """

    member: int
    prompt: Sequence[int]
    prompt_text: str
    language: str
    passage: Passage = Passage()
    likely_tokens: int | None = None
    seed: int = 0


@dataclass
class Encoded:
    """A batch after the encoder.

    `states` is the engine's own; `seconds` has the length of each chunk; `feature_seconds` and
    `encode_seconds` are what was spent on the whole batch.
    """

    states: Any
    seconds: list[float]
    feature_seconds: float
    encode_seconds: float


@dataclass
class Decoded:
    """What the decoder said of one chunk; all times are seconds on the chunk's clock.

    `tries` counts the temperatures that were tried; `capped` says that the text reached the
    decoder's length limit; `decode_seconds` is the chunk's share of the time spent; `failure` says
    why there is no text, where an answer could not be understood or, if `refused`, there is none:
    the chunk has no transcript then.
    """

    text: str
    language: str
    segments: list[Segment] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    tries: int = 1
    capped: bool = False
    decode_seconds: float = 0.0
    failure: str = ""
    refused: bool = False


class InterruptedDecodingError(UserError):
    """Decoding cannot go on; `results` has what was decoded of the requests, in order, or None."""

    def __init__(self, message: str, results: Sequence[Decoded | None]) -> None:
        super().__init__(message)
        self.results = results


class PromptTokenizer(Protocol):
    """The model's own tokenizer, which needs no weights: prompts are fitted to its budget."""

    def tokenize(self, text: str) -> list[int]:
        """A prompt -> the tokens the decoder will see, leading space included."""
        ...

    def detokenize(self, tokens: Sequence[int]) -> str:
        """Tokens -> text."""
        ...


class Engine(Protocol):
    """A loaded model. One job makes one engine, and gives it batches until it is done.

    `OPTIONS` are the decode options that the engine honours, `COMPUTE_TYPES` the number formats; a
    config that asks it for another one is refused at the start. `DETECTS_WHILE_DECODING` says that
    an empty language lets the engine find out by itself; otherwise `detect_languages` is asked.
    Where not `READS_PROMPTS`, conditions with a prompt or hotwords are refused too. `LONG_FORM`
    says that it decodes recordings of any length by itself (`decode_whole`), `CHUNKS_APART` that a
    chunk's text never depends on what is decoded with it: only what is missing is asked for.
    `PROBES` says that `batch_size: auto` may be found by trying: no text depends on it, and the
    engine's `batch_size` may be set; `parts_at_once` batches are worked on side by side.
    `KEYS` are the keys of a model's entry in the config that it reads beside those of all engines.
    """

    OPTIONS: ClassVar[frozenset[str]]
    COMPUTE_TYPES: ClassVar[frozenset[str]] = frozenset({"default"})
    DETECTS_WHILE_DECODING: ClassVar[bool] = False
    READS_PROMPTS: ClassVar[bool] = True
    LONG_FORM: ClassVar[bool] = False
    CHUNKS_APART: ClassVar[bool] = False
    PROBES: ClassVar[bool] = False
    KEYS: ClassVar[frozenset[str]] = frozenset()

    multilingual: bool
    batch_size: int
    parts_at_once: int = 1

    def __init__(self, model: Weights, weights: str, threads: int, device: str) -> None:
        """Load a model.

        Args:
            model: its entry in the config, with `compute_type` and `batch_size`.
            weights: the `path` of its receipt.
            threads: CPU threads to use, no more and no fewer.
            device: `cpu` or `cuda`.
        """
        ...

    @classmethod
    def check_weights(cls, weights: str) -> None:
        """Raise a UserError if `weights`, as the config names them, cannot be meant."""

    @classmethod
    def check_model(cls, model: Weights) -> Iterator[str]:
        """A model's entry -> a line `key: fault` for all that is wrong with it, anywhere."""
        try:
            cls.check_weights(model.weights)
        except UserError as error:
            yield f"weights: {error}"

    @classmethod
    def check_environment(cls, model: Weights) -> Iterator[str]:
        """A model's entry -> a line `key: fault` for all that a run lacks on this machine."""
        return iter(())

    @classmethod
    def honoured_options(cls, model: Weights) -> frozenset[str]:
        """The decode options that a model honours; `OPTIONS`, unless its entry matters."""
        return cls.OPTIONS

    @classmethod
    def may_vary(cls, options: Options) -> bool:
        """Whether a chunk that is decoded again may get another text: `repeats` make sense."""
        return True

    @classmethod
    def hears_passage(cls, model: Weights) -> bool:
        """Whether a text depends on which part of which recording it is, not on sound alone."""
        return False

    @classmethod
    def describe_weights(cls, weights: str) -> str:
        """Where `weights` are to be had, in words for `config check`; empty says nothing."""
        return ""

    @classmethod
    def check_language(cls, language: str) -> None:
        """Raise a UserError if the engine cannot be told to decode this language, a code."""

    @classmethod
    def check_task(cls, weights: str, task: str) -> None:
        """Raise a UserError if these weights cannot do what `decoding.NAME.task` asks for."""
        if task == "translate" and cls.is_english_only(weights):
            raise UserError("it knows English only, and translates nothing")

    @classmethod
    def is_english_only(cls, weights: str) -> bool:
        """Whether these weights are known to decode English and nothing else."""
        return False

    @classmethod
    def fetch_weights(cls, weights: str) -> Receipt:
        """Weights as the config names them -> where they lie: `weights`, `path`, `sha256`, ..."""
        ...

    @classmethod
    def fetch_model(cls, model: Weights) -> Receipt:
        """The same for a model's whole entry, for engines with `KEYS`."""
        return cls.fetch_weights(model.weights)

    @classmethod
    def reads_prompts(cls, model: Weights) -> bool:
        """Whether a model is given prompts at all; False is a warning of the check."""
        return cls.READS_PROMPTS

    @classmethod
    def weights_state(cls, weights: str) -> str:
        """Changes when what `weights` names changes under the same name; asked at every start."""
        return ""

    @classmethod
    def model_state(cls, model: Weights) -> str:
        """The same for a model's whole entry, for engines with `KEYS`."""
        return cls.weights_state(model.weights)

    @classmethod
    def load_tokenizer(cls, weights: str) -> PromptTokenizer:
        """The tokenizer of a model, without loading its weights."""
        ...

    def provenance(self) -> Provenance:
        """Engine, versions, compute type, device: what a result's row must tell."""
        ...

    def encode(self, audio: "Sequence[np.ndarray]", window_seconds: float) -> Encoded:
        """Chunks (float32 mono, 16 kHz, each at most `window_seconds`) -> encoder states."""
        ...

    def detect_languages(self, encoded: Encoded) -> list[dict[str, float]]:
        """For each chunk, the probability of each language code.

        Asked only where `DETECTS_WHILE_DECODING` is not set: others are given an empty language.
        """
        raise NotImplementedError

    def decode(
        self, encoded: Encoded, requests: Sequence[Request], options: Options
    ) -> list[Decoded]:
        """Decode chunks of a batch under one set of options."""
        ...

    def decode_whole(
        self,
        audio: "Sequence[np.ndarray]",
        requests: Sequence[Request],
        options: Options,
        conditioned: bool,
    ) -> list[Decoded]:
        """Decode whole recordings (float32 mono, 16 kHz, of any length) in the engine's long form.

        Asked only where `LONG_FORM` is set.

        Args:
            audio: the recordings; `member` of a request is the position of its own.
            requests: what to decode.
            options: for all of them.
            conditioned: whether Whisper sees what it wrote before; others need not heed it.
        """
        raise NotImplementedError
