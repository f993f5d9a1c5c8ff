"""Prompts whose fields are empty for a recording: most often a name with a slip in it."""

from collections.abc import Iterable, Mapping

from snakescribe.notices import Kind, notify
from snakescribe.tables import Row
from snakescribe.transcribe.prompts.render import PREVIOUS, TERMS, PromptTemplate, field_names
from snakescribe.transcribe.wanted import Pair


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
        prompt, own = prompts[name], fields[recording]
        names = dict.fromkeys(field_names(prompt.template))
        empty = [field for field in names if field not in (TERMS, PREVIOUS) and not own.get(field)]
        if not empty:
            continue
        values = {field: own.get(field, "") for field in names}
        values |= {TERMS: ", ".join(prompt.terms), PREVIOUS: ""}
        text = " ".join(prompt.template.format(**values).split())
        listed = " and ".join(f"'{field}'" for field in empty)
        if any(letter.isalnum() for letter in text):
            notify(
                Kind.PROMPT_FIELD_EMPTY,
                f"prompt '{name}': nothing in {listed}",
                recording=recording,
            )
        else:
            notify(
                Kind.PROMPT_EMPTY,
                f"prompt '{name}' is no more than '{text}': nothing in {listed}",
                recording=recording,
            )
