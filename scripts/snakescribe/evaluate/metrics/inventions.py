"""Words that nobody said: loops, long insertions, speech in silence, and the prompt itself."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from snakescribe.evaluate.align import DELETION, HIT
from snakescribe.evaluate.metrics.base import Figure, Metric, each_sample, ratio
from snakescribe.evaluate.sample import Sample

REPEATED_NGRAM = 5
LONG_INSERTION = 5

_LONG_INSERTIONS = re.compile(f"I{{{LONG_INSERTION},}}")


@each_sample
def count_hallucinations(sample: Sample) -> dict[str, float]:
    """A sample -> words in silence, repeated 5-grams and words in long insertions.

    A chunk is silent when its reference has no word. A repeated 5-gram is one that stood before
    in the same chunk's hypothesis, in excess of the repeats in its reference (after Distil-
    Whisper's 5-Dup, arXiv 2311.00430). A long insertion is a run of five inserted words or more.
    """
    silent = not sample.reference
    repeats = _repeats(sample.hypothesis)
    if repeats:
        repeats -= _repeats(sample.reference)
    return {
        "silent_minutes": sample.audio_seconds / 60 if silent else 0.0,
        "silent_words": len(sample.hypothesis) if silent else 0,
        "repeated_ngrams": max(0, repeats),
        "long_insertion_words": sum(map(len, _LONG_INSERTIONS.findall(sample.alignment))),
    }


def _repeats(words: Sequence[str]) -> int:
    count = len(words) - REPEATED_NGRAM + 1
    # A repeated n-gram repeats n - 1 bigrams, and few texts repeat as many.
    if count < 2 or len(words) - 1 - len(set(pairwise(words))) < REPEATED_NGRAM - 1:
        return 0
    shifted = (words[place:] for place in range(REPEATED_NGRAM))
    return count - len(set(zip(*shifted, strict=False)))


@each_sample
def count_leaks(sample: Sample) -> dict[str, float]:
    """A sample -> words of the hypothesis that came from the prompt and not from the speaker.

    Words that are no hits count where they form, two or more in a row, a sequence that the prompt
    has and the reference has not (or less often).
    """
    if len(sample.prompt) < 2 or len(sample.hypothesis) < 2:
        return {"leaked_words": 0}
    operations = sample.alignment.replace(DELETION, "")
    prompted = set(_bigrams(sample.prompt))
    said = Counter(_bigrams(sample.reference))
    written = Counter(_bigrams(sample.hypothesis))
    leaked = set()
    for place, bigram in enumerate(_bigrams(sample.hypothesis)):
        invented = HIT not in operations[place : place + 2]
        if invented and bigram in prompted and written[bigram] > said[bigram]:
            leaked |= {place, place + 1}
    return {"leaked_words": len(leaked)}


def _bigrams(words: Sequence[str]) -> list[tuple[str, str]]:
    return list(pairwise(words))


HALLUCINATION = Metric(
    "hallucination",
    ("silent_minutes", "silent_words", "repeated_ngrams", "long_insertion_words"),
    count_hallucinations,
    (
        Figure(
            "silent_words_per_minute",
            "words written per minute of chunks in which nothing is said",
            ratio("silent_words", "silent_minutes"),
            unit="words per minute",
        ),
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
