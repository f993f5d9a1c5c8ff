"""``chunkings.csv``: how full chunks are, and what their cuts cost."""

from snakescribe.tables.schema import Column, Table

CHUNKINGS = Table(
    name="chunkings",
    description=(
        "How each chunking of the experiment cuts its recordings: fill, speech that lies in no "
        "chunk, and cuts that fall on speech (docs/process.md)."
    ),
    path="scores/{experiment}/chunkings.csv",
    key=("chunking",),
    stage="evaluate",
    columns=(
        Column("chunking", "str", "its name; empty: the section `chunking`"),
        Column("method", "str", "how it cuts"),
        Column("recordings", "int", "recordings that it cuts", "recordings"),
        Column("chunks", "int", "chunks of these", "chunks"),
        Column("seconds", "float", "duration of these recordings", "s"),
        Column("chunk_seconds", "float", "duration of their chunks", "s"),
        Column(
            "fill",
            "float",
            "mean share of Whisper's 30 s that a chunk fills; empty with the method `whole`",
            optional=True,
        ),
        Column("speech_seconds", "float", "duration of the speech regions found", "s"),
        Column("speech_lost_seconds", "float", "of these in no chunk", "s"),
        Column("speech_lost", "float", "the same as a share; empty without speech", optional=True),
        Column("cuts", "int", "borders between two chunks that follow each other"),
        Column("loud_cuts", "int", "those without a pause where it is as loud as speech"),
        Column("timed_cuts", "int", "those at which the times of words are known"),
        Column("word_cuts", "int", "of these those that fall in a word; by heard words, loud ones"),
        Column(
            "words_of",
            "str",
            "whose words these are: `reference`, or a condition that was cut otherwise; empty: "
            "nobody's",
        ),
    ),
)
