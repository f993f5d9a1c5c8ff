"""The experiments of a config -> their conditions, and the passes that transcribe them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

from snakescribe.config.chunking import chunking_levels
from snakescribe.config.conditions import FACTORS, SECTIONS, Condition, Experiment, Levels, Pass
from snakescribe.errors import UserError, did_you_mean

if TYPE_CHECKING:
    from snakescribe.config.design import Design
    from snakescribe.config.root import Config
    from snakescribe.config.transcribe import Prompt


def expand_experiments(config: "Config") -> dict[str, Experiment]:
    """A config -> its experiments, expanded.

    Raises:
        UserError: a level that no section defines, a baseline that is no condition, and the like.
    """
    sections = {factor: list(getattr(config, key)) for factor, key in SECTIONS.items()}
    sections["chunking"] = chunking_levels(config.model_fields_set, config.chunkings)
    experiments, problems = try_experiments(config.experiments, sections, config.prompts)
    if problems:
        raise UserError("\n".join(problems))
    return experiments


def try_experiments(
    designs: Mapping[str, "Design"],
    sections: Mapping[str, Sequence[str]],
    prompts: Mapping[str, "Prompt"],
) -> tuple[dict[str, Experiment], list[str]]:
    """Experiments as they are written -> those that can be expanded, and a line for each mistake.

    Args:
        designs: the section `experiments`, or what of it could be read.
        sections: for each factor the names that its section defines, in order; see also
            `chunking_levels`.
        prompts: the section `prompts`, or what of it could be read.
    """
    experiments: dict[str, Experiment] = {}
    problems: list[str] = []
    for name, design in designs.items():
        wrong = list(_level_problems(design, sections, f"experiments.{name}"))
        empty = [factor for factor in FACTORS if not sections[factor]]  # which is a mistake there
        if not wrong and not empty:
            try:
                experiments[name] = _expand(name, design, sections, prompts)
            except UserError as error:
                wrong = [str(error)]
        problems += wrong
    return experiments, problems


def plan_passes(experiments: Iterable[Experiment]) -> dict[str, Pass]:
    """Expanded experiments -> their passes by name, `model.audio` or `model.audio.chunking`."""
    members: dict[str, list[tuple[Experiment, Condition]]] = {}
    for experiment in experiments:
        for condition in experiment.conditions:
            members.setdefault(condition.passname, []).append((experiment, condition))
    passes = {}
    for name, cells in members.items():
        first = cells[0][1]
        pairs: dict[tuple[str, str], None] = {}
        grouped: dict[str, None] = {}
        for experiment, condition in cells:
            if experiment.design == "random_groups":
                grouped[experiment.name] = None
            else:
                pairs[condition.prompt, condition.decoding] = None
        passes[name] = Pass(
            name, first.model, first.audio, tuple(pairs), tuple(grouped), first.chunking
        )
    return passes


def _level_problems(
    design: "Design", sections: Mapping[str, Sequence[str]], place: str
) -> Iterator[str]:
    """Levels that no section defines, and factors without levels that have a choice of them."""
    factors = design.factors.given()
    for factor, levels in factors.items():
        for level in levels:
            yield from _level_problem(factor, level, sections, f"{place}.factors")
    for factor in FACTORS:
        if factor not in factors and len(sections[factor]) > 1 and "" not in sections[factor]:
            yield (
                f"{place}.factors.{factor}: `{SECTIONS[factor]}` has several entries; "
                f"name those to use: [{', '.join(sections[factor])}]"
            )
    entries = [("baseline", design.baseline)]
    entries += [(key, entry) for key in ("include", "exclude") for entry in getattr(design, key)]
    for key, entry in entries:
        for factor, level in entry.given().items():
            yield from _level_problem(factor, level, sections, f"{place}.{key}")


def _level_problem(
    factor: str, level: str, sections: Mapping[str, Sequence[str]], place: str
) -> Iterator[str]:
    if not level or level not in sections[factor]:
        remedy = did_you_mean(level, filter(None, sections[factor]))
        yield f"{place}.{factor}: `{SECTIONS[factor]}` defines no '{level}'; {remedy}"


def _expand(
    name: str,
    design: "Design",
    sections: Mapping[str, Sequence[str]],
    prompts: Mapping[str, "Prompt"],
) -> Experiment:
    place = f"experiments.{name}"
    factors: dict[str, list[str]] = design.factors.given()
    # The only level that there is; of chunkings the one without a name, where it counts.
    factors |= {factor: list(sections[factor][:1]) for factor in FACTORS if factor not in factors}
    baseline = {factor: levels[0] for factor, levels in factors.items()} | design.baseline.given()
    cells = _choose_cells(design, factors, baseline, place)
    if baseline not in cells:
        raise UserError(
            f"{place}.baseline: {_show(baseline)} is not one of the conditions; "
            "add it to the factors or to include, or name another baseline"
        )
    if {cell["chunking"] for cell in cells} > {""}:
        raise UserError(
            f"{place}.factors.chunking: some conditions name a chunking and others take the "
            "section `chunking`, which has no name; name all levels here (a method is a name too)"
        )
    varying = [factor for factor in factors if len({cell[factor] for cell in cells}) > 1]
    names = varying or list(factors)[:1]
    conditions = tuple(
        Condition(name=".".join(cell[factor] for factor in names), **cell) for cell in cells
    )
    if design.design == "random_groups":
        _check_waves(conditions, prompts, place)
        if len({condition.chunking for condition in conditions}) > 1:
            raise UserError(
                f"{place}.design: random groups give each chunk one condition, and chunkings have "
                "no chunks in common; use factorial or listed, or one chunking"
            )
    return Experiment(
        name=name,
        question=design.question,
        design=design.design,
        seed=design.seed,
        factors={factor: list(dict.fromkeys(cell[factor] for cell in cells)) for factor in varying},
        conditions=conditions,
        baseline=conditions[cells.index(baseline)].name,
    )


def _choose_cells(
    design: "Design", factors: dict[str, list[str]], baseline: Levels, place: str
) -> list[Levels]:
    cells: list[Levels] = []
    listed = design.design == "listed"
    if listed:
        if not design.include:
            raise UserError(
                f"{place}.include: the design `listed` needs its conditions listed here"
            )
    else:
        cells = [dict(zip(factors, levels, strict=True)) for levels in product(*factors.values())]
    cells += [{**baseline, **entry.given()} for entry in design.include]
    if listed and baseline not in cells:
        cells.insert(0, baseline)
    kept: list[Levels] = []
    for cell in cells:
        dropped = any(entry.given().items() <= cell.items() for entry in design.exclude)
        if not dropped and cell not in kept:
            kept.append(cell)
    if not kept:
        raise UserError(f"{place}.exclude: nothing is left of the conditions")
    return kept


def _check_waves(
    conditions: tuple[Condition, ...], prompts: Mapping[str, "Prompt"], place: str
) -> None:
    for condition in conditions:
        prompt = prompts.get(condition.prompt)
        if prompt and "{previous_transcription}" in prompt.template:
            raise UserError(
                f"{place}.design: the prompt '{condition.prompt}' needs what the same condition "
                "said before, which random groups do not have; use factorial or listed"
            )


def _show(cell: Levels) -> str:
    return ", ".join(f"{factor}: {level}" for factor, level in cell.items())
