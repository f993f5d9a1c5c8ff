"""The database that the user named: its URL, checked, and never repeated with its password."""

import os
from urllib.parse import urlsplit

from psycopg2 import ProgrammingError
from psycopg2.extensions import parse_dsn

from snakescribe.errors import UserError

VARIABLE = "SNAKESCRIBE_DATABASE_URL"
_HINT = (
    "a Postgres URL is `postgresql://user@host:5432/database`; in a password write the characters "
    "`@ : / ? # %` percent-encoded (`@` is `%40`), or leave it out and use ~/.pgpass"
)


def given_url(configured: str = "") -> str:
    """The environment, else the URL that the config gives -> the one to use; empty is embedded.

    Raises:
        UserError: it is not a Postgres URL. The message does not repeat it: it may hold a password.
    """
    url = os.environ.get(VARIABLE, "").strip()
    source = VARIABLE
    if not url:
        url, source = configured.strip(), "database.url"
    if url:
        check_url(url, source)
    return url


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
