"""What an experiment is made of, once it is expanded: conditions, and the passes that serve them.

A *condition* is one level of each factor (model, audio, prompt, decoding, chunking). A *pass* is
all that shares a model, an audio variant and a chunking: one job a shard loads the model once,
encodes each chunk once and decodes every prompt with every decode option from it.

The section `chunking` is the level without a name: what it makes lies where it lay before there
were others, and under the same names.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import SerializerFunctionWrapHandler, model_serializer

SECTIONS = {
    "model": "models",
    "audio": "audio",
    "prompt": "prompts",
    "decoding": "decoding",
    "chunking": "chunkings",
}
FACTORS = tuple(SECTIONS)
Levels = dict[str, str]


@dataclass(frozen=True)
class Condition:
    """One cell of an experiment: its short name and its level of each factor."""

    name: str
    model: str
    audio: str
    prompt: str
    decoding: str
    chunking: str = ""

    @property
    def levels(self) -> Levels:
        """The level of each factor, in the order model, audio, prompt, decoding, chunking."""
        return {factor: getattr(self, factor) for factor in FACTORS}

    @property
    def passname(self) -> str:
        """The pass that transcribes it."""
        return pass_name(self.model, self.audio, self.chunking)

    @property
    def place(self) -> str:
        """The folder of its chunks, below that of all."""
        return cut_of(self.chunking) + self.audio

    @model_serializer(mode="wrap")
    def _as_said(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Steps are told of a chunking that has a name, so that others' params are as they were."""
        said: dict[str, Any] = handler(self)
        return {key: value for key, value in said.items() if key != "chunking" or value}


@dataclass(frozen=True)
class Experiment:
    """An experiment, expanded: its conditions in order and the baseline among them."""

    name: str
    question: str
    design: str
    seed: int
    factors: dict[str, list[str]]
    conditions: tuple[Condition, ...]
    baseline: str

    @property
    def chunkings(self) -> list[str]:
        """The chunkings of its conditions, in order; the section `chunking` is an empty name."""
        return list(dict.fromkeys(condition.chunking for condition in self.conditions))

    @property
    def cuts(self) -> list[str]:
        """What stands for these in paths."""
        return list(map(cut_of, self.chunkings))

    @property
    def on_recordings(self) -> bool:
        """Whether conditions are scored on whole recordings: they have no chunks in common."""
        return len(self.chunkings) > 1

    @property
    def base_condition(self) -> Condition:
        """The condition that the others are compared with."""
        return next(cell for cell in self.conditions if cell.name == self.baseline)

    @classmethod
    def from_settings(cls, settings: dict[str, Any]) -> "Experiment":
        """The JSON that a step gets (`dataclasses.asdict` of an experiment) -> the experiment."""
        conditions = tuple(Condition(**condition) for condition in settings["conditions"])
        return cls(**{**settings, "conditions": conditions})


@dataclass(frozen=True)
class Pass:
    """What one transcription job does for a shard: a model on an audio variant, cut in one way.

    `pairs` are the (prompt, decoding) pairs every chunk is decoded with; `grouped` are the
    experiments with a random design, whose conditions get only the chunks assigned to them.
    """

    name: str
    model: str
    audio: str
    pairs: tuple[tuple[str, str], ...]
    grouped: tuple[str, ...]
    chunking: str = ""

    @property
    def cut(self) -> str:
        """What stands for its chunking in paths."""
        return cut_of(self.chunking)

    @property
    def place(self) -> str:
        """The folder of its chunks, below that of all."""
        return self.cut + self.audio


def cut_of(chunking: str) -> str:
    """The name of a chunking -> what stands for it in paths: empty for the section `chunking`."""
    return f"{chunking}/" if chunking else ""


def pass_name(model: str, audio: str, chunking: str) -> str:
    """Levels of three factors -> the name of the pass that they share."""
    return ".".join([model, audio, *filter(None, [chunking])])
