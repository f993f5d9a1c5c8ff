"""A checked config -> what of it hardly can be meant, though it runs, and what is good to know."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from snakescribe.acquire.fields import given_languages, has_references, is_local
from snakescribe.acquire.inputs import describe_tables, find_input_warnings
from snakescribe.acquire.local_matches import find_unmatched
from snakescribe.config.block import as_json
from snakescribe.config.conditions import SECTIONS, Experiment
from snakescribe.config.experiments import expand_experiments
from snakescribe.config.root import Config
from snakescribe.config.used import chunkings_by_key
from snakescribe.evaluate.check import find_scoring_warnings
from snakescribe.process.check import find_process_warnings
from snakescribe.tables import ITEMS
from snakescribe.transcribe.prompts import asks_for_lists, field_names, lists_of_fields
from snakescribe.transcribe.repeats import find_repeat_warnings
from snakescribe.transcribe.warnings import (
    describe_models,
    find_decoding_warnings,
    find_lacking_fields,
    find_model_warnings,
    find_prompt_warnings,
    find_short_lists,
    find_unheard_prompts,
)
from snakescribe.workflow.inputs import acquired_fields, fields_of_recordings, known_fields_of


def find_warnings(config: Config) -> Iterator[str]:
    """A checked config -> a line for each thing that hardly can be meant, though it runs."""
    experiments = expand_experiments(config)
    used = {factor: _levels(factor, experiments.values()) for factor in SECTIONS}
    decoding = {name: config.decoding[name] for name in used["decoding"]}
    known = known_fields_of(config.recordings, config.context)
    if known is not None:
        known |= acquired_fields(config)
    languages = list(given_languages(config.recordings, config.context))
    given = [(language.place, language.code) for language in languages]
    unsure = [(language.place, language.code) for language in languages if not language.sure]
    pairs = {
        (condition.model, condition.decoding): None
        for experiment in experiments.values()
        for condition in experiment.conditions
    }
    if experiments and not any(
        has_references(source, config.acquire) for source in config.recordings
    ):
        for place, chunking in chunkings_by_key(config).items():
            if chunking.method == "reference":
                yield f"{place}.method: no source gives a reference at whose borders to cut"
        yield (
            "recordings: no source gives a reference transcript, so that nothing can be scored; "
            "name them in a source's `references` or in a column `reference` of its table"
        )
    yield from find_input_warnings(config.recordings)
    yield from find_unmatched(config.recordings, config.context)
    for place, chunking in chunkings_by_key(config).items():
        yield from find_process_warnings(chunking, place)
    yield from find_prompt_warnings(config.prompts, known, all(map(is_local, config.recordings)))
    prompted = {
        (condition.model, condition.prompt): None
        for experiment in experiments.values()
        for condition in experiment.conditions
    }
    yield from find_unheard_prompts(prompted, config.models, config.prompts)
    if any(field_names(prompt.template) for prompt in config.prompts.values()):
        prompts = {name: config.prompts[name] for name in used["prompt"]}
        fields = fields_of_recordings(config)
        yield from find_lacking_fields(prompts, fields)
        if asks_for_lists(prompts.values()):
            yield from find_short_lists(prompts, lists_of_fields(fields, config.scoring.terms))
    yield from find_model_warnings(list(pairs), config.models, config.decoding, unsure)
    yield from find_decoding_warnings(decoding)
    yield from find_repeat_warnings(config.models, config.decoding, experiments.values())
    in_items = None if known is None else known | {column.name for column in ITEMS.columns}
    yield from find_scoring_warnings(config.scoring, in_items, decoding, given)
    for experiment in experiments.values():
        for factor, section in SECTIONS.items():
            entries = getattr(config, section)
            compared = {name: entries[name] for name in _levels(factor, [experiment]) if name}
            yield from _equals(compared, section, experiment.name)


def tell_warnings(config: Config) -> None:
    """Say on standard error, at the beginning of a run, what hardly can be meant."""
    for line in find_warnings(config):
        print(f"warning: {line}", file=sys.stderr)


def find_notes(config: Config) -> Iterator[str]:
    """A checked config -> what is good to know before it is run."""
    experiments = expand_experiments(config).values()
    if not experiments:
        yield "experiments: none; recordings can be described, acquired and processed"
        return
    for factor, section in SECTIONS.items():
        levels = _levels(factor, experiments)
        idle = [name for name in getattr(config, section) if name not in levels]
        if factor == "audio":
            detecting = {entry.detect_on for entry in chunkings_by_key(config).values()}
            idle = [name for name in idle if name not in detecting]
        for name in idle:
            yield f"{section}.{name}: no experiment uses it"
    yield from describe_tables(config.recordings)
    models = {name: config.models[name] for name in _levels("model", experiments)}
    yield from describe_models(models)


def _levels(factor: str, experiments: Iterable[Experiment]) -> list[str]:
    """The levels of a factor that experiments use, in order."""
    return list(
        dict.fromkeys(
            getattr(condition, factor)
            for experiment in experiments
            for condition in experiment.conditions
        )
    )


def _equals(entries: Mapping[str, Any], section: str, experiment: str) -> Iterator[str]:
    """Entries of a section that an experiment compares -> a line for each two that are equal."""
    first: dict[str, str] = {}
    for name, entry in entries.items():
        plain = entry.model_dump() if hasattr(entry, "model_dump") else entry
        text = as_json(dict(sorted(plain.items())) if isinstance(plain, dict) else plain)
        if text in first:
            yield (
                f"{section}.{name}: the same as {section}.{first[text]}, with which "
                f"experiments.{experiment} compares it"
            )
        first.setdefault(text, name)
