"""The prompts of a pass for any recording: each chunk's prompt as the model will see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from snakescribe.transcribe.engines import PromptTokenizer
from snakescribe.transcribe.prompts.render import PromptTemplate, Rendered, render_prompt


@dataclass(frozen=True)
class PromptRenderer:
    """Prompts by name, the fields of each recording, and the model's own tokenizer.

    What does not depend on a chunk is fitted once for a recording: terms are many.
    """

    prompts: Mapping[str, PromptTemplate]
    fields: Mapping[str, Mapping[str, str]]
    tokenizer: PromptTokenizer
    _fitted: dict[tuple[str, str, str], Rendered] = field(default_factory=dict)

    def needs_previous(self, prompt: str) -> bool:
        """Whether a prompt depends on what the chunk before it said."""
        return self.prompts[prompt].needs_previous

    def render(self, recording: str, prompt: str, hotwords: str, previous: str) -> Rendered:
        """A recording and a prompt's name -> the prompt, within the budget of tokens.

        Args:
            hotwords: put before the prompt, and cut first.
            previous: what the chunk before said; empty if nothing is known of it.
        """
        key = recording, prompt, hotwords
        if previous or key not in self._fitted:
            rendered = self._render(recording, prompt, hotwords, previous)
            if previous:
                return rendered
            self._fitted[key] = rendered
        return self._fitted[key]

    def _render(self, recording: str, prompt: str, hotwords: str, previous: str) -> Rendered:
        return render_prompt(
            self.prompts[prompt].of(self.fields[recording]).after(hotwords),
            self.fields[recording],
            previous,
            self.tokenizer.tokenize,
            self.tokenizer.detokenize,
        )
