"""A table of scores -> nothing, or an error: a sample of it is counted once more by jiwer.

Our own alignment works on whole numbers, many rows at a time. A fault in it would be a wrong
number with a green light, so each table is held against the package that the field counts with.
"""

import jiwer
import numpy as np
import pyarrow as pa

SAMPLED_ROWS = 50
_COLUMNS = ("chunk", "reference_normalized", "hypothesis_normalized", "words")
_ERRORS = ("substitutions", "deletions", "insertions")


class MiscountedError(Exception):
    """Our error counts are not jiwer's: a fault of snakescribe, never of the user."""


def verify_sample(scores: pa.Table) -> None:
    """Rows of scores -> checked: words and errors of up to `SAMPLED_ROWS` rows, evenly spread.

    Raises:
        MiscountedError: jiwer counts other words or another number of errors in a chunk.
    """
    references = scores["reference_normalized"].combine_chunks()
    scored = np.flatnonzero(references.is_valid().to_numpy(zero_copy_only=False))
    places = np.unique(np.linspace(0, len(scored) - 1, SAMPLED_ROWS).astype(int))
    sample = scores.select([*_COLUMNS, *_ERRORS]).take(scored[places] if len(scored) else scored)
    for row in sample.to_pylist():
        counted = jiwer.process_words(row["reference_normalized"], row["hypothesis_normalized"])
        ours = row["words"], sum(row[name] for name in _ERRORS)
        theirs = (
            counted.hits + counted.substitutions + counted.deletions,
            sum(getattr(counted, name) for name in _ERRORS),
        )
        if ours != theirs:
            raise MiscountedError(
                f"chunk {row['chunk']}: {ours[1]} errors in {ours[0]} words are counted, by jiwer "
                f"{theirs[1]} in {theirs[0]}; please report it with these texts: "
                f"{row['reference_normalized']!r}, {row['hypothesis_normalized']!r}"
            )
