"""What the headline says of an experiment, and the line of each factor."""

import pytest

from snakescribe.evaluate.compare.answer import find_answer
from snakescribe.evaluate.compare.factor_lines import tell_factors
from snakescribe.evaluate.compare.sample import Sample

SAMPLE = Sample(recordings=6, words=264)


def condition(name, wer, *, baseline=False, word_unit="word"):
    return {
        "condition": name, "wer": wer, "wer_low": wer and wer - 0.01,
        "wer_high": wer and wer + 0.01,
        "is_baseline": baseline, "recordings": 6, "words": 264, "word_unit": word_unit,
    }  # fmt: skip


def comparison(name, delta, conclusion, other="base", family="baseline", **more):
    return {
        "family": family, "condition": name, "other": other, "delta": delta, "recordings": 6,
        "conclusion": conclusion, "verdict": f"told of {name}", "smallest_detectable": 0.1,
        "recordings_needed": 35.0, "resampled_by": "recording", "units": 6,
        "no_larger_than": 0.008, "design": "paired", **more,
    }  # fmt: skip


def tell(rates, rows, sample=SAMPLE):
    conditions = [condition(name, wer, baseline=name == "base") for name, wer in rates.items()]
    answer = find_answer(conditions, rows, sample)
    lines = ["".join(line) for line in answer.lines]
    return answer.kind, "".join(answer.headline), lines


def test_an_undecided_study_says_what_stays_hidden_and_what_it_would_take():
    kind, headline, lines = tell(
        {"base": 0.072, "beam": 0.081}, [comparison("beam", 0.009, "cannot_tell")]
    )
    assert kind == "cannot_tell"
    assert headline == (
        "Cannot tell: 6 recordings, 264 words; differences under about 10 points stay hidden; "
        "about 35 recordings would be needed to settle what was seen here."
    )
    assert lines == [
        "Lowest here is the baseline, base: 7.2% of the words wrong.",
        "beam against base: told of beam.",
    ]


@pytest.mark.parametrize(
    ("recordings", "design", "counted"),
    [(6, "paired", "264 words;"),
     (4, "paired", "264 words, of which 4 recordings can be compared;"),
     (1, "paired", "264 words, of which 1 recording can be compared;"),
     (4, "unpaired", "264 words;")],
)  # fmt: skip
def test_recordings_that_a_condition_lacks_are_not_counted_as_compared(recordings, design, counted):
    row = comparison("beam", 0.009, "cannot_tell", recordings=recordings, design=design)
    _, headline, _ = tell({"base": 0.072, "beam": 0.081}, [row])
    assert headline.startswith(f"Cannot tell: 6 recordings, {counted} ")


@pytest.mark.parametrize(
    ("more", "hidden"),
    [
        ({"smallest_detectable": None, "units": 4, "recordings_needed": 5.0},
         "fewer than 5 recordings can show nothing for sure; about 5 recordings would be needed"),
        ({"smallest_detectable": None, "units": 4, "recordings_needed": None},
         "fewer than 5 recordings can show nothing for sure."),
        ({"resampled_by": "chunk"}, "resampled by chunk, which says nothing about other"),
        ({"resampled_by": "speaker > recording", "recordings_needed": None},
         "differences under about 10 points stay hidden."),
        ({"recordings_needed": 2e5}, "more than 1,000 recordings would be needed"),
    ],
)  # fmt: skip
def test_why_nobody_can_tell(more, hidden):
    row = comparison("beam", -0.02, "cannot_tell", **more)
    kind, headline, lines = tell({"base": 0.1, "beam": 0.08}, [row])
    assert kind == "cannot_tell"
    assert hidden in headline
    assert lines[0] == "Lowest here is beam: 8.0% of the words wrong, 10.0% with base."


def test_no_difference_larger_than_the_margin_is_an_answer():
    rows = [comparison("a", 0.001, "no_larger"), comparison("b", 0.002, "no_larger")]
    kind, headline, _ = tell({"base": 0.1, "a": 0.101, "b": 0.102}, rows)
    assert kind == "no_larger"
    assert headline == (
        "No condition differs by more than 0.8 points from the baseline, base: "
        "10.0% of the words were wrong."
    )


def test_a_lower_rate_that_may_be_chance_takes_nothing_from_what_is_real():
    rates = {"base": 0.2, "sure": 0.15, "wild": 0.14, "bad": 0.3}
    rows = [
        comparison("sure", -0.05, "real"),
        comparison("wild", -0.06, "cannot_tell"),
        comparison("bad", 0.1, "real"),
        comparison("wild", -0.01, "cannot_tell", other="sure", family="pairs"),
        comparison("bad", 0.15, "real", other="sure", family="pairs"),
    ]
    kind, headline, lines = tell(rates, rows)
    assert kind == "answered"
    assert headline == (
        "sure made fewer errors than the baseline: 15.0% of the words were wrong, 20.0% with base."
    )
    assert lines == ["sure against base: told of sure.", "Cannot tell apart from it: wild."]


@pytest.mark.parametrize(
    ("conclusions", "kind", "headline"),
    [
        (["real", "real"], "answered", "The baseline, base, made the fewest errors: 10.0% of the"),
        (["here", "here"], "answered", "words were wrong, in these 6 recordings only."),
        (["real", "no_larger"], "answered", "Nothing beats the baseline, base: 10.0% of the words "
         "were wrong; 1 of the 2 other conditions made more errors, the others do not differ by "
         "more than 0.8 points."),
        (["real", "cannot_tell"], "cannot_tell", "Cannot tell: 6 recordings"),
        (["same", "same"], "no_larger", "No condition differs at all from the baseline"),
        (["nothing", "nothing"], "cannot_tell", "Cannot tell: told of a."),
    ],
)  # fmt: skip
def test_where_nothing_is_better(conclusions, kind, headline):
    rows = [
        comparison(name, 0.05, conclusion)
        for name, conclusion in zip("ab", conclusions, strict=True)
    ]
    told_kind, told, _ = tell({"base": 0.1, "a": 0.15, "b": 0.16}, rows)
    assert told_kind == kind
    assert headline in told


def test_nothing_with_an_error_rate_has_no_answer():
    assert find_answer([condition("base", None, baseline=True)], [], SAMPLE) is None


def effect(factor, level, delta, verdict, *, real=False):
    return {
        "figure": "wer", "effect": "main", "factor": factor, "level": level, "other_level": "none",
        "matched": 2, "delta": delta, "verdict": verdict, "real": real,
    }  # fmt: skip


def test_one_line_a_factor_with_what_is_real_first():
    rows = [
        effect("audio", "denoised", -0.09, "cannot tell: much"),
        effect("prompt", "long", -0.08, "cannot tell: more"),
        effect("prompt", "names", -0.05, "lower by 5.0 points", real=True),
        effect("prompt", "empty", 0.0, "no difference at all"),
        effect("prompt", "odd", 0.04, "higher by 4.0 points", real=True),
        effect("prompt", "same", 0.001, "no difference larger than 0.4 points: so"),
        {**effect("prompt", "x", 1.0, "of another kind"), "figure": "mean_confidence"},
    ]
    lines = tell_factors(rows)
    assert [line.factor for line in lines] == ["prompt", "audio"]
    told = ["".join(line.first.sentence) for line in lines]
    assert told == [
        "names instead of none, mean of 2 matched pairs: lower by 5.0 points.",
        "denoised instead of none, mean of 2 matched pairs: cannot tell: much.",
    ]
    assert [line.first.state for line in lines] == ["better", "unclear"]
    assert lines[0].summary == ("Of 4 other levels: 1 worse, 2 no different, 1 we cannot tell.")
    assert lines[1].summary == ""
    (two,) = tell_factors(rows[2:4])
    assert two.summary == "The other level: no different."
