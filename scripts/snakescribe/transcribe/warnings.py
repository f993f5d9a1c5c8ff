"""What of the sections `models`, `prompts` and `decoding` hardly can be meant, though it runs."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from snakescribe.config.controls import ORACLE, controls_of
from snakescribe.config.transcribe import MOST_TOKENS, Decoding, Model, Prompt
from snakescribe.languages import AUTO, language_code
from snakescribe.transcribe.engines import engine_class
from snakescribe.transcribe.prompts import TermLists, field_names
from snakescribe.transcribe.prompts.empty import group_lacking
from snakescribe.transcribe.prompts.fields import METADATA

MOST_NAMED = 10  # recordings, in a warning


def find_prompt_warnings(
    prompts: Mapping[str, Prompt], known: Collection[str] | None, local: bool
) -> Iterator[str]:
    """Prompts -> a line for each that says less than it seems to.

    Args:
        known: the fields that sources and context give; None where that cannot be told.
        local: whether all recordings are files here, of which no site tells anything.
    """
    for name, prompt in prompts.items():
        if not prompt.template.strip() and (prompt.terms or prompt.max_tokens != MOST_TOKENS):
            yield f"prompts.{name}.template: empty, so that `terms` and `max_tokens` change nothing"
        if prompt.where and not prompt.terms:
            yield f"prompts.{name}.where: changes nothing without a table of `terms`"
        if prompt.terms and "terms" not in field_names(prompt.template):
            yield f"prompts.{name}.terms: the template has no {{terms}} to put them"
        drawn = any(control.kind != ORACLE for control in controls_of(prompt.template))
        if "seed" in prompt.model_fields_set and not drawn:
            yield f"prompts.{name}.seed: changes nothing, since no list of its template is drawn"
        for field in dict.fromkeys(field_names(prompt.template)):
            if local and known is not None and field in METADATA and field not in {*known, "title"}:
                yield (
                    f"prompts.{name}: '{field}' is told by sites, but all recordings are files "
                    "here: it will be empty; give it in a table under `context`"
                )


def find_model_warnings(
    pairs: Sequence[tuple[str, str]],
    models: Mapping[str, Model],
    decoding: Mapping[str, Decoding],
    given: Sequence[tuple[str, str]],
) -> Iterator[str]:
    """The models and decode options that experiments combine -> what they will not do.

    Args:
        given: languages of recordings that may be left out: the place, and what stands there.
    """
    foreign = [(place, text) for place, text in given if language_code(text) not in ("", "en")]
    for model, name in pairs:
        english = engine_class(models[model].engine).is_english_only(models[model].weights)
        if english and foreign and decoding[name].language == AUTO:
            place, text = foreign[0]
            yield (
                f"models.{model}: knows English only, but the language of a recording may be "
                f"'{text}' ({place}); take a multilingual model"
            )


def find_lacking_fields(
    prompts: Mapping[str, Prompt], fields: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    """Prompts, and the fields of recordings -> the recordings that lack a field, for each field."""
    for (name, field), recordings in group_lacking(prompts, fields).items():
        if field in METADATA and len(recordings) == len(fields) and field != "title":
            continue  # which `find_prompt_warnings` tells
        verb = "recording has" if len(recordings) == 1 else "recordings have"
        listed = ", ".join(recordings[:MOST_NAMED])
        more = len(recordings) - MOST_NAMED
        yield (
            f"prompts.{name}: {len(recordings)} {verb} nothing in '{field}', whose clause is left "
            f"out: {listed}{f' and {more} more' if more > 0 else ''}"
        )


def find_short_lists(prompts: Mapping[str, Prompt], lists: TermLists) -> Iterator[str]:
    """Prompts, and what lists are made of -> a line for each list that has too few terms.

    Nothing is told of `{oracle}` for recordings of which it is not known what was said.
    """
    for name, prompt in prompts.items():
        for control in controls_of(prompt.template):
            made = {
                recording: len(lists.make(control, recording, prompt.seed).ranked)
                for recording in (lists.said if control.kind == ORACLE else lists.own)
            }
            if empty := [recording for recording, size in made.items() if not size]:
                yield (
                    f"prompts.{name}: '{{{control.kind}}}' has no terms for {_some(empty)}; see "
                    "what `scoring.terms` gives for them and for others, and what references say"
                )
            wanting = [
                recording
                for recording, size in made.items()
                if control.others and 0 < size < len(lists.own[recording]) + control.others
            ]
            if wanting:
                yield (
                    f"prompts.{name}: fewer than {control.others} terms of other recordings for "
                    f"{_some(wanting)}; take fewer, or name a table with more in "
                    "`scoring.terms.tables`"
                )


def _some(recordings: Sequence[str]) -> str:
    """Recordings -> how many they are, and the first of them by name."""
    more = len(recordings) - MOST_NAMED
    listed = ", ".join(recordings[:MOST_NAMED])
    noun = "recording" if len(recordings) == 1 else "recordings"
    return f"{len(recordings)} {noun}: {listed}{f' and {more} more' if more > 0 else ''}"


def find_unheard_prompts(
    pairs: Iterable[tuple[str, str]], models: Mapping[str, Model], prompts: Mapping[str, Prompt]
) -> Iterator[str]:
    """The models and prompts that experiments combine -> prompts that their model is never given.

    Engines that read none are refused; here are programs that could be given theirs.
    """
    for model, name in pairs:
        engine = engine_class(models[model].engine)
        given = engine.reads_prompts(models[model]) or not engine.READS_PROMPTS
        if prompts[name].template.strip() and not given:
            yield (
                f"prompts.{name}: models.{model} is never given it; write {{prompt}} where the "
                "command takes it"
            )


def find_decoding_warnings(decoding: Mapping[str, Decoding]) -> Iterator[str]:
    """Decode options -> those that change nothing beside the others."""
    for name, options in decoding.items():
        if options.beam_size == 1 and options.patience != 1:
            yield f"decoding.{name}.patience: changes nothing without a `beam_size` above 1"


def describe_models(models: Mapping[str, Model]) -> Iterator[str]:
    """Models -> where the weights of each lie, or will lie."""
    for name, model in models.items():
        if what := engine_class(model.engine).describe_weights(model.weights):
            yield f"models.{name}: {what}"
