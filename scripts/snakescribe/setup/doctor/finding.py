"""What was found out about one thing that a run needs, or may need."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How it stands: all right, worth a look, or a run cannot do without what lacks."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """The name of what was looked at, how it stands, a line that says so, and what helps."""

    about: str
    state: State
    text: str
    cure: str = ""


def fine(about: str, text: str) -> Finding:
    """What is as it should be."""
    return Finding(about, State.OK, text)


def odd(about: str, text: str, cure: str) -> Finding:
    """What a run can do without, or what only some runs need."""
    return Finding(about, State.WARNING, text, cure)


def wrong(about: str, text: str, cure: str) -> Finding:
    """What every run of this kind needs, and does not have."""
    return Finding(about, State.WRONG, text, cure)


def size(count: float) -> str:
    """A number of bytes -> text for people, in the units that disks are sold in."""
    if count < 1e9:
        return f"{count / 1e6:.0f} MB"
    return f"{count / 1e9:.1f} GB"
