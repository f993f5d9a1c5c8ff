"""Scores of chunks (`chunks.parquet`) -> WER per recording, the chunks worth hearing, checks."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from snakescribe.evaluate.audited import Audit, read_audit
from snakescribe.report.study import Study
from snakescribe.tables.parquet import open_table
from snakescribe.tables.scores import SCORES

# Shorter references count as this long when chunks are ranked: one wrong word out of one is no
# scandal, and a chunk without any speech can be ranked by what was made up in it.
FEWEST_WORDS = 5
CHUNKS_PER_RECORDING = 2


@dataclass(frozen=True)
class Scores:
    """What is known of every condition and chunk under the leading normaliser.

    `frame` has the columns condition, recording, chunk, words, errors of the chunks that have a
    reference; `unsure` the chunks by their lowest mean log probability; `condition_of` the one
    condition of each chunk, where the design is random groups; `tiers` counts recordings by the
    tier of their reference, `transcribed` all that have chunks;
    `audit` tells how many rows were computed twice.
    """

    path: Path
    normalizer: str
    frame: pd.DataFrame
    unsure: pd.DataFrame
    condition_of: dict[str, str]
    tiers: dict[str, int]
    transcribed: int
    audit: Audit | None


def read_scores(path: Path, study: Study) -> Scores:
    """`chunks.parquet` -> its scores, without the texts, which may be large.

    Raises:
        UserError: there is no such file, or it is of another version.
    """
    errors = ["substitutions", "deletions", "insertions"]
    labels = ["condition", "recording", "chunk", "tier"]
    columns = [*labels, "repeat", "words", *errors, "avg_logprob"]
    with open_table(SCORES, path):  # says what is wrong with it
        chosen = [("normalizer", "==", study.normalizer)]
        frame = pd.read_parquet(path, columns=columns, filters=chosen)
    for label in labels:
        frame[label] = frame[label].astype("category")
    scored = frame[frame["words"].notna()].copy()
    scored["errors"] = scored[errors].sum(axis=1).astype(int)
    if (scored["repeat"] > 1).any():  # as in the tables, several repeats count as their mean
        cells = scored.groupby(["condition", "chunk"], observed=True)
        scored["errors"] = cells["errors"].transform("mean")
        scored = scored.drop_duplicates(["condition", "chunk"])
    scored["words"] = scored["words"].astype(int)
    tiers = scored.drop_duplicates("recording")["tier"].value_counts()
    grouped = frame.groupby(["recording", "chunk"], observed=True)
    return Scores(
        path=path,
        normalizer=study.normalizer,
        frame=scored[["condition", "recording", "chunk", "words", "errors"]],
        unsure=grouped["avg_logprob"].min().dropna().sort_values(kind="stable").reset_index(),
        condition_of=dict(zip(frame["chunk"], frame["condition"], strict=True))
        if study.design == "random_groups"
        else {},
        tiers={str(tier): int(number) for tier, number in tiers.items() if number},
        transcribed=frame["recording"].nunique(),
        audit=read_audit(path),
    )


def recording_rates(scores: Scores) -> pd.DataFrame:
    """Scores -> WER with a row a recording and a column a condition; NaN without words."""
    keys = ["recording", "condition"]
    sums = scores.frame.groupby(keys, observed=True)[["errors", "words"]].sum()
    sums = sums[sums["words"] > 0]
    return (sums["errors"] / sums["words"]).unstack("condition")


@dataclass(frozen=True)
class PickedChunk:
    """A chunk worth hearing and why: `differ` (conditions disagree) or `hard` (all err)."""

    chunk: str
    recording: str
    why: str


def pick_chunks(scores: Scores, each: int) -> list[PickedChunk]:
    """Scores -> up to `each` chunks where conditions differ most, and as many that are hardest.

    The difference is that of the errors of the worst and the best condition, in words; hardness
    is the error rate over all conditions. At most two chunks of a recording are taken for each.
    """
    if scores.frame.empty:
        return []
    keys = ["recording", "chunk"]
    grouped = scores.frame.groupby(keys, observed=True).agg(
        most=("errors", "max"),
        least=("errors", "min"),
        errors=("errors", "sum"),
        words=("words", "first"),
        conditions=("condition", "count"),
    )
    grouped["spread"] = grouped["most"] - grouped["least"]
    words = grouped["words"].clip(lower=FEWEST_WORDS)
    grouped["rate"] = grouped["errors"] / (words * grouped["conditions"])
    picked: list[PickedChunk] = []
    for why, column in (("differ", "spread"), ("hard", "rate")):
        taken = {pick.chunk for pick in picked}
        of_recording: dict[str, int] = {}
        ranked = grouped[grouped[column] > 0].sort_values(
            [column, "chunk"], ascending=[False, True]
        )
        left = each
        for recording, chunk in ranked.index:
            if not left:
                break
            if chunk in taken or of_recording.get(recording, 0) == CHUNKS_PER_RECORDING:
                continue
            of_recording[recording] = of_recording.get(recording, 0) + 1
            picked.append(PickedChunk(chunk, recording, why))
            left -= 1
    return picked


def pick_unsure(scores: Scores, number: int) -> list[PickedChunk]:
    """Scores -> the chunks that some condition was least sure of, for want of references."""
    rows = scores.unsure.head(number)
    return [
        PickedChunk(str(chunk), str(recording), "unsure")
        for chunk, recording in zip(rows["chunk"], rows["recording"], strict=True)
    ]


@dataclass(frozen=True)
class Heard:
    """A chunk's texts under a condition: as written, in normalised words, and their alignment.

    `reference` and `alignment` are empty strings and `scored` is false without a reference.
    """

    scored: bool
    reference: str
    reference_words: list[str]
    hypothesis: str
    hypothesis_words: list[str]
    alignment: str
    flags: list[str]


def read_texts(scores: Scores, chunks: list[str]) -> dict[str, dict[str, Heard]]:
    """Chunk ids -> for each, what every condition heard."""
    if not chunks:
        return {}
    columns = [
        "condition", "chunk", "reference", "reference_normalized", "hypothesis",
        "hypothesis_normalized", "alignment", "flags",
    ]  # fmt: skip
    filters = [
        ("normalizer", "==", scores.normalizer),
        ("chunk", "in", chunks),
        ("repeat", "==", 1),
    ]
    frame = pd.read_parquet(scores.path, columns=columns, filters=filters).astype(object)
    texts: dict[str, dict[str, Heard]] = {}
    for row in frame.where(frame.notna(), None).to_dict("records"):
        texts.setdefault(row["chunk"], {})[row["condition"]] = Heard(
            scored=row["alignment"] is not None,
            reference=row["reference"] or "",
            reference_words=(row["reference_normalized"] or "").split(),
            hypothesis=row["hypothesis"] or "",
            hypothesis_words=(row["hypothesis_normalized"] or "").split(),
            alignment=row["alignment"] or "",
            flags=[] if row["flags"] is None else list(row["flags"]),
        )
    return texts
