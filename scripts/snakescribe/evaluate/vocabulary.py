"""Words <-> numbers: what is done with whole numbers needs no loop over words."""

import sys
from typing import TYPE_CHECKING, Any

from snakescribe.evaluate.ragged import Ragged

if TYPE_CHECKING:
    import numpy as np


class Vocabulary(dict[str, int]):
    """`vocabulary[word]` is the word's number: from 0, in the order in which they were asked for.

    `words` has the words by number.
    """

    def __init__(self) -> None:
        """Start with no word."""
        super().__init__()
        self.words: list[str] = []

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self.words)
        self.words.append(word)
        return number

    def encode_words(self, words: Any) -> "np.ndarray":
        """Words (a list or an Arrow array) -> their numbers (int32)."""
        import numpy as np
        import pyarrow as pa

        # Arrow tells equal words apart several times as fast as a dict.
        encoded = pa.array(words, pa.string()).dictionary_encode()
        numbers = [self[word] for word in encoded.dictionary.to_pylist()]
        return np.array(numbers, dtype=np.int32)[encoded.indices.to_numpy()]

    def encode_texts(self, texts: Any) -> Ragged:
        """Texts (a list or an Arrow array), cut at each space -> rows of the parts' numbers.

        A text has at least one part, which may be empty.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        parts = pc.split_pattern(pc.fill_null(pa.array(texts, pa.string()), ""), " ")
        lengths = pc.list_value_length(parts).to_numpy().astype(int)
        return Ragged(self.encode_words(parts.flatten()), lengths)

    def join(self, rows: Ragged) -> Any:
        """Rows of numbers -> their words joined by spaces (an Arrow array of strings)."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        words = pa.array(self.words, pa.string()).take(pa.array(rows.values))
        offsets = np.concatenate([[0], rows.stops]).astype(np.int32)
        return pc.binary_join(pa.ListArray.from_arrays(offsets, words), " ")


def as_letters(*many: Ragged) -> list[list[str]]:
    """Rows of numbers -> strings of one character a number, which RapidFuzz compares fastest.

    The same number is the same character in all that is given at once.
    """
    import numpy as np

    values = [rows.values for rows in many]
    if any(len(one) and int(one.max()) > sys.maxunicode for one in values):
        used = np.unique(np.concatenate(values))
        values = [np.searchsorted(used, one) for one in values]
    found = []
    for rows, numbers in zip(many, values, strict=True):
        letters = numbers.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
        bounds = zip(rows.starts.tolist(), rows.stops.tolist(), strict=True)
        found.append([letters[start:stop] for start, stop in bounds])
    return found
