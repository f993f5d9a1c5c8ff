"""Experiments expand into named conditions and passes."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.config.conditions import Experiment
from snakescribe.config.experiments import expand_experiments, plan_passes
from snakescribe.config.groups import assign_groups
from snakescribe.config.root import Config
from snakescribe.errors import UserError


def config(experiment: dict[str, Any]) -> Config:
    return Config.model_validate(
        {
            "recordings": [{"source": "folder", "path": "talks"}],
            "models": {"tiny": {"weights": "tiny.en"}, "base": {"weights": "base.en"}},
            "audio": {"raw": [], "denoised": ["wiener"]},
            "prompts": {
                "none": "",
                "names": "{players}",
                "chain": "{previous_transcription}",
            },
            "experiments": {"study": experiment},
        }
    )


def expand(experiment: dict[str, Any]) -> Experiment:
    return expand_experiments(config(experiment))["study"]


FACTORS = {"model": ["tiny"], "audio": ["raw", "denoised"], "prompt": ["none", "names"]}


def test_names_join_the_levels_that_vary_in_the_order_written() -> None:
    study = expand({"factors": FACTORS})
    assert [one.name for one in study.conditions] == [
        "raw.none", "raw.names", "denoised.none", "denoised.names",
    ]  # fmt: skip
    assert study.baseline == "raw.none"
    turned = expand({"factors": dict(reversed(FACTORS.items()))})
    assert turned.conditions[1].name == "none.denoised"


def test_one_condition_is_named_by_its_first_factor() -> None:
    study = expand({"factors": {"model": ["tiny"], "audio": ["raw"], "prompt": ["none"]}})
    assert [one.name for one in study.conditions] == ["tiny"]


def test_baseline_picks_levels_and_the_rest_take_their_first() -> None:
    study = expand({"factors": FACTORS, "baseline": {"prompt": "names"}})
    assert study.baseline == "raw.names"


def test_exclude_takes_away_all_that_match() -> None:
    study = expand({"factors": FACTORS, "exclude": [{"audio": "denoised", "prompt": "names"}]})
    assert [one.name for one in study.conditions] == ["raw.none", "raw.names", "denoised.none"]


def test_include_adds_to_the_baseline() -> None:
    study = expand({"factors": FACTORS, "include": [{"model": "base"}]})
    assert study.conditions[-1].levels == {
        "model": "base", "audio": "raw", "prompt": "none", "decoding": "greedy", "chunking": "",
    }  # fmt: skip
    assert study.conditions[-1].name == "base.raw.none"


def test_listed_runs_only_what_is_included() -> None:
    study = expand(
        {"design": "listed", "factors": FACTORS, "include": [{"prompt": "names"}, {"audio": "raw"}]}
    )
    assert [one.name for one in study.conditions] == ["names", "none"]


@pytest.mark.parametrize(
    ("experiment", "message"),
    [
        ({"factors": {**FACTORS, "prompt": ["nmes"]}}, "no 'nmes'; did you mean 'names'?"),
        ({"factors": {"audio": ["raw"], "prompt": ["none"]}}, "study.factors.model"),
        ({"factors": FACTORS, "baseline": {"prompt": "chain"}}, "is not one of the conditions"),
        ({"factors": FACTORS, "exclude": [{}]}, "nothing is left"),
        ({"factors": FACTORS, "design": "listed"}, "study.include"),
        (
            {"factors": {**FACTORS, "prompt": ["chain"]}, "design": "random_groups"},
            "use factorial or listed",
        ),
    ],
)
def test_mistakes_name_the_key_and_a_remedy(experiment: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=r"experiments\.study") as error:
        expand(experiment)
    assert message in str(error.value)


def test_conditions_of_one_model_and_variant_share_a_pass() -> None:
    passes = plan_passes([expand({"factors": FACTORS})])
    assert list(passes) == ["tiny.raw", "tiny.denoised"]
    assert passes["tiny.raw"].pairs == (("none", "greedy"), ("names", "greedy"))


def test_random_groups_are_passed_on_by_name() -> None:
    passes = plan_passes([expand({"factors": FACTORS, "design": "random_groups"})])
    assert passes["tiny.raw"].pairs == ()
    assert passes["tiny.raw"].grouped == ("study",)


@given(chunks=st.integers(0, 60), more=st.integers(0, 20), seed=st.integers(0, 5))
def test_groups_are_balanced_reproducible_and_keep_what_was_assigned(
    chunks: int, more: int, seed: int
) -> None:
    study = expand({"factors": FACTORS, "design": "random_groups", "seed": seed})
    ids = [f"talk-{number:04d}" for number in range(chunks + more)]
    first = assign_groups(study, "s00000", ids[:chunks])
    grown = assign_groups(study, "s00000", ids)
    assert first.items() <= grown.items()
    counts = Counter(grown.values())
    sizes = [counts[one.name] for one in study.conditions]
    assert max(sizes) - min(sizes) <= 1


def test_another_seed_or_shard_is_another_assignment() -> None:
    ids = [f"talk-{number:04d}" for number in range(40)]
    study = expand({"factors": FACTORS, "design": "random_groups"})
    other = expand({"factors": FACTORS, "design": "random_groups", "seed": 1})
    assert assign_groups(study, "s00000", ids) != assign_groups(other, "s00000", ids)
    assert assign_groups(study, "s00000", ids) != assign_groups(study, "s00001", ids)
