"""The parts of the report: verdicts in words, marked words, figures in words, the config again."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jiwer
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from report_study import SOUNDS, Made, Plan, make_params

from snakescribe.config.experiments import expand_experiments
from snakescribe.evaluate.compare.answer import Answer, Name
from snakescribe.evaluate.words.align import align
from snakescribe.report.differences import count_errors, mark_words
from snakescribe.report.numbers import clock, duration, estimate, p_value, points, share, shorten
from snakescribe.report.reproduce import rebuild_config
from snakescribe.report.study import Comparison, ConditionResult, Effect, Study
from snakescribe.report.verdict import give_verdict
from snakescribe.workflow.check import check_config
from snakescribe.workflow.params import experiment_params

WORDS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=8)


@given(WORDS, WORDS)
def test_marked_words_are_the_errors_that_jiwer_counts(said: list[str], heard: list[str]) -> None:
    words = mark_words(said, heard, align(said, heard))
    assert [word.text for word in words if word.kind != "deletion"] == heard
    expected = len(heard)
    if said:
        found = jiwer.process_words(" ".join(said), " ".join(heard))
        expected = found.substitutions + found.deletions + found.insertions
    assert count_errors(words) == expected


@pytest.mark.parametrize(
    ("shown", "wanted"),
    [
        (points(-0.0214), "−2.1 points"),
        (points(0.0), "0.0 points"),
        (points(-0.0001, unit=False), "0.0"),
        (p_value(0.0004, 0.05), "< 0.001"),
        (p_value(0.046, 0.05), "0.046"),
        (p_value(0.054, 0.05), "0.054"),
        (p_value(None, 0.05), "–"),
        (share(0.334), "a third"),
        (share(0.42), "42%"),
        (clock(59.6), "1:00"),
        (clock(3725), "1:02:05"),
        (duration(45), "45 s"),
        (duration(7200), "2.0 h"),
        (estimate(0.123, 0.1, 0.15, "rate"), "12.3% (10.0% to 15.0%)"),
        (estimate(3.14159, None, None, "s"), "3.14"),
        (shorten("abcdefghij", 7), "abcd…ij"),
    ],
)
def test_numbers_in_words(shown: str, wanted: str) -> None:
    assert shown == wanted


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"design": "random_groups", "models": ("tiny-en", "base-en")},
        {"audio": ("raw",), "prompts": ("none",)},
        {"exclude": ({"audio": "denoised", "prompt": "unrelated"},)},
        {"description": "A second try.", "notes": ("Ask: <b>why</b> is two worse?", "Say so.")},
    ],
)
def test_config_on_the_page_gives_the_same_experiment(changes: dict[str, Any]) -> None:
    params = make_params(Plan(**changes))
    config = yaml.safe_load(rebuild_config(params))
    config["recordings"] = [{"source": "folder", "path": "talks"}]
    again = check_config(config, "the page")
    rebuilt = experiment_params(again, expand_experiments(again)["prompt_study"])
    assert rebuilt.model_dump() == params.model_dump()


def make_study(rates: dict[str, float], p: dict[tuple[str, str], float]) -> Study:
    """Conditions `audio.prompt` with their WER, and the adjusted p-values of pairs of them."""
    params = make_params(Plan(prompts=("none", "names")))
    conditions = tuple(
        ConditionResult(
            name=condition.name,
            levels=condition.levels,
            is_baseline=condition.name == "raw.none",
            recordings=10, chunks=40, words=900,
            wer=rates[condition.name], wer_low=rates[condition.name] - 0.01,
            wer_high=rates[condition.name] + 0.01, cer=0.05,
            substitutions=1, deletions=1, insertions=1, rtfx=10.0,
            flagged=0, avg_logprob=-0.2, mean_confidence=None,
            resampled_by="recording", word_unit="word", more={},
        )
        for condition in params.experiment.conditions
    )  # fmt: skip
    comparisons = tuple(
        Comparison(
            "pairs",
            one,
            other,
            10,
            rates[one] - rates[other],
            -0.05,
            0.01,
            0.9,
            value,
            value,
            "",
            real=value < 0.05,
        )
        for (one, other), value in p.items()
    )
    return Study(params, conditions, comparisons, (), {})


RATES = {"raw.none": 0.2, "raw.names": 0.15, "denoised.none": 0.21, "denoised.names": 0.14}


def test_interactions_are_told_where_they_are_real() -> None:
    study = make_study(RATES, {("denoised.names", "raw.none"): 0.01})
    study = replace(study, answer=Answer("answered", ("So it is.",)))
    for p, lines in ((0.01, 1), (0.2, 0)):
        effect = Effect("audio", "denoised", "raw", "prompt", 1, 0.02, 0.01, 0.03, p, p < 0.05)
        verdict = give_verdict(replace(study, effects=(effect,)))
        told = [line for line in verdict.lines if "audio on prompt" in line]
        assert len(told) == lines


def test_a_comparison_can_be_turned_round() -> None:
    study = make_study(RATES, {("denoised.none", "denoised.names"): 0.2})
    turned = study.compare("denoised.names", "denoised.none")
    assert turned is not None
    assert turned.delta == pytest.approx(-0.07)
    assert (turned.low, turned.high) == (-0.01, 0.05)
    assert turned.improvement == pytest.approx(0.1)


def test_names_in_a_verdict_are_escaped() -> None:
    answer = Answer("cannot_tell", ("Cannot tell: <b>", Name("<i>raw")), ((Name("a&b"),),))
    verdict = give_verdict(replace(make_study(RATES, {}), answer=answer))
    assert not verdict.decided
    assert verdict.headline == ('Cannot tell: &lt;b&gt;<b class="name"><bdi>&lt;i&gt;raw</bdi></b>')
    assert "a&amp;b" in verdict.lines[0]


@pytest.mark.slow
def test_more_metrics_stand_in_a_table(make_results: Callable[..., Made]) -> None:
    from snakescribe.report.build import build_report

    made = make_results(metrics=["mer"], recordings=2, prompts=["none", "names"])
    build_report(made.folder, made.params, made.page, SOUNDS)
    text = made.page.read_text(encoding="utf-8")
    assert "More metrics" in text and "match error rate" in text
