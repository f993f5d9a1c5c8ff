"""All that is looked at, one check after the other; none of them ends the others.

A check is named by its module, which is imported when its turn comes: that a package is missing
which the module needs at its top is a finding, too.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from snakescribe.errors import UserError, shorten
from snakescribe.setup.doctor.finding import Finding, odd, wrong
from snakescribe.setup.doctor.needs import Needs

INSTALL = "pip install -r requirements.txt; without a checkout: pip install --upgrade snakescribe"
# What is looked at and the function that does it, in the order in which it is told.
CHECKS = {
    "python": "interpreter:check_python",
    "packages": "interpreter:check_packages",
    "snakemake": "interpreter:check_snakemake",
    "machine": "storage:check_machine",
    "disk": "storage:check_disks",
    "ffmpeg": "sound:check_program",
    "pyav": "sound:check_pyav",
    "yt-dlp": "downloads:check_ytdlp",
    "javascript": "downloads:check_runtimes",
    "network": "network:check_addresses",
    "gpu": "gpu:check_gpus",
    "weights": "weights:check_weights",
    "database": "database:check_database",
    "slurm": "cluster:check_slurm",
    "ports": "network:check_ports",
}


def examine(configfile: Path | None, only: Collection[str] = ()) -> Iterator[Finding]:
    """A config file, or None for any run -> what was found, check by check.

    Where a config has mistakes they are told, and then all that any run may need.

    Args:
        configfile: the config of the run.
        only: the names of the checks to do; all of them where none is named.
    """
    needs = [Needs()]
    if configfile is not None:
        yield from _tried("config", partial(_read, configfile, needs))
    for about, target in CHECKS.items():
        if not only or about in only:
            yield from _tried(about, partial(_look, target, needs[-1]))


def _read(configfile: Path, needs: list[Needs]) -> Iterable[Finding]:
    """Add what the config needs -> what there is to say of the file itself."""
    needs.append(_function("config:read_needs")(configfile))
    findings: Iterable[Finding] = _function("config:check_file")(configfile, needs[-1].config)
    return findings


def _look(target: str, needs: Needs) -> Iterable[Finding]:
    findings: Iterable[Finding] = _function(target)(needs)
    return findings


def _function(target: str) -> Callable[..., Any]:
    module, _, name = target.partition(":")
    function: Callable[..., Any] = getattr(
        import_module(f"snakescribe.setup.doctor.{module}"), name
    )
    return function


def _tried(about: str, check: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """The findings of a check; what stops it is the last of them."""
    try:
        yield from check()
    except ImportError as error:
        yield wrong(
            about, f"a package is missing or broken: {' '.join(str(error).split())}", INSTALL
        )
    except UserError as error:
        yield from (wrong(about, line, "see the line") for line in str(error).splitlines())
    except Exception as error:  # whatever it is, the other checks are worth having
        said = shorten(" ".join(f"{type(error).__name__}: {error}".split()))
        yield odd(about, f"this could not be found out: {said}", "look at it by hand")
