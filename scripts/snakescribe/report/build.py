"""A results folder and an experiment's parameters -> the experiment's page, and its explorer."""

from dataclasses import dataclass
from pathlib import Path

from snakescribe.config.params import ExperimentParams
from snakescribe.ffmpeg.stored import StoredSounds
from snakescribe.report.compose import compose_page
from snakescribe.report.explorer.build import Explorer, build_explorer
from snakescribe.results import Results
from snakescribe.store import write_text

STEP_VERSION = 11


@dataclass(frozen=True)
class Report:
    """What was written: the size of the page in bytes, and the explorer."""

    page_bytes: int
    explorer: Explorer


def build_report(
    folder: Path, params: ExperimentParams, page: Path, sounds: StoredSounds
) -> Report:
    """A results folder -> one self-contained HTML page at `page`, and the explorer beside it.

    Args:
        folder: the run's `results`.
        params: the experiment and the entries of all sections that it uses.
        page: where the page goes; written at once. The explorer is a folder of its name beside it.
        sounds: of the run.

    Raises:
        UserError: a table is missing or damaged; something else lies where the explorer goes.
    """
    results = Results(folder)
    explorer = build_explorer(results, params, page.with_suffix(""), sounds)
    write_text(page, compose_page(results, params, sounds))
    return Report(page.stat().st_size, explorer)
