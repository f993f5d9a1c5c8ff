"""The database that the user named: its URL, checked, and never repeated with its password."""

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from psycopg2 import ProgrammingError
from psycopg2.extensions import parse_dsn

from snakescribe.config.database import Database, Ssh
from snakescribe.database.environment import VARIABLE, given_ssh, shown_address
from snakescribe.errors import UserError

_HINT = (
    "a Postgres URL is `postgresql://user@host:5432/database`; in a password write the characters "
    "`@ : / ? # %` percent-encoded (`@` is `%40`), or leave it out and use ~/.pgpass"
)


@dataclass(frozen=True)
class GivenServer:
    """A server: its URL, where that was given, and the machine to reach it from, if any."""

    url: str
    source: str
    ssh: Ssh | None = None

    @property
    def address(self) -> str:
        """What of it may be shown: no user, password or options."""
        return shown_address(self.url, self.ssh)


def given_server(configured: Database | None = None) -> GivenServer | None:
    """The environment, else the section `database` -> the server; None is the embedded one.

    Raises:
        UserError: the URL is not one of Postgres. The message does not repeat it: it may hold a
            password. Or there is a way by SSH, and no URL.
    """
    url = os.environ.get(VARIABLE, "").strip()
    source = VARIABLE
    if not url and configured:
        url, source = configured.url.strip(), "database.url"
    ssh = given_ssh(configured)
    if not url:
        if ssh:
            raise UserError(
                f"database.ssh: a way to {ssh.host} is given, and no server to reach from there; "
                f"give its URL in `database.url` or {VARIABLE}"
            )
        return None
    check_url(url, source)
    return GivenServer(url, source, ssh)


def check_url(url: str, source: str) -> None:
    """A URL and where it was given -> nothing, where it is a Postgres URL.

    Raises:
        UserError: it is none. The message does not repeat it: it may hold a password.
    """
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("postgresql", "postgres")
        # libpq ends the password at the first `@` or `/`: the rest would be taken for the host
        # and be printed in its messages.
        good = good and parts.netloc.count("@") < 2 and "@" not in parts.path + parts.fragment
        if good:
            parse_dsn(url)
    except (ProgrammingError, ValueError):
        good = False
    if not good:
        raise UserError(f"{source}: this is not a Postgres URL; {_HINT}")
