"""Texts and terms -> their tokens, and what finds a place in a prompt."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from snakescribe.config.experiments import expand_experiments
from snakescribe.config.root import Config
from snakescribe.config.transcribe import MOST_TOKENS, Weights
from snakescribe.errors import UserError, did_you_mean
from snakescribe.paths import is_there
from snakescribe.results import Results
from snakescribe.tables import ITEMS, RECORDINGS, read_table
from snakescribe.transcribe.engines import PromptTokenizer, engine_class
from snakescribe.transcribe.engines.external import ExternalTokenizer
from snakescribe.transcribe.prompts import (
    PromptTemplate,
    field_names,
    fields_by_recording,
    render_prompt,
)


@dataclass(frozen=True)
class Count:
    """How many tokens a text has for a model, and what the model sees of it.

    `estimated`: the model's own tokens are not known here.
    """

    model: str
    tokens: int
    budget: int
    seen: str
    estimated: bool


@dataclass(frozen=True)
class TermPlace:
    """A term of a prompt: its score, its tokens, and whether it found a place."""

    term: str
    score: float | None
    tokens: int
    kept: bool


@dataclass(frozen=True)
class TermPlaces:
    """The terms of a prompt for a model and a recording, most valuable first."""

    prompt: str
    model: str
    recording: str
    tokens: int
    budget: int
    terms: tuple[TermPlace, ...]


def count_tokens(text: str, models: Mapping[str, Weights]) -> Iterator[Count]:
    """A text, as a prompt, and models by name -> its tokens for each of them."""
    for name, model in models.items():
        tokenizer = load_tokenizer(model)
        tokens = tokenizer.tokenize(" ".join(text.split()))
        seen = tokenizer.detokenize(tokens[-MOST_TOKENS:]).strip()
        estimated = isinstance(tokenizer, ExternalTokenizer)
        yield Count(name, len(tokens), MOST_TOKENS, seen, estimated)


def place_terms(config: Config, names: tuple[str, ...], recording: str) -> Iterator[TermPlaces]:
    """The prompts with terms that experiments use -> which of them find a place, for each model.

    Args:
        config: the config.
        names: of prompts; empty takes all.
        recording: whose fields stand in the prompt; empty takes the first one. As long as none has
            been listed, the names of the fields stand for what they hold, and all terms are taken.

    Raises:
        UserError: an unknown prompt or recording, or no prompt that has terms.
    """
    for name in names:
        if name not in config.prompts:
            raise UserError(f"no prompt '{name}'; {did_you_mean(name, config.prompts)}")
    used = {
        (condition.model, condition.prompt): None
        for experiment in expand_experiments(config).values()
        for condition in experiment.conditions
        if config.prompts[condition.prompt].terms and (not names or condition.prompt in names)
    }
    if not used:
        asked = " of these" if names else ""
        raise UserError(f"no experiment uses a prompt{asked} with `terms`")
    recording, fields = _fields_of(config, recording)
    for model, name in used:
        tokenizer = load_tokenizer(config.models[model])
        prompt = PromptTemplate.from_section(name, config.prompts[name])
        if recording:
            prompt = prompt.of(fields)
        else:
            fields = {field: field for field in field_names(prompt.template)}
        tools = tokenizer.tokenize, tokenizer.detokenize
        rendered = render_prompt(replace(prompt, where=""), fields, "", *tools)
        yield TermPlaces(
            prompt=name,
            model=model,
            recording=recording,
            tokens=len(rendered.tokens),
            budget=prompt.max_tokens,
            terms=tuple(
                TermPlace(row.term, row.score, len(tools[0](row.term)), row.term in rendered.kept)
                for row in prompt.rows
                if row.term in prompt.terms
            ),
        )


def _fields_of(config: Config, recording: str) -> tuple[str, dict[str, str]]:
    """A recording, or none for the first one -> its id and fields; both empty if none is listed."""
    results = Results(Path(config.results))
    if not recording and not is_there(str(results.path(ITEMS))):
        return "", {}
    items = {item["recording"]: item for item in results.items()}
    if not items:
        return "", {}
    recording = recording or next(iter(items))
    if recording not in items:
        raise UserError(f"no recording '{recording}'; {did_you_mean(recording, items)}")
    shard = items[recording]["shard"]
    path = results.path(RECORDINGS, shard=shard)
    acquired = read_table(RECORDINGS, path) if path.exists() else ()
    return recording, fields_by_recording([items[recording]], acquired)[recording]


def load_tokenizer(model: Weights) -> PromptTokenizer:
    """A model of the config -> its tokenizer; its weights are fetched if they are not there."""
    engine = engine_class(model.engine)
    return engine.load_tokenizer(engine.fetch_model(model)["path"])
