"""What transcribing a pass depends on."""

from typing import ClassVar

from snakescribe.config.block import Block, Entry
from snakescribe.config.conditions import Experiment
from snakescribe.config.evaluate import Terms
from snakescribe.config.transcribe import Decoding, Prompt, Weights


class PassPrompt(Prompt):
    """A prompt, and the sha256 of its table of terms (empty where it has none)."""

    terms_sha256: str


class WholeParams(Block):
    """Recordings are decoded whole, in the engine's own long form.

    `conditioned`: Whisper sees what it wrote before.
    """

    conditioned: bool


class ListParams(Block):
    """What the lists of controls are made of, beside the tables of the shard.

    Attributes:
        terms: which terms a recording has.
        tables_sha256: of the tables that `terms` names.
        tiers: the tiers of references that count, best first.
    """

    terms: Terms
    tables_sha256: list[str]
    tiers: list[str]


class PassParams(Entry):
    """A pass: a model on an audio variant, with the prompts and decode options of its conditions.

    `pairs` are the (prompt, decoding) pairs that every chunk is decoded with; `grouped` are the
    experiments of random groups, whose conditions get only the chunks assigned to them. `chunking`
    is the name of one that has a name; `whole` is given where chunks are whole recordings, and
    `lists` where a prompt asks for a list of terms as a control.
    """

    UNSAID: ClassVar[frozenset[str]] = frozenset({"chunking", "whole", "lists"})

    model: Weights
    audio: str
    name: str
    model_name: str
    pairs: list[tuple[str, str]]
    grouped: list[Experiment]
    prompts: dict[str, PassPrompt]
    decoding: dict[str, Decoding]
    chunking: str = ""
    whole: WholeParams | None = None
    lists: ListParams | None = None
