"""What is told of a run: its experiments, when it ended, and who may use it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from snakescribe.config.conditions import Experiment
from snakescribe.config.root import Config

NO_LICENCE = (
    "No licence is stated. Recordings, references and transcripts belong to their owners; ask "
    "before you use them."
)


@dataclass(frozen=True)
class Story:
    """A run for those who read its archive.

    Attributes:
        config: of the run.
        experiments: those that are in the archive.
        finished: when the last transcript was written (UTC).
        licence: an SPDX id, an address or words; empty: none is stated.
    """

    config: Config
    experiments: Sequence[Experiment]
    finished: datetime
    licence: str

    @property
    def title(self) -> str:
        """The names of the experiments."""
        return ", ".join(experiment.name for experiment in self.experiments)

    @property
    def questions(self) -> list[str]:
        """What the experiments ask, as far as that is written."""
        return [experiment.question for experiment in self.experiments if experiment.question]

    @property
    def rights(self) -> str:
        """A sentence on who may use it."""
        return f"Licence: {self.licence}." if self.licence else NO_LICENCE
