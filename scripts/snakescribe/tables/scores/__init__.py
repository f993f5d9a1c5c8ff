"""The tables of an experiment's scores, in ``scores/{experiment}``: path, key and columns."""

from snakescribe.tables.scores.chunkings import CHUNKINGS
from snakescribe.tables.scores.chunks import SCORES
from snakescribe.tables.scores.columns import STRATUM_PREFIX, UNIT_PREFIX
from snakescribe.tables.scores.combinations import COMBINATIONS
from snakescribe.tables.scores.conditions import CONDITIONS
from snakescribe.tables.scores.differences import COMPARISONS, FACTORS
from snakescribe.tables.scores.figures import METRICS, STRATA
from snakescribe.tables.scores.repeats import REPEATS
from snakescribe.tables.scores.suspects import SUSPECTS
from snakescribe.tables.scores.words import CALIBRATION, ERRORS, TERMS

SCORE_TABLES = (
    SCORES,
    CONDITIONS,
    COMPARISONS,
    METRICS,
    STRATA,
    FACTORS,
    CALIBRATION,
    TERMS,
    ERRORS,
    SUSPECTS,
    COMBINATIONS,
    REPEATS,
    CHUNKINGS,
)

__all__ = [
    "CALIBRATION",
    "CHUNKINGS",
    "COMBINATIONS",
    "COMPARISONS",
    "CONDITIONS",
    "ERRORS",
    "FACTORS",
    "METRICS",
    "REPEATS",
    "SCORES",
    "SCORE_TABLES",
    "STRATA",
    "STRATUM_PREFIX",
    "SUSPECTS",
    "TERMS",
    "UNIT_PREFIX",
]
