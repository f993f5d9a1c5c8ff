"""Words that nobody said: loops, long insertions, speech in silence, and the prompt itself."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from snakescribe.evaluate.metrics.base import Metric
from snakescribe.evaluate.metrics.sample import Samples
from snakescribe.evaluate.statistics.figure import Figure, ratio
from snakescribe.evaluate.words.align import HIT, INSERTION
from snakescribe.evaluate.words.ragged import Ragged

REPEATED_NGRAM = 5
LONG_INSERTION = 5

_LONG_INSERTIONS = re.compile(rb"I{%d,}" % LONG_INSERTION)
_HASH_FACTOR = 0x9E3779B97F4A7C15  # odd, with well mixed bits


def count_hallucinations(samples: Samples) -> dict[str, np.ndarray]:
    """Samples -> words in silence, repeated 5-grams and words in long insertions.

    A chunk is silent when its reference has no word. A repeated 5-gram is one that stood before
    in the same chunk's hypothesis, in excess of the repeats in its reference (after Distil-
    Whisper's 5-Dup, arXiv 2311.00430). A long insertion is a run of five inserted words or more.
    """
    silent = samples.reference.lengths == 0
    repeated, inserted = np.zeros((2, len(samples)))
    for row in np.flatnonzero(_may_repeat(samples.hypothesis)).tolist():
        sides = samples.hypothesis[row], samples.reference[row]
        hypothesis, reference = (_repeats(side.tolist()) for side in sides)
        repeated[row] = max(0, hypothesis - reference)
    operations = samples.alignment
    insertions = operations.sums(operations.values == ord(INSERTION))
    for row in np.flatnonzero(insertions >= LONG_INSERTION).tolist():
        runs = _LONG_INSERTIONS.findall(operations[row].tobytes())
        inserted[row] = sum(map(len, runs))
    return {
        "silent_minutes": np.where(silent, samples.audio_seconds / 60, 0),
        "silent_words": np.where(silent, samples.hypothesis.lengths, 0),
        "repeated_ngrams": repeated,
        "long_insertion_words": inserted,
    }


def _may_repeat(words: Ragged) -> np.ndarray:
    """Rows of words -> (rows,) whether an n-gram may be repeated; others have none."""
    out = np.zeros(len(words), bool)
    count = len(words.values) - REPEATED_NGRAM + 1
    if count < 1:
        return out
    # Equal n-grams of a row have equal keys; others hardly ever.
    values = words.values.astype(np.uint64)
    keys = words.row_of[:count].astype(np.uint64)
    for place in range(REPEATED_NGRAM):
        keys *= _HASH_FACTOR
        keys += values[place : place + count]
    within = words.row_of[:count] == words.row_of[REPEATED_NGRAM - 1 :]
    keys, rows = keys[within], words.row_of[:count][within]
    ordered = np.sort(keys)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    out[rows[np.isin(keys, twice)]] = True
    return out


def _repeats(words: Sequence[Any]) -> int:
    count = max(0, len(words) - REPEATED_NGRAM + 1)
    shifted = (words[place:] for place in range(REPEATED_NGRAM))
    return count - len(set(zip(*shifted, strict=False)))


def count_leaks(samples: Samples) -> dict[str, np.ndarray]:
    """Samples -> words of the hypothesis that came from the prompt and not from the speaker.

    Words that are no hits count where they form, two or more in a row, a sequence that the prompt
    has and the reference has not (or less often).
    """
    leaked = np.zeros(len(samples))
    wrong = samples.hypothesis_alignment.values != ord(HIT)
    rows = samples.hypothesis.row_of
    invented = wrong[:-1] & wrong[1:] & (rows[:-1] == rows[1:])
    prompted = samples.prompt.lengths >= 2
    for row in np.unique(rows[:-1][invented & prompted[rows[:-1]]]).tolist():
        leaked[row] = _count_leaked(
            samples.reference[row].tolist(),
            samples.hypothesis[row].tolist(),
            samples.prompt[row].tolist(),
            samples.hypothesis_alignment[row].tobytes().decode("ascii"),
        )
    return {"leaked_words": leaked}


def _count_leaked(
    reference: Sequence[int], hypothesis: Sequence[int], prompt: Sequence[int], operations: str
) -> int:
    prompted = set(pairwise(prompt))
    said, written = Counter(pairwise(reference)), Counter(pairwise(hypothesis))
    leaked = set()
    for place, bigram in enumerate(pairwise(hypothesis)):
        invented = HIT not in operations[place : place + 2]
        if invented and bigram in prompted and written[bigram] > said[bigram]:
            leaked |= {place, place + 1}
    return len(leaked)


SILENT_WORDS = Figure(
    "silent_words_per_minute",
    "words written per minute of chunks in which nothing is said",
    ratio("silent_words", "silent_minutes"),
    unit="words per minute",
)

HALLUCINATION = Metric(
    "hallucination",
    ("silent_minutes", "silent_words", "repeated_ngrams", "long_insertion_words"),
    count_hallucinations,
    (
        SILENT_WORDS,
        Figure(
            "repeated_ngrams_per_1000",
            "repeated 5-grams per 1,000 reference words",
            ratio("repeated_ngrams", "words", 1000),
            unit="per 1,000 words",
        ),
        Figure(
            "long_insertions_per_1000",
            "words in runs of five or more inserted words, per 1,000 reference words",
            ratio("long_insertion_words", "words", 1000),
            unit="per 1,000 words",
        ),
    ),
)
PROMPT_LEAK = Metric(
    "prompt_leak",
    ("leaked_words",),
    count_leaks,
    (
        Figure(
            "prompt_leak_per_1000",
            "words copied from the prompt that nobody said, per 1,000 reference words",
            ratio("leaked_words", "words", 1000),
            unit="per 1,000 words",
        ),
    ),
)
