"""One run at a time in a results folder; what a killed one left behind is cleared away, and said.

Snakemake locks the files of a run in its working folder. Killed, it leaves that lock, cannot tell
who held it and asks for ``--unlock``; jobs that it had started may live on and write. Here a run
holds a lock of the operating system on ``{results}/store/owner.json`` as long as its process lives,
and writes into it who it is. Whoever gets the lock knows that the former owner is dead, ends
its jobs, here and in Slurm, and removes Snakemake's lock.
"""

import atexit
import fcntl
import json
import os
import shlex
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from uuid import uuid4

import psutil

from snakescribe.errors import UserError
from snakescribe.results import Results
from snakescribe.seals import RESULTS_VARIABLE
from snakescribe.store import RUN_VARIABLE, remove_leftovers, scratch_prefix
from snakescribe.workflow import slurm_jobs

_GRACE_SECONDS = 5  # from the request to end to the end by force
_SETTLED_SECONDS = 2  # jobs on other machines may have just made a file and not locked it yet

_held: set[Path] = set()


@dataclass(frozen=True)
class Owner:
    """Who runs, or ran, in a results folder: `boot` is the machine's since it was started."""

    run: str
    host: str
    boot: str
    pid: int
    started: str
    command: str

    @classmethod
    def this_process(cls) -> "Owner":
        """The run that this process is."""
        return cls(
            run=uuid4().hex,
            host=socket.gethostname(),
            boot=_boot(),
            pid=os.getpid(),
            started=time.strftime("%Y-%m-%d %H:%M:%S"),
            command=shlex.join([_program(), *sys.argv[1:]]),
        )

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}, started {self.started}: {self.command}"


def hold(results: Results, working_folder: Path, executor_settings: Any = None) -> None:
    """Make this process the only run in a results folder, until it ends.

    Args:
        results: the folder.
        working_folder: where Snakemake keeps `.snakemake/locks`.
        executor_settings: those of Snakemake's executor, where it has any.

    Raises:
        UserError: another run lives there, or one on another machine has not ended properly, or
            jobs of a dead one do not end.
    """
    path = owner_file(results)
    if path in _held:  # Snakemake asks again after each checkpoint
        return
    results.store.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)  # open, and locked, until the end
    former = _read_owner(path)
    if not _lock(handle, former):
        raise UserError(
            f"{results.folder}: another run works there ({former or 'just begun'}). Wait "
            "until it has ended, or give this one another folder: --config results=FOLDER"
        )
    if former and former.host != socket.gethostname() and former.boot != _boot():
        raise UserError(
            f"{results.folder}: a run on another machine has not said that it ended ({former}). If "
            f"it is dead, remove {path} and give the same command again"
        )
    if submitted := slurm_jobs.end_jobs(results):
        print(
            f"{submitted} jobs that a dead run in {results.folder} gave to Slurm are ended",
            file=sys.stderr,
        )
    if former:
        _clear_away(former, results, working_folder)
    owner = Owner.this_process()
    os.environ[RUN_VARIABLE] = owner.run
    os.environ[RESULTS_VARIABLE] = str(results.folder.resolve())
    _write(handle, json.dumps(asdict(owner)))
    atexit.register(_write, handle, "")
    slurm_jobs.name_jobs(executor_settings, results)
    atexit.register(_end_submitted, results)  # before the line above: last in, first out
    _held.add(path)


@contextmanager
def without_runs(results: Results) -> Iterator[None]:
    """Keep runs out of a results folder as long as the block lasts.

    Raises:
        UserError: one works there, or what a dead one left behind still does.
    """
    path = owner_file(results)
    if not path.exists():  # no run has begun there
        yield
        return
    handle = os.open(path, os.O_RDWR)
    try:
        former = _read_owner(path)
        if not _lock(handle, former):
            raise UserError(
                f"{results.folder}: a run works there ({former or 'just begun'}); wait until it "
                "has ended"
            )
        if former and former.boot != _boot() and former.host != socket.gethostname():
            raise UserError(
                f"{results.folder}: a run on another machine has not said that it ended "
                f"({former}). If it is dead, remove {path} and give the same command again"
            )
        if former and any(_run_of(process) == former.run for process in psutil.process_iter()):
            raise UserError(
                f"{results.folder}: jobs of a run that was killed still work there ({former}); "
                "run the workflow again, which ends them, or wait until they have ended"
            )
        yield
    finally:
        os.close(handle)


def _program() -> str:
    name = Path(sys.argv[0]).name
    return "snakemake" if name == "__main__.py" else name


def owner_file(results: Results) -> Path:
    """A results folder -> the file that a run holds as long as it works there."""
    return results.store / "owner.json"


def owner_at_work(results: Results) -> Owner | None:
    """A results folder -> the run that works there now, as far as this machine can tell.

    Of one on another machine it can tell only what that run said: that it ended, or has not.
    """
    owner = _read_owner(owner_file(results))
    if owner and owner.boot == _boot() and not psutil.pid_exists(owner.pid):
        return None
    return owner


def _end_submitted(results: Results) -> None:
    """Leave nothing in Slurm that this run, which ends, has submitted."""
    try:
        slurm_jobs.end_jobs(results)
    except UserError as error:
        print(f"Warning: {error}", file=sys.stderr)


def _lock(handle: int, former: Owner | None) -> bool:
    """Take the system's lock -> whether no other process has it.

    Where the file system has no locks, the process that stands in the file is looked for.
    """
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return not (former and former.boot == _boot() and psutil.pid_exists(former.pid))
    return True


def _clear_away(former: Owner, results: Results, working_folder: Path) -> None:
    """End the jobs of a dead run, and remove its locks and the files that it was writing."""
    print(f"A run in {results.folder} was killed ({former}).", file=sys.stderr)
    ended = _end_jobs(former.run)
    done = (
        ["its lock is removed"] if _remove_snakemake_locks(results.folder, working_folder) else []
    )
    done += [f"{ended} of its processes, still working, are ended"] if ended else []
    swept = _sweep(former.run, results.folder, _SETTLED_SECONDS)
    atexit.register(_sweep, former.run, results.folder, _SETTLED_SECONDS)  # what was too young
    done += [f"{swept} half-written files and folders are removed"] if swept else []
    print(
        f"This one goes on where it stopped; {', '.join(done) or 'it left nothing to clear away'}.",
        file=sys.stderr,
    )


def _end_jobs(run: str) -> int:
    """End the processes of a run on this machine -> how many there were."""
    jobs = [process for process in psutil.process_iter() if _run_of(process) == run]
    for job in jobs:
        _signal(job, "terminate")
    _, alive = psutil.wait_procs(jobs, _GRACE_SECONDS)
    for job in alive:
        _signal(job, "kill")
    psutil.wait_procs(alive, _GRACE_SECONDS)
    return len(jobs)


def _run_of(process: psutil.Process) -> str | None:
    try:
        variables: dict[str, str] = process.environ()
    except (psutil.Error, OSError):  # it has ended, or is another user's
        return None
    return variables.get(RUN_VARIABLE)


def _signal(process: psutil.Process, name: str) -> None:
    with suppress(psutil.NoSuchProcess):
        getattr(process, name)()


def _remove_snakemake_locks(folder: Path, working_folder: Path) -> int:
    """Remove the locks on files of a results folder -> how many there were."""
    whole = folder.resolve()
    locks = [
        lock
        for lock in (working_folder / ".snakemake" / "locks").glob("*.lock")
        if any(
            (working_folder / line).resolve().is_relative_to(whole)
            for line in lock.read_text(encoding="utf-8", errors="replace").splitlines()
        )
    ]
    for lock in locks:
        lock.unlink()
    return len(locks)


def sweep(results: Results) -> None:
    """Remove what killed jobs of this run were writing, once none of its jobs works any more."""
    if run := os.environ.get(RUN_VARIABLE):
        _sweep(run, results.folder, 0)


def _sweep(run: str, folder: Path, settled: float) -> int:
    """Remove what killed jobs of a run were writing: results, scratch folders -> how many."""
    scratch = list(Path(gettempdir()).glob(f"{scratch_prefix(run)}*"))
    for place in scratch:
        shutil.rmtree(place, ignore_errors=True)
    files = sum(remove_leftovers(Path(place), settled) for place, _, _ in os.walk(folder))
    return len(scratch) + files


def _read_owner(path: Path) -> Owner | None:
    """The file -> who stands in it; None where a run said that it ended, or was cut off writing."""
    try:
        return Owner(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _write(handle: int, text: str) -> None:
    os.pwrite(handle, text.encode(), 0)
    os.ftruncate(handle, len(text.encode()))


def _boot() -> str:
    """What tells this start of this machine from all others."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    except OSError:
        return f"{socket.gethostname()} {psutil.boot_time():.0f}"
