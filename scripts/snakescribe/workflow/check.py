"""A raw configuration -> a checked one: against the schema, then across its sections."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from typing import Any

from snakescribe.acquire.check import (
    context_problems,
    find_acquire_problems,
    source_problems,
)
from snakescribe.config.experiments import expand_experiments
from snakescribe.config.schema import (
    config_schema,
    decoding_defaults,
    fill_defaults,
    schema_problems,
)
from snakescribe.errors import UserError
from snakescribe.evaluate.check import find_scoring_problems
from snakescribe.process.check import find_process_problems
from snakescribe.transcribe.check import find_dishonoured, find_transcribe_problems

Config = dict[str, Any]


def check_config(raw: Config, source: str) -> Config:
    """Check `raw` and return a copy with the defaults filled in.

    Args:
        raw: what the user wrote.
        source: where, for the messages: usually the path of the config file.

    Raises:
        UserError: one line for each mistake, with the file, the key and a remedy.
    """
    schema = config_schema()
    config = _with_dates_as_text(deepcopy(raw))
    problems = list(schema_problems(config, schema, schema))
    if not problems:
        for index, entry in enumerate(config["recordings"]):
            problems += source_problems(entry, f"recordings.{index}", schema)
        for index, entry in enumerate(config.get("context", [])):
            problems += context_problems(entry, f"context.{index}", schema)
    if problems:
        raise UserError("\n".join(f"{source}: {problem}" for problem in problems))
    fill_defaults(config, schema, schema)
    for entry in config["recordings"]:
        if known := schema["$defs"]["sources"].get(entry["source"]):
            fill_defaults(entry, known, schema)
    for entry in config["context"]:
        if known := schema["$defs"]["contexts"].get(entry.get("provider", "table")):
            fill_defaults(entry, known, schema)
    problems = list(find_contradictions(config))
    if problems:
        raise UserError("\n".join(f"{source}: {problem}" for problem in problems))
    try:
        experiments = expand_experiments(config)
    except UserError as error:
        raise UserError(f"{source}: {error}") from error
    problems = list(find_dishonoured(config, experiments.values(), decoding_defaults()))
    if problems:
        raise UserError("\n".join(f"{source}: {problem}" for problem in problems))
    return config


def _with_dates_as_text(value: Any) -> Any:
    """YAML reads 2019-04-01 as a date; here days are text."""
    if isinstance(value, dict):
        return {key: _with_dates_as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_dates_as_text(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def find_contradictions(config: Config) -> Iterator[str]:
    """A config that fits the schema, with its defaults -> one line for each problem."""
    yield from find_process_problems(config)
    yield from find_transcribe_problems(config)
    yield from find_scoring_problems(config["scoring"])
    yield from find_acquire_problems(config)
