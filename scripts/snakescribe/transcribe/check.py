"""The sections `models`, `prompts` and `decoding` of a config -> what is wrong with them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from snakescribe.config.chunking import Chunking
from snakescribe.config.conditions import Experiment
from snakescribe.config.controls import CONTROLS, ORACLE, controls_of
from snakescribe.config.evaluate import Terms
from snakescribe.config.transcribe import ENGINE_KEYS, Decoding, Model, Prompt
from snakescribe.errors import UserError, did_you_mean
from snakescribe.languages import AUTO, is_told, language_code, suggest_code
from snakescribe.terms import find_table_problems, ranked_rows
from snakescribe.transcribe.engines import Engine, dishonoured_options, engine_class
from snakescribe.transcribe.prompts import field_names, known_fields, unknown_fields
from snakescribe.transcribe.prompts.render import TERMS
from snakescribe.transcribe.prompts.where import where_columns


def find_transcribe_problems(
    models: Mapping[str, Model], prompts: Mapping[str, Prompt]
) -> Iterator[str]:
    """Two sections -> one line for each problem."""
    yield from _check_models(models)
    yield from _check_prompts(prompts)


def _check_models(models: Mapping[str, Model]) -> Iterator[str]:
    for name, model in models.items():
        try:
            engine = engine_class(model.engine, f"models.{name}.engine")
        except UserError as error:
            yield str(error)
            continue
        for problem in engine.check_model(model):
            yield f"models.{name}.{problem}"
        for key in ENGINE_KEYS & model.model_fields_set - engine.KEYS:
            yield (f"models.{name}.{key}: the engine {model.engine} does not read it; leave it out")
        if model.compute_type not in engine.COMPUTE_TYPES:
            yield (
                f"models.{name}.compute_type: the engine {model.engine} has no "
                f"'{model.compute_type}'; it has {', '.join(sorted(engine.COMPUTE_TYPES))}"
            )


def find_missing_for_models(models: Mapping[str, Model]) -> Iterator[str]:
    """Models -> one line for each thing that a run lacks here, such as a server's address."""
    for name, model in models.items():
        try:
            engine = engine_class(model.engine)
        except UserError:  # no such engine, which `find_transcribe_problems` tells
            continue
        for problem in engine.check_environment(model):
            yield f"models.{name}.{problem}"


def _check_prompts(prompts: Mapping[str, Prompt]) -> Iterator[str]:
    for name, prompt in prompts.items():
        try:
            fields = field_names(prompt.template)
        except UserError as error:
            yield f"prompts.{name}: {error}"
            continue
        if prompt.terms:
            yield from find_table_problems(prompt.terms, prompt.score, f"prompts.{name}.terms")
            yield from _check_where(name, prompt)
        elif "terms" in fields:
            yield f"prompts.{name}.terms: the template asks for {{terms}}; name a table of terms"


def find_control_problems(prompts: Mapping[str, Prompt], terms: Terms) -> Iterator[str]:
    """Prompts, and where terms come from -> a line for each list that cannot be made."""
    for name, prompt in prompts.items():
        controls = controls_of(prompt.template)
        fields = field_names(prompt.template) if controls else []
        if not controls:
            continue
        if len(controls) > 1 or TERMS in fields:
            yield (
                f"prompts.{name}: one list of terms at most: {{terms}} or one of "
                f"{', '.join(f'{{{control}}}' for control in CONTROLS)}; make further prompts of it"
            )
        if not (terms.tables or terms.fields):
            yield (
                f"prompts.{name}: '{{{controls[0].kind}}}' is made of the terms of recordings, of "
                "which none are named; name tables or fields in `scoring.terms`"
            )


def find_missing_references(prompts: Mapping[str, Prompt]) -> Iterator[str]:
    """Prompts of a config without references -> a line for each that asks for what was said."""
    for name, prompt in prompts.items():
        if any(control.kind == ORACLE for control in controls_of(prompt.template)):
            yield (
                f"prompts.{name}: '{{{ORACLE}}}' has the terms that were said, but no source gives "
                "a reference transcript; name them in a source's `references`, or take another list"
            )


def _check_where(name: str, prompt: Prompt) -> Iterator[str]:
    try:
        named = where_columns(prompt.where)
        rows = ranked_rows(Path(prompt.terms), "") if named else ()
    except UserError as error:
        if not str(error).startswith(prompt.terms):  # which the key `terms` is told
            yield f"prompts.{name}.{error}"
        return
    for column in named if rows else []:
        if column not in rows[0].cells:
            remedy = did_you_mean(column, rows[0].cells)
            yield f"prompts.{name}.where: {prompt.terms} has no column '{column}'; {remedy}"


def find_unknown_fields(prompts: Mapping[str, Prompt], known: Collection[str]) -> Iterator[str]:
    """Prompts, and the fields that sources and context give -> a line for each that none gives."""
    known = {*known, *known_fields([])}
    for name, prompt in prompts.items():
        try:
            problems = list(unknown_fields(prompt.template, prompt.where, known))
        except UserError:  # no template, which `find_transcribe_problems` tells
            continue
        for problem in problems:
            yield f"prompts.{name}: {problem}"


def find_language_problems(
    models: Mapping[str, Model],
    decoding: Mapping[str, Decoding],
    experiments: Iterable[Experiment],
    given: Iterable[tuple[str, str]],
) -> Iterator[str]:
    """Languages and tasks that a model of an experiment cannot decode -> one line for each.

    Args:
        given: languages of recordings, as tables give them: the place, and what stands there.
    """
    told = [(place, text) for place, text in given if is_told(text)]
    problems: dict[str, None] = {}
    for (model, name), experiment in _pairs(models, decoding, experiments).items():
        try:
            engine = engine_class(models[model].engine)
        except UserError:  # no such engine, which `models` is told of
            continue
        options, weights = decoding[name], models[model].weights
        try:
            engine.check_task(weights, options.task)
        except UserError as error:
            problems[
                f"decoding.{name}.task: models.{model}: {error}; take another model, or leave this "
                f"pair out of experiments.{experiment}"
            ] = None
            continue
        english = engine.is_english_only(weights)
        place = f"decoding.{name}.language"
        asked = told if options.language == AUTO else [(place, options.language)]
        for place, text in asked:
            if fault := _language_fault(text, engine, model, english):
                problems[f"{place}: {fault}"] = None
    yield from problems


def _language_fault(text: str, engine: type[Engine], model: str, english: bool) -> str:
    """What keeps a model from decoding a language, as somebody wrote it, in words; or nothing."""
    code = language_code(text)
    if not code:
        return f"'{text}' is no language; {suggest_code(text)}, or leave it to the model"
    if english and code != "en":
        return (
            f"models.{model} knows English only, not '{text}'; take a multilingual model, or leave "
            "this out"
        )
    try:
        if not english:
            engine.check_language(code)
    except UserError as error:
        return f"{error}; leave this out, or take another model than models.{model}"
    return ""


def _pairs(
    models: Mapping[str, Model],
    decoding: Mapping[str, Decoding],
    experiments: Iterable[Experiment],
) -> dict[tuple[str, str], str]:
    """The models and decode options that experiments combine -> one of these experiments."""
    return {
        (condition.model, condition.decoding): experiment.name
        for experiment in experiments
        for condition in experiment.conditions
        if condition.model in models and condition.decoding in decoding
    }


def find_unread_prompts(
    models: Mapping[str, Model],
    prompts: Mapping[str, Prompt],
    experiments: Iterable[Experiment],
) -> Iterator[str]:
    """Prompts that the engine of a condition cannot read -> one line for each."""
    pairs = {
        (condition.model, condition.prompt): experiment.name
        for experiment in experiments
        for condition in experiment.conditions
        if condition.model in models and condition.prompt in prompts
    }
    for (model, name), experiment in pairs.items():
        engine = models[model].engine
        try:
            reads = engine_class(engine).READS_PROMPTS
        except UserError:  # no such engine, which `models` is told of
            continue
        if prompts[name].template.strip() and not reads:
            yield (
                f"prompts.{name}: the engine {engine} of models.{model} reads no prompts; leave "
                f"this pair out of experiments.{experiment}, or give it an empty prompt there"
            )


def find_whole_problems(
    models: Mapping[str, Model],
    chunkings: Mapping[str, Chunking],
    experiments: Iterable[Experiment],
) -> Iterator[str]:
    """Engines that decode no recording whole, where an experiment asks for it -> a line for each.

    Args:
        models: the section of the config.
        chunkings: by their key there.
        experiments: expanded.
    """
    pairs = {
        (condition.model, condition.chunking): experiment.name
        for experiment in experiments
        for condition in experiment.conditions
    }
    for (model, name), experiment in pairs.items():
        place = f"chunkings.{name}" if name else "chunking"
        chunking = chunkings.get(place)
        if model not in models or chunking is None or chunking.method != "whole":
            continue
        engine = models[model].engine
        try:
            whole = engine_class(engine).LONG_FORM
        except UserError:  # no such engine, which `models` is told of
            continue
        if not whole:
            yield (
                f"{place}.method: the engine {engine} of models.{model} decodes no recording "
                f"whole; leave this pair out of experiments.{experiment}, or take another method"
            )


def find_dishonoured(
    models: Mapping[str, Model],
    decoding: Mapping[str, Decoding],
    experiments: Iterable[Experiment],
) -> Iterator[str]:
    """Decode options that the engine of a condition cannot honour -> one line for each.

    An option that has its default is never in the way.
    """
    pairs = _pairs(models, decoding, experiments)
    defaults = Decoding().model_dump()
    for (model, name), experiment in pairs.items():
        engine, options = models[model].engine, decoding[name].model_dump()
        try:
            dishonoured = list(dishonoured_options(models[model], options, defaults))
        except UserError:  # no such engine, which `models` is told of
            continue
        for option in dishonoured:
            yield (
                f"decoding.{name}.{option}: the engine {engine} of models.{model} cannot "
                f"honour {options[option]!r}; leave the option out, or leave this pair out of "
                f"experiments.{experiment}"
            )
