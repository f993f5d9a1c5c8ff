"""Words as an engine timed them -> which of them begin with a space, as their text has it.

Whisper times pieces of words: `L` and `'accident`, `42` and `-line`, and in languages without
spaces single characters. Which of them begin a word stands in the text alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from snakescribe.transcribe.engines.protocol import Word


class SpacedWord(TypedDict):
    """A word as the table has it: `spaced` where white space stands before it in the text."""

    start: float | None
    end: float | None
    text: str
    spaced: bool
    probability: float | None


def mark_spaces(text: str, words: Sequence[Word]) -> list[SpacedWord]:
    """A text and its words -> the words, each with whether white space stands before it there.

    Joined so, they are the text where they spell it. Where they do not (an engine may time words
    without punctuation), all but the first count as spaced, or none in a text without any space.
    """
    stripped = [word["text"].strip() for word in words]
    spaced = find_spaces(text, stripped)
    if spaced is None:
        with_spaces = any(letter.isspace() for letter in text.strip())
        spaced = [with_spaces and number > 0 for number in range(len(words))]
    return [
        {
            "start": word["start"],
            "end": word["end"],
            "text": letters,
            "spaced": space,
            "probability": word["probability"],
        }
        for word, letters, space in zip(words, stripped, spaced, strict=True)
    ]


def join_words(words: Sequence[Mapping[str, Any]]) -> str:
    """Words with their spaces -> the text that they make."""
    return "".join(f"{' ' if word['spaced'] else ''}{word['text']}" for word in words).strip()


def find_spaces(text: str, parts: Sequence[str]) -> list[bool] | None:
    """A text and parts of it, in order -> whether white space stands before each in the text.

    None where the parts do not spell the text, white space apart.
    """
    if bare("".join(parts)) != bare(text):
        return None
    spaces: list[bool] = []
    position = len(text) - len(text.lstrip())
    for part in parts:
        spaces.append(bool(part) and text[position : position + 1].isspace())
        left = len(bare(part))
        while left:
            left -= not text[position].isspace()
            position += 1
    return spaces


def bare(text: str) -> str:
    """A text -> its letters, without any white space."""
    return "".join(text.split())
