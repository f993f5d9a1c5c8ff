"""Faults of this machine, which are no recording's: how they are known, and the line that says it.

A full disk, a missing permission or a broken program makes every recording fail alike. Such a fault
becomes no status: it stops the job, which keeps nothing of what it could not do, and the next run
does the work.
"""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from snakescribe.errors import UserError

# What a file system or a kernel says, whatever is asked of it. Not here: EIO, since decoders say so
# of files that were cut, and what a missing or misnamed file gives.
_FAULTS = frozenset(
    {
        errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG,
        errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOEXEC, errno.ENOLCK, errno.ESTALE,
        errno.ETXTBSY, errno.EAGAIN,
    }
)  # fmt: skip
# As programs write them; ffmpeg says the others of files that it does not understand, too.
_WORDS = {
    os.strerror(number): number
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EFBIG, errno.EMFILE)
}


class MachineError(UserError):
    """A fault of this machine and its place: it stops a job, and is no recording's status."""


def is_fault(error: BaseException) -> bool:
    """Whether an exception tells a fault of this machine."""
    if isinstance(error, OSError):
        return error.errno in _FAULTS
    return isinstance(error, MachineError | MemoryError)


def fault_in(text: str) -> OSError | None:
    """What a program complained of -> the fault of this machine in it, if there is one."""
    for words, number in _WORDS.items():
        if words in text:
            return OSError(number, words)
    return None


def numbered_fault(text: str) -> bool:
    """Whether a text has the number of such a fault, as in ``[Errno 28] No space left``."""
    return any(int(number) in _FAULTS for number in re.findall(r"\[Errno (\d+)\]", text))


def describe_fault(error: BaseException, place: str | Path = "") -> MachineError:
    """An exception -> the error that stops a job, in one line: where, what, and what to do.

    Args:
        error: what was raised; its own file name is the place, if it has one.
        place: else where it happened.
    """
    if isinstance(error, MachineError):
        return error
    what, where = str(error) or type(error).__name__, str(place)
    if isinstance(error, OSError) and error.errno is not None:
        what, where = error.strerror or what, str(error.filename or place)
    elif isinstance(error, MemoryError):
        what = "out of memory"
    return fault_at(where, what)


def fault_at(place: str | Path, what: str) -> MachineError:
    """A place ("" if it is not known) and what is wrong there -> the error that stops a job."""
    where = f"{place}: " if str(place) else ""
    return MachineError(
        f"{where}{' '.join(what.split())}; this machine is at fault and no recording: "
        "make room or mend the folder's permissions and run again, nothing is lost"
    )


@contextmanager
def at(place: str | Path) -> Iterator[None]:
    """Give OSErrors that name no file, as those of writing do, the place where they happen."""
    try:
        yield
    except OSError as error:
        if error.filename is None and is_fault(error):
            error.filename = str(place)
        raise


@contextmanager
def told(place: str | Path) -> Iterator[None]:
    """Raise what tells a fault of this machine as the error that stops a job, with its place."""
    try:
        yield
    except Exception as error:
        if is_fault(error):
            raise describe_fault(error, place) from error
        raise


def make_folder(folder: Path) -> None:
    """Make a folder, whatever lacks of its parents.

    Raises:
        MachineError: it cannot be made, for whatever reason.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise describe_fault(error, folder) from error
