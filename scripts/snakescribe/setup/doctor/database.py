"""The database that results are loaded into: a server that was named, or one in the results."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator

from snakescribe.database.address import embedded_folder
from snakescribe.database.binaries import find_binaries
from snakescribe.database.embedded import EmbeddedServer
from snakescribe.database.given import given_server
from snakescribe.database.server_user import ACCOUNT
from snakescribe.setup.doctor.finding import Finding, fine, wrong
from snakescribe.setup.doctor.needs import Needs
from snakescribe.workflow.databases import check_server, check_sources

_MEND = "start it, or mend its address and password (docs/load.md)"
_NAME_ONE = "name a server: export SNAKESCRIBE_DATABASE_URL=postgresql://user@host/name"


def check_database(needs: Needs) -> Iterator[Finding]:
    """Whether the server answers, or an embedded one can be started here."""
    if needs.config:
        yield from (wrong("database", line, _MEND) for line in check_sources(needs.config))
    if not needs.loads:
        return
    configured = needs.config.database if needs.config else None
    if server := given_server(configured):
        problems = list(check_server(server, server.source))
        yield from (wrong("database", problem, _MEND) for problem in problems)
        if not problems:
            yield fine("database", f"{server.address} answers")
        return
    yield from _check_embedded(needs)


def _check_embedded(needs: Needs) -> Iterator[Finding]:
    server = EmbeddedServer(embedded_folder(needs.results))
    binaries = find_binaries(server.data)
    try:
        told = subprocess.run(
            [binaries / "postgres", "--version"],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout.split()[-1]
    except (OSError, subprocess.SubprocessError, IndexError) as error:
        text = f"the embedded PostgreSQL does not run here: {error}"
        yield wrong("database", text, _NAME_ONE)
        return
    if os.geteuid() == 0 and not _has_account() and not shutil.which("useradd"):
        text = "PostgreSQL does not run as root, and no account can be made for it (no useradd)"
        yield wrong("database", text, f"run as another user, or {_NAME_ONE}")
        return
    state = "runs" if server.is_running() else "is started when it is needed"
    yield fine("database", f"embedded PostgreSQL {told}: {state}")


def _has_account() -> bool:
    try:
        pwd.getpwnam(ACCOUNT)
    except KeyError:
        return False
    return True
