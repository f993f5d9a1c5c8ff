"""Addresses of databases: what of a URL may be shown, and where the embedded server lives."""

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

DEFAULT_PORT = "5432"  # goes without saying where a URL's options name it


def embedded_folder(results: Path) -> Path:
    """A results folder -> where its embedded server lives."""
    return results.resolve() / "postgres"


def scrub(text: str, url: str) -> str:
    """A driver's message -> the same in one line, without the URL's password."""
    for secret in _secrets(url):
        text = text.replace(secret, "***")
    return " ".join(text.split())


def _secrets(url: str) -> list[str]:
    parts = urlsplit(url)
    raw = [parts.netloc.rpartition("@")[0].partition(":")[2]]
    raw += [value for key, value in parse_qsl(parts.query) if "password" in key]
    secrets = {secret for value in raw for secret in (value, unquote(value)) if secret}
    return [url, *sorted(secrets, key=len, reverse=True)]


def public_address(url: str) -> str:
    """A database URL -> host, port and database name, without user, password or options."""
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        return "not a Postgres URL"  # it may be a connection string with a password
    options = dict(parse_qsl(parts.query))
    if service := options.get("service"):
        return f"service {service}"  # a file of libpq says what that is
    if options.get("port") == DEFAULT_PORT:
        del options["port"]
    places = [parts.netloc, *(options.get(key, "") for key in ("host", "port"))]
    host = ":".join(place.rpartition("@")[2] for place in places if place.rpartition("@")[2])
    return f"{host}/{options.get('dbname') or parts.path.rpartition('@')[2].lstrip('/')}"
