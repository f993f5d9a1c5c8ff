"""Normalised words and their alignment -> what was heard, with its errors marked."""

from collections.abc import Sequence
from dataclasses import dataclass

from snakescribe.evaluate.words.align import DELETION, HIT, INSERTION


@dataclass(frozen=True)
class Word:
    """A word of a hypothesis: `kind` is hit, substitution, deletion or insertion.

    `text` is what was heard (for a deletion: what was not), `instead_of` the word of the reference
    that a substitution replaced.
    """

    kind: str
    text: str
    instead_of: str = ""


def mark_words(
    reference: Sequence[str], hypothesis: Sequence[str], alignment: str
) -> tuple[Word, ...]:
    """Words of both sides and `snakescribe.evaluate.words.align`'s operations -> marked words."""
    words: list[Word] = []
    left = right = 0
    for operation in alignment:
        if operation == HIT:
            words.append(Word("hit", hypothesis[right]))
        elif operation == DELETION:
            words.append(Word("deletion", reference[left]))
        elif operation == INSERTION:
            words.append(Word("insertion", hypothesis[right]))
        else:
            words.append(Word("substitution", hypothesis[right], reference[left]))
        left += operation != INSERTION
        right += operation != DELETION
    return tuple(words)


def count_errors(words: Sequence[Word]) -> int:
    """Marked words -> how many are errors."""
    return sum(word.kind != "hit" for word in words)
