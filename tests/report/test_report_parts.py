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
from snakescribe.evaluate.words.align import align
from snakescribe.report.differences import count_errors, mark_words
from snakescribe.report.numbers import clock, duration, estimate, p_value, points, share, shorten
from snakescribe.report.reproduce import rebuild_config
from snakescribe.report.study import Comparison, ConditionResult, Effect, Study
from snakescribe.report.verdict import describe_effect, give_verdict
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


@pytest.mark.parametrize(
    ("delta", "low", "high", "p", "matched", "wanted"),
    [
        (-0.05, -0.07, -0.03, 0.01, 2,
         "names instead of none lowered WER by 5.0 points (3.0 to 7.0), mean of 2 matched pairs: "
         "real."),
        (0.05, 0.03, 0.07, 0.01, 1,
         "names instead of none raised WER by 5.0 points (3.0 to 7.0): real."),
        (0.01, -0.01, 0.03, 0.4, 1,
         "names instead of none: cannot tell; −1.0 to +3.0 points; adjusted p = 0.400."),
        (0.01, None, None, None, 1, "names instead of none: cannot tell."),
    ],
)  # fmt: skip
def test_effects_in_words(
    delta: float, low: float | None, high: float | None, p: float | None, matched: int, wanted: str
) -> None:
    effect = Effect(
        "prompt", "names", "none", "", matched, delta, low, high, p, p is not None and p < 0.05
    )
    assert describe_effect(effect, make_study(RATES, {})).striptags() == wanted


def test_interactions_are_told_where_they_are_real() -> None:
    study = make_study(RATES, {("denoised.names", "raw.none"): 0.01})
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


@pytest.mark.parametrize(
    ("p", "wanted"),
    [
        (0.001, "It is real; adjusted p = 0.001."),
        (0.046, "It is real; adjusted p = 0.046."),
        (0.054, "Cannot tell whether it is real; adjusted p = 0.054."),
        (0.04996, "It is real; adjusted p = 0.04996."),
    ],
)
def test_verdict_says_whether_it_is_real(p: float, wanted: str) -> None:
    verdict = give_verdict(make_study(RATES, {("denoised.names", "raw.none"): p}))
    assert "denoised.names made the fewest errors: 14.0%" in verdict.headline.striptags()
    assert wanted in verdict.lines[0].striptags()
    assert "−6.0 points" in verdict.lines[0]


def set_recordings(study: Study, recordings: int, **changes: Any) -> Study:
    """The same with so many recordings, none of whose differences is real."""
    return replace(
        study,
        conditions=tuple(
            replace(one, recordings=recordings, **changes) for one in study.conditions
        ),
        comparisons=tuple(
            replace(one, recordings=recordings, real=False, **changes) for one in study.comparisons
        ),
    )


def resample_chunks(study: Study, recordings: int) -> Study:
    """The same as if the chunks of so many recordings had been resampled."""
    return set_recordings(study, recordings, resampled_by="chunk")


@pytest.mark.parametrize(
    ("recordings", "where"), [(10, "in these 10 recordings only"), (1, "in this recording only")]
)
def test_chunks_tell_about_these_recordings(recordings: int, where: str) -> None:
    p = {
        ("denoised.names", "raw.none"): 0.001,
        ("raw.names", "denoised.names"): 0.2,
        ("denoised.none", "denoised.names"): 0.001,
    }
    study = resample_chunks(make_study(RATES, p), recordings)
    sure, equals = give_verdict(study).lines
    assert f"It holds {where} (resampled by chunk" in sure
    assert equals.striptags() == "Cannot tell apart from it: raw.names."
    effect = Effect("audio", "a", "b", "", 1, 0.02, 0.01, 0.03, 0.001, False, resampled_by="chunk")
    told = describe_effect(effect, study).striptags()
    assert told == f"a instead of b raised WER by 2.0 points (1.0 to 3.0), {where}."
    assert "cannot tell" in describe_effect(replace(effect, p_adjusted=0.3), study)


@pytest.mark.parametrize("recordings", [3, 4])
def test_fewer_than_five_recordings_show_nothing_for_sure(recordings: int) -> None:
    """Also where the interval is on one side of 0."""
    few = "fewer than 5 recordings can show nothing for sure"
    study = set_recordings(make_study(RATES, {("denoised.names", "raw.none"): 0.25}), recordings)
    sided = tuple(replace(one, low=-0.08, high=-0.04) for one in study.comparisons)
    line = give_verdict(replace(study, comparisons=sided)).lines[0]
    assert f"Cannot tell whether it is real: {few}; adjusted <i>p</i> = 0.250." in line
    effect = Effect("audio", "a", "b", "", 1, 0.02, 0.01, 0.03, 0.25, False)
    assert f"cannot tell, {few}; +1.0 to" in describe_effect(effect, study).striptags()
    worse = make_study({**RATES, "raw.none": 0.1}, {("raw.names", "raw.none"): 0.25})
    (line,) = give_verdict(set_recordings(worse, recordings)).lines
    assert line == f"Cannot tell whether any of the 3 other conditions is worse: {few}."


def test_five_recordings_are_enough_to_be_told_nothing_else() -> None:
    study = set_recordings(make_study(RATES, {("denoised.names", "raw.none"): 0.25}), 5)
    assert "Cannot tell whether it is real; adjusted" in give_verdict(study).lines[0]


def test_chunks_may_tell_nothing_either() -> None:
    study = resample_chunks(make_study(RATES, {("denoised.names", "raw.none"): 0.2}), 10)
    assert "Cannot tell whether it is real; adjusted" in give_verdict(study).lines[0]


def test_chunks_tell_what_is_worse_than_the_baseline_here() -> None:
    rates = {**RATES, "raw.none": 0.1}
    pairs = {(name, "raw.none"): 0.01 for name in rates if name != "raw.none"}
    verdict = give_verdict(resample_chunks(make_study(rates, pairs), 10))
    wanted = (
        "3 of the 3 other conditions are worse, in these 10 recordings only (resampled by chunk"
    )
    assert wanted in verdict.lines[0]


def test_verdict_when_nothing_beats_the_baseline() -> None:
    rates = {**RATES, "raw.none": 0.1}
    pairs = {(name, "raw.none"): 0.01 for name in rates if name != "raw.none"}
    verdict = give_verdict(make_study(rates, pairs))
    assert "Nothing beat the baseline" in verdict.headline
    assert verdict.lines == ("3 of the 3 other conditions are worse: real.",)


@pytest.mark.parametrize(
    ("p", "wanted"),
    [
        (0.01, "The other condition is worse: real."),
        (0.4, "Cannot tell whether the other condition is worse."),
    ],
)
def test_one_other_condition_is_not_counted(p: float, wanted: str) -> None:
    study = make_study({**RATES, "raw.none": 0.1}, {("raw.names", "raw.none"): p})
    two = tuple(one for one in study.conditions if one.name in {"raw.none", "raw.names"})
    verdict = give_verdict(replace(study, conditions=two))
    assert verdict.lines == (wanted,)


def test_names_in_a_verdict_are_escaped() -> None:
    study = make_study(RATES, {})
    named = tuple(replace(one, name=f"<i>{one.name}") for one in study.conditions)
    verdict = give_verdict(replace(study, conditions=named))
    assert "<i>" not in verdict.headline and "&lt;i&gt;" in verdict.headline


@pytest.mark.slow
def test_more_metrics_stand_in_a_table(make_results: Callable[..., Made]) -> None:
    from snakescribe.report.build import build_report

    made = make_results(metrics=["mer"], recordings=2, prompts=["none", "names"])
    build_report(made.folder, made.params, made.page, SOUNDS)
    text = made.page.read_text(encoding="utf-8")
    assert "More metrics" in text and "match error rate" in text
