"""A config -> each recording's prompts, as its models will see them, without transcribing."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from snakescribe.config.experiments import expand_experiments
from snakescribe.config.root import Config
from snakescribe.config.transcribe import Model
from snakescribe.errors import UserError, did_you_mean
from snakescribe.results import Results
from snakescribe.tables import RECORDINGS
from snakescribe.transcribe.engines import PromptTokenizer, engine_class
from snakescribe.transcribe.prompts import Prompt, known_fields, recording_fields, render_prompt
from snakescribe.transcribe.prompts.render import check_fields


@dataclass(frozen=True)
class Preview:
    """One prompt of one recording, fitted to a model's budget."""

    recording: str
    model: str
    prompt: str
    tokens: int
    budget: int
    text: str
    dropped: tuple[str, ...]
    truncated: bool


def preview_prompts(config: Config, names: tuple[str, ...], limit: int) -> Iterator[Preview]:
    """Render the prompts that the experiments use, for the first `limit` recordings.

    Raises:
        UserError: an unknown prompt, or recordings that are not resolved yet.
    """
    for name in names:
        if name not in config.prompts:
            raise UserError(f"no prompt '{name}'; {did_you_mean(name, config.prompts)}")
    results = Results(Path(config.results))
    corpus = results.items()
    known, items = known_fields(corpus), corpus[:limit]
    infos = {
        row["recording"]: row["info"]
        for shard in {item["shard"] for item in items}
        if results.path(RECORDINGS, shard=shard).exists()
        for row in results.rows(RECORDINGS)
    }
    fields = {
        item["recording"]: recording_fields(
            item, Path(info) if (info := infos.get(item["recording"])) else None
        )
        for item in items
    }
    used = {
        (condition.model, condition.prompt): None
        for experiment in expand_experiments(config).values()
        for condition in experiment.conditions
        if not names or condition.prompt in names
    }
    tokenizers = {
        model: _load_tokenizer(config.models[model]) for model in {model for model, _ in used}
    }
    for item in items:
        for model, name in used:
            prompt = Prompt.from_settings(name, config.prompts[name].model_dump())
            check_fields(prompt, known)
            rendered = render_prompt(
                prompt,
                fields[item["recording"]],
                "",
                tokenizers[model].tokenize,
                tokenizers[model].detokenize,
            )
            yield Preview(
                item["recording"],
                model,
                name,
                len(rendered.tokens),
                prompt.max_tokens,
                rendered.text,
                rendered.dropped,
                rendered.truncated,
            )


def _load_tokenizer(model: Model) -> PromptTokenizer:
    engine = engine_class(model.engine)
    return engine.load_tokenizer(engine.fetch_weights(model.weights)["path"])
