"""A results folder and an experiment's settings -> the experiment's page."""

from pathlib import Path
from typing import Any

from snakescribe.store import write_text

STEP_VERSION = 5


def build_report(folder: Path, settings: dict[str, Any], output: Path) -> int:
    """A results folder -> one self-contained HTML page at `output`; returns its size in bytes.

    Args:
        folder: the run's `results`.
        settings: a `snakescribe.config.params.ExperimentParams` as plain data.
        output: where the page goes; written at once.

    Raises:
        UserError: a table is missing or damaged.
    """
    from snakescribe.report.compose import compose_page

    write_text(output, compose_page(folder, settings))
    return output.stat().st_size
