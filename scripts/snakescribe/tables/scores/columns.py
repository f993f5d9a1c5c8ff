"""Columns that several tables of scores have."""

from snakescribe.tables.schema import Column

STRATUM_PREFIX = "stratum:"
UNIT_PREFIX = "unit:"


CONDITION = Column("condition", "str", "the condition's name")


NORMALIZER = (
    Column("normalizer", "str", "name of the normaliser"),
    Column(
        "normalizer_version",
        "str",
        "the package that it comes from, and its version; empty for your own",
    ),
    Column("normalizer_digest", "str", "sha256 of the files with its rules"),
)
