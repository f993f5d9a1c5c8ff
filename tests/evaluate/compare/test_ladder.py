"""A ladder of prompts whose order cannot be right is told, and none whose order is."""

import pytest
from test_compare import fill

from snakescribe.config.controls import find_rungs

TEMPLATES = {
    "none": "",
    "oracle": "{oracle}.",
    "names": "A talk of {names}.",
    "among": "{distractors:20}",
    "other": "{title}: {other}.",
    "both": "{names} {other}",
    "written": "{{other}} and {{names}}",
    "broken": "{names",
}


def test_whose_terms_a_prompt_has():
    assert find_rungs(TEMPLATES, ["names"]) == {
        "oracle": "oracle",
        "names": "own",
        "among": "own",
        "other": "other",
    }


def compare(corpus, caplog, rates):
    """A corpus in which words are wrong at rates -> what is told of its ladder."""
    world = corpus(prompts=tuple(rates))
    fill(world, rates)
    world.score()
    rungs = find_rungs(TEMPLATES, ["names"])
    plain = world.settings
    world.settings = lambda: {**plain(), "rungs": rungs}
    caplog.clear()
    world.compare_only()
    return [text for text in caplog.messages if "has fewer errors than" in text]


@pytest.mark.slow
def test_the_order_that_must_be_is_not_told(corpus, caplog):
    rates = {"none": 0.4, "oracle": 0.1, "names": 0.2, "among": 0.25, "other": 0.5}
    assert compare(corpus, caplog, rates) == []


@pytest.mark.slow
def test_nor_is_one_that_may_be_chance(corpus, caplog):
    rates = {"none": 0.4, "oracle": 0.205, "names": 0.2, "other": 0.2}
    assert compare(corpus, caplog, rates) == []


@pytest.mark.parametrize(
    ("rates", "told"),
    [
        (
            {"none": 0.4, "names": 0.4, "other": 0.1},
            "the prompt 'other' (another recording's terms) has fewer errors than 'names' (the "
            "recording's own terms)",
        ),
        (
            {"oracle": 0.4, "among": 0.1},
            "the prompt 'among' (the recording's own terms) has fewer errors than 'oracle' (the "
            "terms that were said)",
        ),
    ],
)
def test_an_order_that_cannot_be_right_is_told(corpus, caplog, rates, told):
    [text] = compare(corpus, caplog, rates)
    assert told in text
    assert "adjusted p " in text


@pytest.mark.slow
def test_prompts_that_lists_have_no_part_in_are_not_compared(corpus, caplog):
    assert compare(corpus, caplog, {"names": 0.4, "none": 0.1}) == []
