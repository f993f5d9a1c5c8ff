"""What a transcript says of itself is an outcome, with references and without."""

from collections.abc import Callable
from math import log
from typing import Any

import numpy as np
import pytest

from results_folder import chunk_row

OUTCOMES = ("mean_confidence", "avg_logprob", "words_per_second", "flagged_share")
RECORDINGS = 12


def segment(logprob: float) -> dict[str, Any]:
    return {
        "start": 0.0, "end": 10.0, "text": "a", "tokens": 5, "avg_logprob": logprob,
        "no_speech_prob": 0.0, "speaker": None, "compression_ratio": 1.0, "temperature": 0.0,
    }  # fmt: skip


def study(corpus: Callable[..., Any], *, references: bool, **scoring: Any) -> Any:
    """Recordings of three chunks; under `names` words are surer, fewer, and less often flagged."""
    world = corpus(scoring={"strata": {"snr_db": [10]}, **scoring})
    rng = np.random.default_rng(3)
    for number in range(RECORDINGS):
        said = ["a b c d e f"] * 3
        heard = {"none": said, "names": ["a b c d e"] * 3}
        reference = "a b c d e f a b c d e f a b c d e f" if references else None
        snr = 20.0 if number % 2 else 5.0
        world.add(f"r{number:02d}", heard, reference=reference, probability=0.5, snr_db=snr)
    for row in world.transcripts:
        named = row["prompt"] == "names"
        row["words"] = [
            {**word, "probability": 0.6 + 0.2 * named + rng.uniform(-0.1, 0.1)}
            for word in row["words"]
        ]
        row["segments"] = [segment(log(0.6 + 0.2 * named) + rng.uniform(-0.05, 0.05))]
        row["flags"] = ["repetition"] if row["recording"] < "r04" and not named else []
    return world


@pytest.mark.parametrize("references", [True, False])
def test_outcomes_have_intervals_deltas_and_p_with_and_without_references(
    corpus: Callable[..., Any], references: bool
) -> None:
    world = study(corpus, references=references)
    conditions, _ = world.compare()
    rows = conditions.set_index("condition")
    metrics = world.table("metrics")
    metrics = metrics[metrics["normalizer"] == "whisper_english"].set_index(["figure", "condition"])
    for prompt in ("none", "names"):
        own = [row for row in world.transcripts if row["prompt"] == prompt]
        probabilities = [word["probability"] for row in own for word in row["words"]]
        right = {
            "mean_confidence": np.mean(probabilities),
            "avg_logprob": np.mean([row["segments"][0]["avg_logprob"] for row in own]),
            "words_per_second": {"none": 0.6, "names": 0.5}[prompt],
            "flagged_share": {"none": 4 / RECORDINGS, "names": 0.0}[prompt],
            "mean_snr_db": 12.5,
        }
        for name, value in right.items():
            assert rows.loc[prompt, name] == pytest.approx(value)
            assert metrics.loc[(name, prompt), "value"] == pytest.approx(value)
            low, high = metrics.loc[(name, prompt), ["low", "high"]]
            assert low <= value + 1e-9 and high >= value - 1e-9
            assert rows.loc[prompt, f"{name}_low"] == pytest.approx(low)
    for name, delta in (("mean_confidence", 0.2), ("words_per_second", -0.1)):
        assert metrics.loc[(name, "names"), "delta"] == pytest.approx(delta, abs=0.02)
        assert metrics.loc[(name, "names"), "p_bootstrap"] < 0.005
    assert metrics.loc[("flagged_share", "names"), "p_bootstrap"] < 0.1
    assert metrics.loc[("mean_snr_db", "names"), "delta"] == 0


@pytest.mark.parametrize("references", [True, False])
def test_factors_and_strata_tell_of_them(corpus: Callable[..., Any], references: bool) -> None:
    world = study(corpus, references=references)
    world.compare()
    factors = world.table("factors").set_index("figure")
    assert set(factors.index) == {*OUTCOMES, "mean_snr_db"} | ({"wer"} if references else set())
    sure = factors.loc["mean_confidence"]
    assert sure["real"]
    assert sure["delta"] == pytest.approx(0.2, abs=0.02)
    assert sure["probability_of_improvement"] == 1
    assert sure["verdict"].startswith("higher by ")
    assert " points (" in sure["verdict"]
    slow = factors.loc["words_per_second", "verdict"]
    assert slow.startswith("lower by 0.1 words per second (0.1 to 0.1), adjusted p = 0.004")
    assert factors.loc["mean_snr_db", "verdict"] == "no difference at all"
    strata = world.table("strata")
    loud = strata[(strata["field"] == "snr_db") & (strata["figure"] == "mean_snr_db")]
    assert loud.set_index(["level", "condition"])["value"].to_dict() == {
        ("below 10", "none"): 5, ("below 10", "names"): 5,
        ("10 and above", "none"): 20, ("10 and above", "names"): 20,
    }  # fmt: skip
    assert set(strata["figure"]) >= set(OUTCOMES)
    assert ("wer" in set(strata["figure"])) == references


def test_chunks_without_a_reference_count_for_outcomes_only(corpus: Callable[..., Any]) -> None:
    world = study(corpus, references=True)
    for number in range(6):
        world.items[number]["reference"] = None
    conditions, _ = world.compare()
    rows = conditions.set_index("condition")
    assert rows.loc["none", "words"] == 6 * 18
    own = [row for row in world.transcripts if row["prompt"] == "none"]
    probabilities = [word["probability"] for row in own for word in row["words"]]
    assert rows.loc["none", "mean_confidence"] == pytest.approx(np.mean(probabilities))
    assert rows.loc["none", "flagged_share"] == pytest.approx(4 / RECORDINGS)
    assert rows.loc["none", "wer"] == 0


def test_each_condition_has_the_snr_of_its_own_audio(corpus: Callable[..., Any]) -> None:
    world = corpus()
    world.audio = {"none": "raw", "names": "clean"}
    for number in range(5):
        name = f"r{number}"
        world.add(name, {"none": ["a"], "names": ["a"]}, reference="a", snr_db=10.0 + number)
        world.more_chunks["clean"].append(chunk_row(name, 0, [0.0, 10.0], snr_db=20.0 + number))
    conditions, _ = world.compare()
    rows = conditions.set_index("condition")
    assert rows["mean_snr_db"].to_dict() == pytest.approx({"none": 12, "names": 22})
    metrics = world.table("metrics").set_index(["figure", "normalizer", "condition"])
    assert metrics.loc[("mean_snr_db", "basic", "names"), "delta"] == pytest.approx(10)


def test_engines_that_tell_nothing_have_no_confidence(corpus: Callable[..., Any]) -> None:
    world = corpus()
    for number in range(5):
        world.add(f"r{number}", {"none": ["a b"], "names": ["a b"]})
    for row in world.transcripts:
        row["segments"] = [{**segment(0.0), "avg_logprob": None, "tokens": None}]
    conditions, _ = world.compare()
    assert conditions["mean_confidence"].isna().all()
    assert conditions["avg_logprob"].isna().all()
    assert set(world.table("factors")["figure"]) == {"words_per_second", "flagged_share"}


@pytest.mark.parametrize("flag", ["", "needs_reference=False"])
def test_users_metrics_do_not_stop_a_run_without_references(
    corpus: Callable[..., Any], tmp_path: Any, monkeypatch: pytest.MonkeyPatch, flag: str
) -> None:
    name = f"own_{len(flag)}"
    (tmp_path / f"{name}.py").write_text(
        "from snakescribe.evaluate.metrics import Figure, Metric, each_sample\n"
        "@each_sample\n"
        "def count(sample):\n"
        "    return {'longs': sum(len(word) > 5 for word in sample.hypothesis),\n"
        "            'own_words': len(sample.hypothesis), 'said': len(sample.reference)}\n"
        "LONG = Metric('long', ('longs', 'own_words', 'said'), count, (Figure('long_share',\n"
        "    'share', lambda sums: sums['longs'] / sums['own_words']),),"
        f" {flag})\n"
    )
    monkeypatch.chdir(tmp_path)
    world = corpus(scoring={"metrics": ["wer", f"{name}:LONG"]})
    for number in range(5):
        heard = {"none": ["tremendous day"], "names": ["day"]}
        reference = "tremendous" if number == 4 and flag else None
        world.add(f"r{number}", heard, reference=reference)
    conditions, _ = world.compare()
    shares = conditions.set_index("condition")["long_share"]
    if flag:
        assert shares.to_dict() == {"none": 0.5, "names": 0.0}
        factors = world.table("factors").set_index("figure")
        assert factors.loc["long_share", "delta"] == -0.5
        assert world.score()["said"].sum() == 4  # one reference, two conditions, two normalisers
    else:
        assert shares.isna().all()


def test_accuracy_is_what_is_left_of_the_error_rate(corpus: Callable[..., Any]) -> None:
    world = corpus(scoring={"metrics": ["accuracy"]})
    for number in range(5):
        heard = {"none": ["a b c d x"], "names": ["x y z u v w q r s"]}
        world.add(f"r{number}", heard, reference="a b c d")
    conditions, _ = world.compare()
    rows = conditions.set_index("condition")
    assert rows["wer"].to_dict() == {"none": 0.25, "names": 2.25}
    assert rows["accuracy"].to_dict() == {"none": 0.75, "names": 0.0}
    metrics = world.table("metrics")
    assert not metrics[metrics["figure"] == "accuracy"]["lower_is_better"].any()


def test_the_summary_has_intervals_and_effects_without_references(
    corpus: Callable[..., Any],
) -> None:
    world = study(corpus, references=False)
    world.compare()
    arguments = "evaluate", "summary", "--results", str(world.folder), "--experiment", "study"
    summary = " ".join(world.call(*arguments).output.split())
    assert "mean confidence, prompt names for none: higher by " in summary
    assert ": real" in summary
