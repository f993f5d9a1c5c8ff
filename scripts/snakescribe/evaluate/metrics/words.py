"""Error rates of words and characters, as jiwer defines them, over a corpus."""

from collections.abc import Sequence
from typing import Any

from snakescribe.evaluate.align import DELETION, HIT, INSERTION, SUBSTITUTION
from snakescribe.evaluate.metrics.base import Figure, Metric, Sums, divide, ratio
from snakescribe.evaluate.sample import Sample

# These are columns of the scores in any case: they are counted whatever metrics are asked for.
BASE_COUNTS = (
    "words",
    "hits",
    "substitutions",
    "deletions",
    "insertions",
    "characters",
    "character_errors",
)


def count_words(samples: Sequence[Sample]) -> dict[str, Any]:
    """Samples of a chunk -> hits, substitutions, deletions and insertions; errors of characters.

    Characters are those of the normalised words joined by single spaces (which count).
    """
    import numpy as np
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cpdist

    reference = " ".join(samples[0].reference)
    hypotheses = [" ".join(one.hypothesis) for one in samples]
    distances = cpdist(
        [reference] * len(samples), hypotheses, scorer=Levenshtein.distance, dtype=np.int32
    )
    return {
        "words": [len(samples[0].reference)] * len(samples),
        "hits": [one.alignment.count(HIT) for one in samples],
        "substitutions": [one.alignment.count(SUBSTITUTION) for one in samples],
        "deletions": [one.alignment.count(DELETION) for one in samples],
        "insertions": [one.alignment.count(INSERTION) for one in samples],
        "characters": [len(reference)] * len(samples),
        "character_errors": distances.tolist(),
    }


def errors(sums: Sums) -> Any:
    """Sums -> substitutions, deletions and insertions together."""
    return sums["substitutions"] + sums["deletions"] + sums["insertions"]


def _wer(sums: Sums) -> Any:
    return divide(errors(sums), sums["words"])


def _mer(sums: Sums) -> Any:
    return divide(errors(sums), sums["hits"] + errors(sums))


def _wip(sums: Sums) -> Any:
    heard = sums["hits"] + sums["substitutions"] + sums["insertions"]
    return divide(sums["hits"], sums["words"]) * divide(sums["hits"], heard)


def _nothing(_: Sequence[Sample]) -> dict[str, float]:
    return {}


WER = Metric(
    "wer",
    (),
    _nothing,
    (Figure("wer", "word error rate: (S + D + I) / reference words", _wer),),
)
CER = Metric(
    "cer",
    (),
    _nothing,
    (
        Figure(
            "cer",
            "character error rate: character edits / reference characters, spaces counted",
            ratio("character_errors", "characters"),
        ),
    ),
)
MER = Metric(
    "mer",
    (),
    _nothing,
    (Figure("mer", "match error rate: (S + D + I) / (H + S + D + I)", _mer),),
)
WIL = Metric(
    "wil",
    (),
    _nothing,
    (
        Figure(
            "wil",
            "word information lost: 1 - WIP (Morris et al. 2004)",
            lambda sums: 1 - _wip(sums),
        ),
    ),
)
WIP = Metric(
    "wip",
    (),
    _nothing,
    (
        Figure(
            "wip",
            "word information preserved: (H / reference words) (H / hypothesis words)",
            _wip,
            lower_is_better=False,
        ),
    ),
)
