"""Where the database is: a URL that the user gave, checked and never shown with its password."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from snakescribe.errors import UserError

VARIABLE = "SNAKESCRIBE_DATABASE_URL"
_HINT = (
    "a Postgres URL is `postgresql://user@host:5432/database`; in a password write the characters "
    "`@ : / ? # %` percent-encoded (`@` is `%40`), or leave it out and use ~/.pgpass"
)


def given_url(config: dict[str, Any] | None = None) -> str:
    """The environment, else the config -> the URL to use; empty is the embedded server.

    Raises:
        UserError: it is not a Postgres URL. The message does not repeat it: it may hold a password.
    """
    url = os.environ.get(VARIABLE, "").strip()
    source = VARIABLE
    if not url and config:
        url, source = config["database"]["url"].strip(), "database.url"
    if url:
        check_url(url, source)
    return url


def embedded_folder(results: Path) -> Path:
    """A results folder -> where its embedded server lives."""
    return results.resolve() / "postgres"


def scrub(text: str, url: str) -> str:
    """A driver's message -> the same in one line, without the URL's password."""
    for secret in _secrets(url):
        text = text.replace(secret, "***")
    return " ".join(text.split())


def check_url(url: str, source: str) -> None:
    """A URL and where it was given -> nothing, where it is a Postgres URL.

    Raises:
        UserError: it is none. The message does not repeat it: it may hold a password.
    """
    from psycopg2 import ProgrammingError
    from psycopg2.extensions import parse_dsn

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


def _secrets(url: str) -> list[str]:
    parts = urlsplit(url)
    raw = [parts.netloc.rpartition("@")[0].partition(":")[2]]
    raw += [value for key, value in parse_qsl(parts.query) if "password" in key]
    secrets = {one for value in raw for one in (value, unquote(value)) if one}
    return [url, *sorted(secrets, key=len, reverse=True)]


def public_address(url: str) -> str:
    """A database URL -> host, port and database name, without user, password or options."""
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        return "not a Postgres URL"  # it may be a connection string with a password
    options = dict(parse_qsl(parts.query))
    places = [parts.netloc, *(options.get(key, "") for key in ("host", "port"))]
    host = ":".join(place.rpartition("@")[2] for place in places if place.rpartition("@")[2])
    return f"{host}/{options.get('dbname') or parts.path.rpartition('@')[2].lstrip('/')}"
