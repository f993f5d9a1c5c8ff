"""The parameters of more than one stage: what the results of an experiment depend on."""

from typing import ClassVar

from pydantic import Field

from snakescribe.config.block import Entry
from snakescribe.config.chunking import Chunking
from snakescribe.config.conditions import Experiment
from snakescribe.config.evaluate import Scoring
from snakescribe.config.process import Variant
from snakescribe.config.transcribe import Decoding, Model, Prompt
from snakescribe.config.values import Text


class ExperimentParams(Entry):
    """An experiment and the entries of all sections that it uses, for the database and the page.

    `chunkings` are those that its conditions name; without names they are cut by `chunking`.
    `description` and `notes` are what people say of it.
    """

    UNSAID: ClassVar[frozenset[str]] = frozenset({"chunkings", "description", "notes"})

    experiment: Experiment
    chunking: Chunking
    scoring: Scoring
    models: dict[str, Model]
    audio: dict[str, Variant]
    prompts: dict[str, Prompt]
    decoding: dict[str, Decoding]
    chunkings: dict[str, Chunking] = Field(default={})
    description: Text = Field(default="")
    notes: list[Text] = Field(default=[])
