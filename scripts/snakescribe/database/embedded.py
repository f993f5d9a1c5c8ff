"""A PostgreSQL server that lives in the results folder: the binaries come in a wheel.

The server listens on a Unix socket only, in a folder that only its owner may enter. It is started
as a plain process and not through ``pg_ctl start``, which builds a shell command from the paths.
Those who use it hold a shared lock on one file, those who start or stop it an exclusive one on
another; so two loads at once share a server, and the last one stops it.
"""

import fcntl
import logging
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psutil
import psycopg2

from snakescribe.database.address import DEFAULT_PORT
from snakescribe.database.binaries import find_binaries
from snakescribe.database.server_user import ServerUser, choose_user, let_run, let_through
from snakescribe.errors import UserError
from snakescribe.store import digest, write_text

logger = logging.getLogger(__name__)

START_SECONDS = 120
SOCKET_NAME = f".s.PGSQL.{DEFAULT_PORT}"
LONGEST_SOCKET_PATH = 100  # the limit is 107 bytes on Linux, 103 on macOS
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./")
_OTHERWISE = "or give the URL of a server in `database.url` or SNAKESCRIBE_DATABASE_URL"


@dataclass(frozen=True)
class EmbeddedServer:
    """The server of one folder: ``data`` holds the database, beside it lie the log and locks."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def exists(self) -> bool:
        """Whether there is a database; else the first load makes it."""
        return (self.data / "PG_VERSION").exists()

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def socket_folder(self) -> Path:
        """The data folder, or one in /tmp where its path is too long or odd for a socket."""
        path = str(self.data)
        if len(path) + 1 + len(SOCKET_NAME) <= LONGEST_SOCKET_PATH and _PLAIN.issuperset(path):
            return self.data
        return Path("/tmp") / f"snakescribe-{digest(path)[:16]}"

    @property
    def url(self) -> str:
        # With the port, or libpq takes that of PGPORT: the one of another server of the user.
        return f"postgresql://postgres@/postgres?host={self.socket_folder}&port={DEFAULT_PORT}"

    @contextmanager
    def use(self) -> Iterator[str]:
        """Yield the URL of the running server; stop it afterwards if nobody else needs it.

        It stays when `keep` was asked for, or while another process uses it.
        """
        with _locked(self.folder / "users.lock", fcntl.LOCK_SH) as users:
            with self._changing():
                self._ensure_running()
            try:
                yield self.url
            finally:
                with self._changing():
                    fcntl.flock(users, fcntl.LOCK_UN)
                    if not self._keeper.exists() and _try_lock(users):
                        self._stop()

    def keep(self) -> str:
        """Start the server if need be and leave it running; return its URL."""
        with self._changing():
            self._ensure_running()
            self._keeper.touch()
        return self.url

    def stop(self) -> bool:
        """Stop the server; return whether one was running."""
        if not self.data.exists():
            return False
        with self._changing():
            self._keeper.unlink(missing_ok=True)
            return self._stop()

    def is_running(self) -> bool:
        """Whether a server listens on the socket; it may still be starting."""
        with socket.socket(socket.AF_UNIX) as stream:
            try:
                stream.connect(str(self.socket_folder / SOCKET_NAME))
            except OSError:
                return False
        return True

    @property
    def _keeper(self) -> Path:
        return self.folder / "keep"

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with _locked(self.folder / "change.lock", fcntl.LOCK_EX):
            yield

    def _ensure_running(self) -> None:
        if self.is_running():
            self._wait_until_ready()
            return
        self._check_host()
        self._drop_stale_pid()
        user = choose_user(self.data)
        binaries = find_binaries(self.data)
        let_through(user, self.data.parent, binaries)
        let_run(user, binaries)
        if not self.exists:
            self._create(user, binaries)
        user.own_all(self.data)
        self._start(user, binaries)

    def _check_host(self) -> None:
        """Two servers on one data folder destroy it; Postgres only looks on its own machine."""
        host = self.folder / "host"
        here = socket.gethostname()
        there = host.read_text(encoding="utf-8").strip() if host.exists() else here
        pid_file = self.data / "postmaster.pid"
        if pid_file.exists() and there != here:
            raise UserError(
                f"{self.folder}: the database server of this folder was started on {there}, this "
                f"is {here}; stop it there with `snakescribe db stop`, or, if it is surely dead, "
                f"remove {pid_file}"
            )

    def _drop_stale_pid(self) -> None:
        """After a kill -9 the process id may belong to somebody else, above all in containers."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text(encoding="utf-8").split()[0])
            alive = psutil.Process(pid).name().startswith("postgres")
        except FileNotFoundError:
            return
        except (ValueError, IndexError, psutil.NoSuchProcess):
            alive = False
        if not alive:
            pid_file.unlink(missing_ok=True)

    def _create(self, user: ServerUser, binaries: Path) -> None:
        logger.info("making a new database in %s", self.data)
        # Beside its place, and then renamed: one that a kill left half made would never start.
        new = self.data.with_name("data.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        user.own(new)
        done = user.run(
            binaries / "initdb", "--pgdata", str(new), "--username", "postgres",
            "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--locale=C",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
            "--no-sync",  # slow on network disks; what a power cut destroys is loaded again
        )  # fmt: skip
        if done.returncode:
            with self.log.open("a", encoding="utf-8") as log:
                log.write(done.stdout + done.stderr)
            raise UserError(
                f"{self.data}: cannot make a database here: {_first_cause(done.stderr)}; "
                f"choose another `results` folder, {_OTHERWISE} (all that initdb said: {self.log})"
            )
        new.rename(self.data)

    def _start(self, user: ServerUser, binaries: Path) -> None:
        place = self.socket_folder
        if place != self.data:
            self._make_socket_folder(place, user)
        write_text(self.folder / "host", socket.gethostname() + "\n")
        with self.log.open("ab") as log:
            begin = log.tell()
            process = subprocess.Popen(
                [
                    binaries / "postgres", "-D", self.data, "-c", "listen_addresses=",
                    "-c", f"unix_socket_directories={place}", "-c", "unix_socket_permissions=0700",
                    "-c", "max_wal_size=4GB",
                ],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                cwd="/", **user.identity,
            )  # fmt: skip
        _children.append(process)
        self._wait_until_ready(process, begin)

    def _wait_until_ready(
        self, process: subprocess.Popen[bytes] | None = None, begin: int = 0
    ) -> None:
        """Return when the server takes connections.

        If `process` is ours, what it says stands in the log from the byte `begin` on.
        """
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg2.connect(self.url).close()
                return
            except psycopg2.OperationalError as error:
                ended = process is not None and process.poll() is not None
                if ended or time.monotonic() > deadline:
                    log = self.log.read_bytes()[begin:].decode("utf-8", "replace")
                    problem = _last_line(log if ended else str(error))
                    raise UserError(
                        f"{self.folder}: the embedded database server does not start: {problem}; "
                        f"see {self.log}, {_OTHERWISE}"
                    ) from None
            time.sleep(0.05)

    def _make_socket_folder(self, place: Path, user: ServerUser) -> None:
        place.mkdir(mode=0o700, exist_ok=True)
        if place.stat().st_uid == os.geteuid():
            user.own(place)
        if place.is_symlink() or place.stat().st_uid != user.uid:
            raise UserError(
                f"{place}: this folder for a socket belongs to somebody else; remove it"
            )

    def _stop(self) -> bool:
        if not self.is_running():
            self._check_host()
            return False
        user, binaries = choose_user(self.data), find_binaries(self.data)
        let_through(user, self.data.parent, binaries)  # somebody may have closed the way since
        stop = ("stop", "--wait", "--mode=fast", "--pgdata", str(self.data))
        done = user.run(binaries / "pg_ctl", *stop)
        if done.returncode:
            raise UserError(f"{self.folder}: cannot stop the server: {_last_line(done.stderr)}")
        if self.socket_folder != self.data:
            with suppress(OSError):
                self.socket_folder.rmdir()
        return True


# Kept so that a server is not reported as a forgotten child when its handle goes.
_children: list[subprocess.Popen[bytes]] = []


@contextmanager
def _locked(path: Path, kind: int) -> Iterator[IO[Any]]:
    with ExitStack() as stack:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            stream = stack.enter_context(path.open("a", encoding="utf-8"))
            fcntl.flock(stream, kind)
        except OSError as error:
            raise UserError(
                f"{path.parent}: cannot keep a database here: {error.strerror}; "
                f"choose another `results` folder, {_OTHERWISE}"
            ) from error
        yield stream


def _try_lock(stream: IO[Any]) -> bool:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _last_line(text: str) -> str:
    """What a program printed -> the line that tells most: the last error, else the last line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    marks = ("fatal", "error", "could not")
    errors = [line for line in lines if any(mark in line.lower() for mark in marks)]
    return (errors or lines or ["it said nothing"])[-1]


def _first_cause(text: str) -> str:
    """What a program printed before it gave up -> the first error with its detail.

    What initdb says last is that a child process ended, and that it removes what it made.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    faults = ("FATAL", "PANIC", "ERROR", "error:", "could not")
    for number, line in enumerate(lines):
        if any(fault in line for fault in faults):
            more = [next_ for next_ in lines[number + 1 : number + 3] if "DETAIL" in next_]
            return "; ".join([line, *more])
    return _last_line(text)
