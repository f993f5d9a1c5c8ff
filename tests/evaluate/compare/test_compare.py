"""What comparing writes, on corpora whose figures are known."""

import random
from contextlib import nullcontext

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from snakescribe.config.conditions import Experiment
from snakescribe.errors import UserError
from snakescribe.evaluate.compare.factors import estimate_effects
from snakescribe.evaluate.compare.samplings import Samplings
from snakescribe.evaluate.metrics.error_rates import WER
from snakescribe.evaluate.metrics.outcomes import OUTCOMES
from snakescribe.evaluate.score import run as score
from snakescribe.evaluate.score.strata import level_names, name_level
from snakescribe.evaluate.statistics.bootstrap import Bootstrap
from snakescribe.evaluate.statistics.resample import Resampled
from snakescribe.evaluate.statistics.units import Units
from snakescribe.tables.quality import QUALITY

# A corpus is made, scored and compared in each; the modules beside this one are in the unit layer.
pytestmark = pytest.mark.slow


def spoil(rng, words, rate):
    return " ".join("wrong" if rng.random() < rate else word for word in words)


def fill(world, rates, *, recordings=10, chunks=3, seed=1, **fields):
    """Add recordings in which each condition replaces words at its rate."""
    rng = random.Random(seed)
    vocabulary = ["".join(rng.choices("bdfgklmnprst", k=5)) for _ in range(40)]
    for number in range(recordings):
        said = [[rng.choice(vocabulary) for _ in range(15)] for _ in range(chunks)]
        heard = {name: [spoil(rng, one, rate) for one in said] for name, rate in rates.items()}
        more = {key: value(number) for key, value in fields.items()}
        world.add(f"r{number}", heard, reference=" ".join(w for one in said for w in one), **more)


def test_equal_conditions_are_equal(corpus):
    world = corpus(prompts=("none", "names", "same"))
    fill(world, {"none": 0.2, "names": 0.05})
    for row in [one for one in world.transcripts if one["prompt"] == "none"]:
        world.transcripts.append({**row, "prompt": "same"})
    _, comparisons = world.compare()
    family = comparisons[comparisons["family"] == "baseline"].set_index("condition")
    assert family.loc["same", "p_bootstrap"] == 1
    assert family.loc["same", "p_mapsswe"] == 1
    assert family.loc["same", "agreement"] == 1
    assert family.loc["same", "verdict"] == "no difference at all: the same number of errors"
    assert family.loc["names", "real"]
    assert family.loc["names", "p_adjusted"] == pytest.approx(
        min(1, 2 * family.loc["names", "p_bootstrap"])
    )
    pairs = comparisons[comparisons["family"] == "pairs"]
    assert len(pairs) == 3
    assert (pairs["p_adjusted"] >= pairs["p_bootstrap"]).all()


def test_an_engine_that_reads_no_prompts_is_told(corpus):
    world = corpus(prompts=("none", "names", "more"))
    fill(world, {"none": 0.2})
    for row in list(world.transcripts):
        world.transcripts += [{**row, "prompt": name} for name in ("names", "more")]
    _, comparisons = world.compare()
    unread = "every text is the same: this engine seems not to read prompts"
    assert set(comparisons["verdict"]) == {unread}
    assert not comparisons["real"].any()
    assert set(world.table("factors")["verdict"]) == {unread}


def test_one_that_wrote_another_letter_has_read_them(corpus):
    world = corpus()
    fill(world, {"none": 0.2})
    world.transcripts += [{**row, "prompt": "names"} for row in world.transcripts]
    world.transcripts[-1]["text"] = world.transcripts[-1]["text"].capitalize()
    _, comparisons = world.compare()
    same = "no difference at all: the same number of errors"
    assert set(comparisons["verdict"]) == {same}


def test_what_cannot_be_told_says_how_much_is_needed(corpus):
    world = corpus()
    fill(world, {"none": 0.2, "names": 0.19}, recordings=8)
    _, comparisons = world.compare()
    row = comparisons.iloc[0]
    assert not row["real"]
    assert row["verdict"].startswith("cannot tell")
    assert "would likely have shown; this one needs" in row["verdict"]
    assert row["smallest_detectable"] == pytest.approx(
        (2.3646 + 0.8960) * row["standard_error"],
        rel=1e-3,  # t of 7 degrees of freedom
    )
    assert row["recordings_needed"] > 8


def test_a_condition_that_failed_in_most_recordings_spoils_no_other_pair(corpus, caplog):
    world = corpus(prompts=("a", "b", "c"), scoring={"metrics": ["calibration"]})
    fill(world, {"a": 0.3, "b": 0.05, "c": 0.05}, recordings=20)
    world.transcripts = [
        row for row in world.transcripts if row["prompt"] != "c" or row["recording"] == "r0"
    ]
    conditions, comparisons = world.compare()
    assert "57 of 60 chunks are left out of some comparisons" in caplog.text
    rows = comparisons[comparisons["family"] == "pairs"].set_index(["condition", "other"])
    assert rows.loc[("b", "a"), ["recordings", "units", "chunks"]].tolist() == [20, 20, 60]
    assert rows.loc[("b", "a"), "verdict"].endswith("real")
    for pair in (("c", "a"), ("c", "b")):
        row = rows.loc[pair]
        assert row[["recordings", "units", "chunks"]].tolist() == [1, 3, 3]
        assert row["resampled_by"] == "chunk"
        assert not row["real"]
        assert row["verdict"].startswith("cannot tell")
        assert row["delta_low"] < row["delta_high"]
    assert conditions["resampled_by"].tolist() == ["recording", "recording", "chunk"]
    metrics = world.table("metrics")
    wer = metrics[(metrics["figure"] == "wer") & (metrics["normalizer"] == "basic")]
    wer = wer.set_index("condition")
    assert wer.loc["b", "p_bootstrap"] < 0.001
    # The difference is that of the chunks that both have.
    assert wer.loc["c", "delta"] == pytest.approx(rows.loc[("c", "a"), "delta"])
    factors = effects_on_wer(world)
    assert factors["real"].tolist() == [True, False]
    assert factors.loc["c", "delta"] == pytest.approx(rows.loc[("c", "a"), "delta"])


def test_a_row_says_what_was_resampled_for_its_value_and_for_its_delta(corpus):
    world = corpus()
    fill(world, {"none": 0.3, "names": 0.05}, recordings=6)
    world.transcripts = [
        row
        for row in world.transcripts
        if row["prompt"] != "none" or row["recording"] in ("r0", "r1")
    ]
    _, comparisons = world.compare()
    assert comparisons["resampled_by"].tolist() == ["chunk", "chunk"]
    for name in ("metrics", "strata"):
        table = world.table(name)
        for _, row in table[table["figure"] == "wer"].iterrows():
            if row["condition"] == "names":
                assert row["resampled_by"] == "recording"
                assert row["delta_resampled_by"] == "chunk"
            else:
                assert row["resampled_by"] == "chunk"
                assert pd.isna(row["delta_resampled_by"])


def test_figures_that_live_in_few_recordings_are_sure_of_nothing_more(corpus, tmp_path):
    world = corpus(scoring={"metrics": ["hallucination"]})
    fill(world, {"none": 0.2, "names": 0.1})
    captions = tmp_path / "quiet.srt"
    captions.write_text(
        "1\n00:00:00,000 --> 00:00:05,000\nnorth south east\n\n"
        "2\n00:00:35,000 --> 00:00:39,000\nwest\n",
        encoding="utf-8",
    )
    heard = {
        "none": ["north south east", "uh", "uh so well", "west"],
        "names": [*["north south east"] * 3, "west"],
    }
    world.add("quiet", heard, reference_file=captions)
    world.compare()
    metrics = world.table("metrics")
    leading = metrics[metrics["normalizer"] == "whisper_english"].set_index("condition")
    quiet = leading[leading["figure"] == "silent_words_per_minute"]
    # Two silent chunks of one recording: resampled by chunk, not as eleven recordings.
    assert quiet.loc["none", "low"] < quiet.loc["none", "high"]
    assert quiet.loc["names", "p_bootstrap"] > 0.2


def effects_on_wer(world):
    factors = world.table("factors")
    return factors[factors["figure"] == "wer"].set_index("level")


def test_what_is_lacking_is_said(corpus):
    world = corpus(prompts=("none", "names", "other"))
    fill(world, {"none": 0.2, "names": 0.1}, recordings=4)
    _, comparisons = world.compare()
    verdicts = comparisons.set_index(["family", "condition"])["verdict"]
    assert verdicts["baseline", "other"] == "no transcripts of other"
    effects = effects_on_wer(world)["verdict"]
    assert effects["other"] == "no transcripts of other"
    world.transcripts = [
        {**row, "prompt": "other" if row["recording"] == "r0" else row["prompt"]}
        for row in world.transcripts
        if row["recording"] != "r0" or row["prompt"] == "none"
    ]
    _, comparisons = world.compare()
    verdicts = comparisons.set_index(["family", "condition"])["verdict"]
    assert verdicts["baseline", "other"] == "no chunk with a reference that both have"
    effects = effects_on_wer(world)["verdict"]
    assert effects["other"] == "no chunk with a reference that both have"


def test_few_recordings_are_resampled_by_chunk_and_it_is_said(corpus):
    world = corpus()
    fill(world, {"none": 0.3, "names": 0.05}, recordings=2, chunks=8)
    conditions, comparisons = world.compare()
    assert set(conditions["resampled_by"]) == {"chunk"}
    assert comparisons["verdict"][0].endswith(
        "in these 2 recordings only (resampled by chunk: too few recordings to speak of others)"
    )
    assert not comparisons["real"].any()


def test_comparisons_use_the_chunks_that_all_conditions_have(corpus, caplog):
    world = corpus()
    fill(world, {"none": 0.2, "names": 0.2})
    # One recording failed in one condition, and was hard in the other.
    heard = {"none": ["all of it wrong here"] * 3}
    world.add("hard", heard, reference="bdf glk mnp rst " * 3)
    conditions, comparisons = world.compare()
    assert conditions.set_index("condition")["recordings"].to_dict() == {"none": 11, "names": 10}
    assert comparisons["recordings"][0] == 10
    assert comparisons["chunks"][0] == 30
    assert abs(comparisons["delta"][0]) < 0.1
    assert "3 of 33 chunks are left out" in caplog.text


def test_metrics_stand_under_every_normaliser(corpus):
    world = corpus(scoring={"metrics": ["wer", "cer", "mer", "wil", "wip"]})
    fill(world, {"none": 0.2, "names": 0.1})
    conditions, _ = world.compare()
    metrics = world.table("metrics")
    assert set(metrics["normalizer"]) == {"whisper_english", "basic"}
    assert set(metrics["figure"]) == {
        *("wer", "cer", "mer", "wil", "wip", "wer_macro"),
        *(figure.name for figure in OUTCOMES.figures),
    }
    assert metrics["normalizer_digest"].str.len().eq(64).all()
    leading = metrics[metrics["normalizer"] == "whisper_english"]
    wer = leading[leading["figure"] == "wer"].set_index("condition")
    assert wer.loc["none", "value"] == pytest.approx(conditions["wer"][0])
    assert wer.loc["names", "low"] == pytest.approx(conditions["wer_low"][1])
    assert np.isnan(wer.loc["none", "delta"])
    assert wer.loc["names", "delta"] < 0


def test_the_stamp_is_that_of_the_scores(corpus):
    world = corpus()
    fill(world, {"none": 0.2, "names": 0.1}, recordings=3)
    scores = world.score()
    made = scores.drop_duplicates("normalizer").set_index("normalizer")["normalizer_digest"]
    table = pq.read_table(world.scores())
    place = table.schema.get_field_index("normalizer_digest")
    last_year = pa.array(f"{name} of last year" for name in scores["normalizer"])
    column = last_year.dictionary_encode().cast(table.schema.types[place])
    table = table.set_column(place, table.schema.field(place), column)
    with pq.ParquetWriter(world.scores(), table.schema) as writer:
        for name in made.index:  # one row group for each normaliser, as it is written
            writer.write_table(table.filter(pc.field("normalizer") == name))
    world.compare_only()
    assert set(world.table("conditions")["normalizer_digest"]) == {"whisper_english of last year"}
    digests = world.table("metrics").drop_duplicates("normalizer")["normalizer_digest"]
    assert digests.tolist() == ["whisper_english of last year", "basic of last year"]


def test_each_job_loads_its_model_once_however_long_it_takes(corpus):
    world = corpus()
    run = {"load_seconds": 2.5, "peak_memory_mb": 300}
    for name, job, shard in (("r0", "first", 0), ("r1", "second", 1), ("r2", "second", 1)):
        heard = {prompt: ["hello there"] * 2 for prompt in world.prompts}
        world.add(name, heard, reference="hello there " * 2, shard=shard, run={**run, "job": job})
    conditions, _ = world.compare()
    assert conditions["load_seconds"].tolist() == [5.0, 5.0]
    assert conditions["audio_seconds"].tolist() == [60.0, 60.0]
    assert conditions["rtfx_wall"].tolist() == pytest.approx([60 / (6 * 1.0 + 5)] * 2)


def test_scores_of_another_version_are_a_clear_error(corpus):
    world = corpus()
    fill(world, {"none": 0.2, "names": 0.1}, recordings=1)
    world.score()
    table = pq.read_table(world.scores()).drop_columns(["job"])
    pq.write_table(table, world.scores())
    with pytest.raises(UserError, match="not a scores table of this version"):
        world.compare_only()


def test_levels_of_numbers_are_not_merged():
    assert name_level(1234567.0, ()) == "1234567"
    assert name_level(1234568.0, ()) == "1234568"
    assert name_level(2.5, ()) == "2.5"
    assert level_names([1234567, 1234568])[1] == "1234567 to 1234568"


def test_strata_by_bins_and_fields(corpus):
    world = corpus(scoring={"strata": {"snr_db": [20, 10], "team": [], "position": [0.5]}})
    fill(
        world,
        {"none": 0.3, "names": 0.1},
        snr_db=lambda number: [5.0, 15.0, 25.0, None][number % 4],
        context=lambda number: {"team": "red" if number % 2 else "blue"},
    )
    conditions, _ = world.compare()
    strata = world.table("strata")
    wer = strata[(strata["figure"] == "wer") & (strata["condition"] == "none")]
    levels = wer.groupby("field", sort=False)["level"].agg(list).to_dict()
    assert levels == {
        "tier": ["human"],
        "snr_db": ["below 10", "10 to 20", "20 and above", "unknown"],
        "team": ["blue", "red"],
        "position": ["below 0.5", "0.5 and above"],
    }
    units = wer.set_index(["field", "level"])["resampled_by"]
    assert units["tier", "human"] == "recording"
    assert units["snr_db", "unknown"] == "chunk"  # of only two recordings it is not known
    assert (wer["low"] < wer["high"]).all()
    for _, group in wer.groupby("field"):
        assert group["words"].sum() == conditions["words"][0]
        total = (group["value"] * group["words"]).sum() / group["words"].sum()
        assert total == pytest.approx(conditions["wer"][0])


def test_every_figure_of_a_chunks_sound_is_a_stratum(corpus):
    names = [column.name for column in QUALITY]
    world = corpus(scoring={"strata": {name: [] for name in names}})
    world.add("talk", {"none": ["one two"], "names": ["one"]}, reference="one two")
    world.chunks[0] |= {name: 0.5 + place for place, name in enumerate(names)}
    world.compare()
    strata = world.table("strata")
    levels = dict(zip(strata["field"], strata["level"], strict=True))
    assert levels.pop("tier") == "human"
    assert levels == {name: str(0.5 + place) for place, name in enumerate(names)}


def test_terms_are_counted_one_by_one(corpus):
    world = corpus(
        scoring={
            "metrics": ["terms", "prompt_leak"],
            "terms": {"tables": [], "fields": ["players"]},
        }
    )
    world.add(
        "a",
        {
            "none": ["oak throws to kenta", "halvorsen"],
            "names": ["okafor throws to kenta", "okafor"],
        },
        reference="Okafor throws to Kenta. Okafor.",
        context={"players": "Okafor, Kenta, Halvorsen"},
        prompt_text="With Okafor.",
    )  # fmt: skip
    conditions, _ = world.compare()
    terms = world.table("terms").set_index(["condition", "term"])
    assert terms.loc[("none", "okafor"), ["said", "hit", "false_alarms"]].tolist() == [2, 0, 0]
    assert terms.loc[("none", "halvorsen"), ["said", "hit", "false_alarms"]].tolist() == [0, 0, 1]
    assert terms.loc[("names", "okafor"), "recall_prompted"] == 1
    assert conditions["term_recall"].tolist() == pytest.approx([1 / 3, 1])
    assert conditions["b_wer"].tolist() == pytest.approx([2 / 3, 0])
    assert conditions["term_precision"].tolist() == pytest.approx([1 / 2, 1])


def test_errors_are_listed_with_what_changed(corpus):
    world = corpus()
    world.add(
        "a",
        {
            "none": ["the hens lead", "hens and uh kites"],
            "names": ["the herons lead", "hens kites"],
        },
        reference="The herons lead. Herons and kites.",
    )  # fmt: skip
    world.compare()
    errors = world.table("errors").fillna("")
    found = {
        (row.condition, row.kind, row.reference, row.hypothesis): (row.count_, row.change)
        for row in errors.rename(columns={"count": "count_"}).itertuples()
    }
    assert found["none", "substitution", "herons", "hens"] == (2, 0)
    assert found["names", "substitution", "herons", "hens"] == (1, -1)
    assert found["names", "deletion", "and", ""] == (1, 1)


@pytest.mark.parametrize(
    ("lacking", "expected"),
    [("names", (2, 2, 0)), ("none", (6, 2, 0))],
)
def test_errors_are_compared_on_the_chunks_of_both(corpus, lacking, expected):
    world = corpus()
    for number in range(6):
        heard = {"none": ["the hens lead", "and"], "names": ["the hens lead", "or"]}
        if number > 1:
            del heard[lacking]
        world.add(f"r{number}", heard, reference="The herons lead. And.")
    world.compare()
    errors = world.table("errors").set_index(["condition", "reference", "hypothesis"])
    columns = ["count", "baseline_count", "change"]
    assert tuple(errors.loc[("names", "herons", "hens"), columns]) == expected
    own = expected[0]
    assert tuple(errors.loc[("names", "and", "or"), columns]) == (own, 0, 2)
    baseline = 2 if lacking == "none" else 6
    assert tuple(errors.loc[("none", "herons", "hens"), columns]) == (baseline, baseline, 0)


def test_errors_of_random_groups_are_of_all_their_chunks(corpus):
    world = corpus(design="random_groups")
    for number in range(6):
        heard = {"none": ["the hens lead"] * 2, "names": ["the hens lead"] * 2}
        world.add(f"r{number}", heard, reference="The herons lead. The herons lead.")
    scores = world.score()
    heard = scores[scores["normalizer"] == "basic"]["condition"].value_counts()
    world.compare_only()
    errors = world.table("errors").set_index("condition")
    assert errors["count"].to_dict() == heard.to_dict()
    assert errors.loc["names", "baseline_count"] == heard["none"]
    assert errors.loc["names", "change"] == heard["names"] - heard["none"]


def test_calibration_knows_over_confidence(corpus):
    world = corpus(scoring={"metrics": ["calibration"]})
    fill(world, {"none": 0.4, "names": 0.1}, probability=lambda _: 0.9)
    conditions, _ = world.compare()
    gap = conditions.set_index("condition")
    for name in ("none", "names"):
        accuracy = 1 - gap.loc[name, "wer"]
        assert gap.loc[name, "ece"] == pytest.approx(abs(0.9 - accuracy), abs=1e-6)
        assert gap.loc[name, "mean_confidence"] == pytest.approx(0.9)
    table = world.table("calibration")
    assert set(table["bins"]) == {"equal_width", "equal_count"}
    assert table.groupby(["condition", "bins"])["words"].sum().eq(450).all()


def test_factors_are_compared_all_else_equal():
    levels = [(audio, prompt) for audio in ("raw", "clean") for prompt in ("none", "names", "all")]
    experiment = Experiment.from_settings(
        {
            "name": "x", "question": "", "design": "factorial", "seed": 0,
            "factors": {"audio": ["raw", "clean"], "prompt": ["none", "names", "all"]},
            "conditions": [
                {"name": f"{a}.{p}", "model": "m", "audio": a, "prompt": p, "decoding": "d"}
                for a, p in levels
            ],
            "baseline": "raw.none",
        }
    )  # fmt: skip
    rates = np.array([0.30, 0.25, 0.20, 0.28, 0.25, 0.12])
    words = np.full((6, 10), 100.0)
    none = np.zeros_like(words)
    noise = np.random.default_rng(0).normal(0, 0.3, (6, 10))
    wrong = 100 * rates[:, None] + noise - noise.mean(axis=1, keepdims=True)
    counts = {"words": words, "substitutions": wrong, "deletions": none, "insertions": none}
    recordings = Units(("recording",), {"recording": np.arange(10)})
    bootstrap = Bootstrap(200, 0, 0.95, False)
    resampled = Resampled(counts, words > 0, recordings, bootstrap, paired=True)
    samplings = Samplings(words > 0, words > 0, resampled, resampled)
    table = pd.DataFrame(estimate_effects(experiment, samplings, WER.figures, bootstrap))
    main = table[table["effect"] == "main"].set_index("level")
    assert main.loc["clean", "delta"] == pytest.approx(np.mean([-0.02, 0, -0.08]))
    assert main.loc["names", "delta"] == pytest.approx(np.mean([-0.05, -0.03]))
    assert main.loc["all", "matched"] == 2
    interaction = table[table["effect"] == "interaction"].set_index("by_level")
    assert interaction.loc["all", "delta"] == pytest.approx(-0.08 - -0.02)
    assert interaction.loc["names", "delta"] == pytest.approx(0 - -0.02)
    assert len(table) == 5


def test_users_bring_their_own_metric(corpus, tmp_path, monkeypatch):
    (tmp_path / "my_metric.py").write_text(
        "from snakescribe.evaluate.metrics import Figure, Metric, each_sample\n"
        "@each_sample\n"
        "def count(sample):\n"
        "    return {'long_words': sum(len(word) > 5 for word in sample.hypothesis),\n"
        "            'position_sum': sample.chunk['number']}\n"
        "LONG = Metric('long', ('long_words', 'position_sum'), count,\n"
        "    (Figure('long_words', 'how many', lambda sums: sums['long_words']),))\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    world = corpus(scoring={"metrics": ["wer", "my_metric:LONG"]})
    world.add("a", {"none": ["tremendous day", "yes"], "names": ["day", "tremendously"]})
    world.add("b", {"none": ["tremendous day"], "names": ["a day"]}, reference="a tremendous day")
    conditions, _ = world.compare()
    assert conditions["long_words"].tolist() == [1, 0]


def test_a_users_figure_that_fails_on_many_numbers_is_named(corpus, tmp_path, monkeypatch):
    (tmp_path / "fails_late.py").write_text(
        "from snakescribe.evaluate.metrics import Figure, Metric\n"
        "def value(sums):\n"
        "    return sums['words'] / (sums['words'].size < 50 or {}['large'])\n"
        "M = Metric('m', (), dict, (Figure('late', 'late', value),))\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    world = corpus(scoring={"metrics": ["fails_late:M"]})
    fill(world, {"none": 0.2, "names": 0.1}, recordings=3)
    world.score()
    message = "the figure 'late' of 'fails_late:M' asks for the count 'large', which there is not"
    with pytest.raises(UserError, match=message):
        world.compare_only()


SPEAKERS = {"speaker": lambda number: f"voice {number % 6}"}


def compare_by(world, unit="auto", **fields):
    """Twenty-four recordings -> comparisons.csv, resampled as asked, and what was noticed."""
    world.scoring["bootstrap_unit"] = unit
    fill(world, {"none": 0.2, "names": 0.05}, recordings=24, **fields)
    _, comparisons = world.compare()
    return comparisons


def test_speakers_that_repeat_are_resampled_unasked(corpus, caplog):
    row = compare_by(corpus(), **SPEAKERS).iloc[0]
    assert row[["resampled_by", "units", "recordings"]].tolist() == ["speaker", 6, 24]
    assert row["real"]
    assert row["verdict"].endswith("real")
    assert not caplog.text


@pytest.mark.parametrize(
    ("speaker", "noticed"),
    [
        (lambda number: f"voice {number}", ""),  # each speaks once
        (lambda _: "unknown", ""),
        (lambda _: "LJ", "24 recordings are of 1 speaker: what is found holds for recordings"),
        (lambda number: f"voice {number % 2}", "24 recordings are of 2 speakers"),
    ],
)
def test_recordings_are_resampled_where_speakers_tell_no_more(corpus, caplog, speaker, noticed):
    row = compare_by(corpus(), speaker=speaker).iloc[0]
    assert row[["resampled_by", "units"]].tolist() == ["recording", 24]
    assert noticed in caplog.text if noticed else not caplog.text


def test_a_recording_without_a_speaker_is_a_unit_of_its_own(corpus, caplog):
    lacking = {"speaker": lambda number: "" if number < 2 else f"voice {number % 6}"}
    row = compare_by(corpus(), **lacking).iloc[0]
    assert row[["resampled_by", "units"]].tolist() == ["speaker", 8]
    assert "r0: no speaker is known; as a unit of the bootstrap it counts by itself" in caplog.text


@pytest.mark.parametrize(
    ("unit", "units"), [("show", 4), ("show > speaker", 4), ("recording", 24), ("chunk", 72)]
)
def test_the_unit_is_any_field(corpus, unit, units):
    show = {"context": lambda number: {"show": f"show {number % 4}"}}
    row = compare_by(corpus(), unit, **SPEAKERS, **show).iloc[0]
    assert row[["resampled_by", "units"]].tolist() == [unit, units]
    if units == 4:
        assert "fewer than 5 shows can show nothing for sure" in row["verdict"]
        assert not row["real"]


def test_a_unit_that_no_recording_has_is_named(corpus, caplog):
    row = compare_by(corpus(), "speker", **SPEAKERS).iloc[0]
    assert row["units"] == 24
    assert "no recording has a field 'speker'" in caplog.text


@pytest.mark.parametrize(
    ("name", "chunks", "noticed"),
    [
        ("1089-134686-{:04d}", 1, True),
        ("LJ001-{:04d}", 1, True),
        ("common_voice_en_{}", 1, True),
        ("common_voice_en_{}.clip", 1, True),
        ("talk about {}", 4, False),  # long recordings are no corpus of utterances
        ("{}", 1, True),
    ],
)
def test_what_looks_like_utterances_of_unknown_speakers_is_noticed(
    corpus, caplog, name, chunks, noticed
):
    world = corpus()
    for number in range(12):
        heard = {prompt: ["words that were said"] * chunks for prompt in ("none", "names")}
        world.add(name.format(number), heard, reference=" ".join(["words that were said"] * chunks))
    world.compare()
    assert ("named like utterances of a corpus" in caplog.text) == noticed


def test_scores_of_other_settings_are_refused(corpus):
    world = corpus()
    fill(world, {"none": 0.2, "names": 0.1}, recordings=1)
    world.score()
    world.scoring = {"metrics": ["hallucination"]}
    with pytest.raises(Exception, match=r"has no column .*silent_minutes"):
        world.compare_only()
    world.scoring = {"normalizers": ["whisper_english", "nemo_style"]}
    with pytest.raises(Exception, match="no scores under the normaliser nemo_style: these scores"):
        world.compare_only()
    world.scoring, world.prompts = {}, ("none", "renamed")
    with pytest.raises(Exception, match="the condition names is none of the experiment's"):
        world.compare_only()


def test_the_summary_is_for_people(corpus):
    world = corpus()
    fill(world, {"none": 0.3, "names": 0.05})
    world.compare()
    where = ("--results", str(world.folder), "--experiment")
    shown = world.call("evaluate", "summary", *where, "study")
    assert "baseline" in shown.output
    assert "lower by" in shown.output
    with pytest.raises(Exception, match="has not been evaluated"):
        world.call("evaluate", "summary", *where, "other")


def test_scoring_twice_gives_the_same_bytes(corpus):
    world = corpus()
    fill(world, {"none": 0.3, "names": 0.05}, recordings=3)
    world.compare()
    folder = world.scores().parent
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    world.compare()
    assert first == {path.name: path.read_bytes() for path in folder.iterdir()}


def test_shards_are_scored_side_by_side(corpus):
    world = corpus(threads=2)
    for number, text in enumerate(("one two three", "four five six", "seven eight")):
        world.add(f"r{number}", {"none": [text], "names": [text]}, reference=text, shard=number)
    world.add("silent", {"none": [], "names": []}, shard=3)
    scores = world.score()
    rows = scores[(scores["normalizer"] == "basic") & (scores["condition"] == "none")]
    assert rows["reference_normalized"].tolist() == [
        "one two three",
        "four five six",
        "seven eight",
    ]
    conditions, _ = world.compare()
    assert conditions["recordings"].tolist() == [3, 3]


def test_where_there_is_no_room_for_what_is_temporary_the_message_says_what_to_do(
    corpus, monkeypatch, tmp_path
):
    world = corpus(threads=2)
    for number in range(2):
        world.add(f"r{number}", {"none": ["one"], "names": ["one"]}, reference="one", shard=number)
    nowhere = nullcontext(tmp_path / "missing")  # a full disk fails the same way
    monkeypatch.setattr(score, "scratch", lambda: nowhere)
    with pytest.raises(UserError, match="set TMPDIR"):
        world.score()


def test_chunks_in_which_nothing_was_written_are_counted_references_or_not(corpus):
    world = corpus()
    world.add(
        "talk", {"none": ["one", "", "[noise]"], "names": ["one", "two", "three"]}, reference="one"
    )
    world.add("mute", {"none": [""], "names": ["words"]})
    conditions, _ = world.compare()
    assert conditions.set_index("condition")["empty_chunks"].to_dict() == {"none": 3, "names": 0}
