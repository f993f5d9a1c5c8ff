"""Where the files lie that the package reads, and whether what a user names is there."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from snakescribe.errors import UserError, shorten

# Links to `workflow/` and into `resources/`; in an installed wheel, which has no repository around
# it, they are real files.
SHIPPED = Path(__file__).resolve().parent / "shipped"
MODELS_TABLE = SHIPPED / "models.yaml"
SQL_MIGRATIONS = SHIPPED / "sql"
TEAMS = SHIPPED / "teams"
UNSAID_PHRASES = SHIPPED / "phrases" / "unsaid.tsv"

# The checkout, for tests and benchmarks; an installed wheel has none.
REPOSITORY = Path(__file__).resolve().parents[2]


def cache_folder() -> Path:
    """Where downloads lie that runs share: ``$SNAKESCRIBE_CACHE``, else the user's cache."""
    chosen = os.environ.get("SNAKESCRIBE_CACHE")
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "snakescribe"


def team_table(name: str) -> Path:
    """A path, or the name of a league whose teams are shipped (`mlb`) -> the table of teams."""
    shipped = TEAMS / f"{name}.tsv"
    return shipped if re.fullmatch("[a-z0-9]+", name) and shipped.exists() else Path(name)


def check_part(text: str, what: str) -> str:
    """A text that becomes a part of a path -> itself, where it leads nowhere else.

    Raises:
        UserError: it has a slash in it, is `..` and the like, or could not be a name at all.
    """
    if text in ("", ".", "..") or not text.isprintable() or "/" in text or "\\" in text:
        raise UserError(
            f"{what} {shorten(repr(text))}: this becomes a name in the results folder; use "
            "letters, digits, '-', '_' and '.'"
        )
    return text


# What a config calls a path may be none: these say no where `Path` raises (a name that is too long,
# a zero byte).
def is_there(path: str) -> bool:
    """Whether there is a file or a folder."""
    return os.path.exists(path)  # noqa: PTH110


def is_file(path: str) -> bool:
    """Whether there is a file."""
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: str) -> bool:
    """Whether there is a folder."""
    return os.path.isdir(path)  # noqa: PTH112


def readable(path: str) -> str:
    """A path -> the same as text that any file and database can hold.

    Of a name that is not UTF-8 the wrong bytes are written as ``\\xe9``; no file is found by that.
    """
    try:
        path.encode()
    except UnicodeEncodeError:
        return os.fsencode(path).decode("utf-8", "backslashreplace")
    return path


def is_unreadable_name(path: str) -> bool:
    """Whether a path is not there because `readable` has written its bytes in another way."""
    if "\\x" not in path or is_there(path):
        return False
    named = re.sub(
        rb"\\x([0-9a-f]{2})", lambda code: bytes.fromhex(code[1].decode()), path.encode()
    )
    return os.path.exists(named)  # noqa: PTH110


def check_exists(path: str, key: str) -> Iterator[str]:
    """A path in the config and its key -> a line that says so where there is nothing."""
    if not is_there(path):
        yield no_such_file(path, key)


def no_such_file(path: str, key: str) -> str:
    """A path in the config that is not there, and its key -> the line that says so."""
    return f"{key}: no such file: {path}; {path_hint(path)}"


def is_for_a_shell(path: str) -> bool:
    """Whether a path has what a shell would write out, `~` or `$HOME`, and a config does not."""
    return path.startswith("~") or bool(re.search(r"\$\{?[A-Za-z_]", path))


def path_hint(path: str) -> str:
    """A path in a config that leads nowhere -> what to know of it."""
    if is_for_a_shell(path):
        whole = os.path.expanduser(os.path.expandvars(path))  # noqa: PTH111
        meant = "the whole path" if whole == path else whole
        return f"'~' and variables are not written out here: write {meant}"
    return f"paths are relative to the working directory, {Path.cwd()}"


def is_web_url(text: str) -> bool:
    """Whether a text is a URL of the web, with a host."""
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:  # brackets that are not those of an IPv6 address
        return False
