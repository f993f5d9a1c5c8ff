"""The section `experiments` of a config, as it is written."""

from typing import Annotated, Literal

from pydantic import Field

from snakescribe.config.block import Block
from snakescribe.config.values import Different, Text, Whole


class Factors(Block):
    """The levels of each factor, in the order written."""

    model: Annotated[list[Text], Different()] = Field(
        default_factory=list,
        min_length=1,
        description="Names from `models`.",
    )
    audio: Annotated[list[Text], Different()] = Field(
        default_factory=list,
        min_length=1,
        description="Names from `audio`.",
    )
    prompt: Annotated[list[Text], Different()] = Field(
        default_factory=list,
        min_length=1,
        description="Names from `prompts`.",
    )
    decoding: Annotated[list[Text], Different()] = Field(
        default_factory=list,
        min_length=1,
        description="Names from `decoding`.",
    )
    chunking: Annotated[list[Text], Different()] = Field(
        default_factory=list,
        min_length=1,
        description=(
            "Names from `chunkings`, or of methods: the section `chunking` with that method. With "
            "more than one, conditions are scored on whole recordings."
        ),
    )


class Levels(Block):
    """A level of some factors; a factor that is left out says nothing."""

    model: Text = Field(default_factory=str)
    audio: Text = Field(default_factory=str)
    prompt: Text = Field(default_factory=str)
    decoding: Text = Field(default_factory=str)
    chunking: Text = Field(default_factory=str)


class Design(Block):
    """An entry of `experiments`, as it is written; `expand_experiments` makes its conditions."""

    question: Text = Field(
        default="",
        description="The question in words; it heads the report.",
    )
    description: Text = Field(
        default="",
        description="What the experiment is about, for the report and the database.",
    )
    notes: list[Text] = Field(
        default=[],
        description="What is to be remembered of it, for the report and the database: a text each.",
    )
    design: Literal["factorial", "random_groups", "listed"] = Field(
        default="factorial",
        description=(
            "`factorial`: every chunk under every condition (paired). `random_groups`: each chunk "
            "under one condition, at random and balanced. `listed`: only the conditions of "
            "`include`, every chunk under each."
        ),
    )
    factors: Factors = Field(
        default={},
        validate_default=True,
        description=(
            "Levels to combine; a factor left out takes the only level that its section has."
        ),
    )
    baseline: Levels = Field(
        default={},
        validate_default=True,
        description=(
            "The condition that the others are compared with; a factor left out takes its first "
            "level."
        ),
    )
    include: list[Levels] = Field(
        default=[],
        description="Conditions to add; a factor left out is as in the baseline.",
    )
    exclude: list[Levels] = Field(
        default=[],
        description="Conditions to leave out; each entry takes away all that match it.",
    )
    seed: Annotated[int, Whole(ge=0)] = Field(
        default=0,
        description="Seed of the random assignment of `random_groups`.",
    )
