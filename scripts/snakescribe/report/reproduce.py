"""The report's settings -> a config that runs the experiment again, and the versions in use."""

import platform
from importlib.metadata import PackageNotFoundError, version
from itertools import product
from typing import Any

import yaml

from snakescribe.config.experiments import FACTORS
from snakescribe.report.study import Settings

PACKAGES = (
    "snakescribe", "snakemake", "faster-whisper", "ctranslate2", "jiwer", "rapidfuzz",
    "whisper-normalizer", "noisereduce", "numpy", "scipy", "matplotlib",
)  # fmt: skip


def rebuild_config(settings: Settings) -> str:
    """Settings of an experiment -> a config file (YAML) that needs only its recordings added.

    Expanded again, it gives the same conditions in the same order under the same names.
    """
    experiment = settings["experiment"]
    cells = [{factor: one[factor] for factor in FACTORS} for one in experiment["conditions"]]
    factors = {
        factor: experiment["factors"].get(factor, [cells[0][factor]])
        for factor in [*experiment["factors"], *FACTORS]
    }
    baseline = next(
        cell
        for cell, one in zip(cells, experiment["conditions"], strict=True)
        if one["name"] == experiment["baseline"]
    )
    spec: dict[str, Any] = {
        "question": experiment["question"],
        "design": experiment["design"],
        "seed": experiment["seed"],
        "factors": factors,
        "baseline": baseline,
    }
    if experiment["design"] == "listed":
        spec["include"] = cells
    else:
        grid = [dict(zip(factors, levels, strict=True)) for levels in product(*factors.values())]
        spec["include"] = [cell for cell in cells if cell not in grid]
        spec["exclude"] = [cell for cell in grid if cell not in cells]
    config = {
        "recordings": [],
        **{key: settings[key] for key in ("audio", "chunking", "models", "prompts", "decoding")},
        "experiments": {experiment["name"]: {key: spec[key] for key in spec if spec[key] != []}},
        "scoring": settings["scoring"],
    }
    return yaml.safe_dump(config, sort_keys=False, allow_unicode=True, width=88)


def find_versions() -> dict[str, str]:
    """The versions of Python and of the packages that made the page, where they are installed."""
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions
