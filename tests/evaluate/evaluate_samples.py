"""Samples as metrics see them, from texts."""

import numpy as np

from snakescribe.evaluate.metrics.sample import Samples
from snakescribe.evaluate.words.ragged import Ragged
from snakescribe.evaluate.words.vocabulary import Vocabulary


def sample(reference, hypothesis, **fields):
    return {"reference": reference.split(), "hypothesis": hypothesis.split(), **fields}


def make_samples(*rows):
    """Rows with some of `Sample`'s fields -> the samples that a metric sees."""
    known = Vocabulary()

    def ragged(name, kind, encode=float):
        values = [encode(value) for row in rows for value in row.get(name, ())]
        lengths = [len(row.get(name, ())) for row in rows]
        return Ragged(np.array(values, kind), np.array(lengths, int))

    texts = ("reference", "hypothesis", "prompt")
    values = ("probabilities", "reference_starts", "hypothesis_starts")
    return Samples(
        known=known,
        **{name: ragged(name, np.int32, known.__getitem__) for name in texts},
        **{name: ragged(name, float) for name in values},
        reference_text=[" ".join(row["reference"]) for row in rows],
        hypothesis_text=[" ".join(row["hypothesis"]) for row in rows],
        audio_seconds=np.array([row.get("seconds", 10.0) for row in rows]),
        avg_logprob=np.array([row.get("avg_logprob", np.nan) for row in rows], float),
        flagged=np.array([row.get("flagged", False) for row in rows], bool),
        snr_db=np.array([row.get("snr_db", np.nan) for row in rows], float),
        terms=[row.get("terms", ()) for row in rows],
        chunk=[{} for _ in rows],
        item=[{} for _ in rows],
    )
