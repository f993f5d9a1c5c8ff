"""Names that strangers gave -> ids that are safe in paths, SQL and HTML."""

import re
import unicodedata

from snakescribe.store import digest

MAX_LENGTH = 100


def safe_id(name: str) -> str:
    """Any text -> letters, digits, ``_`` and ``-``; accents are dropped, other signs become ``-``.

    A name of which nothing is left (another script) becomes ``r-`` and a digest of it. A leading
    ``-`` stays: ids of videos may start with it.
    """
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    if re.fullmatch(r"[A-Za-z0-9_-]{1,100}", name):
        return name
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", ascii_name).strip("-")
    if not re.search(r"[A-Za-z0-9]", safe):
        return f"r-{digest(name)[:10]}"
    return safe if len(safe) <= MAX_LENGTH else suffixed(safe[: MAX_LENGTH - 9], name)


def suffixed(safe: str, original: str) -> str:
    """A safe id that is taken -> another one, told apart by a digest of what it stands for."""
    return f"{safe}-{digest(original)[:8]}"
