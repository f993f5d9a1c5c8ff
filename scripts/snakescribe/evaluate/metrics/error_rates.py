"""Error rates of words and characters, as jiwer defines them, over a corpus."""

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist

from snakescribe.evaluate.metrics.base import Metric
from snakescribe.evaluate.metrics.sample import Samples
from snakescribe.evaluate.statistics.figure import Figure, Sums, divide, ratio
from snakescribe.evaluate.words.align import DELETION, HIT, INSERTION, SUBSTITUTION

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

CHARACTERS_IN_ERROR = 10

_OPERATIONS = (
    ("hits", HIT),
    ("substitutions", SUBSTITUTION),
    ("deletions", DELETION),
    ("insertions", INSERTION),
)


def count_words(samples: Samples) -> dict[str, np.ndarray]:
    """Samples -> hits, substitutions, deletions and insertions; errors of characters.

    Characters are those of the normalised words joined by single spaces, which count; in
    languages without spaces by nothing.
    """
    operations = samples.alignment
    counts = {
        name: operations.sums(operations.values == ord(letter), int) for name, letter in _OPERATIONS
    }
    wrong = int((operations.values != ord(HIT)).sum()) / max(len(samples), 1)
    return {
        "words": samples.reference.lengths,
        **counts,
        "characters": np.fromiter(map(len, samples.reference_text), int, len(samples)),
        "character_errors": cpdist(
            samples.reference_text,
            samples.hypothesis_text,
            scorer=Levenshtein.distance,
            dtype=np.int32,
            score_hint=round(CHARACTERS_IN_ERROR * wrong),  # about what to expect: a third faster
        ),
    }


def errors(sums: Sums) -> np.ndarray:
    """Sums -> substitutions, deletions and insertions together."""
    return sums["substitutions"] + sums["deletions"] + sums["insertions"]


def _wer(sums: Sums) -> np.ndarray:
    return divide(errors(sums), sums["words"])


def _mer(sums: Sums) -> np.ndarray:
    return divide(errors(sums), sums["hits"] + errors(sums))


def _wip(sums: Sums) -> np.ndarray:
    heard = sums["hits"] + sums["substitutions"] + sums["insertions"]
    right = np.where(heard == 0, 0.0, divide(sums["hits"], heard))  # nothing heard: nothing right
    return divide(sums["hits"], sums["words"]) * right


def _nothing(_: Samples) -> dict[str, np.ndarray]:
    return {}


WER = Metric(
    "wer",
    (),
    _nothing,
    (Figure("wer", "word error rate: (S + D + I) / reference words", _wer),),
)
ACCURACY = Metric(
    "accuracy",
    (),
    _nothing,
    (
        Figure(
            "accuracy",
            "word accuracy: 1 - WER, and 0 where there are more errors than words",
            lambda sums: np.maximum(1 - _wer(sums), 0),
            lower_is_better=False,
        ),
    ),
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
