"""``metrics.csv`` and ``strata.csv``: every figure, over the corpus and over strata of it."""

from dataclasses import replace

from snakescribe.tables.schema import Column, Table
from snakescribe.tables.scores.columns import CONDITION, NORMALIZER

_VALUE_RESAMPLED = Column(
    "resampled_by",
    "str",
    "what was resampled for the value: `recording`, `speaker` or another field, as "
    "`scoring.bootstrap_unit` asks; `chunk` where too few of these have data",
)
_FIGURE = (
    Column("figure", "str", "a figure of a metric"),
    Column("unit", "str", "its unit"),
    Column("lower_is_better", "bool", "whether a delta below 0 is good news"),
    Column("value", "float", "the figure", optional=True),
    Column("low", "float", "lower end of its interval", optional=True),
    Column("high", "float", "upper end of its interval", optional=True),
    Column("delta", "float", "difference from the baseline, on the chunks of both", optional=True),
    Column("delta_low", "float", "lower end of its interval, not adjusted", optional=True),
    Column("delta_high", "float", "upper end of its interval, not adjusted", optional=True),
    Column("p_bootstrap", "float", "two-sided p of no difference, not adjusted", optional=True),
    _VALUE_RESAMPLED,
    Column(
        "delta_resampled_by",
        "str",
        "the same for the delta and p, which may have fewer recordings",
        optional=True,
    ),
)

# `wer_macro`, which is in metrics.csv alone, is not resampled.
_FIGURE_OR_MACRO = tuple(
    replace(column, optional=True) if column is _VALUE_RESAMPLED else column for column in _FIGURE
)


METRICS = Table(
    name="metrics",
    description="Each figure of each condition under each normaliser.",
    path="scores/{experiment}/metrics.csv",
    key=("condition", "normalizer", "figure"),
    stage="evaluate",
    columns=(CONDITION, *NORMALIZER, *_FIGURE_OR_MACRO),
)

STRATA = Table(
    name="strata",
    description=(
        "Each figure by tier of the reference and by each of `scoring.strata`. P-values are not "
        "adjusted: a stratum is a place to look, not a finding."
    ),
    path="scores/{experiment}/strata.csv",
    key=("field", "level", "condition", "figure"),
    stage="evaluate",
    columns=(
        Column("field", "str", "what the chunks are divided by: tier, or one of `scoring.strata`"),
        Column("level", "str", "a value of the field, or a bin of values"),
        CONDITION,
        Column("recordings", "int", "recordings there that the figure is made of", "recordings"),
        Column("chunks", "int", "chunks with a reference there", "chunks"),
        Column("words", "int", "reference words there", "words"),
        *_FIGURE,
    ),
)
