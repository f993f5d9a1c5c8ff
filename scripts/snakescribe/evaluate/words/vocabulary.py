"""Words <-> whole numbers: work on arrays of numbers needs no loop over words."""

import sys
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from snakescribe.evaluate.words.ragged import Ragged


class Vocabulary(dict[str, int]):
    """`vocabulary[word]` is the word's number; a word that is new gets the next one, from 0 on.

    Attributes:
        words: the words by number, the way back.

    >>> vocabulary = Vocabulary()
    >>> vocabulary.encode_texts(["the cat", "the mat"]).values
    array([0, 1, 0, 2], dtype=int32)
    >>> vocabulary.words
    ['the', 'cat', 'mat']
    """

    def __init__(self) -> None:
        """Start with no word."""
        super().__init__()
        self.words: list[str] = []

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self.words)
        self.words.append(word)
        return number

    def encode_words(self, words: Any) -> np.ndarray:
        """Words (a list or an Arrow array of strings) -> (words,) int32, their numbers."""
        return self._encode(words if isinstance(words, pa.Array) else pa.array(words, pa.string()))

    def encode_texts(self, texts: Any) -> Ragged:
        """Texts (a list or an Arrow array), cut at each space -> rows of the parts' numbers.

        A text has at least one part, which may be empty.
        """
        parts, lengths = _cut(pc.fill_null(pa.array(texts, pa.string()), ""))
        return Ragged(self._encode(parts, " "), lengths)

    def _encode(self, words: pa.Array, suffix: str = "") -> np.ndarray:
        """Words, some of them with a suffix that is none of theirs -> their numbers."""
        # Arrow tells equal words apart several times as fast as a dict.
        encoded = words.dictionary_encode()
        indices = encoded.indices.to_numpy()
        used = np.zeros(len(encoded.dictionary), bool)
        used[indices] = True  # a file's dictionary has words of rows that were left out
        numbers = np.zeros(len(used), np.int32)
        distinct = encoded.dictionary.filter(used).to_pylist()
        numbers[used] = [self[word.removesuffix(suffix)] for word in distinct]
        of_words: np.ndarray = numbers.take(indices)
        return of_words

    def join(self, rows: Ragged) -> Any:
        """Rows of numbers -> their words joined by spaces (an Arrow array of strings)."""
        words = pa.array(self.words, pa.string()).take(pa.array(rows.values))
        offsets = np.concatenate([[0], rows.stops]).astype(np.int32)
        return pc.binary_join(pa.ListArray.from_arrays(offsets, words), " ")


def _cut(texts: pa.StringArray) -> tuple[pa.StringArray, np.ndarray]:
    """Texts -> their parts, each but a text's last with the space behind it; how many each has.

    Parts are the same memory as the texts: Arrow's `split_pattern`, which copies, takes twice as
    long.
    """
    if not len(texts):
        return texts, np.empty(0, int)
    _, offsets, letters = texts.buffers()
    bounds = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    begin, end = bounds[[0, -1]]
    spaces = np.flatnonzero(np.frombuffer(letters or b"", np.uint8)[begin:end] == ord(" "))
    behind = (spaces + begin + 1).astype(np.int32)
    before = np.searchsorted(behind, bounds, "right")  # spaces before each bound
    starts = np.insert(behind, before, bounds)
    parts = pa.StringArray.from_buffers(len(starts) - 1, pa.py_buffer(starts), letters)
    return parts, np.diff(before) + 1


def as_letters(*sides: Ragged) -> list[list[str]]:
    """Rows of numbers -> strings of one character a number, which RapidFuzz compares fastest.

    Args:
        sides: such as the references and the hypotheses. The same number is the same character in
            all that is given at once.

    Returns:
        For each side its rows as strings, which are for comparing only.
    """
    values = [rows.values for rows in sides]
    if any(len(numbers) and int(numbers.max()) > sys.maxunicode for numbers in values):
        used = np.unique(np.concatenate(values))
        values = [np.searchsorted(used, numbers) for numbers in values]
    strings = []
    for rows, numbers in zip(sides, values, strict=True):
        letters = numbers.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
        bounds = zip(rows.starts.tolist(), rows.stops.tolist(), strict=True)
        strings.append([letters[start:stop] for start, stop in bounds])
    return strings
