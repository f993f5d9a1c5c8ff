"""The settings of an experiment -> rows of the tables that say what it is made of."""

from collections.abc import Iterator
from pathlib import Path

from snakescribe.config.params import ExperimentParams
from snakescribe.store import digest
from snakescribe.tables import Row
from snakescribe.terms import ranked_rows


def experiment_row(params: ExperimentParams, corpus: str) -> Row:
    """The load's parameters -> the row of `experiments`."""
    settings = params.model_dump()
    experiment = settings["experiment"]
    return {
        "corpus": corpus,
        "experiment": experiment["name"],
        **{
            name: experiment[name] for name in ("question", "design", "seed", "factors", "baseline")
        },
        "normalizer": params.scoring.normalizers[0],
        "chunking": settings["chunking"],
        "scoring": settings["scoring"],
        "settings": settings,
        "config_digest": digest(settings),
        "description": params.description,
        "notes": params.notes,
    }


def condition_rows(params: ExperimentParams, corpus: str) -> Iterator[Row]:
    """The load's parameters -> the rows of `conditions`."""
    settings = params.model_dump()
    for position, condition in enumerate(params.experiment.conditions):
        yield {
            "corpus": corpus,
            "experiment": params.experiment.name,
            "condition": condition.name,
            "position": position,
            "is_baseline": condition.name == params.experiment.baseline,
            **condition.levels,
            "model_options": settings["models"][condition.model],
            "audio_filters": settings["audio"][condition.audio],
            "prompt_options": settings["prompts"][condition.prompt],
            "decode_options": settings["decoding"][condition.decoding],
            "chunking_options": settings["chunkings"][condition.chunking]
            if condition.chunking
            else settings["chunking"],
        }


def prompt_term_rows(params: ExperimentParams, corpus: str) -> Iterator[Row]:
    """Rows of `prompt_terms`: the terms of each prompt that has a table of them.

    Raises:
        UserError: the table cannot be read.
    """
    place = {"corpus": corpus, "experiment": params.experiment.name}
    for name, prompt in params.prompts.items():
        terms = ranked_rows(Path(prompt.terms), prompt.score) if prompt.terms else ()
        for number, row in enumerate(terms):
            weights = {column: cell for column, cell in row.cells.items() if column != "term"}
            yield {
                **place, "prompt": name, "number": number, "term": row.term, "score": row.score,
                "weights": weights,
            }  # fmt: skip


def chain_rows(params: ExperimentParams, corpus: str) -> Iterator[Row]:
    """Rows of `processing_chains`: the filters of each audio variant, in their order."""
    place = {"corpus": corpus, "experiment": params.experiment.name}
    for audio, variant in params.audio.items():
        for number, entry in enumerate(variant.filters):
            (name, options) = (entry, {}) if isinstance(entry, str) else next(iter(entry.items()))
            yield {**place, "audio": audio, "number": number, "filter": name, "options": options}
