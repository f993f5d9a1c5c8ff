"""An archive -> whether its scores can be computed again from what is in it.

An archive may come from anybody. Nothing in it is run, no path in it leads out of it, and names of
plug-ins in it are looked up only when the user says so: `os:system` would be such a name.
"""

import hashlib
import json
import math
import shutil
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import BadZipFile, ZipFile

import pandas as pd

from snakescribe.config.evaluate import Counting
from snakescribe.errors import UserError, shorten
from snakescribe.evaluate.compare.run import ComparisonFiles, compare_conditions
from snakescribe.evaluate.params import CompareParams, ScoreParams
from snakescribe.evaluate.plugins import CONVENTIONS, METRICS, NORMALIZERS
from snakescribe.evaluate.score.run import score_experiment
from snakescribe.publish.contents import SUMS
from snakescribe.publish.portable import RESULTS
from snakescribe.store import scratch
from snakescribe.tables import ITEMS, RECORDINGS, Row, Table, read_table, write_table

KEY = ["condition", "chunk", "normalizer", "repeat"]
COUNTS = [
    "words", "hits", "substitutions", "deletions", "insertions", "characters", "character_errors",
]  # fmt: skip
FIGURE_KEY = ["condition", "normalizer", "figure"]
FIGURES = ["value", "low", "high", "delta", "delta_low", "delta_high"]
_TOLERANCE = 1e-6  # other versions of numpy sum in another order
_TABLES = [field.name for field in fields(ComparisonFiles)]


@dataclass(frozen=True)
class Verdict:
    """What came of an experiment's scores when they were computed again.

    `rows` are those of chunks, conditions and normalisers; `figures` those of metrics.csv; of both
    what differs is named.
    """

    experiment: str
    rows: int
    other_rows: list[str]
    figures: int
    other_figures: list[str]

    @property
    def same(self) -> bool:
        """Whether all is as it was published."""
        return not self.other_rows and not self.other_figures


def verify(archive: Path, plugins: bool = False, threads: int = 1) -> tuple[int, list[Verdict]]:
    """An archive -> how many files it has, and a verdict on each of its experiments.

    Args:
        archive: a zip of `snakescribe publish`.
        plugins: whether plug-ins that it names may be loaded, from where the user is.
        threads: of scoring.

    Raises:
        UserError: it is no such archive, a file of it is not what its digest says, or it names
            plug-ins and may not.
    """
    with scratch() as folder:
        names = _unpack(archive, folder)
        settings = sorted((folder / "settings").glob("*.json"))
        if not settings:
            raise UserError(
                f"{archive}: it has no settings/*.json; `snakescribe publish` makes one"
            )
        _lead_to(folder, names)
        verdicts = [_verify(archive, folder, path, plugins, threads) for path in settings]
        return len(names), verdicts


def _unpack(archive: Path, folder: Path) -> set[str]:
    try:
        with ZipFile(archive) as packed:
            entries = [entry for entry in packed.infolist() if not entry.is_dir()]
            size, room = sum(entry.file_size for entry in entries), shutil.disk_usage(folder).free
            if size > room:
                raise UserError(
                    f"{archive}: unpacked it has {size} bytes, and {folder} room for {room}"
                )
            sums = _read_sums(archive, packed)
            for entry in entries:
                name = PurePosixPath(entry.filename)
                if name.is_absolute() or ".." in name.parts or "\\" in entry.filename:
                    raise UserError(f"{archive}: {shorten(repr(entry.filename))} leads out of it")
                if entry.filename == SUMS:
                    continue
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                digest = hashlib.sha256()
                with packed.open(entry) as source, target.open("wb") as file:
                    while block := source.read(1 << 20):
                        digest.update(block)
                        file.write(block)
                if sums.pop(entry.filename, None) != digest.hexdigest():
                    raise UserError(
                        f"{archive}: {shorten(entry.filename)} is not what {SUMS} says of it; get "
                        "the archive again from where it was published"
                    )
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise UserError(f"{archive}: this is no zip that can be read ({error})") from error
    if sums:
        raise UserError(f"{archive}: {shorten(min(sums))} of its {SUMS} is not in it")
    return {entry.filename for entry in entries}


def _read_sums(archive: Path, packed: ZipFile) -> dict[str, str]:
    try:
        text = packed.read(SUMS).decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        raise UserError(
            f"{archive}: it has no {SUMS} that can be read; `snakescribe publish` makes one"
        ) from None
    pairs = (line.partition("  ") for line in text.splitlines())
    return {name: digest for digest, _, name in pairs}


def _lead_to(folder: Path, names: set[str]) -> None:
    """Make the paths of references absolute; one that is not of the archive becomes empty."""

    def inside(path: str | None) -> str:
        return str(folder / path) if path in names else ""

    def of_item(row: Row) -> Row:
        return {**row, "reference_file": inside(row["reference_file"])}

    def of_recording(row: Row) -> Row:
        captions = [caption for caption in row["captions"] or () if caption.get("path") in names]
        return {**row, "captions": [{**told, "path": inside(told["path"])} for told in captions]}

    results = folder / RESULTS
    _rewrite(ITEMS, results / "items.tsv", of_item)
    for path in sorted((results / "recordings").glob("*.tsv")):
        _rewrite(RECORDINGS, path, of_recording)


def _rewrite(table: Table, path: Path, change: Any) -> None:
    write_table(table, path, [change(row) for row in read_table(table, path)])


def _verify(archive: Path, folder: Path, path: Path, plugins: bool, threads: int) -> Verdict:
    place = f"{archive}: settings/{path.name}"
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        score = ScoreParams.from_json(json.dumps(told["score"]), place)
        compare = CompareParams.from_json(json.dumps(told["compare"]), place)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UserError(f"{place}: these are no settings of ours ({error})") from error
    if not plugins:
        _refuse_plugins(place, score.scoring)
    _use_own_tables(place, folder, score.scoring, compare.scoring)
    published = folder / RESULTS / "scores" / score.experiment.name
    anew = folder / "anew" / score.experiment.name
    anew.mkdir(parents=True)
    score_experiment(folder / RESULTS, score, anew / "chunks.parquet", threads)
    files = ComparisonFiles(**{name: anew / f"{name}.csv" for name in _TABLES})
    compare_conditions(anew / "chunks.parquet", compare, files, threads)
    both = (published, anew)
    chunks = [pd.read_parquet(place / "chunks.parquet", columns=[*KEY, *COUNTS]) for place in both]
    metrics = [
        pd.read_csv(place / "metrics.csv", usecols=[*FIGURE_KEY, *FIGURES]) for place in both
    ]
    rows, other_rows = _compare(chunks[0], chunks[1], KEY)
    figures, other_figures = _compare(metrics[0], metrics[1], FIGURE_KEY)
    return Verdict(score.experiment.name, rows, other_rows, figures, other_figures)


def _refuse_plugins(place: str, scoring: Counting) -> None:
    kinds = (
        (NORMALIZERS, scoring.normalizers),
        (CONVENTIONS, scoring.conventions),
        (METRICS, scoring.metrics),
    )
    for kind, names in kinds:
        for name in names:
            if name not in kind.built_in:
                raise UserError(
                    f"{place}: the {kind.noun} {shorten(repr(name))} is none of ours; if you have "
                    "it and trust this archive, add --plugins, which loads it"
                )


def _use_own_tables(place: str, folder: Path, *sections: Counting) -> None:
    """Let tables of terms and corrections be those of the archive."""
    for scoring in sections:
        for paths in (scoring.terms.tables, scoring.corrections):
            for number, path in enumerate(paths):
                own = folder / path
                if not own.resolve().is_relative_to(folder.resolve()) or not own.is_file():
                    raise UserError(
                        f"{place}: the table {shorten(repr(path))} is not in the archive"
                    )
                paths[number] = str(own)


def _compare(published: pd.DataFrame, anew: pd.DataFrame, key: list[str]) -> tuple[int, list[str]]:
    """Two tables -> how many rows both have, and the keys of those that differ or lack one."""
    before, after = (_by_key(table, key) for table in (published, anew))
    other = list(before.keys() ^ after.keys())
    other += [
        name for name in before.keys() & after.keys() if not _alike(before[name], after[name])
    ]
    return len(before.keys() & after.keys()), sorted(" / ".join(name) for name in other)


def _by_key(table: pd.DataFrame, key: list[str]) -> dict[tuple[str, ...], tuple[float, ...]]:
    values = [name for name in table.columns if name not in key]
    rows = zip(*(table[name] for name in [*key, *values]), strict=True)
    return {tuple(map(str, row[: len(key)])): row[len(key) :] for row in rows}


def _alike(left: Iterable[float], right: Iterable[float]) -> bool:
    return all(_equal(*pair) for pair in zip(left, right, strict=True))


def _equal(left: float, right: float) -> bool:
    if pd.isna(left) or pd.isna(right):
        return bool(pd.isna(left) and pd.isna(right))
    return math.isclose(left, right, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)


def tell(verdict: Verdict) -> Iterator[str]:
    """A verdict -> its lines."""
    sets = (
        (verdict.rows, verdict.other_rows, "rows of chunks.parquet", "counts"),
        (verdict.figures, verdict.other_figures, "figures of metrics.csv", "values"),
    )
    for count, other, what, which in sets:
        if not other:
            yield f"{verdict.experiment}: {count} of {count} {what} have the same {which}"
        else:
            named = "; ".join(other[:3])
            yield f"{verdict.experiment}: {len(other)} {what} have other {which}: {named}"
