"""Words -> subtitle cues that people can read."""

from dataclasses import dataclass
from itertools import accumulate
from textwrap import wrap
from typing import Any

Words = list[dict[str, Any]]

LINE_LETTERS, LINES = 42, 2  # BBC and Netflix guidelines: two lines of about 42 letters
MOST_SECONDS = 7.0
PAUSE_SECONDS = 1.0
SENTENCE_ENDS = (".", "!", "?", "。", "！", "？", "…")


@dataclass(frozen=True)
class Cue:
    """A text of one or two lines and when it is shown, in seconds on the recording's clock."""

    start: float
    end: float
    text: str


def to_cues(row: dict[str, Any]) -> list[Cue]:
    """A row of the transcripts table -> cues, from its words or else its segments.

    A cue ends with the sentence and before a pause of a second. What is longer than two lines or
    seven seconds is divided evenly, so that no cue is left with a single word.
    """
    if not row["words"]:
        spoken = [segment for segment in row["segments"] if segment["text"].strip()]
        return [
            Cue(segment["start"], segment["end"], _lay_out(segment["text"])) for segment in spoken
        ]
    groups: list[Words] = [[]]
    for word in row["words"]:
        last = groups[-1][-1] if groups[-1] else word
        pause = word["start"] - last["end"] > PAUSE_SECONDS
        if groups[-1] and (pause or last["text"].endswith(SENTENCE_ENDS)):
            groups.append([])
        groups[-1].append(word)
    parts = [part for group in groups for part in _divide(group)]
    return [Cue(part[0]["start"], part[-1]["end"], _lay_out(_text(part))) for part in parts]


def _divide(group: Words) -> list[Words]:
    """Words -> as few parts as fit into a cue each, of about equally many letters."""
    ends = list(accumulate(len(word["text"]) + 1 for word in group))
    for count in range(1, len(group)):
        parts: list[Words] = [[] for _ in range(count)]
        for word, end in zip(group, ends, strict=True):
            parts[(end - 1) * count // ends[-1]].append(word)
        if all(part and _fits(part) for part in parts):
            return parts
    return [[word] for word in group]


def _fits(part: Words) -> bool:
    short = part[-1]["end"] - part[0]["start"] <= MOST_SECONDS
    return short and len(wrap(_text(part), LINE_LETTERS)) <= LINES


def _text(group: Words) -> str:
    return " ".join(word["text"] for word in group)


def _lay_out(text: str) -> str:
    return "\n".join(wrap(text.strip(), LINE_LETTERS)) or text.strip()
