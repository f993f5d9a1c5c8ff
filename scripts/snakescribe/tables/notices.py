"""The table that every step may write: what its job has to tell."""

from snakescribe.tables.schema import Column, Table

NOTICES = Table(
    name="notices",
    description="What a job that worked has to tell; docs/notices.md lists the kinds.",
    path="notices/{step}/{place}.tsv",
    key=("step", "place", "kind", "recording", "source", "text", "remedy"),
    columns=(
        Column("stage", "str", "the stage"),
        Column("step", "str", "the rule"),
        Column(
            "place", "str", "its work: a shard, a pass and a shard, a model, an experiment, `all`"
        ),
        Column("recording", "str", "the recording that it is about", optional=True),
        Column("source", "str", "else what it is about: a file, a listing, a site", optional=True),
        Column("kind", "str", "what kind of notice it is"),
        Column("count", "int", "how many times it happened"),
        Column("text", "str", "what is the matter"),
        Column("remedy", "str", "what to do"),
    ),
)
