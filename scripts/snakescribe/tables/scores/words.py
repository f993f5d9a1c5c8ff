"""``calibration.csv``, ``terms.csv`` and ``errors.csv``: what happened to words."""

from snakescribe.tables.schema import Column, Table
from snakescribe.tables.scores.columns import CONDITION

CALIBRATION = Table(
    name="calibration",
    description=(
        "Words by the model's probability of them, and how many are right; bins without words "
        "are left out."
    ),
    path="scores/{experiment}/calibration.csv",
    key=("condition", "bins", "bin"),
    stage="evaluate",
    columns=(
        CONDITION,
        Column("bins", "str", "`equal_width` or `equal_count`"),
        Column("bin", "int", "the bin's number, from 0"),
        Column("low", "float", "the least probability there"),
        Column("high", "float", "the largest probability there"),
        Column("words", "int", "words with a probability there", "words"),
        Column("mean_confidence", "float", "mean probability of these words"),
        Column("accuracy", "float", "share of these words that are right"),
        Column("gap", "float", "mean confidence minus accuracy: above 0 is over-confident"),
    ),
)

TERMS = Table(
    name="terms",
    description="How often each term was said, recognised, and written where it was not said.",
    path="scores/{experiment}/terms.csv",
    key=("condition", "term"),
    stage="evaluate",
    columns=(
        CONDITION,
        Column("term", "str", "a term, normalised as the texts are"),
        Column("said", "int", "how often the references have it"),
        Column("hit", "int", "how often it was recognised there"),
        Column("false_alarms", "int", "how often it was written where it was not said"),
        Column("precision", "float", "hit / (hit + false alarms)", "rate", optional=True),
        Column("recall", "float", "hit / said", "rate", optional=True),
        Column("f", "float", "harmonic mean of precision and recall", "rate", optional=True),
        Column("said_prompted", "int", "`said` where the prompt had the term"),
        Column("hit_prompted", "int", "`hit` where the prompt had the term"),
        Column("recall_prompted", "float", "recall where the prompt had it", "rate", optional=True),
        Column("recall_unprompted", "float", "recall elsewhere", "rate", optional=True),
    ),
)

ERRORS = Table(
    name="errors",
    description=(
        "The words that are most often replaced, lost and invented: `scoring.errors_listed` of a "
        "kind by count, and as many by change."
    ),
    path="scores/{experiment}/errors.csv",
    key=("condition", "kind", "reference", "hypothesis"),
    stage="evaluate",
    columns=(
        CONDITION,
        Column("kind", "str", "`substitution`, `deletion` or `insertion`"),
        Column("reference", "str", "the word said; empty: none"),
        Column("hypothesis", "str", "the word written; empty: none"),
        Column("count", "int", "how often in all chunks"),
        Column(
            "baseline_count",
            "int",
            "how often the baseline made the same error, on the chunks that both have; in random "
            "groups on its own",
        ),
        Column("change", "int", "how much oftener the condition did, on the same chunks"),
    ),
)
