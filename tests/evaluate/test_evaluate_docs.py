"""docs/evaluate.md says what there is, and configs are checked before anything runs."""

import copy

import pytest

from snakescribe.config.evaluate import Scoring
from snakescribe.errors import UserError
from snakescribe.evaluate.check import find_scoring_problems
from snakescribe.evaluate.metrics import built_in_metrics
from snakescribe.evaluate.plugins import METRICS, NORMALIZERS
from snakescribe.paths import REPOSITORY
from snakescribe.workflow.check import check_config

PAGE = (REPOSITORY / "docs" / "evaluate.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("metric", built_in_metrics().values(), ids=METRICS.built_in)
def test_the_page_explains_every_metric(metric):
    assert f"`{metric.name}`" in PAGE
    for figure in metric.figures:
        assert f"`{figure.name}`" in PAGE


def test_the_page_names_every_normaliser_and_file():
    for name in NORMALIZERS.built_in:
        assert f"`{name}`" in PAGE
    for name in ("conditions", "comparisons", "metrics", "factors", "strata", "calibration"):
        assert f"`{name}.csv`" in PAGE


def test_every_shipped_metric_and_normaliser_is_in_the_schema():
    metrics, normalizers = (Scoring.model_fields[key] for key in ("metrics", "normalizers"))
    # Those that are not computed unless a config names them, or has silenced audio.
    asked_for = {"ser", "copied"}
    assert metrics.default == [name for name in METRICS.built_in if name not in asked_for]
    assert all(name in metrics.description for name in METRICS.built_in)
    assert all(name in normalizers.description for name in NORMALIZERS.built_in)


def config(**scoring):
    return copy.deepcopy(
        {
            "recordings": [{"source": "folder", "path": "."}],
            "models": {"tiny-en": {"weights": "tiny.en"}},
            "experiments": {"one": {}},
            "scoring": scoring,
        }
    )


def test_the_defaults_have_no_problem():
    assert not list(find_scoring_problems(check_config(config(), "test").scoring))


@pytest.mark.parametrize(
    ("scoring", "message"),
    [
        ({"metrics": ["werr"]}, "did you mean 'wer'"),
        ({"normalizers": ["whisper"]}, "the normaliser 'whisper' is unknown"),
        ({"metrics": ["no_module:x"]}, "there is no module 'no_module'"),
        ({"terms": {"tables": ["nowhere.csv"]}}, "no such file: nowhere.csv"),
        ({"interval": "wide"}, "scoring.interval"),
        ({"strata": {"snr_db": ["low"]}}, "scoring.strata.snr_db"),
        ({"tiers": []}, "scoring.tiers"),
        ({"seeds": 1}, "did you mean 'seed'"),
    ],
)
def test_a_mistake_is_found_before_anything_runs(scoring, message):
    with pytest.raises(UserError, match=message):
        check_config(config(**scoring), "test")
