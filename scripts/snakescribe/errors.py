"""The one exception for a user's mistake: a clear message, no traceback."""

from collections.abc import Iterable
from difflib import get_close_matches

_MOST_NAMED = 60  # a module of someone else's may hold hundreds of names


class UserError(Exception):
    """Something the user can mend: says what is wrong, where, and what to do.

    The command line prints the message after ``error:`` and exits with 1; the workflow shows it
    as a ``WorkflowError``.
    """


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """An unknown word and the known ones -> a remedy to put behind an error message."""
    names = sorted(known)
    near = get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"known are: {', '.join(names[:_MOST_NAMED])}{more}" if names else "none is defined"
