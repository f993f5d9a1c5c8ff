"""The report's parameters -> a config that runs the experiment again, and the versions in use."""

import platform
from importlib.metadata import PackageNotFoundError, version
from itertools import product

import yaml

from snakescribe.config.conditions import FACTORS, Levels
from snakescribe.config.params import ExperimentParams

PACKAGES = (
    "snakescribe", "snakemake", "faster-whisper", "ctranslate2", "jiwer", "rapidfuzz",
    "whisper-normalizer", "noisereduce", "numpy", "scipy", "matplotlib",
)  # fmt: skip


def rebuild_config(params: ExperimentParams) -> str:
    """An experiment and its sections -> a config file (YAML) that needs only its recordings added.

    Expanded again, it gives the same conditions in the same order under the same names.
    """
    experiment = params.experiment
    cells = [_named(condition.levels) for condition in experiment.conditions]
    factors = {
        factor: experiment.factors.get(factor, [cells[0][factor]])
        for factor in [*experiment.factors, *FACTORS]
        if factor in cells[0]
    }
    names = [condition.name for condition in experiment.conditions]
    design = {
        "question": experiment.question,
        **({"description": params.description} if params.description else {}),
        "notes": params.notes,
        "design": experiment.design,
        "seed": experiment.seed,
        "factors": factors,
        "baseline": cells[names.index(experiment.baseline)],
        **_listed_cells(experiment.design, cells, factors),
    }
    plain = params.model_dump()
    cut = "chunkings" if params.chunkings else "chunking"
    config = {
        "recordings": [],
        **{key: plain[key] for key in ("audio", cut, "models", "prompts", "decoding")},
        "experiments": {
            experiment.name: {key: value for key, value in design.items() if value != []}
        },
        "scoring": plain["scoring"],
    }
    return yaml.safe_dump(config, sort_keys=False, allow_unicode=True, width=88)


def _named(levels: Levels) -> Levels:
    """Levels without that of a chunking that has no name: the section `chunking`."""
    return {factor: level for factor, level in levels.items() if level}


def _listed_cells(
    design: str, cells: list[Levels], factors: dict[str, list[str]]
) -> dict[str, list[Levels]]:
    """Conditions, and the levels of the factors -> what of them no factor says, `exclude` too."""
    if design == "listed":
        return {"include": cells}
    grid = [dict(zip(factors, levels, strict=True)) for levels in product(*factors.values())]
    return {
        "include": [cell for cell in cells if cell not in grid],
        "exclude": [cell for cell in grid if cell not in cells],
    }


def find_versions() -> dict[str, str]:
    """The versions of Python and of the packages that made the page, where they are installed."""
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions
