"""What a schema cannot say: names that refer to each other, and files that must exist."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from snakescribe.acquire.filters import check_filters
from snakescribe.acquire.sources import make_source
from snakescribe.config.sweep import Experiment
from snakescribe.errors import UserError, did_you_mean
from snakescribe.evaluate.check import find_scoring_problems, find_table_problems
from snakescribe.process.filters import check_chain
from snakescribe.transcribe.engines import dishonoured_options, engine_class
from snakescribe.transcribe.prompts import field_names

Config = dict[str, Any]


def find_contradictions(config: Config) -> Iterator[str]:
    """A config that fits the schema, with its defaults -> one line for each problem.

    Completes what depends on another key: `chunking.detect_on`, and prompts given as plain text.
    """
    yield from _check_audio(config)
    yield from _check_models(config)
    yield from _check_prompts(config)
    yield from find_scoring_problems(config["scoring"])
    for index, entry in enumerate(config["context"]):
        for key in ("table", "teams"):
            if entry.get(key):
                yield from _check_file(entry[key], f"context.{index}.{key}")
    for index, entry in enumerate(config["recordings"]):
        yield from _check_source(entry, f"recordings.{index}")


def _check_source(entry: Config, place: str) -> Iterator[str]:
    name = entry["source"]
    if name == "table":
        yield from _check_file(entry["path"], f"{place}.path")
    if entry.get("references"):
        yield from _check_file(entry["references"], f"{place}.references")
    if name == "database" and entry["query"].endswith(".sql"):
        yield from _check_file(entry["query"], f"{place}.query")
    if name in ("youtube", "url"):
        missing = [line for path in entry["files"] for line in _check_file(path, f"{place}.files")]
        yield from missing
        keys = ("videos", "playlists", "channels", "urls", "files")
        if not any(entry.get(key) for key in keys):
            known = ", ".join(key for key in keys if key in entry)
            yield f"{place}: the source names no recording; fill one of {known}"
        elif not missing:
            try:
                make_source(entry)
            except UserError as error:
                yield f"{place}: {error}"
    yield from check_filters(entry.get("match_filters", {}), f"{place}.match_filters")


def _check_audio(config: Config) -> Iterator[str]:
    for name, chain in config["audio"].items():
        for problem in check_chain(chain):
            yield f"audio.{name}: {problem}"
    chunking = config["chunking"]
    chunking["detect_on"] = chunking["detect_on"] or next(iter(config["audio"]))
    if chunking["detect_on"] not in config["audio"]:
        remedy = did_you_mean(chunking["detect_on"], config["audio"])
        yield f"chunking.detect_on: no audio variant '{chunking['detect_on']}'; {remedy}"


def _check_models(config: Config) -> Iterator[str]:
    for name, model in config["models"].items():
        try:
            engine = engine_class(model["engine"])
        except UserError as error:
            yield f"models.{name}.engine: {error}"
            continue
        try:
            engine.check_weights(model["weights"])
        except UserError as error:
            yield f"models.{name}.weights: {error}"
        if model["compute_type"] not in engine.COMPUTE_TYPES:
            yield (
                f"models.{name}.compute_type: the engine {model['engine']} has no "
                f"'{model['compute_type']}'; it has {', '.join(sorted(engine.COMPUTE_TYPES))}"
            )


def find_dishonoured(
    config: Config, experiments: Iterable[Experiment], defaults: Config
) -> Iterator[str]:
    """Decode options that the engine of a condition cannot honour -> one line for each.

    Args:
        defaults: the default of each decode option; one that has it is never in the way.
    """
    pairs = {
        (condition.model, condition.decoding): experiment.name
        for experiment in experiments
        for condition in experiment.conditions
    }
    for (model, decoding), experiment in pairs.items():
        engine, options = config["models"][model]["engine"], config["decoding"][decoding]
        for option in dishonoured_options(engine, options, defaults):
            yield (
                f"decoding.{decoding}.{option}: the engine {engine} of models.{model} cannot "
                f"honour {options[option]!r}; leave the option out, or leave this pair out of "
                f"experiments.{experiment}"
            )


def _check_prompts(config: Config) -> Iterator[str]:
    for name, prompt in config["prompts"].items():
        if isinstance(prompt, str):
            prompt = {"template": prompt, "terms": "", "score": "", "max_tokens": 223}
            config["prompts"][name] = prompt
        try:
            fields = field_names(prompt["template"])
        except UserError as error:
            yield f"prompts.{name}: {error}"
            continue
        if prompt["terms"]:
            yield from find_table_problems(
                prompt["terms"], prompt["score"], f"prompts.{name}.terms"
            )
        elif "terms" in fields:
            yield f"prompts.{name}.terms: the template asks for {{terms}}; name a table of terms"


def _check_file(path: str, key: str) -> Iterator[str]:
    if not Path(path).exists():
        yield (
            f"{key}: no such file: {path}; "
            f"paths are relative to the working directory, {Path.cwd()}"
        )
