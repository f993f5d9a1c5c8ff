"""How much an experiment's error rates rest on: `Sample`, counted in the scores."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc

from snakescribe.tables.parquet import read_columns
from snakescribe.tables.scores import SCORES


@dataclass(frozen=True)
class Sample:
    """Recordings and reference words that were scored, each counted once.

    A condition need not have all of them: in random groups each has chunks of its own.
    """

    recordings: int
    words: int


def count_sample(scores: Path, normalizer: str) -> Sample:
    """``chunks.parquet`` -> what was scored under a normaliser.

    Raises:
        UserError: there is no such file, or it is of another version.
    """
    table = read_columns(SCORES, scores, ("recording", "chunk", "normalizer", "words"))
    table = table.unify_dictionaries()  # each shard has its own
    chosen = pc.and_(pc.equal(table["normalizer"], normalizer), pc.is_valid(table["words"]))
    table = table.filter(chosen).select(["recording", "chunk", "words"])
    chunks = table.group_by("chunk").aggregate([("words", "max")])
    words = pc.sum(chunks["words_max"]).as_py() or 0
    return Sample(len(pc.unique(table["recording"])), words)
