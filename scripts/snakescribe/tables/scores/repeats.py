"""``repeats.csv``: how much of a figure's variance is the model's own noise."""

from snakescribe.tables.schema import Column, Table
from snakescribe.tables.scores.columns import CONDITION

REPEATS = Table(
    name="repeats",
    description=(
        "The variance of each condition that was decoded several times (`repeats`), and of its "
        "difference from the baseline: how much of it are recordings, and how much repeats of the "
        "same recording. Empty where nothing was repeated."
    ),
    path="scores/{experiment}/repeats.csv",
    key=("condition", "other", "figure"),
    stage="evaluate",
    columns=(
        CONDITION,
        Column("other", "str", "the baseline, of a difference from it; empty: the figure itself"),
        Column("figure", "str", "what conditions are compared by, or a figure without references"),
        Column("unit", "str", "its unit"),
        Column("value", "float", "the figure, or the difference", optional=True),
        Column("units", "int", "recordings (or what else is resampled) with data"),
        Column("unit_of", "str", "what these are: `recording`, `speaker` or another field"),
        Column("repeats", "float", "repeats of each; the harmonic mean where some lack one"),
        Column(
            "variance_recordings",
            "float",
            "variance of recordings' true figures, weighed as in the figure; below 0 by chance",
            optional=True,
        ),
        Column(
            "variance_repeats", "float", "variance of the repeats of a recording", optional=True
        ),
        Column(
            "repeats_share", "float", "part of the figure's variance due to repeats", optional=True
        ),
        Column(
            "standard_error",
            "float",
            "of the figure, with both: the root of (variance_recordings + variance_repeats / "
            "repeats) / units",
            optional=True,
        ),
        Column("units_to_halve", "int", "recordings that would halve it", optional=True),
        Column(
            "repeats_to_halve",
            "int",
            "repeats of the same recordings that would halve it; empty: none would",
            optional=True,
        ),
        Column("advice", "str", "more repeats or more recordings, in words"),
    ),
)
