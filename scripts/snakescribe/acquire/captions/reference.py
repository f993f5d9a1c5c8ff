"""What every caption and reference file is read into."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TimedWord:
    """One word and when it was said, in seconds on the recording's clock."""

    start: float
    end: float
    text: str


@dataclass(frozen=True)
class Utterance:
    """A piece of speech: its text, its time in seconds and its words, where they are known."""

    start: float | None
    end: float | None
    text: str
    words: tuple[TimedWord, ...] = ()


@dataclass(frozen=True)
class Reference:
    """What was said in a recording. `timed` is true when every utterance has its times."""

    utterances: tuple[Utterance, ...]
    timed: bool
