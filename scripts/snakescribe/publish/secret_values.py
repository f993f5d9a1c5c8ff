"""What nobody else should read: secrets of this machine and of a config, found before packing."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

_SECRET_NAME = re.compile(
    r"(?i)key|token|secret|passw|pwd$|cookie|credential|auth(?!or)|_pat$|_url$"
)
_SECRET_KEY = re.compile(r"(?i)passw|token$|secret|api_?key")
_COOKIES_NAME = re.compile(r"(?i)cookies?(?:_?file)?$")
# user:password@ before a host, up to the last `@`: passwords hold `@` and `/`, rightly or not.
_PASSWORD = re.compile(r"(?:://|^(?![a-z0-9+]+://))[^/?#\s:@]*:(\S*)@")
_IN_WORDS = re.compile(r"(?i)\bpassword=(\S+)")  # libpq's other way
_OPTION = re.compile(r"(?i)[?&][a-z_-]*(?:password|token|secret|key|sig|signature)=([^&#\s\"']+)")
# Keys that say by their form what they are, wherever they stand.
KNOWN_FORMS = (
    r"\b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}",  # OpenAI and others
    r"\bhf_[A-Za-z0-9]{16,}",
    r"\bAIza[A-Za-z0-9_-]{30,}",  # Google
    r"\bgh[pousr]_[A-Za-z0-9]{20,}",
    r"\bgithub_pat_[A-Za-z0-9_]{20,}",
    r"\bAKIA[A-Z0-9]{16}\b",  # Amazon
    r"\bxox[a-z]-[A-Za-z0-9-]{10,}",  # Slack
    r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*",  # JSON Web Token
    r"(?i:\bbearer )[A-Za-z0-9._~+/=-]{8,}",
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
)
_SHORTEST = 8
_SHORTEST_OF_LETTERS = 20


def find_secrets(environment: Mapping[str, str], configs: Iterable[Any]) -> set[str]:
    """An environment and configs as they are written -> all that looks like a secret in them.

    A value of fewer than 20 letters and nothing else is none: it would be taken out of every
    sentence that has the word. Passwords in addresses are masked whatever they are.

    Args:
        environment: names and values.
        configs: plain data of YAML files.
    """
    found: set[str] = set()
    for name, value in environment.items():
        found |= set(_in_addresses(value))
        if _SECRET_NAME.search(name) and not _is_address(value) and not _is_file(value):
            found.add(value.strip())
        if _COOKIES_NAME.search(name) and _is_file(value):
            found |= set(_cookies(Path(value)))
    for config in configs:
        found |= set(_in_config(config, ""))
    return {value for value in found if _is_telling(value)}


def _in_config(value: Any, key: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _in_config(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _in_config(inner, key)
    elif isinstance(value, str):
        yield from _in_addresses(value)
        if _SECRET_KEY.search(key):
            yield value
        if _COOKIES_NAME.search(key) and _is_file(value):
            yield from _cookies(Path(value))


def _in_addresses(text: str) -> Iterator[str]:
    for pattern in (_PASSWORD, _IN_WORDS, _OPTION):
        for match in pattern.finditer(text):
            yield match[1]
            yield unquote(match[1])


def _cookies(path: Path) -> Iterator[str]:
    """The values of a cookies.txt (Netscape's format: seven cells, tabs between)."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    yield from (cells[6] for line in lines if len(cells := line.split("\t")) == 7)


def _is_address(value: str) -> bool:
    return "://" in value


def _is_file(value: str) -> bool:
    try:
        return Path(value).is_file()
    except (OSError, ValueError):
        return False


def _is_telling(value: str) -> bool:
    letters_alone = all(sign.isalpha() or sign.isspace() for sign in value)
    return len(value) >= (_SHORTEST_OF_LETTERS if letters_alone else _SHORTEST)
