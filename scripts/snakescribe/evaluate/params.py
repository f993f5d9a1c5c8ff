"""What scoring and comparing depend on."""

from typing import ClassVar

from pydantic import Field

from snakescribe.config.block import Block, Entry
from snakescribe.config.conditions import Experiment
from snakescribe.config.evaluate import Counting, Marks, Scoring

COPIED = "copied"  # the metric of silenced terms, counted where there are any


class ScoreParams(Entry):
    """Which transcripts are which condition, and how errors are counted.

    The experiment comes without its question, which changes no figure; `unit_fields` are fields
    of recordings that comparing will resample by, `translating` the decode options that translate,
    `silenced` the audio variants in which terms are silenced.
    """

    UNSAID: ClassVar[frozenset[str]] = frozenset({"translating", "silenced"})

    experiment: Experiment
    scoring: Counting
    unit_fields: list[str]
    translating: list[str] = Field(default_factory=list)
    silenced: list[str] = Field(default_factory=list)

    @property
    def metrics(self) -> list[str]:
        """The names of what is counted."""
        return [*self.scoring.metrics, *([COPIED] if self.silenced else [])]


class ChunkingParams(Block):
    """The chunkings of an experiment by name, each with its method; and whose words have times.

    `tiers` are those of references that count, `marks` what in them was not said, `timed` the
    decode options that time words.
    """

    experiment: Experiment
    methods: dict[str, str]
    tiers: list[str]
    marks: Marks
    timed: list[str]


class CompareParams(Entry):
    """The same, and the statistics; `rungs` says whose terms prompts have that are a ladder."""

    UNSAID: ClassVar[frozenset[str]] = frozenset({"rungs", "silenced"})

    experiment: Experiment
    scoring: Scoring
    rungs: dict[str, str] = Field(default_factory=dict)
    silenced: list[str] = Field(default_factory=list)

    @property
    def metrics(self) -> list[str]:
        """The names of what was counted."""
        return [*self.scoring.metrics, *([COPIED] if self.silenced else [])]
