"""``conditions.csv``: the figures of each condition."""

from snakescribe.tables.schema import Column, OpenColumns, Table
from snakescribe.tables.scores.columns import CONDITION, NORMALIZER

CONDITIONS = Table(
    name="conditions",
    description=(
        "One row a condition: its figures under the leading normaliser, with their intervals. "
        "Sizes are of what has a reference; of all where nothing has."
    ),
    path="scores/{experiment}/conditions.csv",
    key=("condition",),
    stage="evaluate",
    columns=(
        CONDITION,
        Column("recordings", "int", "recordings that the figures are of", "recordings"),
        Column("chunks", "int", "chunks that the figures are of", "chunks"),
        Column("words", "int", "their reference words under the leading normaliser", "words"),
        Column("wer", "float", "word error rate", "rate", optional=True),
        Column("wer_low", "float", "lower end of its interval", "rate", optional=True),
        Column("wer_high", "float", "upper end of its interval", "rate", optional=True),
        Column("cer", "float", "character error rate", "rate", optional=True),
        Column("substitutions", "int", "words that another stands for", "words", optional=True),
        Column(
            "deletions", "int", "words of the references that are missing", "words", optional=True
        ),
        Column("insertions", "int", "words that are not in the references", "words", optional=True),
        Column("rtfx", "float", "seconds of audio by seconds of compute", optional=True),
        Column("model", "str", "the condition's model"),
        Column("audio", "str", "the condition's audio variant"),
        Column("prompt", "str", "the condition's prompt"),
        Column("decoding", "str", "the condition's decode options"),
        Column(
            "chunking",
            "str",
            "the condition's level of `chunkings`; empty: the section `chunking`",
        ),
        Column("is_baseline", "bool", "whether the others are compared with it"),
        Column(
            "wer_macro",
            "float",
            "mean of the recordings' word error rates",
            "rate",
            optional=True,
        ),
        Column(
            "wer_without_suspects",
            "float",
            "word error rate without the words of references that are suspect (suspects.csv)",
            "rate",
            optional=True,
        ),
        Column(
            "ece",
            "float",
            "expected calibration error of words' probabilities, 15 bins of equal width",
            optional=True,
        ),
        Column("ece_adaptive", "float", "the same, 15 bins of equal count", optional=True),
        Column(
            "auroc",
            "float",
            "chance that a right word has a higher probability than a wrong one",
            optional=True,
        ),
        Column("audio_seconds", "float", "duration of all chunks, references or not", "s"),
        Column("compute_seconds", "float", "features, encoder and decoder of all chunks", "s"),
        Column(
            "rtfx_wall",
            "float",
            "seconds of audio by seconds of compute and of loading models",
            optional=True,
        ),
        Column("load_seconds", "float", "time to load models, once for each job that did", "s"),
        Column("peak_memory_mb", "float", "peak memory of the largest job", "MB", optional=True),
        Column("hypothesis_words", "int", "normalised words written, references or not", "words"),
        Column(
            "empty_chunks",
            "int",
            "chunks (references or not) in which no word was written",
            "chunks",
        ),
        Column("mean_confidence", "float", "mean probability of the words written", optional=True),
        Column("avg_logprob", "float", "mean log probability of the tokens", optional=True),
        Column(
            "flagged_chunks",
            "int",
            "chunks (references or not) with signs of hallucination",
            "chunks",
        ),
        Column("flags", "str", "how many chunks have each sign"),
        Column(
            "word_unit",
            "str",
            "what `words` counts: `word`; `character` in languages without spaces, so that `wer` "
            "is a CER; or `mixed`",
            optional=True,
        ),
        *NORMALIZER,
        Column(
            "resampled_by",
            "str",
            "what was resampled for the interval of WER: `recording`, `speaker` or another field, "
            "as `scoring.bootstrap_unit` asks; `chunk` where too few of these have data",
            optional=True,
        ),
    ),
    open=(
        OpenColumns(
            "figure",
            (
                Column("{}", "float", "each figure of a metric", optional=True),
                Column("{}_low", "float", "lower end of its interval", optional=True),
                Column("{}_high", "float", "upper end of its interval", optional=True),
            ),
            after="wer_macro",
        ),
    ),
)
