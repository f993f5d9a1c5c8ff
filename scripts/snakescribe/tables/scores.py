"""The tables of an experiment's scores, in ``scores/{experiment}``: path, key and columns."""

from dataclasses import replace

from snakescribe.tables.schema import Column, OpenColumns, Table

STRATUM_PREFIX = "stratum:"

_CONDITION = Column("condition", "str", "the condition's name")
_NORMALIZER = (
    Column("normalizer", "str", "name of the normaliser"),
    Column(
        "normalizer_version",
        "str",
        "the package that it comes from, and its version; empty for your own",
    ),
    Column("normalizer_digest", "str", "sha256 of the files with its rules"),
)

SCORES = Table(
    name="scores",
    description=(
        "The errors of each chunk under each condition and normaliser. Without a reference what "
        "is counted is empty."
    ),
    path="scores/{experiment}/chunks.parquet",
    key=("condition", "chunk", "normalizer"),
    stage="evaluate",
    columns=(
        Column("condition", "label", "the condition's name"),
        Column("recording", "label", "the recording's id"),
        Column("chunk", "label", "the chunk's id"),
        *(Column(one.name, "label", one.description) for one in _NORMALIZER),
        Column(
            "tier", "label", "where the reference comes from; empty: there is none", optional=True
        ),
        Column("language", "label", "language code of the recording"),
        Column("number", "int32", "position of the chunk in its recording, from 0"),
        Column("start", "float", "start on the recording's clock", "s"),
        Column("end", "float", "end on the recording's clock", "s"),
        Column(
            "snr_db", "float", "speech-to-pause ratio in the baseline's audio", "dB", optional=True
        ),
        Column(
            "reference",
            "label",
            "the part of the reference that belongs to the chunk, as it was written",
            optional=True,
        ),
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
        Column("flags", "list of str", "signs of hallucination that the decoder gave"),
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
        OpenColumns("count", (Column("{}", "float", "each count of a metric", optional=True),)),
    ),
)

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
        _CONDITION,
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
        Column("is_baseline", "bool", "whether the others are compared with it"),
        Column(
            "wer_macro",
            "float",
            "mean of the recordings' word error rates",
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
        *_NORMALIZER,
        Column(
            "resampled_by",
            "str",
            "what was resampled for the interval of WER: `recording`, or `chunk` where too few "
            "recordings have data",
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
        "whether `p_adjusted` is below 1 - `confidence`, and recordings were resampled",
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
        "recordings at which a difference of this size would count as real, four times in five",
        "recordings",
        optional=True,
    ),
)
_DELTA_RESAMPLED = Column(
    "resampled_by",
    "str",
    "what was resampled: `recording`, or `chunk` where too few recordings have data",
)

COMPARISONS = Table(
    name="comparisons",
    description="Each condition against the baseline, and all pairs: differences of WER, tested.",
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
        Column("correction", "str", "how `p_adjusted` was made: `holm` or `benjamini_hochberg`"),
        _DELTA_RESAMPLED,
        Column(
            "units",
            "int",
            "recordings (or chunks, see `resampled_by`) that the difference has data in",
        ),
    ),
)

_VALUE_RESAMPLED = Column(
    "resampled_by",
    "str",
    "what was resampled for the value: `recording`, or `chunk` where too few recordings have data",
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
    replace(one, optional=True) if one is _VALUE_RESAMPLED else one for one in _FIGURE
)

METRICS = Table(
    name="metrics",
    description="Each figure of each condition under each normaliser.",
    path="scores/{experiment}/metrics.csv",
    key=("condition", "normalizer", "figure"),
    stage="evaluate",
    columns=(_CONDITION, *_NORMALIZER, *_FIGURE_OR_MACRO),
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
        _CONDITION,
        Column("recordings", "int", "recordings with a reference there", "recordings"),
        Column("chunks", "int", "chunks with a reference there", "chunks"),
        Column("words", "int", "reference words there", "words"),
        *_FIGURE,
    ),
)

FACTORS = Table(
    name="factors",
    description="What a level of a factor does to WER, all else equal; and interactions of two.",
    path="scores/{experiment}/factors.csv",
    key=("effect", "factor", "level", "by_factor", "by_level"),
    stage="evaluate",
    columns=(
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
        *_DIFFERENCE,
        _ADJUSTED,
        *_VERDICT,
        *_POWER,
        _DELTA_RESAMPLED,
    ),
)

CALIBRATION = Table(
    name="calibration",
    description=(
        "Words by the model's probability of them, and how many are right; bins without words "
        "are left out."
    ),
    path="scores/{experiment}/calibration.csv",
    key=("condition", "bins", "bin"),
    stage="evaluate",
    columns=(
        _CONDITION,
        Column("bins", "str", "`equal_width` or `equal_count`"),
        Column("bin", "int", "the bin's number, from 0"),
        Column("low", "float", "the least probability there"),
        Column("high", "float", "the largest probability there"),
        Column("words", "int", "words with a probability there", "words"),
        Column("mean_confidence", "float", "mean probability of these words"),
        Column("accuracy", "float", "share of these words that are right"),
        Column("gap", "float", "mean confidence minus accuracy: above 0 is over-confident"),
    ),
)

TERMS = Table(
    name="terms",
    description="How often each term was said, recognised, and written where it was not said.",
    path="scores/{experiment}/terms.csv",
    key=("condition", "term"),
    stage="evaluate",
    columns=(
        _CONDITION,
        Column("term", "str", "a term, normalised as the texts are"),
        Column("said", "int", "how often the references have it"),
        Column("hit", "int", "how often it was recognised there"),
        Column("false_alarms", "int", "how often it was written where it was not said"),
        Column("precision", "float", "hit / (hit + false alarms)", "rate", optional=True),
        Column("recall", "float", "hit / said", "rate", optional=True),
        Column("f", "float", "harmonic mean of precision and recall", "rate", optional=True),
        Column("said_prompted", "int", "`said` where the prompt had the term"),
        Column("hit_prompted", "int", "`hit` where the prompt had the term"),
        Column("recall_prompted", "float", "recall where the prompt had it", "rate", optional=True),
        Column("recall_unprompted", "float", "recall elsewhere", "rate", optional=True),
    ),
)

ERRORS = Table(
    name="errors",
    description=(
        "The words that are most often replaced, lost and invented: `scoring.errors_listed` of a "
        "kind by count, and as many by change."
    ),
    path="scores/{experiment}/errors.csv",
    key=("condition", "kind", "reference", "hypothesis"),
    stage="evaluate",
    columns=(
        _CONDITION,
        Column("kind", "str", "`substitution`, `deletion` or `insertion`"),
        Column("reference", "str", "the word said; empty: none"),
        Column("hypothesis", "str", "the word written; empty: none"),
        Column("count", "int", "how often in all chunks"),
        Column(
            "baseline_count",
            "int",
            "how often the baseline made the same error, on the chunks that both have; in random "
            "groups on its own",
        ),
        Column("change", "int", "how much oftener the condition did, on the same chunks"),
    ),
)

SCORE_TABLES = (
    SCORES,
    CONDITIONS,
    COMPARISONS,
    METRICS,
    STRATA,
    FACTORS,
    CALIBRATION,
    TERMS,
    ERRORS,
)
