"""The rows of an experiment without references -> what was heard, in sentences."""

from collections.abc import Sequence
from math import exp

from snakescribe.evaluate.compare.answer import Answer, Name, Sentence
from snakescribe.tables import Row


def tell_heard(conditions: Sequence[Row], comparisons: Sequence[Row]) -> Answer | None:
    """The rows of ``conditions.csv`` and ``comparisons.csv`` -> what they say without references.

    None where nothing was transcribed.
    """
    written = [row for row in conditions if row["chunks"]]
    if not written:
        return None
    lines = tuple(filter(None, (_agreement(comparisons), _sureness(written), _flags(written))))
    if any(row["design"] == "unpaired" for row in comparisons):  # each has chunks of its own
        chunks = sum(row["chunks"] for row in written)
        return Answer("heard", (f"{_amount(written)} in {chunks:,} chunks.",), lines)
    baseline = next((row for row in written if row["is_baseline"]), written[0])
    recordings = baseline["recordings"]
    noun = "recording" if recordings == 1 else "recordings"
    headline: Sentence = (f"{_amount([baseline])} in {recordings:,} {noun}",)
    if len(conditions) > 1:
        headline = (*headline, " with the baseline, ", Name(baseline["condition"]))
    return Answer("heard", (*headline, "."), lines)


def _amount(rows: Sequence[Row]) -> str:
    words = sum(row["hypothesis_words"] for row in rows)
    minutes = sum(row["audio_seconds"] for row in rows) / 60
    return f"{words:,} words were heard in {minutes:,.1f} minutes of sound,"


def _agreement(comparisons: Sequence[Row]) -> Sentence:
    """The two that agree most and the two that agree least."""
    known = {
        frozenset((row["condition"], row["other"])): row
        for row in comparisons
        if row["agreement"] is not None
    }
    rows = sorted(known.values(), key=lambda row: -row["agreement"])
    if not rows:
        return ()
    told: Sentence = ("Agreement: ", *_pair(rows[0]))
    return (*told, "; least, ", *_pair(rows[-1]), ".") if len(rows) > 1 else (*told, ".")


def _pair(row: Row) -> Sentence:
    share = f" wrote {100 * row['agreement']:.1f}% of the words alike"
    return (Name(row["condition"]), " and ", Name(row["other"]), share)


def _sureness(conditions: Sequence[Row]) -> Sentence:
    """How sure models were, by words, else by tokens; never both in one line."""
    by_words = any(row["mean_confidence"] is not None for row in conditions)
    column = "mean_confidence" if by_words else "avg_logprob"
    known = [row for row in conditions if row[column] is not None]
    if not known:
        return ()

    def show(row: Row) -> Sentence:
        sure = row[column] if by_words else exp(row[column])
        return (Name(row["condition"]), f" {100 * sure:.0f}%")

    known.sort(key=lambda row: -row[column])
    what = "of words" if by_words else "of tokens"
    told: Sentence = (f"Mean probability {what}: ", *show(known[0]))
    return (*told, ", least ", *show(known[-1]), ".") if len(known) > 1 else (*told, ".")


def _flags(conditions: Sequence[Row]) -> Sentence:
    flagged = sum(row["flagged_chunks"] or 0 for row in conditions)
    chunks = sum(row["chunks"] for row in conditions)
    if not flagged:
        return (f"None of {chunks:,} chunk transcripts has a sign of hallucination.",)
    has = "has" if flagged == 1 else "have"
    most = max(conditions, key=lambda row: (row["flagged_chunks"] or 0) / row["chunks"])
    told: Sentence = (f"{flagged:,} of {chunks:,} chunk transcripts {has} a sign of hallucination",)
    if len(conditions) == 1:
        return (*told, ".")
    return (*told, ", most with ", Name(most["condition"]), f": {most['flagged_chunks']}.")
