"""The one exception for a user's mistake: a clear message, no traceback."""

from collections.abc import Iterable
from difflib import get_close_matches

_MOST_NAMED = 60  # a module of someone else's may hold hundreds of names
_SHOWN = 200  # characters of a value in a message
_LONGEST_LINE = 2_000
_MOST_LINES = 100


class UserError(Exception):
    """Something the user can mend: says what is wrong, where, and what to do.

    The command line prints the message after ``error:`` and exits with 1; the workflow shows it
    as a ``WorkflowError``. A line that a huge value makes huge is cut in its middle: it begins with
    the place and ends with the remedy; of very many lines the first ones are kept.
    """

    def __init__(self, message: str) -> None:
        lines = message.split("\n")
        if (more := len(lines) - _MOST_LINES) > 0:
            lines[_MOST_LINES:] = [f"and {more} more"]
        super().__init__("\n".join(map(cut_line, lines)))


def cut_line(line: str) -> str:
    """A line of a message -> the same, without its middle where it is very long."""
    left_out = len(line) - _LONGEST_LINE
    if left_out <= 0:
        return line
    half = _LONGEST_LINE // 2
    return f"{line[:half]} ... ({left_out} characters left out) ... {line[-half:]}"


def shorten(value: object) -> str:
    """A value -> its text, cut where it is too long for a message, and how much that left out."""
    text = str(value)
    if len(text) <= _SHOWN:
        return text
    return f"{text[:_SHOWN]}... (and {len(text) - _SHOWN} more characters)"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """An unknown word and the known ones -> a remedy to put behind an error message."""
    names = sorted(known)
    near = get_close_matches(word[:_SHOWN], names, n=1, cutoff=0.6)  # its time grows as the square
    if near:
        return f"did you mean '{shorten(near[0])}'?"
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return (
        f"known are: {', '.join(map(shorten, names[:_MOST_NAMED]))}{more}"
        if names
        else "none is defined"
    )
