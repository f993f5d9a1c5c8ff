"""Conditions that were decoded several times: what is pooled, and what of the variance is noise."""

from collections.abc import Callable
from io import StringIO
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from results_folder import transcript_row
from snakescribe.cli.figures import print_summary

pytestmark = pytest.mark.slow

WORDS = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]
RECORDINGS, REPEATS = 12, 3
SPANS = [[0.0, 10.0], [10.0, 20.0]]


def study(corpus: Callable[..., Any], *, repeats: int, seed: int = 4, **fields: Any) -> Any:
    """Recordings of two chunks: `none` was decoded once, `names` several times, with more errors
    in some recordings than in others, and other ones each time."""
    world = corpus(**fields)
    rng = np.random.default_rng(seed)
    for number in range(RECORDINGS):
        name = f"r{number:02d}"
        text = " ".join(WORDS)
        heard = {"none": [text.replace("a", "x")] * 2, "names": [text] * 2}
        world.add(name, heard, reference=f"{text} {text}", chunks=SPANS)
        world.transcripts = [row for row in world.transcripts if keeps(row, name)]
        rate = rng.uniform(0, 0.5)
        for chunk, repeat in product(range(2), range(1, repeats + 1)):
            said = " ".join("x" if rng.random() < rate else word for word in WORDS)
            row = transcript_row(name, chunk, "names", said, SPANS[chunk], audio_seconds=10.0)
            world.transcripts.append({**row, "repeat": repeat})
    return world


def keeps(row: dict[str, Any], recording: str) -> bool:
    return row["recording"] != recording or row["prompt"] == "none"


def errors_of(world: Any) -> pd.DataFrame:
    """Errors of `names` by recording and repeat, counted by hand."""
    rows = [
        {"recording": row["recording"], "repeat": row["repeat"], "errors": row["text"].count("x")}
        for row in world.transcripts
        if row["prompt"] == "names"
    ]
    frame = pd.DataFrame(rows).groupby(["recording", "repeat"])["errors"].sum()
    return frame.unstack("repeat")


def test_repeats_count_as_their_mean_and_their_variance_is_told_apart(
    corpus: Callable[..., Any],
) -> None:
    world = study(corpus, repeats=REPEATS)
    conditions, comparisons = world.compare()
    errors = errors_of(world)
    rows = conditions.set_index("condition")
    wer = errors.to_numpy().mean() / 20
    assert rows.loc["names", "wer"] == pytest.approx(wer)
    assert rows.loc["names", "words"] == 20 * RECORDINGS
    assert rows.loc["names", "chunks"] == 2 * RECORDINGS
    assert rows.loc["none", "wer"] == pytest.approx(0.1)
    assert comparisons.iloc[0]["delta"] == pytest.approx(wer - 0.1)
    # All recordings are of one length: a textbook's balanced table.
    rates = errors.to_numpy() / 20
    within = rates.var(axis=1, ddof=1).mean()
    between = rates.mean(axis=1).var(ddof=1) - within / REPEATS
    table = world.table("repeats").fillna({"other": ""}).set_index(["condition", "other", "figure"])
    for other in ("", "none"):  # the baseline has the same rate everywhere
        row = table.loc[("names", other, "wer")]
        assert row["units"] == RECORDINGS
        assert row["repeats"] == REPEATS
        assert row["variance_repeats"] == pytest.approx(within)
        assert row["variance_recordings"] == pytest.approx(between)
        total = between + within / REPEATS
        assert row["repeats_share"] == pytest.approx(within / REPEATS / total)
        assert row["standard_error"] == pytest.approx((total / RECORDINGS) ** 0.5)
        assert row["value"] == pytest.approx(wer - 0.1 if other else wer)
        assert row["units_to_halve"] == 4 * RECORDINGS
        assert "model's own noise" in row["advice"]
    assert not [key for key in table.index if key[0] == "none"]
    # The interval of the figure is that of recordings' means: both kinds are in it.
    half = (rows.loc["names", "wer_high"] - rows.loc["names", "wer_low"]) / 2
    assert half > 1.9 * row["standard_error"]
    scores = pd.read_parquet(world.scores())
    assert sorted(scores.loc[scores["condition"] == "names", "repeat"].unique()) == [1, 2, 3]


def test_the_summary_says_what_narrows_the_interval(corpus: Callable[..., Any]) -> None:
    world = study(corpus, repeats=REPEATS)
    world.compare()
    out = StringIO()
    print_summary(world.folder, "study", Console(file=out, width=300))
    told = [line for line in out.getvalue().splitlines() if line.startswith("repeats of names")]
    assert len(told) == 2, "of the figure and of the difference"
    assert "more recordings: 48 in place of 12 would halve the interval" in told[0]
    assert told[1].startswith("repeats of names against none: ")


def test_one_repeat_changes_nothing(corpus: Callable[..., Any]) -> None:
    world = study(corpus, repeats=1)
    world.compare()
    assert world.table("repeats").empty
    assert world.table("conditions").set_index("condition").loc["names", "wer"] == pytest.approx(
        errors_of(world).to_numpy().mean() / 20
    )


def test_a_repeat_that_lacks_a_chunk_counts_where_it_is_there(corpus: Callable[..., Any]) -> None:
    """An endpoint refused one chunk the second time: others of that chunk stand for it."""
    world = study(corpus, repeats=REPEATS)
    lacking = next(row for row in world.transcripts if row["repeat"] == 2)
    world.transcripts.remove(lacking)
    conditions, _ = world.compare()
    rows = pd.DataFrame(
        [(row["chunk"], row["text"].count("x")) for row in world.transcripts
         if row["prompt"] == "names"], columns=["chunk", "errors"],
    )  # fmt: skip
    wer = rows.groupby("chunk")["errors"].mean().sum() / (20 * RECORDINGS)
    assert conditions.set_index("condition").loc["names", "wer"] == pytest.approx(wer)
    table = world.table("repeats").fillna({"other": ""}).set_index(["other", "figure"])
    harmonic = RECORDINGS / ((RECORDINGS - 1) / REPEATS + 1 / (REPEATS - 1))
    assert table.loc[("", "wer"), "repeats"] == pytest.approx(harmonic)


def test_without_references_confidence_and_flags_have_components(
    corpus: Callable[..., Any],
) -> None:
    world = study(corpus, repeats=REPEATS)
    for item in world.items:
        item["reference"] = None
    rng = np.random.default_rng(2)
    for row in world.transcripts:
        row["flags"] = ["loop"] if row["prompt"] == "names" and rng.random() < 0.3 else []
    world.compare()
    table = world.table("repeats").fillna({"other": ""}).set_index(["other", "figure"])
    assert table.loc[("", "flagged_share"), "variance_repeats"] > 0
    assert ("", "wer") not in table.index
