"""A raw configuration -> a checked one: each block for itself, then across its sections."""

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from snakescribe.acquire.check import find_acquire_problems
from snakescribe.acquire.context import EXTRACTORS, PROVIDERS
from snakescribe.acquire.sources import SOURCES
from snakescribe.acquire.sources.files import base_folder
from snakescribe.config.chunking import Chunking
from snakescribe.config.conditions import SECTIONS, Experiment
from snakescribe.config.draft import Draft, read_draft
from snakescribe.config.experiments import try_experiments
from snakescribe.config.root import Config
from snakescribe.config.sources import FolderSource, Source
from snakescribe.config.used import chunkings_by_key
from snakescribe.database.check import find_database_problems
from snakescribe.errors import UserError, did_you_mean
from snakescribe.evaluate.check import find_scoring_problems
from snakescribe.evaluate.plugins import CONVENTIONS, METRICS, NORMALIZERS
from snakescribe.paths import path_hint
from snakescribe.plugins import find_overrides
from snakescribe.process.check import find_process_problems
from snakescribe.process.detectors import DETECTORS
from snakescribe.process.filters import FILTERS
from snakescribe.process.word_files import find_silence_problems
from snakescribe.transcribe.check import (
    find_control_problems,
    find_dishonoured,
    find_transcribe_problems,
    find_unread_prompts,
    find_whole_problems,
)
from snakescribe.transcribe.engines import ENGINES
from snakescribe.transcribe.repeats import find_repeat_problems
from snakescribe.workflow.inputs import find_problems_of_inputs
from snakescribe.workflow.overrides import OPTION, places

PLUGIN_KINDS = (
    SOURCES, PROVIDERS, EXTRACTORS, FILTERS, DETECTORS, ENGINES, NORMALIZERS, CONVENTIONS,
    METRICS,
)  # fmt: skip

FOR_EXPERIMENTS = frozenset({"transcribe", "export", "evaluate", "load", "report"})


def check_config(
    raw: Mapping[str, Any],
    source: str,
    overrides: Mapping[str, Any] | None = None,
    inputs: bool = False,
) -> Config:
    """Check `raw` and return it with the defaults filled in.

    Args:
        raw: what the user wrote.
        source: where, for the messages: usually the path of the config file.
        overrides: what of `raw` was given by `--config`, for the messages.
        inputs: look into the files too that `raw` names, which a run needs and its results do not.

    Raises:
        UserError: one line for each mistake, with the file, the key and a remedy. What can be
            checked in spite of other mistakes is checked, so that all are told at once.
    """
    draft = read_draft(_with_dates_as_text(raw))
    problems = [*draft.mistakes, *find_overrides(PLUGIN_KINDS), *find_contradictions(draft)]
    if inputs:
        problems += find_problems_of_inputs(draft)
    if problems:
        raise UserError("\n".join(_with_source(problems, source, overrides or {})))
    return draft.config


def check_targets(config: Config, arguments: Iterable[str], source: str) -> None:
    """A checked config and Snakemake's arguments: there is something to make for its targets.

    Snakemake says what its targets are only when all rules are read.

    Raises:
        UserError: a target is about experiments, and the config has none.
    """
    asked = [name for name in arguments if name in FOR_EXPERIMENTS]
    if asked and not config.experiments:
        raise UserError(
            f"{source}: experiments: there are none, so that there is nothing to {asked[0]}; "
            "recordings alone can be described, acquired and processed"
        )


def _with_source(
    problems: Iterable[str], source: str, overrides: Mapping[str, Any]
) -> Iterator[str]:
    """Lines that begin with a place in the config -> the same behind where that was written."""
    given = list(places(overrides))
    for problem in problems:
        place = problem.partition(":")[0]
        overridden = any(f"{place}.".startswith(f"{part}.") for part in given)
        yield f"{OPTION if overridden else source}: {problem}"


def _with_dates_as_text(value: Any) -> Any:
    """YAML reads 2019-04-01 as a date; here days are text."""
    if isinstance(value, Mapping):
        return {key: _with_dates_as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_dates_as_text(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def find_contradictions(draft: Draft) -> Iterator[str]:
    """What could be read of a config -> one line for each problem that its blocks do not show."""
    config = draft.config
    if odd := list(_check_results(config.results)):
        yield from odd
    else:
        yield from _check_apart(config.results, draft.recordings)
    for factor, key in SECTIONS.items():
        yield from _check_capitals(key, draft.names[factor])
    yield from _check_capitals("experiments", config.experiments)
    chunkings = chunkings_by_key(config)
    yield from find_process_problems(config.audio, chunkings, draft.names["audio"])
    yield from find_silence_problems(config.audio, config.scoring.terms)
    yield from find_transcribe_problems(config.models, config.prompts)
    yield from find_control_problems(config.prompts, config.scoring.terms)
    yield from find_scoring_problems(config.scoring)
    yield from find_database_problems(config.database)
    yield from find_acquire_problems(draft.recordings, draft.context, config.acquire)
    if config.experiments and not draft.names["model"]:
        yield "models: {} should be non-empty: the experiments need a model"
    experiments, problems = try_experiments(config.experiments, draft.names, config.prompts)
    yield from problems
    yield from find_dishonoured(config.models, config.decoding, experiments.values())
    yield from find_repeat_problems(config.models, config.decoding, experiments.values())
    yield from find_unread_prompts(config.models, config.prompts, experiments.values())
    yield from find_whole_problems(config.models, chunkings, experiments.values())
    yield from _check_groups(chunkings, experiments)
    for name in config.prices:
        if name not in draft.names["model"]:
            remedy = did_you_mean(name, draft.names["model"])
            yield f"prices.{name}: no entry of `models` has this name; {remedy}"


def _check_groups(
    chunkings: Mapping[str, Chunking], experiments: Mapping[str, Experiment]
) -> Iterator[str]:
    """Random groups whose chunks overlap: what two wrote of the same moment counts twice."""
    for name, experiment in experiments.items():
        for level in experiment.chunkings:
            chunking = chunkings.get(f"chunkings.{level}" if level else "chunking")
            overlaps = chunking and chunking.method == "fixed" and chunking.overlap_seconds
            if experiment.design == "random_groups" and overlaps:
                yield (
                    f"experiments.{name}.design: random groups give neighbouring chunks to "
                    "different conditions, which cannot be put together where they overlap; take "
                    "factorial or listed, or no `overlap_seconds`"
                )


def _check_capitals(key: str, names: Iterable[str]) -> Iterator[str]:
    """Names of a section that become folders: some disks take `Raw` and `raw` for one."""
    before: dict[str, str] = {}
    for name in names:
        other = before.setdefault(name.casefold(), name)
        if other != name:
            yield (
                f"{key}.{name}: '{other}' differs in capitals only, and their files would be the "
                "same on disks that tell none apart; give one another name"
            )


def _check_apart(results: str, recordings: Mapping[int, Source]) -> Iterator[str]:
    """Results among the recordings would be listed as such; folders of results below them are not.

    A line for each source whose own folder is the results folder, or lies in it.
    """
    whole = Path(os.path.realpath(results.replace("\0", "")))
    for number, source in recordings.items():
        if isinstance(source, FolderSource) and "\0" not in source.path + results:
            base = Path(os.path.realpath(base_folder(source.path)))
            inside = base.is_relative_to(whole / "store") or base.is_relative_to(whole / "library")
            if base == whole or inside:
                yield (
                    f"recordings.{number}.path: '{source.path}' looks for recordings among what "
                    f"the run makes; name a folder for `results` that is not '{results}'"
                )


def _check_results(results: str) -> Iterator[str]:
    """The results folder is, or can become, a folder, and Snakemake can name files in it."""
    if odd := sorted({mark for mark in results if mark in "{}" or not mark.isprintable()}):
        yield (
            f"results: {results!r} has {' and '.join(map(repr, odd))} in it, which Snakemake takes "
            "for something else; name a folder without"
        )
    elif results.startswith(("~", "$")):
        yield f"results: {results!r}: {path_hint(results)}"
    else:
        for place in (Path(results), *Path(results).parents):
            if place.exists() and not place.is_dir():
                yield f"results: {results!r}: {place} is a file, not a folder; name another"
