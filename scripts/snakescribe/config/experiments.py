"""The experiments of a config -> named conditions, and the passes that transcribe them.

A *condition* is one level of each factor (model, audio, prompt, decoding). A *pass* is all that
shares a model and an audio variant: one job a shard loads the model once, encodes each chunk once
and decodes every prompt with every decode option from it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any

from snakescribe.errors import UserError, did_you_mean

SECTIONS = {"model": "models", "audio": "audio", "prompt": "prompts", "decoding": "decoding"}
FACTORS = tuple(SECTIONS)
Levels = dict[str, str]


@dataclass(frozen=True)
class Condition:
    """One cell of an experiment: its short name and its level of each factor."""

    name: str
    model: str
    audio: str
    prompt: str
    decoding: str

    @property
    def levels(self) -> Levels:
        """The level of each factor, in the order model, audio, prompt, decoding."""
        return {factor: getattr(self, factor) for factor in FACTORS}


@dataclass(frozen=True)
class Experiment:
    """An experiment, expanded: its conditions in order and the baseline among them."""

    name: str
    question: str
    design: str
    seed: int
    factors: dict[str, list[str]]
    conditions: tuple[Condition, ...]
    baseline: str

    @classmethod
    def from_settings(cls, settings: dict[str, Any]) -> "Experiment":
        """The JSON that a step gets (`dataclasses.asdict` of an experiment) -> the experiment."""
        conditions = tuple(Condition(**condition) for condition in settings["conditions"])
        return cls(**{**settings, "conditions": conditions})


@dataclass(frozen=True)
class Pass:
    """What one transcription job does for a shard: a model on an audio variant.

    `pairs` are the (prompt, decoding) pairs every chunk is decoded with; `grouped` are the
    experiments with a random design, whose conditions get only the chunks assigned to them.
    """

    name: str
    model: str
    audio: str
    pairs: tuple[tuple[str, str], ...]
    grouped: tuple[str, ...]


def expand_experiments(config: dict[str, Any]) -> dict[str, Experiment]:
    """A config with its defaults -> its experiments, expanded.

    Raises:
        UserError: a level that no section defines, a baseline that is no condition, and the like.
    """
    return {
        name: _expand(name, spec, {factor: config[key] for factor, key in SECTIONS.items()})
        for name, spec in config["experiments"].items()
    }


def plan_passes(experiments: Iterable[Experiment]) -> dict[str, Pass]:
    """Expanded experiments -> their passes by name, `model.audio`."""
    pairs: dict[tuple[str, str], dict[tuple[str, str], None]] = {}
    grouped: dict[tuple[str, str], dict[str, None]] = {}
    for experiment in experiments:
        for condition in experiment.conditions:
            key = (condition.model, condition.audio)
            pairs.setdefault(key, {})
            grouped.setdefault(key, {})
            if experiment.design == "random_groups":
                grouped[key][experiment.name] = None
            else:
                pairs[key][condition.prompt, condition.decoding] = None
    return {
        f"{model}.{audio}": Pass(
            f"{model}.{audio}",
            model,
            audio,
            tuple(pairs[model, audio]),
            tuple(grouped[model, audio]),
        )
        for model, audio in pairs
    }


def _expand(name: str, spec: dict[str, Any], sections: dict[str, Any]) -> Experiment:
    place = f"experiments.{name}"
    factors = _complete_factors(spec["factors"], sections, place)
    for key in ("baseline", "include", "exclude"):
        entries = spec[key] if isinstance(spec[key], list) else [spec[key]]
        for entry in entries:
            for factor, level in entry.items():
                _check_level(factor, level, sections, f"{place}.{key}")
    baseline = {
        factor: spec["baseline"].get(factor, levels[0]) for factor, levels in factors.items()
    }
    cells = _choose_cells(spec, factors, baseline, place)
    if baseline not in cells:
        raise UserError(
            f"{place}.baseline: {_show(baseline)} is not one of the conditions; "
            "add it to the factors or to include, or name another baseline"
        )
    varying = [factor for factor in factors if len({cell[factor] for cell in cells}) > 1]
    names = varying or list(factors)[:1]
    conditions = tuple(
        Condition(name=".".join(cell[factor] for factor in names), **cell) for cell in cells
    )
    _check_waves(spec["design"], conditions, sections["prompt"], place)
    return Experiment(
        name=name,
        question=spec["question"],
        design=spec["design"],
        seed=spec["seed"],
        factors={factor: list(dict.fromkeys(cell[factor] for cell in cells)) for factor in varying},
        conditions=conditions,
        baseline=conditions[cells.index(baseline)].name,
    )


def _complete_factors(
    given: dict[str, list[str]], sections: dict[str, Any], place: str
) -> dict[str, list[str]]:
    """Add the factors not named, each with the only level there is; check all levels."""
    factors = {factor: list(levels) for factor, levels in given.items()}
    for factor in FACTORS:
        if factor not in factors:
            levels = list(sections[factor])
            if len(levels) > 1:
                raise UserError(
                    f"{place}.factors.{factor}: `{SECTIONS[factor]}` has several entries; "
                    f"name those to use: [{', '.join(levels)}]"
                )
            factors[factor] = levels
        for level in factors[factor]:
            _check_level(factor, level, sections, f"{place}.factors")
    return factors


def _choose_cells(
    spec: dict[str, Any], factors: dict[str, list[str]], baseline: Levels, place: str
) -> list[Levels]:
    cells: list[Levels] = []
    if spec["design"] == "listed":
        if not spec["include"]:
            raise UserError(
                f"{place}.include: the design `listed` needs its conditions listed here"
            )
    else:
        cells = [dict(zip(factors, levels, strict=True)) for levels in product(*factors.values())]
    cells += [{**baseline, **entry} for entry in spec["include"]]
    if spec["design"] == "listed" and baseline not in cells:
        cells.insert(0, baseline)
    kept: list[Levels] = []
    for cell in cells:
        dropped = any(entry.items() <= cell.items() for entry in spec["exclude"])
        if not dropped and cell not in kept:
            kept.append(cell)
    if not kept:
        raise UserError(f"{place}.exclude: nothing is left of the conditions")
    return kept


def _check_level(factor: str, level: str, sections: dict[str, Any], place: str) -> None:
    if level not in sections[factor]:
        remedy = did_you_mean(level, sections[factor])
        raise UserError(f"{place}.{factor}: `{SECTIONS[factor]}` defines no '{level}'; {remedy}")


def _check_waves(
    design: str, conditions: tuple[Condition, ...], prompts: dict[str, Any], place: str
) -> None:
    if design != "random_groups":
        return
    for condition in conditions:
        if "{previous_transcription}" in prompts[condition.prompt]["template"]:
            raise UserError(
                f"{place}.design: the prompt '{condition.prompt}' needs what the same condition "
                "said before, which random groups do not have; use factorial or listed"
            )


def _show(cell: Levels) -> str:
    return ", ".join(f"{factor}: {level}" for factor, level in cell.items())
