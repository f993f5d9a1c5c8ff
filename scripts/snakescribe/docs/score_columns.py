"""All columns of an experiment's scores, in words: the tables that stand in docs/evaluate.md."""

from snakescribe.evaluate.compare import (
    calibration,
    errors,
    factors,
    metrics,
    pairs,
    terms,
)
from snakescribe.evaluate.compare.conditions import condition_columns
from snakescribe.evaluate.metrics import built_in_metrics
from snakescribe.evaluate.score.strata import COLUMN_PREFIX
from snakescribe.evaluate.score.table import SCORE_COLUMNS

# Which file has which columns; those of `conditions.csv` but for the figures of metrics.
CSV_FILES = {
    "conditions": tuple(condition_columns([])),
    "comparisons": pairs.COLUMNS,
    "metrics": metrics.METRIC_COLUMNS,
    "strata": metrics.STRATA_COLUMNS,
    "factors": factors.COLUMNS,
    "calibration": calibration.COLUMNS,
    "terms": terms.COLUMNS,
    "errors": errors.COLUMNS,
}

CSV_COLUMNS: tuple[tuple[str, str], ...] = (
    ("condition", "the condition's name; in comparisons.csv the one that is compared"),
    ("model, audio, prompt, decoding", "the condition's level of each factor"),
    ("is_baseline", "whether the others are compared with it"),
    (
        "recordings, chunks, words",
        "what has a reference (words under the leading normaliser); all of them where nothing has. "
        "In comparisons.csv what both conditions have, in calibration.csv words with a probability",
    ),
    ("wer, wer_low, wer_high", "word error rate with its interval; so for each figure of a metric"),
    ("cer", "character error rate"),
    ("wer_macro", "mean of the recordings' word error rates"),
    ("substitutions, deletions, insertions", "errors, in words"),
    ("rtfx, rtfx_wall", "seconds of audio by seconds of compute; the second with loading models"),
    ("audio_seconds, compute_seconds, load_seconds", "their sums, s, references or not"),
    ("peak_memory_mb", "of the largest job, MB"),
    ("hypothesis_words", "normalised words written, references or not"),
    ("mean_confidence", "mean probability of the words written"),
    ("avg_logprob", "mean log probability of the tokens"),
    ("flagged_chunks, flags", "chunks (references or not) with signs of hallucination; each kind"),
    ("ece, ece_adaptive, auroc", "how far probabilities of words can be believed"),
    (
        "word_unit",
        "what `words` counts: `word`; `character` in languages without spaces, so that `wer` is a "
        "CER; or `mixed`",
    ),
    ("normalizer, normalizer_version, normalizer_digest", "as in chunks.parquet"),
    (
        "resampled_by",
        "`recording`, or `chunk` where too few recordings have data; in conditions.csv for WER, in "
        "metrics.csv and strata.csv for the value",
    ),
    ("delta_resampled_by", "the same for the delta and p, which may have fewer recordings"),
    ("family", "`baseline`: each condition with it; `pairs`: all of them"),
    ("other", "the condition that it is compared with"),
    (
        "delta, delta_low, delta_high",
        "difference from the other condition (the baseline, the other level) on the chunks of "
        "both, and its interval, not adjusted; of WER in comparisons.csv and factors.csv",
    ),
    ("probability_of_improvement", "share of the draws in which the error rate is lower"),
    ("p_bootstrap", "two-sided p of no difference"),
    ("p_adjusted", "`p_bootstrap` after correction for the comparisons in its family"),
    ("correction", "how `p_adjusted` was made: `holm` or `benjamini_hochberg`"),
    ("segments, z_mapsswe, p_mapsswe", "MAPSSWE: segments with an error, z, two-sided p"),
    ("verdict", "all of it in a sentence"),
    ("real", "whether `p_adjusted` is below 1 - `confidence`, and recordings were resampled"),
    ("design", "`paired`: on the same chunks; `unpaired`: each condition has its own"),
    ("relative_delta", "the difference as a share of the other condition's WER"),
    (
        "standard_error",
        "of the difference: standard deviation of its replicates, for few recordings",
    ),
    (
        "smallest_detectable",
        "a true difference of this size would count as real, four times in five",
    ),
    (
        "recordings_needed",
        "recordings at which a difference of this size would count as real, four times in five",
    ),
    ("units", "recordings (or chunks, see `resampled_by`) that the difference has data in"),
    ("agreement", "share of the words that two conditions write alike, references aside"),
    ("figure, unit, lower_is_better", "a figure of a metric; whether a delta below 0 is good news"),
    ("value", "the figure"),
    ("low, high", "its interval; in calibration.csv the least and the largest probability there"),
    ("field", "what the chunks are divided by: each of `scoring.strata`"),
    ("level", "in strata.csv a value of the field, or a bin of values; in factors.csv a factor's"),
    ("effect", "`main`: of one factor; `interaction`: of two together"),
    ("factor, other_level", "a factor, and the level of the baseline that `level` stands against"),
    ("by_factor, by_level, by_other_level", "the second factor of an interaction"),
    ("matched", "pairs (of an interaction: quadruples) of conditions that the mean is over"),
    ("bins, bin", "`equal_width` or `equal_count`, and the bin's number; empty ones are left out"),
    ("accuracy", "share of the bin's words that are right"),
    ("gap", "mean confidence minus accuracy: above 0 is over-confident"),
    ("term", "a term, normalised as the texts are"),
    (
        "said, hit, false_alarms",
        "of a term: in references, recognised, written where it was not said",
    ),
    ("precision, recall, f", "hit / (hit + false alarms), hit / said, their harmonic mean"),
    ("said_prompted, hit_prompted", "`said` and `hit` where the prompt had the term"),
    ("recall_prompted, recall_unprompted", "recall where the prompt had the term, and elsewhere"),
    ("kind", "`substitution`, `deletion` or `insertion`"),
    ("reference, hypothesis", "the word said and the word written; empty: none"),
    (
        "count",
        "how often in all chunks; listed are `scoring.errors_listed` of a kind by count, and as "
        "many by change",
    ),
    (
        "baseline_count, change",
        "how often the baseline made the same error, and how much oftener the condition did, both "
        "on the chunks that both have; in random groups each on its own",
    ),
)


def describe_columns() -> str:
    """All columns -> the Markdown that `make docs` puts into ``docs/evaluate.md``."""
    lines = ["`chunks.parquet`:", "", "| column | what |", "| --- | --- |"]
    lines += [f"| `{name}` | {what} |" for name, _, what in SCORE_COLUMNS]
    lines.append(
        f"| `{COLUMN_PREFIX}` and a field | the chunk's level of each of `scoring.strata` |"
    )
    lines += [
        f"| {_names(metric.counts)} | counts of the metric `{metric.name}` |"
        for metric in built_in_metrics().values()
        if metric.counts
    ]
    lines += ["", "The CSV files:", "", "| column | in | what |", "| --- | --- | --- |"]
    for names, what in CSV_COLUMNS:
        mine = names.split(", ")
        files = [file for file, columns in CSV_FILES.items() if set(mine) & set(columns)]
        lines.append(f"| {_names(mine)} | {', '.join(files)} | {what} |")
    return "\n".join([*lines, ""])


def _names(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
