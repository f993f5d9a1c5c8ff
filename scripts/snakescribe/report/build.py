"""A results folder and an experiment's parameters -> the experiment's page."""

from pathlib import Path

from snakescribe.config.params import ExperimentParams
from snakescribe.ffmpeg.stored import StoredSounds
from snakescribe.report.compose import compose_page
from snakescribe.results import Results
from snakescribe.store import write_text

STEP_VERSION = 9


def build_report(folder: Path, params: ExperimentParams, output: Path, sounds: StoredSounds) -> int:
    """A results folder -> one self-contained HTML page at `output`; returns its size in bytes.

    Args:
        folder: the run's `results`.
        params: the experiment and the entries of all sections that it uses.
        output: where the page goes; written at once.
        sounds: of the run.

    Raises:
        UserError: a table is missing or damaged.
    """
    write_text(output, compose_page(Results(folder), params, sounds))
    return output.stat().st_size
