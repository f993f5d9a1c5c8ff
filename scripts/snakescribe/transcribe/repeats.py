"""The key `repeats` of decode options -> where nothing can differ between two of them."""

from collections.abc import Iterable, Iterator, Mapping

from snakescribe.config.conditions import Experiment
from snakescribe.config.transcribe import Decoding, Model
from snakescribe.errors import UserError
from snakescribe.transcribe.engines import engine_class


def find_repeat_problems(
    models: Mapping[str, Model],
    decoding: Mapping[str, Decoding],
    experiments: Iterable[Experiment],
) -> Iterator[str]:
    """Repeats that would all have the same text -> a line for each model and decode options."""
    for (model, name), experiment in _repeated(models, decoding, experiments).items():
        engine = models[model].engine
        try:
            varies = engine_class(engine).may_vary(decoding[name])
        except UserError:  # no such engine, which `models` is told of
            continue
        if not varies:
            yield (
                f"decoding.{name}.repeats: {decoding[name].repeats} repeats would all be the same: "
                f"the engine {engine} of models.{model} draws nothing at random"
                f"{_at(decoding[name])}; leave the key out, take a temperature above 0 where the "
                f"engine has any, or leave this pair out of experiments.{experiment}"
            )


def find_repeat_warnings(
    models: Mapping[str, Model],
    decoding: Mapping[str, Decoding],
    experiments: Iterable[Experiment],
) -> Iterator[str]:
    """Repeats that differ in few chunks, if in any -> a line for each set of decode options."""
    told: dict[str, None] = {}
    for model, name in _repeated(models, decoding, experiments):
        options = decoding[name]
        honoured = engine_class(models[model].engine).honoured_options(models[model])
        falls_back = options.temperatures[0] == 0 and len(options.temperatures) > 1
        if "temperatures" in honoured and falls_back:
            told[
                f"decoding.{name}.repeats: the first of its `temperatures` is 0, at which nothing "
                "is drawn: repeats differ only in chunks for which a higher one is tried; put a "
                "temperature above 0 first to repeat them all"
            ] = None
    yield from told


def _at(options: Decoding) -> str:
    return " at temperature 0" if not any(options.temperatures) else ""


def _repeated(
    models: Mapping[str, Model],
    decoding: Mapping[str, Decoding],
    experiments: Iterable[Experiment],
) -> dict[tuple[str, str], str]:
    """The models and decode options with repeats that experiments combine -> one of these."""
    return {
        (condition.model, condition.decoding): experiment.name
        for experiment in experiments
        for condition in experiment.conditions
        if condition.model in models
        and condition.decoding in decoding
        and decoding[condition.decoding].repeats > 1
    }
