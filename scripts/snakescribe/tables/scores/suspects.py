"""``suspects.csv``: words of references that are probably wrong."""

from snakescribe.tables.schema import Column, Table

SUSPECTS = Table(
    name="suspects",
    description=(
        "Words of references that no condition hears, while most engines agree on what they hear "
        "instead; the most suspect first. A table of `scoring.corrections` may have the same "
        "columns."
    ),
    path="scores/{experiment}/suspects.csv",
    key=("recording", "chunk", "place", "kind"),
    stage="evaluate",
    columns=(
        Column("recording", "str", "the recording's id"),
        Column("chunk", "str", "the chunk's id"),
        Column("start", "float", "start of the chunk on the recording's clock", "s"),
        Column("end", "float", "its end", "s"),
        Column("place", "int", "of the word in the chunk's normalised reference, from 0"),
        Column(
            "kind",
            "str",
            "`otherwise`: another word is heard; `unheard`: none; `left_out`: one more than the "
            "reference has",
        ),
        Column("before", "str", "the words before it, as written"),
        Column("reference", "str", "what the reference has, as written; empty: nothing"),
        Column("after", "str", "the words after it, as written"),
        Column("correction", "str", "what engines hear, normalised; empty: nothing"),
        Column("engines", "int", "how many engines (models) hear that"),
        Column("engines_asked", "int", "how many heard the chunk"),
        Column("score", "float", "how suspect it is, from 0 to 1: agreement and unlikeness"),
    ),
)
