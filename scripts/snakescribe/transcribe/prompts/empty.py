"""Prompts whose fields are empty for a recording: most often a name with a slip in it."""

from collections.abc import Iterable, Mapping

from snakescribe.config.controls import CONTROLS
from snakescribe.config.transcribe import Prompt
from snakescribe.notices import Kind, notify
from snakescribe.tables import Row
from snakescribe.transcribe.prompts.render import (
    PREVIOUS,
    TERMS,
    PromptTemplate,
    field_names,
    fill_template,
)
from snakescribe.transcribe.prompts.where import where_fields
from snakescribe.transcribe.wanted import Pair

NO_FIELDS = (TERMS, PREVIOUS, *CONTROLS)  # of recordings


def empty_fields(template: str, where: str, fields: Mapping[str, str]) -> list[str]:
    """A template, its `where` and a recording's fields -> those that they name without a value."""
    names = dict.fromkeys([*field_names(template), *where_fields(where)])
    return [name for name in names if name not in NO_FIELDS and not fields.get(name, "").strip()]


def group_lacking(
    prompts: Mapping[str, Prompt], fields: Mapping[str, Mapping[str, str]]
) -> dict[tuple[str, str], list[str]]:
    """Prompts by name, and fields by recording -> which recordings lack which field of a prompt.

    By the names of the prompt and the field.
    """
    lacking: dict[tuple[str, str], list[str]] = {}
    for name, prompt in prompts.items():
        for recording, own in fields.items():
            for field in empty_fields(prompt.template, prompt.where, own):
                lacking.setdefault((name, field), []).append(recording)
    return lacking


def notify_of_empty_fields(
    prompts: Mapping[str, PromptTemplate],
    fields: Mapping[str, Mapping[str, str]],
    chunks: Iterable[Row],
    wanted: Mapping[str, Iterable[Pair]],
) -> None:
    """Give notice of prompts that lack what they name for a recording, or are left without a word.

    Args:
        prompts: the pass's prompts by name.
        fields: the fields of each recording, see `recording_fields`.
        chunks: the chunks that are transcribed.
        wanted: under which pairs of prompt and decode options each of them is.
    """
    used = {
        (chunk["recording"], pair.prompt): None
        for chunk in chunks
        for pair in wanted[chunk["chunk"]]
    }
    for recording, name in used:
        own = fields[recording]
        prompt = prompts[name].of(own)
        empty = empty_fields(prompt.template, prompt.where, own)
        if (prompt.where or prompt.control) and not prompt.terms:
            empty.append(prompt.control.kind if prompt.control else TERMS)
        if not empty:
            continue
        terms = ", ".join(prompt.terms)
        text = fill_template(prompt.template, {**own, TERMS: terms, PREVIOUS: ""})
        listed = " and ".join(f"'{field}'" for field in empty)
        if any(letter.isalnum() for letter in text):
            notify(
                Kind.PROMPT_FIELD_EMPTY,
                f"prompt '{name}': nothing in {listed}, whose clauses are left out",
                recording=recording,
            )
        else:
            notify(
                Kind.PROMPT_EMPTY,
                f"prompt '{name}' is {f'no more than {text!r}' if text else 'empty'}: nothing in "
                f"{listed}",
                recording=recording,
            )
