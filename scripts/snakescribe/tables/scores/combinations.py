"""``combinations.csv``: what several engines give together."""

from collections.abc import Iterator

from snakescribe.tables.schema import Column, Table
from snakescribe.tables.scores.differences import COMPARISONS


def _columns(*names: str) -> Iterator[Column]:
    """Columns that comparisons have as well."""
    return map(COMPARISONS.column, names)


COMBINATIONS = Table(
    name="combinations",
    description=(
        "What the engines of an experiment give together, on the chunks that all of them heard, "
        "against the best single one: a vote of their words (ROVER), and the best of each chunk."
    ),
    path="scores/{experiment}/combinations.csv",
    key=("combination",),
    stage="evaluate",
    columns=(
        Column(
            "combination",
            "str",
            "`rover_votes`: the word that most engines write; `rover_confidence`: by votes and "
            "confidence alike; `oracle`: the text with the fewest errors, chunk by chunk, which "
            "nobody could choose without the reference",
        ),
        Column("conditions", "str", "the conditions that were combined"),
        Column("wer", "float", "word error rate of the combination", "rate", optional=True),
        Column("wer_low", "float", "lower end of its interval", "rate", optional=True),
        Column("wer_high", "float", "upper end of its interval", "rate", optional=True),
        Column("other", "str", "the best single condition, which it is compared with"),
        Column("other_wer", "float", "its word error rate on these chunks", "rate", optional=True),
        *_columns(
            "recordings",
            "chunks",
            "words",
            "delta",
            "delta_low",
            "delta_high",
            "p_bootstrap",
            "p_adjusted",
            "verdict",
            "real",
            "resampled_by",
        ),
    ),
)
