"""Normalised texts of a whole condition -> numbers of words, without a loop over words."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


class Vocabulary:
    """Words -> numbers, from 1; 0 stands for no word."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {"": 0}
        self._words: list[str] = [""]
        self._before: tuple[Any, Any] | None = None

    def word(self, number: int) -> str:
        """A number -> its word."""
        return self._words[number]

    def encode(self, texts: Any) -> "np.ndarray":
        """Texts of words joined by spaces (an Arrow array) -> the numbers of all words (int32).

        The outcome is kept for the next call: conditions share their references.
        """
        import numpy as np
        import pyarrow.compute as pc

        if self._before is not None and self._before[0].equals(texts):
            return self._before[1]
        filled = texts.filter(pc.greater(pc.utf8_length(texts), 0))
        encoded = pc.split_pattern(filled, " ").flatten().dictionary_encode()
        numbers = []
        for word in encoded.dictionary.to_pylist():
            if word not in self._numbers:
                self._numbers[word] = len(self._words)
                self._words.append(word)
            numbers.append(self._numbers[word])
        codes = np.array([*numbers, 0], dtype=np.int32)[encoded.indices.to_numpy()]
        self._before = texts, codes
        return codes


def count_words(texts: Any) -> "np.ndarray":
    """Texts of words joined by spaces (an Arrow array) -> the number of words of each."""
    import pyarrow.compute as pc

    filled = pc.greater(pc.utf8_length(texts), 0).fill_null(False)
    spaces = pc.count_substring(texts, " ").fill_null(0)
    return spaces.to_numpy() + filled.to_numpy(zero_copy_only=False)
