"""A config -> what is wrong with the files that it names, and across them: fields, languages."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from snakescribe.acquire.fields import (
    find_filter_problems,
    given_languages,
    has_references,
    listed_fields,
)
from snakescribe.acquire.inputs import find_input_problems
from snakescribe.acquire.local_fields import local_fields
from snakescribe.config.context import Context
from snakescribe.config.draft import Draft
from snakescribe.config.experiments import try_experiments
from snakescribe.config.root import Config
from snakescribe.config.sources import DatabaseSource, Source
from snakescribe.database.check import find_files_of_ssh
from snakescribe.errors import UserError
from snakescribe.paths import is_there
from snakescribe.process.word_files import find_missing_words
from snakescribe.results import Results
from snakescribe.tables import ITEMS, Row
from snakescribe.transcribe.check import (
    find_language_problems,
    find_missing_for_models,
    find_missing_references,
    find_unknown_fields,
)
from snakescribe.transcribe.prompts import fields_by_recording


def find_problems_of_inputs(draft: Draft) -> Iterator[str]:
    """What could be read of a config -> a line for each thing with which a run would end.

    Reads heads of tables, and `items.tsv` only to spare a field that it has.
    """
    config = draft.config
    yield from find_input_problems(draft.recordings, draft.context)
    yield from find_missing_for_models(config.models)
    yield from find_files_of_ssh(config.database)
    yield from find_missing_words(config.audio)
    if not any(has_references(source, config.acquire) for source in draft.recordings.values()):
        yield from find_missing_references(config.prompts)
    if not any(line.startswith("context") for line in draft.mistakes):
        yield from find_filter_problems(draft.recordings, draft.context)
    listed = (draft.recordings.values(), draft.context.values())
    broken = any(line.startswith(("recordings", "context")) for line in draft.mistakes)
    known = None if broken else known_fields_of(*listed)
    if known is not None:
        problems = list(find_unknown_fields(config.prompts, known))
        if problems:
            problems = list(find_unknown_fields(config.prompts, known | acquired_fields(config)))
        yield from problems
    experiments, _ = try_experiments(config.experiments, draft.names, config.prompts)
    given = given_languages(*listed)
    yield from find_language_problems(
        config.models,
        config.decoding,
        experiments.values(),
        [(language.place, language.code) for language in given if language.sure],
    )


def known_fields_of(
    recordings: Iterable[Source], context: Iterable[Context]
) -> frozenset[str] | None:
    """The fields that sources and context give; None where there may be others."""
    fields = listed_fields(recordings, context)
    return fields.names if fields.complete else None


def names_database(config: Config) -> bool:
    """Whether a run reads from, or loads into, a database server that somebody named."""
    return bool(
        config.database.url
        or os.environ.get("SNAKESCRIBE_DATABASE_URL")
        or any(isinstance(source, DatabaseSource) for source in config.recordings)
    )


def acquired_fields(config: Config) -> frozenset[str]:
    """The fields of the recordings that an earlier run has listed."""
    return frozenset(name for item in _listed_before(config) for name in item["context"])


def fields_of_recordings(config: Config) -> Mapping[str, Mapping[str, str]]:
    """The fields of each recording, as far as they are known for sure before a run.

    Of files here, or as an earlier run has listed them; not of those of which sites tell more.
    """
    told = local_fields(config.recordings, config.context)
    if told is not None:
        return told
    items = [item for item in _listed_before(config) if item["kind"] == "file"]
    return fields_by_recording(items, ())


def _listed_before(config: Config) -> list[Row]:
    """The recordings that an earlier run has listed."""
    results = Results(Path(config.results))
    if not is_there(str(results.path(ITEMS))):
        return []
    try:
        return results.items()
    except UserError:  # of an older version, or damaged: the run lists them anew, or says so
        return []
