"""What an answer rests on: recordings, minutes, words, languages, models and the date."""

from datetime import UTC, datetime

from snakescribe.errors import UserError
from snakescribe.report.numbers import duration, percent
from snakescribe.report.recordings import Corpus
from snakescribe.report.scores import Scores
from snakescribe.report.study import Study
from snakescribe.results import Results
from snakescribe.tables import TRANSCRIPTS

LISTED = 4
# Where a recording has so much of the errors, the answer is about it more than about the others.
MOST_ERRORS = 0.5
FEWEST_RECORDINGS = 3


def describe_sample(results: Results, study: Study, scores: Scores, corpus: Corpus) -> list[str]:
    """A study -> what stands under its title, part by part."""
    frame = scores.frame
    if frame.empty:
        heard = list(corpus.durations)
    else:
        heard = [str(recording) for recording in frame["recording"].unique()]
    if not heard:
        return []
    seconds = sum(corpus.durations.get(recording, 0.0) for recording in heard)
    parts = [_count(len(heard), "recording"), duration(seconds)]
    words = int(frame.drop_duplicates("chunk")["words"].sum())
    if words:
        parts.append(_count(words, "character" if study.rate == "CER" else "word"))
    languages = sorted({corpus.languages.get(recording, "") for recording in heard} - {""})
    models = dict.fromkeys(condition.levels["model"] for condition in study.conditions)
    for noun, names in (("language", languages), ("model", list(models))):
        if names:
            more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
            plural = "s" if len(names) > 1 else ""
            parts.append(f"{noun}{plural}: {', '.join(names[:LISTED])}{more}")
    if date := _transcribed(results, study):
        parts.append(f"transcribed {date:%Y-%m-%d}")
    return parts


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _transcribed(results: Results, study: Study) -> datetime | None:
    """When the last transcript was written (UTC); None where there is none."""
    passes = dict.fromkeys(condition.pass_name for condition in study.conditions)
    times = []
    for shard in results.shards():
        for passname in passes:
            path = results.path(TRANSCRIPTS, passname=passname, shard=shard)
            try:
                times.append(path.stat().st_mtime)
            except OSError as error:
                raise UserError(f"{path}: cannot be read: {error.strerror}") from error
    return datetime.fromtimestamp(max(times), UTC) if times else None


def find_dominant(study: Study, scores: Scores, corpus: Corpus) -> str:
    """Where one recording holds most of the errors: a sentence; else empty."""
    frame = scores.frame
    if frame.empty or frame["recording"].nunique() < FEWEST_RECORDINGS:
        return ""
    sums = frame.groupby("recording", observed=True)[["errors", "words"]].sum()
    errors, words = sums["errors"].sum(), sums["words"].sum()
    worst = str(sums["errors"].idxmax())
    if not errors or not words or sums["errors"][worst] < MOST_ERRORS * errors:
        return ""
    rest = (errors - sums["errors"][worst]) / max(words - sums["words"][worst], 1)
    return (
        f"One recording, {corpus.title(worst)}, holds {percent(sums['errors'][worst] / errors, 0)} "
        f"of all errors and {percent(sums['words'][worst] / words, 0)} of the words: over all "
        f"conditions, {study.rate} is {percent(errors / words)} with it and {percent(rest)} "
        "without. The answer hangs on it."
    )
