"""The one exception for a user's mistake: a clear message, no traceback."""

from collections.abc import Iterable
from difflib import get_close_matches

_MOST_NAMED = 60  # a module of someone else's may hold hundreds of names
_SHOWN = 200  # characters of a value in a message


class UserError(Exception):
    """Something the user can mend: says what is wrong, where, and what to do.

    The command line prints the message after ``error:`` and exits with 1; the workflow shows it
    as a ``WorkflowError``.
    """


def shorten(value: object) -> str:
    """A value -> its text, cut where it is too long for a message, and how much that left out."""
    text = str(value)
    if len(text) <= _SHOWN:
        return text
    return f"{text[:_SHOWN]}... (and {len(text) - _SHOWN} more characters)"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """An unknown word and the known ones -> a remedy to put behind an error message."""
    names = sorted(known)
    near = get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"known are: {', '.join(names[:_MOST_NAMED])}{more}" if names else "none is defined"
