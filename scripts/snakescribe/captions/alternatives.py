"""References that allow for more than one wording, in one notation.

``{a|b}`` is either wording, each of any number of words; ``{a}`` may be said or not, as may
``{a|b|}``; ``<*>`` is whatever was said there. Braces do not stand within braces, and those
around nothing are nothing. STM and CTM files have ``{ a / b / @ }`` for the same.
"""

import re
from itertools import product
from typing import NamedTuple

WILDCARD = "<*>"
_NOTATION = re.compile(r"\{([^{}]*)\}|<\*>")
_STM_PART = re.compile(r"[{}/]|[^{}/\s]+(?:/[^{}/\s]+)*|\S")
MOST_READINGS = 1000


class Part(NamedTuple):
    """A piece of a text: its wordings, one where it is fixed, none where anything may be said."""

    wordings: tuple[str, ...]


def has_alternatives(text: str) -> bool:
    """Whether a text has any of the notation."""
    return ("{" in text or WILDCARD in text) and _NOTATION.search(text) is not None


def split_parts(text: str) -> list[Part]:
    """A text -> its pieces in order: fixed ones, alternatives and wildcards."""
    parts: list[Part] = []
    done = 0
    for match in _NOTATION.finditer(text):
        parts.append(Part((text[done : match.start()],)))
        parts.append(Part(_wordings(match[1]) if match[1] is not None else ()))
        done = match.end()
    parts.append(Part((text[done:],)))
    return [part for part in parts if part.wordings not in [("",), (" ",)]]


def _wordings(inside: str) -> tuple[str, ...]:
    """What stands in braces -> its wordings; a single one may be left out."""
    wordings = tuple(dict.fromkeys(" ".join(wording.split()) for wording in inside.split("|")))
    return wordings if len(wordings) > 1 else (*wordings, "")


def first_wording(text: str) -> str:
    """A text -> the same with the first of all alternatives, and without wildcards."""
    return "".join(part.wordings[0] if part.wordings else "" for part in split_parts(text))


def from_stm(text: str) -> str:
    """A text with ``{ a / b / @ }``, also within each other -> the same in our notation.

    Raises:
        ValueError: braces that do not fit together, or more than `MOST_READINGS` wordings.
    """
    if ("{" not in text and "}" not in text) or ("|" in text and "/" not in text):  # ours already
        return " ".join(text.split())
    tokens = _STM_PART.findall(text)
    out: list[str] = []
    place = 0
    while place < len(tokens):
        if tokens[place] == "{":
            wordings, place = _read_stm(tokens, place + 1)
            out.append(_join(wordings))
        elif tokens[place] == "}":
            raise ValueError("a closing brace of alternatives without an opening one")
        else:
            out.append(tokens[place])
            place += 1
    return " ".join(filter(None, out))


def _read_stm(tokens: list[str], place: int) -> tuple[list[str], int]:
    """Tokens and where one behind ``{`` stands -> the wordings up to ``}``, and the place after."""
    done: list[str] = []
    readings = [""]
    while place < len(tokens):
        token = tokens[place]
        place += 1
        if token in {"/", "}"}:
            if token == "}" and not done and len(readings) == 1:  # {uh/um} without spaces
                readings = [part.strip().removeprefix("@") for part in readings[0].split("/")]
            done += readings
            readings = [""]
            if token == "}":
                return done, place
            continue
        inner = ["" if token == "@" else token.replace("|", "")]
        if token == "{":
            inner, place = _read_stm(tokens, place)
        readings = [f"{before} {after}".strip() for before, after in product(readings, inner)]
        if len(readings) + len(done) > MOST_READINGS:
            raise ValueError(f"more than {MOST_READINGS} wordings of one place")
    raise ValueError("an opening brace of alternatives without a closing one")


def _join(wordings: list[str]) -> str:
    wordings = list(dict.fromkeys(wordings))
    if wordings == [""]:
        return ""
    if len(wordings) == 1:
        return wordings[0]
    if "" in wordings and len(wordings) == 2:
        return "{" + "".join(wordings) + "}"
    return "{" + "|".join(wordings) + "}"
