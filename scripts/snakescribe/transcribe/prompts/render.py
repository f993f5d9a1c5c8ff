"""A template, the fields of a recording and a token budget -> the prompt the model will see.

Whisper sees the last 223 tokens of a prompt and drops the head without a word. A prompt is
therefore fitted to its budget here: terms are packed greedily by value with the most valuable
last, and the tail of the previous transcription fills what is left.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from string import Formatter

from snakescribe.config.controls import (
    CONTROLS,
    DISTRACTORS,
    MOST_DISTRACTORS,
    Control,
    controls_of,
    read_control,
    with_plain_list,
)
from snakescribe.config.transcribe import Prompt
from snakescribe.errors import UserError, did_you_mean
from snakescribe.terms import RankedTerm, ranked_rows
from snakescribe.transcribe.prompts.clauses import drop_clauses
from snakescribe.transcribe.prompts.controls import TermLists
from snakescribe.transcribe.prompts.where import parse_where, passes, where_fields

PREVIOUS = "previous_transcription"
TERMS = "terms"

Tokenize = Callable[[str], list[int]]
Detokenize = Callable[[Sequence[int]], str]


@dataclass(frozen=True)
class PromptTemplate:
    """A prompt of the config with its terms, ready to be rendered.

    `rows` are the terms with their cells where `where` says which of them are a recording's.
    A `control` is a list that is made of `lists` for each recording, by `seed`; it stands where
    the template has `{terms}`, and is written in the order of `written`, if that has any.
    """

    name: str
    template: str
    terms: tuple[str, ...]
    max_tokens: int
    rows: tuple[RankedTerm, ...] = ()
    where: str = ""
    control: Control | None = None
    seed: int = 0
    lists: TermLists | None = None
    written: tuple[str, ...] = ()

    @classmethod
    def from_section(
        cls, name: str, section: Prompt, lists: TermLists | None = None
    ) -> "PromptTemplate":
        """A prompt's name and its section of the config -> the prompt, its terms ranked."""
        controls = controls_of(section.template)
        if controls:
            template = with_plain_list(section.template, TERMS)
            made = cls(name, template, (), section.max_tokens)
            return replace(made, control=controls[0], seed=section.seed, lists=lists)
        rows = ranked_rows(Path(section.terms), section.score) if section.terms else ()
        terms = tuple(row.term for row in rows)
        return cls(name, section.template, terms, section.max_tokens, rows, section.where)

    def of(self, fields: Mapping[str, str]) -> "PromptTemplate":
        """The fields of a recording -> this prompt with the terms that are the recording's."""
        if self.control and self.lists:
            made = self.lists.make(self.control, fields["recording"], self.seed)
            return replace(self, terms=made.ranked, written=made.written)
        if not self.where.strip():
            return self
        tests = parse_where(self.where)
        terms = tuple(row.term for row in self.rows if passes(tests, row.cells, fields))
        return replace(self, terms=terms)

    def after(self, words: str) -> "PromptTemplate":
        """This prompt with `words` before it: what is cut first if the budget is too small."""
        words = words.replace("{", "{{").replace("}", "}}")
        return replace(self, template=f"{words} {self.template}") if words else self

    @property
    def needs_previous(self) -> bool:
        """Whether a chunk's prompt depends on what the chunk before it said."""
        return PREVIOUS in field_names(self.template)


@dataclass(frozen=True)
class Rendered:
    """A prompt as the model sees it, and what found no place."""

    text: str
    tokens: tuple[int, ...]
    kept: tuple[str, ...]
    dropped: tuple[str, ...]
    truncated: bool


def field_names(template: str) -> list[str]:
    """The fields a template names, in order.

    Raises:
        UserError: the template has a stray brace or formatting that is not a plain `{name}`, but
            for `{distractors:20}`.
    """
    try:
        parts = [part for part in Formatter().parse(template) if part[1] is not None]
    except ValueError as error:
        raise UserError(f"prompt template {template!r}: {error}; write {{{{ for a brace") from error
    names = []
    for _, name, form, conversion in parts:
        written = f"{name}{f'!{conversion}' if conversion else ''}{f':{form}' if form else ''}"
        if name == DISTRACTORS and not read_control(name, form or ""):
            raise UserError(
                f"prompt template {template!r}: '{{{written}}}' does not say how many; write "
                f"{{distractors:20}}, with a number from 1 to {MOST_DISTRACTORS}"
            )
        if name != DISTRACTORS and not written.isidentifier():
            raise UserError(
                f"prompt template {template!r}: '{{{written}}}' is not a plain field name"
            )
        names.append(name or "")
    return names


def check_fields(prompt: PromptTemplate, known: set[str]) -> None:
    """Raise a UserError if the template names a field that no recording has."""
    asked = prompt.control.written if prompt.control else ""
    for problem in unknown_fields(f"{prompt.template}{asked}", prompt.where, known):
        raise UserError(f"prompts.{prompt.name}: {problem}")


def unknown_fields(template: str, where: str, known: Collection[str]) -> Iterator[str]:
    """A template, its `where`, the fields of recordings -> what is wrong, for each unknown one."""
    for name in dict.fromkeys([*field_names(template), *where_fields(where)]):
        if name in CONTROLS and name in known:
            yield (
                f"'{{{name}}}' is a list that is made for each recording, but recordings also have "
                f"a field '{name}'; call that something else"
            )
        elif name not in (TERMS, PREVIOUS, *CONTROLS) and name not in known:
            yield f"no recording has a field '{name}'; {did_you_mean(name, known)}"


def fill_template(template: str, values: Mapping[str, str]) -> str:
    """A template and values -> its text, white space tidied, without clauses that lack a value."""
    named = {name: values.get(name, "") for name in field_names(template)}
    empty = [name for name, value in named.items() if not value.strip()]
    return " ".join(drop_clauses(template, empty).format(**named).split())


def render_prompt(
    prompt: PromptTemplate,
    fields: Mapping[str, str],
    previous: str,
    tokenize: Tokenize,
    detokenize: Detokenize,
) -> Rendered:
    """Render a template for one chunk, within `prompt.max_tokens` of the model's own tokens.

    Args:
        fields: the recording's fields; one that is missing is empty, and takes its clause with it.
        previous: what the chunks before said, or an empty text.
        tokenize: text -> the tokens the decoder will see.
        detokenize: the way back.
    """

    def fill(terms: Sequence[str], before: str) -> str:
        chosen = set(terms)
        ordered = [term for term in prompt.written if term in chosen] or reversed(terms)
        return fill_template(
            prompt.template, {**fields, TERMS: ", ".join(ordered), PREVIOUS: before}
        )

    kept: list[str] = []
    if prompt.terms and TERMS in field_names(prompt.template):
        kept = _pack(prompt.terms, lambda terms: len(tokenize(fill(terms, ""))), prompt.max_tokens)
    before = previous.strip()
    left = prompt.max_tokens - len(tokenize(fill(kept, "")))
    shortened = _tail(before, max(left, 0), tokenize, detokenize)
    while shortened and len(tokenize(fill(kept, shortened))) > prompt.max_tokens:
        shortened = shortened.partition(" ")[2]
    tokens = tokenize(fill(kept, shortened))
    cut = len(tokens) > prompt.max_tokens
    if cut:
        tokens = tokens[-prompt.max_tokens :]
    return Rendered(
        text=detokenize(tokens).strip(),
        tokens=tuple(tokens),
        kept=tuple(kept),
        dropped=tuple(term for term in prompt.terms if term not in set(kept)),
        truncated=cut or shortened != before,
    )


def _pack(terms: Sequence[str], length: Callable[[Sequence[str]], int], budget: int) -> list[str]:
    """Take each term, most valuable first, that still fits."""
    kept: list[str] = []
    for term in terms:
        if length([*kept, term]) <= budget:
            kept.append(term)
    return kept


def _tail(text: str, budget: int, tokenize: Tokenize, detokenize: Detokenize) -> str:
    """The last words of a text that fit in a number of tokens."""
    tokens = tokenize(text)
    if len(tokens) <= budget:
        return text
    tail = detokenize(tokens[len(tokens) - budget :]) if budget else ""
    return tail if tail.startswith(" ") or not tail else tail.partition(" ")[2]
