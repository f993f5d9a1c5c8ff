"""Prompts are data: templates over named fields, rendered within the model's token budget."""

from snakescribe.transcribe.prompts.fields import known_fields, recording_fields
from snakescribe.transcribe.prompts.render import Prompt, Rendered, field_names, render_prompt

__all__ = ["Prompt", "Rendered", "field_names", "known_fields", "recording_fields", "render_prompt"]
