"""The sections `models`, `prompts` and `decoding` of a config -> what is wrong with them."""

from collections.abc import Iterable, Iterator
from typing import Any

from snakescribe.config.experiments import Experiment
from snakescribe.errors import UserError
from snakescribe.terms import find_table_problems
from snakescribe.transcribe.engines import dishonoured_options, engine_class
from snakescribe.transcribe.prompts import field_names

Config = dict[str, Any]


def find_transcribe_problems(config: Config) -> Iterator[str]:
    """A config with its defaults -> one line for each problem; completes prompts given as text."""
    yield from _check_models(config)
    yield from _check_prompts(config)


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
