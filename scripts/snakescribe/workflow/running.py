"""Snakemake on a config: the line that runs it, and the process that does."""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from snakescribe.paths import SHIPPED
from snakescribe.workflow.ending import SUMMED_UP_VARIABLE

SNAKEFILE = SHIPPED / "workflow" / "Snakefile"
# Where Snakemake looks by itself.
_USUAL = (Path("workflow/Snakefile"),)
_BEFORE = (Path("Snakefile"), Path("snakefile"))


@dataclass(frozen=True)
class Wishes:
    """What a run is asked for.

    Attributes:
        config: the config file, from the root.
        until: the target; empty for all.
        cores: as `--cores`.
        dry_run: whether nothing is to be done.
        profile: a workflow profile.
        directory: from where paths count.
        options: what Snakemake is told beside.
    """

    config: Path
    until: str = ""
    cores: str | None = None
    dry_run: bool = False
    profile: str | None = None
    directory: Path | None = None
    options: tuple[str, ...] = ()

    @property
    def place(self) -> Path:
        """What tells of the run afterwards: the config, or the folder that `--config` names."""
        named = [word.partition("=")[2] for word in self.options if word.startswith("results=")]
        return Path(named[-1] if named else _short(self.config))

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Work in the folder from which paths count."""
        with chdir(self.directory or "."):
            yield


def snakemake_words(wishes: Wishes) -> list[str]:
    """What a run is asked for -> the words of the command that does it, without `snakemake`."""
    # Targets first: options that take several values would take them too.
    words = [*([wishes.until] if wishes.until else []), *wishes.options]
    if not _finds_itself():
        words += ["--snakefile", str(SNAKEFILE.resolve())]
    words += ["--configfile", _short(wishes.config)]
    words += ["--cores", wishes.cores] if wishes.cores else []
    words += ["--workflow-profile", wishes.profile] if wishes.profile else []
    words += ["--dry-run"] if wishes.dry_run else []
    return [*words, *([] if "--logger" in wishes.options else ["--logger", "snakescribe"])]


def _short(path: Path) -> str:
    """A path from the root -> the same from this folder, if it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _finds_itself() -> bool:
    """Whether Snakemake, started in this folder, takes our Snakefile by itself."""
    if any(path.exists() for path in _BEFORE):
        return False
    return any(path.exists() and path.samefile(SNAKEFILE) for path in _USUAL)


def run_snakemake(wishes: Wishes, show: Callable[[str], None]) -> int:
    """Run the workflow -> Snakemake's exit code.

    Ctrl-C reaches Snakemake by the terminal, and it ends its jobs: this process waits for it.

    Args:
        wishes: what is asked for.
        show: is given the line that is run.
    """
    with wishes.inside():
        words = snakemake_words(wishes)
        show(shlex.join(["snakemake", *words]))
        process = subprocess.Popen(
            [sys.executable, "-m", "snakemake", *words],
            env={**os.environ, SUMMED_UP_VARIABLE: "1"},
        )

    def hand_on(number: int, _frame: FrameType | None) -> None:
        process.send_signal(number)

    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),
        signal.SIGTERM: signal.signal(signal.SIGTERM, hand_on),
    }
    try:
        code = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code
