"""Prompts are data: templates over named fields, rendered within the model's token budget."""

from snakescribe.transcribe.prompts.controls import (
    TermLists,
    asks_for_lists,
    lists_of_fields,
    read_term_lists,
)
from snakescribe.transcribe.prompts.fields import (
    fields_by_recording,
    known_fields,
    recording_fields,
)
from snakescribe.transcribe.prompts.render import (
    PromptTemplate,
    Rendered,
    check_fields,
    field_names,
    render_prompt,
    unknown_fields,
)
from snakescribe.transcribe.prompts.renderer import PromptRenderer

__all__ = [
    "PromptRenderer",
    "PromptTemplate",
    "Rendered",
    "TermLists",
    "asks_for_lists",
    "check_fields",
    "field_names",
    "fields_by_recording",
    "known_fields",
    "lists_of_fields",
    "read_term_lists",
    "recording_fields",
    "render_prompt",
    "unknown_fields",
]
