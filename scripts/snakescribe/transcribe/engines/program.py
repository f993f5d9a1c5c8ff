"""Programs that recognise speech: started for one chunk, or once for a job and given lines of JSON.

A program that fails, says nothing or says something else ends in one error with the last lines that
it wrote on standard error. Each has a process group of its own, and what it started ends with it.
"""

import json
import logging
import os
import signal
import subprocess
import weakref
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import IO, Any

from snakescribe.errors import UserError

LAST_LINES = 5  # of standard error, in messages
MOST_BYTES = 64 << 20  # of an answer
GRACE_SECONDS = 0.02  # after an answer without an id, for a line too many
ENDING_SECONDS = 5.0  # that a program may take to end by itself when its input does

logger = logging.getLogger(__name__)


def run_once(arguments: Sequence[str], patience: float) -> Any:
    """Start a program, wait for its end -> the JSON that it printed.

    Args:
        arguments: the program and its arguments.
        patience: how long (s) it may take.

    Raises:
        UserError: it fails, takes longer, or prints something else.
    """
    who = f"command '{arguments[0]}'"
    process = _start(arguments, subprocess.DEVNULL)
    try:
        printed, told = process.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        _kill(process)
        try:
            _, told = process.communicate(timeout=ENDING_SECONDS)
        except subprocess.TimeoutExpired:  # somebody else holds its pipes
            told = ""
        raise UserError(
            f"{who} gave no answer in {patience:g} s (`timeout_seconds`){_last(told)}"
        ) from None
    except BaseException:
        _kill(process)
        raise
    if process.returncode:
        raise UserError(f"{who} {_ending(process.returncode)}{_last(told)}")
    try:
        return json.loads(printed)
    except (ValueError, RecursionError):
        said = _shorten(printed)
        raise UserError(
            f"{who} printed something that is not JSON: {said}; messages belong on standard "
            f"error{_last(told)}"
        ) from None


class ServedProgram:
    """A program that stays: a line of JSON in, a line of JSON out; one question at a time."""

    def __init__(self, arguments: Sequence[str]) -> None:
        """Start it; what it prints is read as it comes."""
        self._who = f"command '{arguments[0]}'"
        self._process = _start(arguments, subprocess.PIPE)
        self._lines: SimpleQueue[bytes] = SimpleQueue()
        self._told: deque[bytes] = deque(maxlen=LAST_LINES)
        self._asking = Lock()
        self._asked = 0
        told = self._told  # a thread that knew `self` would keep it for ever

        def hear(line: bytes) -> None:
            if line:
                told.append(line)
                logger.info("%s", line.decode("utf-8", "replace").rstrip())

        readers = [
            Thread(target=_read_lines, args=(self._process.stdout, self._lines.put), daemon=True),
            Thread(target=_read_lines, args=(self._process.stderr, hear), daemon=True),
        ]
        for reader in readers:
            reader.start()
        self._ears = readers[1]
        weakref.finalize(self, _end, self._process)  # at the latest when the job ends

    def ask(self, question: dict[str, Any], patience: float) -> Any:
        """A question -> the object that the program answers.

        Args:
            question: plain data; `id` is added, and an answer that has one has the same.
            patience: how long (s) the answer may take.

        Raises:
            UserError: the program has ended, is silent for longer, or prints something else.
        """
        with self._asking:
            if not self._lines.empty() and (early := self._lines.get()):
                self._fail(early, "printed a line that was not asked for")
            number, self._asked = self._asked, self._asked + 1
            # ASCII, whatever encoding the program reads.
            line = json.dumps({"id": number, **question}) + "\n"
            with suppress(OSError):  # it has ended, which shows when it is read
                self._input.write(line.encode("ascii"))
                self._input.flush()
            try:
                printed = self._lines.get(timeout=patience)
            except Empty:
                _kill(self._process)
                raise self._error(
                    f"gave no answer in {patience:g} s (`timeout_seconds`); an answer is one line, "
                    "flushed"
                ) from None
            return self._read(printed, number)

    @property
    def _input(self) -> IO[bytes]:
        assert self._process.stdin
        return self._process.stdin

    def _read(self, printed: bytes, number: int) -> Any:
        if not printed:
            raise self._error(f"{_ending(self._process.wait())} without an answer")
        try:
            answer = json.loads(printed)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            self._fail(printed, "printed something that is no object of JSON on one line")
        if "id" not in answer:
            self._expect_silence()
        elif answer["id"] != number:
            self._fail(printed, f"answered another question than that with the id {number}")
        return answer

    def _expect_silence(self) -> None:
        """A second line would be taken for the next answer, where answers have no id."""
        with suppress(Empty):
            if early := self._lines.get(timeout=GRACE_SECONDS):
                self._fail(early, "printed a line that was not asked for")
            self._lines.put(early)  # the end, which the next question will meet

    def _fail(self, printed: bytes, what: str) -> None:
        _kill(self._process)
        said = _shorten(printed.decode("utf-8", "replace"))
        raise self._error(f"{what}: {said}; messages belong on standard error")

    def _error(self, what: str) -> UserError:
        """What went wrong -> the error, with the program's last lines, which are waited for."""
        self._ears.join(ENDING_SECONDS)
        told = b"".join(self._told).decode("utf-8", "replace")
        return UserError(f"{self._who} {what}{_last(told)}")


def _start(arguments: Sequence[str], standard_input: int) -> "subprocess.Popen[Any]":
    """A program and its arguments -> the process; its pipes are text unless it is asked."""
    asked = standard_input == subprocess.PIPE
    form: dict[str, Any] = {} if asked else {"encoding": "utf-8", "errors": "replace"}
    try:
        return subprocess.Popen(
            arguments,
            stdin=standard_input,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            **form,
        )
    except (OSError, ValueError) as error:
        raise UserError(f"command '{arguments[0]}' cannot be started: {error}") from error


def _read_lines(stream: IO[bytes], take: Any) -> None:
    """Hand on each line of a stream; an empty one at its end."""
    while line := stream.readline(MOST_BYTES):
        take(line)
    take(b"")  # the end


def _kill(process: "subprocess.Popen[Any]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Close a program's input, and wait for it to end."""
    with suppress(OSError):
        if process.stdin:
            process.stdin.close()
    try:
        process.wait(ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        _kill(process)
        process.wait()


def _ending(code: int) -> str:
    if code < 0:
        with suppress(ValueError):
            return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


def _last(told: str) -> str:
    """What a program wrote on standard error -> its last lines, to put behind an error."""
    lines = [line.strip() for line in told.splitlines() if line.strip()][-LAST_LINES:]
    return f"; its last words: {' | '.join(lines)[-1000:]}" if lines else "; it said nothing else"


def _shorten(text: str) -> str:
    return repr(text.strip()[:100])
