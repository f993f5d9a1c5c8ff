"""The tables of a run -> the same for another machine: paths of files that are in the archive."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from snakescribe.config.conditions import Experiment
from snakescribe.publish.contents import Contents
from snakescribe.results import Results
from snakescribe.tables import (
    AUDIO,
    CHUNKS,
    ITEMS,
    NOTICES,
    PLANS,
    RECORDINGS,
    SOURCES,
    TRANSCRIPTS,
    Row,
    Table,
    read_table,
)

# In a name of a user's file: what a list of digests, or another system, has trouble with.
_UNUSUAL = re.compile(r"[^\w .()+@,=-]")
RESULTS = "results"
REFERENCES = "references"


class UserFiles:
    """Files that tables and the config name, each packed once, under a name of its own.

    `absent` are the paths of those that are not there.
    """

    def __init__(self, contents: Contents) -> None:
        """Take what they are added to."""
        self._contents = contents
        self._names: dict[str, str] = {}
        self._taken: set[str] = set()
        self.absent: list[str] = []

    def add(self, name: str, path: Path) -> None:
        """Add a file under a name that is known, if it is there."""
        if path.is_file():
            self._contents.add_file(name, path)
        else:
            self.absent.append(str(path))

    def pack(self, path: str, folder: str) -> str:
        """A path -> the name of its file in the archive; a file that is not there keeps its path.

        Args:
            path: as a table has it; empty stays empty.
            folder: of the archive.
        """
        if not path or path in self._names:
            return self._names.get(path, path)
        if not Path(path).is_file():
            self.absent.append(path)
            self._names[path] = path
            return path
        own = _UNUSUAL.sub("_", Path(path).name)
        name, number = f"{folder}/{own}", 1
        while name in self._taken:  # names of files are not ids: two folders may have the same
            number += 1
            name = f"{folder}/{number}/{own}"
        self._taken.add(name)
        self._names[path] = name
        self._contents.add_file(name, Path(path))
        return name


def pack_tables(
    results: Results, experiments: Iterable[Experiment], contents: Contents, files: UserFiles
) -> None:
    """Add what scores are made of: the lock, plans, chunks, transcripts, and what was said.

    Args:
        results: of the run.
        experiments: those whose conditions are wanted.
        contents: what they are added to.
        files: where the files of references go.

    Raises:
        UserError: a table is missing or damaged.
    """
    experiments = list(experiments)
    shards = results.shards()
    conditions = [cell for experiment in experiments for cell in experiment.conditions]

    def add(table: Table, path: Path, rows: Iterable[Row] | None = None) -> None:
        name = f"{RESULTS}/{path.relative_to(results.folder).as_posix()}"
        if table.is_parquet:
            contents.add_file(name, path)
        else:
            contents.add_table(name, table, read_table(table, path) if rows is None else rows)

    add(ITEMS, results.path(ITEMS), _with_references(results.items(), files))
    add(SOURCES, results.path(SOURCES))
    for shard in shards:
        path = results.path(RECORDINGS, shard=shard)
        add(RECORDINGS, path, _with_captions(read_table(RECORDINGS, path), files))
        for chunking in sorted({cell.chunking for cell in conditions}):
            add(PLANS, results.path(PLANS, shard=shard, chunking=chunking))
        for variant in sorted({cell.audio for cell in conditions}):
            add(AUDIO, results.path(AUDIO, shard=shard, variant=variant))
        for chunking, variant in sorted({(cell.chunking, cell.audio) for cell in conditions}):
            path = results.path(CHUNKS, shard=shard, variant=variant, chunking=chunking)
            add(CHUNKS, path)
        for name in sorted({cell.passname for cell in conditions}):
            add(TRANSCRIPTS, results.path(TRANSCRIPTS, shard=shard, passname=name))
    jobs = {job for experiment in experiments for job in results.notice_jobs(experiment)}
    for step, place in sorted(jobs):
        path = results.path(NOTICES, step=step, place=place)
        if path.exists():
            add(NOTICES, path)
    for model in sorted({cell.model for cell in conditions}):
        files.add(f"{RESULTS}/models/{model}.json", results.folder / "models" / f"{model}.json")


def _with_references(rows: Iterable[Row], files: UserFiles) -> Iterator[Row]:
    for row in rows:
        reference = row["reference_file"] and files.pack(row["reference_file"], REFERENCES)
        yield {**row, "reference_file": reference}


def _with_captions(rows: Iterable[Row], files: UserFiles) -> Iterator[Row]:
    for row in rows:
        captions = [
            {**caption, "path": files.pack(caption["path"], REFERENCES)}
            for caption in row["captions"] or ()
        ]
        yield {**row, "captions": captions}
