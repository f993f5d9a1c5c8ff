"""A results folder: where each table lies and how to read it over all shards."""

import csv
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from snakescribe.chunk_ids import planned_chunk_ids
from snakescribe.config.conditions import Experiment, cut_of
from snakescribe.config.groups import assign_groups
from snakescribe.tables import (
    ITEMS,
    NOTICES,
    PLANS,
    TRANSCRIPTS,
    Row,
    Table,
    delimited,
    read_table,
)
from snakescribe.tables.schema import NotThisTableError

# What of a transcript tells which condition it is of.
CELL = ("chunk", "prompt", "decoding")


@dataclass(frozen=True)
class Results:
    """The folder that a config's `results` names."""

    folder: Path

    @property
    def store(self) -> Path:
        """The content-keyed store, which no rule declares."""
        return self.folder / "store"

    def path(self, table: Table, *, chunking: str = "", **wildcards: str) -> Path:
        """A table and the wildcards of its path -> the file.

        Args:
            table: the table.
            chunking: the level, where the table is of one; empty is the section `chunking`.
            wildcards: the others.
        """
        return self.folder / table.path.format_map({**wildcards, "cut": cut_of(chunking)})

    def items_file(self) -> Path:
        """The lock file; where that is cut off or spoilt, its copy in the store."""
        path, copy = self.path(ITEMS), items_copy(self.store)
        if not path.exists() or not copy.exists():
            return path
        stat = path.stat()
        return copy if _is_spoilt(path, copy, (stat.st_mtime_ns, stat.st_size)) else path

    def items(self) -> list[Row]:
        """The rows of the lock file."""
        return list(read_table(ITEMS, self.items_file()))

    def shards(self) -> list[str]:
        """The shards that the lock file knows, in order."""
        return sorted(self.items_by_shard())

    def items_by_shard(self) -> dict[str, list[Row]]:
        """The rows of the lock file by shard; not to be changed, they are read once.

        The workflow asks for every shard of every rule: reading anew each time would cost the
        square of the number of recordings.
        """
        path = self.path(ITEMS)
        if not path.exists():
            return _group_items(path, None)
        path = self.items_file()
        stat = path.stat()
        return _group_items(path, (stat.st_mtime_ns, stat.st_size))

    def rows(self, table: Table, *, lacking: bool = False, **wildcards: str) -> Iterator[Row]:
        """The rows of a table over all shards, in shard order; `lacking`: some may not have it.

        The wildcards are those of `path`.
        """
        for shard in self.shards():
            path = self.path(table, shard=shard, **wildcards)
            if not lacking or path.exists():
                yield from read_table(table, path)

    def notice_jobs(self, experiment: Experiment) -> Iterator[tuple[str, str]]:
        """The jobs that an experiment's comparisons hang on and that may give notices.

        Yields their step and place, as in the path of `NOTICES`, in the order of the stages.
        """
        shards = self.shards()
        variants = sorted({condition.audio for condition in experiment.conditions})
        models = sorted({condition.model for condition in experiment.conditions})
        passes = sorted({condition.passname for condition in experiment.conditions})
        places = sorted({condition.place for condition in experiment.conditions})
        yield "resolve_items", "all"
        yield from (("fetch_recordings", shard) for shard in shards)
        yield "describe_recordings", "all"
        yield from (("prepare_audio", f"{name}/{shard}") for name in variants for shard in shards)
        yield from (("plan_chunks", f"{cut}{shard}") for cut in experiment.cuts for shard in shards)
        yield from (("cut_chunks", f"{place}/{shard}") for place in places for shard in shards)
        yield from (("fetch_model", model) for model in models)
        yield from (("transcribe_chunks", f"{name}/{shard}") for name in passes for shard in shards)
        yield "score_transcripts", experiment.name
        yield "compare_conditions", experiment.name

    def notices(self, jobs: Iterable[tuple[str, str]]) -> Iterator[Row]:
        """Steps and places of jobs -> the notices of those that have ended."""
        for step, place in jobs:
            path = self.path(NOTICES, step=step, place=place)
            if path.exists():
                yield from read_table(NOTICES, path)

    def condition_rows(self, experiment: Experiment, shard: str) -> Iterator[tuple[str, Row]]:
        """A shard's transcripts that belong to an experiment, each with its condition's name."""
        for path, find in self.transcript_files(experiment, shard):
            for row in read_table(TRANSCRIPTS, path):
                if name := find(*(row[key] for key in CELL)):
                    yield name, row

    def transcript_files(
        self, experiment: Experiment, shard: str
    ) -> Iterator[tuple[Path, Callable[[str, str, str], str | None]]]:
        """The files of a shard's transcripts, each with a function that tells their condition.

        The function takes a chunk, a prompt and a decoding, and gives the name of the experiment's
        condition, or None where the transcript belongs to none of them. In random groups a chunk
        has only the condition that it was assigned to.
        """
        assigned: dict[str, str] | None = None
        if experiment.design == "random_groups":
            (chunking,) = experiment.chunkings
            plans = read_table(PLANS, self.path(PLANS, shard=shard, chunking=chunking))
            assigned = assign_groups(experiment, shard, planned_chunk_ids(plans))
        passes: dict[str, dict[tuple[str, str], str]] = {}
        for condition in experiment.conditions:
            names = passes.setdefault(condition.passname, {})
            names[condition.prompt, condition.decoding] = condition.name
        for passname, names in passes.items():
            yield (
                self.path(TRANSCRIPTS, passname=passname, shard=shard),
                partial(_find_condition, names, assigned),
            )


def _find_condition(
    names: Mapping[tuple[str, str], str],
    assigned: Mapping[str, str] | None,
    chunk: str,
    prompt: str,
    decoding: str,
) -> str | None:
    name = names.get((prompt, decoding))
    return name if assigned is None or assigned.get(chunk) == name else None


def items_copy(store: Path) -> Path:
    """A store -> the copy of the lock file."""
    return store / "items.tsv"


@lru_cache(maxsize=1)
def _is_spoilt(path: Path, copy: Path, _stamp: tuple[int, int]) -> bool:
    """Whether a lock file cannot be read, or has the beginning of its copy only."""
    with path.open("rb") as stream, copy.open("rb") as other:
        content, whole = stream.read(), other.read()
    if content == whole:
        return False
    if whole.startswith(content):
        return True
    try:  # not by `read_table`: within a run it removes what is spoilt
        deque(delimited.read_rows(ITEMS, path, None, {}), maxlen=0)
    except (NotThisTableError, UnicodeDecodeError, csv.Error):
        return True
    return False


@lru_cache(maxsize=1)
def _group_items(path: Path, _stamp: tuple[int, int] | None) -> dict[str, list[Row]]:
    """A lock file -> its rows by shard; kept until the file's time or size changes."""
    grouped: dict[str, list[Row]] = {}
    for row in read_table(ITEMS, path):
        grouped.setdefault(row["shard"], []).append(row)
    return grouped
