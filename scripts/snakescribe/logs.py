"""Logging of a step: one line an event, on standard error and in the file of its stage.

The rules append what a job says on standard error to the job's own log, `{results}/logs/RULE/...`;
the same events of all jobs of a stage stand together in `{results}/logs/STAGE.log`. Each job begins
with a header, and a run begins with one in every file of a stage; of long files the last runs are
kept. The standard library's `logging` does it: the packages that jobs call log through it, and it
costs no import.
"""

import logging
import os
import platform
import stat
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TextIO

from snakescribe.errors import UserError

LEVELS = ("debug", "info", "warning", "error")
LEVEL_VARIABLE = "SNAKESCRIBE_LOG_LEVEL"
# The folder of logs of the run that started this job: set by the workflow, for its jobs alone.
FOLDER_VARIABLE = "SNAKESCRIBE_LOGS"
JOB_MARK = "==== job "
RUN_MARK = "==== run "
STAGES = ("acquire", "process", "transcribe", "evaluate", "load", "report")
_LONG = 64 * 1024  # bytes; a shorter file keeps all of its runs
_OF_COMMAND = {"models": "transcribe", "prompts": "transcribe"}
_TERMINAL = logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S")
_FILE = logging.Formatter(
    "%(asctime)s %(levelname)s [%(process)d] %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S"
)

# Set in jobs of a run with `--logger snakescribe`.
FOLLOWED_VARIABLE = "SNAKESCRIBE_FOLLOWED"


def is_followed() -> bool:
    """Whether the run that this is a job of tells how far it is, so that the job need not."""
    return FOLLOWED_VARIABLE in os.environ


def chosen_level(environment: Mapping[str, str], default: str = "info") -> str:
    """The level that ``SNAKESCRIBE_LOG_LEVEL`` names, else `default`.

    Raises:
        UserError: there is no such level.
    """
    level = environment.get(LEVEL_VARIABLE, "").strip().lower() or default
    if level not in LEVELS:
        raise UserError(f"{LEVEL_VARIABLE}: {level!r} is none of {', '.join(LEVELS)}")
    return level


def start_logging(verbose: bool, command: str, environment: Mapping[str, str]) -> None:
    """Send log records to standard error and, in a job of a run, to the file of its stage.

    `command` is the first word after `snakescribe`; `verbose` goes before any level that
    `environment` names.

    Raises:
        UserError: there is no such level.
    """
    level = "debug" if verbose else chosen_level(environment)
    talk = logging.StreamHandler(sys.stderr)
    talk.setFormatter(_TERMINAL if sys.stderr.isatty() else _FILE)
    handlers: list[logging.Handler] = [talk]
    stage = _OF_COMMAND.get(command, command)
    folder = environment.get(FOLDER_VARIABLE)
    if folder and stage in STAGES and _is_file(sys.stderr):
        print(f"{JOB_MARK}{_now()} {_who()}", file=sys.stderr, flush=True)
        handlers.append(kept := logging.FileHandler(Path(folder, f"{stage}.log"), encoding="utf-8"))
        kept.setFormatter(_FILE)
    logging.basicConfig(level=level.upper(), handlers=handlers)


def begin_logs(folder: Path, runs: int, told: str) -> None:
    """Begin a run in the folder of logs, before any job writes there.

    Writes a header with `told` (what was run) into the file of each stage, and cuts all files that
    are longer than 64 KiB to their last `runs` runs (for a job's own file: its last `runs` starts).
    """
    if folder.is_dir():
        for path in folder.rglob("*.log"):
            if path.stat().st_size > _LONG:
                _keep_last(path, runs)
    folder.mkdir(parents=True, exist_ok=True)
    for stage in STAGES:
        with (folder / f"{stage}.log").open("a", encoding="utf-8") as stream:
            stream.write(f"{RUN_MARK}{_now()} {_who()} {told}\n")


def last_start(lines: list[str]) -> list[str]:
    """The lines of a job's log -> those of its last start, without the header."""
    starts = [index for index, line in enumerate(lines) if line.startswith(JOB_MARK)]
    return lines[starts[-1] + 1 :] if starts else lines


def _keep_last(path: Path, runs: int) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    mark = (RUN_MARK if path.stem in STAGES else JOB_MARK).encode()
    starts = [index for index, line in enumerate(lines) if line.startswith(mark)]
    if len(starts) > runs:
        path.write_bytes(b"".join(lines[starts[-runs] :]))


def _is_file(stream: TextIO) -> bool:
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except OSError:  # it is no file of the system's at all
        return False


def _now() -> str:
    return datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S %z")


def _who() -> str:
    return f"on {platform.node()}, process {os.getpid()}:"
