"""A config -> each recording's prompts, as its models will see them, without transcribing.

A recording that is still being acquired is shown with what its tables say; what its site says of it
may be added to the prompt later.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from snakescribe.config.controls import ORACLE
from snakescribe.config.experiments import expand_experiments
from snakescribe.config.root import Config
from snakescribe.errors import UserError, did_you_mean
from snakescribe.results import Results
from snakescribe.tables import RECORDINGS, Row, read_table
from snakescribe.transcribe.prompts import (
    PromptRenderer,
    PromptTemplate,
    TermLists,
    asks_for_lists,
    check_fields,
    fields_by_recording,
    known_fields,
    read_term_lists,
)
from snakescribe.transcribe.tokens import load_tokenizer
from snakescribe.transcribe.warnings import find_lacking_fields, find_short_lists


@dataclass(frozen=True)
class Preview:
    """One prompt of one recording, fitted to a model's budget of tokens.

    `acquired` is false as long as it is not known what the recording's site says of it.
    """

    recording: str
    model: str
    prompt: str
    tokens: int
    budget: int
    text: str
    dropped: tuple[str, ...]
    truncated: bool
    acquired: bool


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
    acquired = _acquired(results, items)
    fields = fields_by_recording(items, acquired.values())
    used = {
        (condition.model, condition.prompt): None
        for experiment in expand_experiments(config).values()
        for condition in experiment.conditions
        if not names or condition.prompt in names
    }
    lists = _read_lists(config, corpus, items, acquired.values())
    prompts = {
        name: PromptTemplate.from_section(name, config.prompts[name], lists)
        for name in dict.fromkeys(name for _, name in used)
    }
    for prompt in prompts.values():
        check_fields(prompt, known)
    renderers = {
        model: PromptRenderer(prompts, fields, load_tokenizer(config.models[model]))
        for model in dict.fromkeys(model for model, _ in used)
    }
    for item in items:
        for model, name in used:
            rendered = renderers[model].render(item["recording"], name, "", "")
            yield Preview(
                recording=item["recording"],
                model=model,
                prompt=name,
                tokens=len(rendered.tokens),
                budget=prompts[name].max_tokens,
                text=rendered.text,
                dropped=rendered.dropped,
                truncated=rendered.truncated,
                acquired=item["kind"] == "file" or item["recording"] in acquired,
            )


def find_gaps(config: Config, names: tuple[str, ...]) -> Iterator[str]:
    """The prompts that experiments use -> a line for each field that recordings lack, naming them.

    Of all recordings whose site need tell nothing any more.
    """
    results = Results(Path(config.results))
    corpus = results.items()
    acquired = _acquired(results, corpus)
    known = [item for item in corpus if item["kind"] == "file" or item["recording"] in acquired]
    used = {
        condition.prompt: config.prompts[condition.prompt]
        for experiment in expand_experiments(config).values()
        for condition in experiment.conditions
        if not names or condition.prompt in names
    }
    yield from find_lacking_fields(used, fields_by_recording(known, acquired.values()))
    if lists := _read_lists(config, corpus, known, acquired.values()):
        yield from find_short_lists(used, lists)


def _read_lists(
    config: Config, corpus: Iterable[Row], items: Iterable[Row], acquired: Iterable[Row]
) -> TermLists | None:
    """The lists that prompts ask for as controls; None where they ask for none."""
    if not asks_for_lists(config.prompts.values()):
        return None
    said = items if asks_for_lists(config.prompts.values(), ORACLE) else ()
    scoring = config.scoring
    return read_term_lists(corpus, said, acquired, scoring.terms, scoring.tiers)


def _acquired(results: Results, items: list[Row]) -> dict[str, Row]:
    """Items -> the rows of the recordings table by recording, as far as shards are done."""
    shards = {item["shard"] for item in items}
    paths = [results.path(RECORDINGS, shard=shard) for shard in sorted(shards)]
    return {
        row["recording"]: row
        for path in paths
        if path.exists()
        for row in read_table(RECORDINGS, path)
    }
