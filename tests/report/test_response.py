"""Longer lists of terms as a picture: who stands where, and when there is none."""

import re
from dataclasses import replace
from typing import Any

import pytest
from report_study import Plan, make_params

from snakescribe.config.params import ExperimentParams
from snakescribe.report.response import draw_response
from snakescribe.report.study import ConditionResult, Study
from snakescribe.report.transcripts import PromptUse

TEMPLATES = {
    "none": "",
    "oracle": "{oracle}.",
    "names": "{names}.",
    "among_4": "{distractors:4}.",
    "among_9": "{distractors:9}.",
    "other": "{other}.",
}
USES = {
    "none": PromptUse(renderings=4, terms=0),
    "oracle": PromptUse(renderings=4, terms=20),
    "names": PromptUse(renderings=4, terms=0),  # a field's text, of which nobody counts the terms
    "among_4": PromptUse(renderings=4, terms=40),
    "among_9": PromptUse(renderings=4, terms=50),  # of 15 terms some found no place
    "other": PromptUse(renderings=4, terms=24),
}
B_WER = {"none": 0.5, "oracle": 0.1, "names": 0.2, "among_4": 0.25, "among_9": 0.4, "other": 0.6}


def ladder(**changes: Any) -> ExperimentParams:
    params = make_params(Plan(audio=("raw", "denoised"), prompts=tuple(TEMPLATES), **changes))
    prompts = {
        name: section.model_copy(update={"template": TEMPLATES[name]})
        for name, section in params.prompts.items()
    }
    terms = params.scoring.terms.model_copy(update={"fields": ["names"]})
    scoring = params.scoring.model_copy(update={"terms": terms})
    return params.model_copy(update={"prompts": prompts, "scoring": scoring})


@pytest.fixture(scope="module")
def study() -> Study:
    params = ladder()
    empty = dict.fromkeys(ConditionResult.__dataclass_fields__)
    conditions = tuple(
        ConditionResult(
            **{
                **empty,
                "name": condition.name,
                "levels": condition.levels,
                "is_baseline": condition.name == params.experiment.baseline,
                "recordings": 8,
                "wer": 0.2,
                "more": {
                    "b_wer": (B_WER[condition.prompt], 0.05, 0.7),
                    "u_wer": (0.125, None, None),
                    "prompt_leak_per_1000": (None, None, None),
                },
            }
        )
        for condition in params.experiment.conditions
    )
    return Study(params, conditions, (), (), {})


def test_own_terms_stand_at_their_number_and_others_are_lines(study: Study) -> None:
    drawn = str(draw_response(study, USES))
    wide = drawn.partition("</svg>")[0]
    titles = re.findall(r"<title[^>]*>([^<]*)", wide)
    assert [
        title for title in titles if "WER of words on the list" in title and ";" not in title
    ] == [
        "raw.names, 6.0 terms: WER of words on the list 20.0% (5.0% to 70.0%)",
        "raw.among_4, 10.0 terms: WER of words on the list 25.0% (5.0% to 70.0%)",
        "raw.among_9, 12.5 terms: WER of words on the list 40.0% (5.0% to 70.0%)",
    ]
    assert "WER of all other words 12.5%" in wide
    assert "leaked words" not in wide  # nobody knows any
    assert "denoised" not in wide
    texts = re.findall(r">([^<>]+)</text>", wide)
    assert {"none", "oracle", "other", "WER of all other words"} <= {*texts}
    assert drawn.count("<svg") == 2


@pytest.mark.parametrize("kept", [("none", "oracle", "names", "other"), ("none", "among_4")])
def test_there_is_no_picture_of_one_length(study: Study, kept: tuple[str, ...]) -> None:
    conditions = [one for one in study.conditions if one.levels["prompt"] in kept]
    assert draw_response(replace(study, conditions=tuple(conditions)), USES) == ""
