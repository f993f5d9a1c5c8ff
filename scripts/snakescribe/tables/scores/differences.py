"""``comparisons.csv`` and ``factors.csv``: differences of WER, tested."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from snakescribe.tables.schema import Column, Table

_DIFFERENCE = (
    Column("delta", "float", "difference of WER, on the chunks of both", "rate", optional=True),
    Column("delta_low", "float", "lower end of its interval, not adjusted", "rate", optional=True),
    Column("delta_high", "float", "upper end of its interval, not adjusted", "rate", optional=True),
    Column(
        "probability_of_improvement",
        "float",
        "share of the draws in which the error rate is lower",
        optional=True,
    ),
    Column("p_bootstrap", "float", "two-sided p of no difference", optional=True),
)
_ADJUSTED = Column(
    "p_adjusted",
    "float",
    "`p_bootstrap` after correction for the comparisons in its family",
    optional=True,
)
_VERDICT = (
    Column("verdict", "str", "all of it in a sentence"),
    Column(
        "real",
        "bool",
        "whether `p_adjusted` is below 1 - `confidence`, and more than chunks was resampled",
    ),
)
_POWER = (
    Column(
        "standard_error",
        "float",
        "of the difference: standard deviation of its replicates, for few recordings",
        "rate",
        optional=True,
    ),
    Column(
        "smallest_detectable",
        "float",
        "a true difference of this size would count as real, four times in five",
        "rate",
        optional=True,
    ),
    Column(
        "recordings_needed",
        "float",
        "recordings at which a difference of this size would count as real, four times in five; "
        "empty where others were resampled",
        "recordings",
        optional=True,
    ),
)
_DELTA_RESAMPLED = Column(
    "resampled_by",
    "str",
    "what was resampled: `recording`, `speaker` or another field, as `scoring.bootstrap_unit` "
    "asks; `chunk` where too few of these have data",
)


COMPARISONS = Table(
    name="comparisons",
    description=(
        "Each condition against the baseline, and all pairs: differences of WER, tested. Where no "
        "reference has a word, they are of the words written per minute (see `figure`)."
    ),
    path="scores/{experiment}/comparisons.csv",
    key=("family", "condition", "other"),
    stage="evaluate",
    columns=(
        Column("family", "str", "`baseline`: each condition with it; `pairs`: all of them"),
        Column("condition", "str", "the condition that is compared"),
        Column("other", "str", "the condition that it is compared with"),
        Column("recordings", "int", "recordings that both have", "recordings"),
        *_DIFFERENCE,
        Column("p_mapsswe", "float", "two-sided p of MAPSSWE", optional=True),
        _ADJUSTED,
        *_VERDICT,
        Column(
            "conclusion",
            "str",
            "`real`; `here`: in these recordings only; `no_larger`: a difference above "
            "`scoring.equivalence_margin` is ruled out; `same`; `cannot_tell`; "
            "`nothing` to compare by",
        ),
        Column(
            "no_larger_than",
            "float",
            "a true difference above this is ruled out, by two one-sided t-tests and the interval",
            "rate",
            optional=True,
        ),
        Column(
            "design",
            "str",
            "`paired`: on the same chunks; `unpaired`: each condition has its own",
        ),
        Column("chunks", "int", "chunks that both have", "chunks"),
        Column("words", "int", "reference words that both have", "words"),
        Column(
            "relative_delta",
            "float",
            "the difference as a share of the other condition's WER",
            optional=True,
        ),
        *_POWER,
        Column("segments", "int", "MAPSSWE's segments with an error", "segments"),
        Column("z_mapsswe", "float", "MAPSSWE's z", optional=True),
        Column(
            "agreement",
            "float",
            "share of the words that two conditions write alike, references aside",
            optional=True,
        ),
        Column(
            "figure",
            "str",
            "what is compared: `wer`, or `silent_words_per_minute` where nobody says anything",
        ),
        Column("correction", "str", "how `p_adjusted` was made: `holm` or `benjamini_hochberg`"),
        _DELTA_RESAMPLED,
        Column(
            "units",
            "int",
            "recordings (or others, see `resampled_by`) that the difference has data in",
        ),
    ),
)


def _of_figure(columns: Iterable[Column]) -> Iterator[Column]:
    """Columns about WER -> the same about the figure of the row, in its unit."""
    texts = {
        "delta": "difference of the figure, on the chunks of both",
        "probability_of_improvement": "share of the draws in which the figure is better",
    }
    for column in columns:
        text = texts.get(column.name, column.description)
        unit = "" if column.unit == "rate" else column.unit
        yield replace(column, description=text, unit=unit)


FACTORS = Table(
    name="factors",
    description=(
        "What a level of a factor does to WER (to words in silence where nobody says anything), "
        "and to each figure that needs no reference, all else equal; and interactions of two."
    ),
    path="scores/{experiment}/factors.csv",
    key=("figure", "effect", "factor", "level", "by_factor", "by_level"),
    stage="evaluate",
    columns=(
        Column(
            "figure",
            "str",
            "the figure: `wer`, `silent_words_per_minute` where nobody says anything, or one that "
            "needs no reference",
        ),
        Column("unit", "str", "its unit; `rate` is a fraction"),
        Column("effect", "str", "`main`: of one factor; `interaction`: of two together"),
        Column("factor", "str", "a factor"),
        Column("level", "str", "one of its levels"),
        Column("other_level", "str", "the level of the baseline that `level` stands against"),
        Column("by_factor", "str", "the second factor of an interaction; empty: none"),
        Column("by_level", "str", "its level; empty: none"),
        Column("by_other_level", "str", "its level of the baseline; empty: none"),
        Column(
            "matched",
            "int",
            "pairs (of an interaction: quadruples) of conditions that the mean is over",
        ),
        *_of_figure(_DIFFERENCE),
        _ADJUSTED,
        *_VERDICT,
        *_of_figure(_POWER),
        _DELTA_RESAMPLED,
    ),
)
