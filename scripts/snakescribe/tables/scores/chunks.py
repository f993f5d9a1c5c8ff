"""``chunks.parquet``: the errors of each chunk."""

from snakescribe.tables.schema import Column, OpenColumns, Table
from snakescribe.tables.scores.columns import NORMALIZER, STRATUM_PREFIX, UNIT_PREFIX

SCORES = Table(
    name="scores",
    description=(
        "The errors of each chunk under each condition and normaliser, once for each repeat. "
        "Without a reference what is counted is empty."
    ),
    path="scores/{experiment}/chunks.parquet",
    key=("condition", "chunk", "repeat", "normalizer"),
    stage="evaluate",
    columns=(
        Column("condition", "label", "the condition's name"),
        Column("recording", "label", "the recording's id"),
        Column("chunk", "label", "the chunk's id"),
        Column("repeat", "int32", "which of the condition's repeats it is, from 1"),
        *(Column(column.name, "label", column.description) for column in NORMALIZER),
        Column(
            "tier", "label", "where the reference comes from; empty: there is none", optional=True
        ),
        Column("language", "label", "language code of the recording"),
        Column("number", "int32", "position of the chunk in its recording, from 0"),
        Column("start", "float", "start on the recording's clock", "s"),
        Column("end", "float", "end on the recording's clock", "s"),
        Column(
            "snr_db",
            "float",
            "speech against the noise in its pauses, in the baseline's audio",
            "dB",
            optional=True,
        ),
        Column(
            "reference",
            "label",
            "the part of the reference that belongs to the chunk, as it was written",
            optional=True,
        ),
        Column("speakers", "list of str", "who speaks in the chunk, where the reference says so"),
        Column("hypothesis", "str", "what the model said, as it wrote it"),
        Column(
            "reference_normalized",
            "label",
            "the reference, normalised: words joined by spaces",
            optional=True,
        ),
        Column("hypothesis_normalized", "str", "the hypothesis, normalised"),
        Column(
            "alignment",
            "str",
            "one letter an operation: `=` hit, `S` substitution, `D` deletion, `I` insertion",
            optional=True,
        ),
        Column("words", "int32", "reference words", "words", optional=True),
        Column("hits", "int32", "words that are right", "words", optional=True),
        Column("substitutions", "int32", "words that another stands for", "words", optional=True),
        Column(
            "deletions", "int32", "words of the reference that are missing", "words", optional=True
        ),
        Column(
            "insertions", "int32", "words that are not in the reference", "words", optional=True
        ),
        Column(
            "characters",
            "int32",
            "reference characters, single spaces between words counted",
            "characters",
            optional=True,
        ),
        Column("character_errors", "int32", "character edits", "characters", optional=True),
        Column("hypothesis_words", "int32", "normalised words of the hypothesis", "words"),
        Column(
            "confidences",
            "list of float32",
            "the model's probability of each normalised word, nan if unknown",
        ),
        Column(
            "flags",
            "list of str",
            "signs of hallucination: the decoder's, and those that the text alone gives",
        ),
        Column(
            "terms",
            "list of objects",
            "the terms that were said or written; empty: there are none",
            optional=True,
            fields=(
                Column("term", "str", "the term, normalised"),
                Column("said", "int32", "how often the reference has it"),
                Column("hit", "int32", "how often it was recognised there"),
                Column("false_alarms", "int32", "how often it was written where it was not said"),
                Column("prompted", "bool", "whether the prompt had it"),
            ),
        ),
        Column("avg_logprob", "float", "mean log probability of the tokens", optional=True),
        Column("audio_seconds", "float", "duration of the chunk", "s"),
        Column("compute_seconds", "float", "features, encoder and decoder, as if alone", "s"),
        Column(
            "load_seconds", "float", "time to load the model in the job that transcribed it", "s"
        ),
        Column("peak_memory_mb", "float", "peak memory of that job", "MB"),
        Column("job", "label", "the job's id: its time to load counts once"),
    ),
    open=(
        OpenColumns(
            "stratum",
            (
                Column(
                    f"{STRATUM_PREFIX}{{}}",
                    "label",
                    "the chunk's level of each of `scoring.strata`",
                ),
            ),
        ),
        OpenColumns(
            "unit",
            (
                Column(
                    f"{UNIT_PREFIX}{{}}",
                    "label",
                    "the field of the recording that `scoring.bootstrap_unit` resamples by",
                    optional=True,
                ),
            ),
        ),
        OpenColumns("count", (Column("{}", "float", "each count of a metric", optional=True),)),
    ),
)
