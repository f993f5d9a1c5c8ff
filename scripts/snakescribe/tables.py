"""The tables that pass between the stages: their columns, checked on write and on read.

A table is a file of rows under one header: tab-separated (``.tsv``) where the rows are flat, one
JSON object a line (``.jsonl``) where they are nested. Both have their header even when they are
empty, sorted keys and no time stamps, so that equal content is an equal file.
"""

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snakescribe.errors import UserError
from snakescribe.store import replacing

Row = dict[str, Any]

csv.field_size_limit(sys.maxsize)


@dataclass(frozen=True)
class Column:
    """One column: `kind` is str, int, float, bool or json (a list or an object)."""

    name: str
    kind: str
    description: str
    unit: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Table:
    """A table's name, its natural key and its columns in file order."""

    name: str
    description: str
    path: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]


_KINDS: dict[str, type | tuple[type, ...]] = {
    "str": str,
    "int": int,
    "float": (int, float),
    "bool": bool,
    "json": (list, dict),
}


def write_table(table: Table, path: Path, rows: Iterable[Row]) -> int:
    """Check rows against the table and write them at once; return how many there were.

    Raises:
        ValueError: a row lacks a column, has one too many or a value of the wrong kind (our bug).
    """
    count = 0
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="") as stream:
        if path.suffix == ".jsonl":
            header = {"table": table.name, "key": list(table.key)}
            stream.write(json.dumps(header, sort_keys=True) + "\n")
            for row in rows:
                _check(table, row)
                stream.write(json.dumps(row, sort_keys=True, ensure_ascii=False) + "\n")
                count += 1
            return count
        writer = csv.writer(stream, delimiter="\t", lineterminator="\n")
        writer.writerow([column.name for column in table.columns])
        for row in rows:
            _check(table, row)
            writer.writerow([_to_cell(column, row[column.name]) for column in table.columns])
            count += 1
    return count


def read_table(table: Table, path: Path, **wanted: str) -> Iterator[Row]:
    """Yield the rows of a file that `write_table` wrote, with the values' own types.

    Args:
        wanted: columns of text and what stands in them, for some of the rows only. To pass over a
            row of a ``.tsv`` takes a fifth of the time of reading it.

    Raises:
        UserError: the file is missing, or is not this table (an older version, or damaged).
    """
    if not path.exists():
        raise UserError(f"{path}: no such file; run the stage that makes the {table.name} table")
    with path.open(encoding="utf-8", newline="") as stream:
        if path.suffix == ".jsonl":
            first = stream.readline()
            if json.loads(first or "{}").get("table") != table.name:
                raise _not_this_table(table, path)
            for line in stream:
                row = json.loads(line)
                if all(row[name] == value for name, value in wanted.items()):
                    yield row
            return
        reader = csv.reader(stream, delimiter="\t")
        if next(reader, []) != [column.name for column in table.columns]:
            raise _not_this_table(table, path)
        names = [column.name for column in table.columns]
        places = [(names.index(name), value) for name, value in wanted.items()]
        for cells in reader:
            if any(cells[place] != value for place, value in places):
                continue
            yield {
                column.name: _from_cell(column, cell)
                for column, cell in zip(table.columns, cells, strict=True)
            }


def _not_this_table(table: Table, path: Path) -> UserError:
    return UserError(
        f"{path}: this is not a {table.name} table of this version of snakescribe; "
        "remove the file and run the workflow again"
    )


def _check(table: Table, row: Row) -> None:
    names = {column.name for column in table.columns}
    if row.keys() != names:
        raise ValueError(f"{table.name}: columns differ: {sorted(row.keys() ^ names)}")
    for column in table.columns:
        value = row[column.name]
        if value is None:
            if not column.optional:
                raise ValueError(f"{table.name}.{column.name}: a value is needed: {row}")
        elif not isinstance(value, _KINDS[column.kind]):
            raise ValueError(f"{table.name}.{column.name}: not {column.kind}: {value!r}")


def _to_cell(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if column.kind == "json":
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    if column.kind == "bool":
        return "true" if value else "false"
    return str(value)


def _from_cell(column: Column, cell: str) -> Any:
    if cell == "" and (column.optional or column.kind != "str"):
        return None
    match column.kind:
        case "int":
            return int(cell)
        case "float":
            return float(cell)
        case "bool":
            return cell == "true"
        case "json":
            return json.loads(cell)
    return cell


_RECORDING = Column("recording", "str", "the recording's id")
_STATUS = (
    Column("status", "str", "`ok`, or why there is nothing to work on"),
    Column("reason", "str", "the status in words, for a person", optional=True),
)

ITEMS = Table(
    name="items",
    description="The lock file of the corpus: its recordings, and the shard that each lies in.",
    path="items.tsv",
    key=("recording",),
    columns=(
        _RECORDING,
        Column("shard", "str", "the shard that works on it; never changes once given"),
        Column("source", "str", "the entry of `recordings` in the config that named it"),
        Column("kind", "str", "`file` or `url`: what `locator` is"),
        Column("locator", "str", "path or URL of the audio"),
        Column("title", "str", "title, where one is known", optional=True),
        Column("language", "str", "language code, where one is known", optional=True),
        Column("speaker", "str", "speaker, where one is known", optional=True),
        Column("reference", "str", "reference transcript as text", optional=True),
        Column("reference_file", "str", "path of a reference transcript", optional=True),
        Column("context", "json", "all other columns of the user's tables, for prompts and strata"),
    ),
)

RECORDINGS = Table(
    name="recordings",
    description="What acquiring a recording gave: the audio as it came, or why there is none.",
    path="recordings/{shard}.tsv",
    key=("recording",),
    columns=(
        _RECORDING,
        *_STATUS,
        Column("audio", "str", "path of the audio as it came", optional=True),
        Column("sha256", "str", "sha256 of that file", optional=True),
        Column("bytes", "int", "size of that file", "bytes", optional=True),
        Column("seconds", "float", "duration that the container states", "s", optional=True),
        Column("info", "str", "path of the sanitised info.json, for downloads", optional=True),
        Column("captions", "json", "captions found: objects with `path`, `language`, `tier`"),
    ),
)

AUDIO = Table(
    name="audio",
    description="Recordings as 16 kHz mono in one audio variant.",
    path="audio/{variant}/{shard}.tsv",
    key=("recording",),
    columns=(
        _RECORDING,
        *_STATUS,
        Column("audio", "str", "path of the 16 kHz mono FLAC file", optional=True),
        Column("sha256", "str", "sha256 of that file", optional=True),
        Column("seconds", "float", "decoded duration", "s", optional=True),
    ),
)

PLANS = Table(
    name="plans",
    description="The chunk plan: where every variant of a recording is cut.",
    path="plans/{shard}.tsv",
    key=("recording",),
    columns=(
        _RECORDING,
        *_STATUS,
        Column("seconds", "float", "duration of the recording", "s", optional=True),
        Column("speech", "json", "speech regions as `[start, end]`", "s"),
        Column(
            "chunks", "json", "chunks as `[start, end]`, at most `chunking.max_seconds` long", "s"
        ),
    ),
)

CHUNKS = Table(
    name="chunks",
    description="The chunks of one audio variant, cut as the plan says.",
    path="chunks/{variant}/{shard}.tsv",
    key=("chunk",),
    columns=(
        Column("chunk", "str", "id: the recording's id, `-` and a four-digit number from 0000"),
        _RECORDING,
        Column("number", "int", "position in the recording, from 0"),
        Column("start", "float", "start on the recording's clock", "s"),
        Column("end", "float", "end on the recording's clock", "s"),
        Column("speech_seconds", "float", "seconds of speech inside", "s"),
        Column(
            "snr_db", "float", "speech-to-pause energy ratio in this variant", "dB", optional=True
        ),
        Column("audio", "str", "path of the chunk's 16 kHz mono FLAC file"),
        Column("sha256", "str", "sha256 of that file"),
    ),
)

TRANSCRIPTS = Table(
    name="transcripts",
    description="What a model said: one row for each chunk, prompt and decoding of a pass.",
    path="transcripts/{passname}/{shard}.jsonl",
    key=("chunk", "prompt", "decoding"),
    columns=(
        Column("chunk", "str", "the chunk's id"),
        _RECORDING,
        Column("prompt", "str", "name of the prompt in the config"),
        Column("decoding", "str", "name of the decode options in the config"),
        Column("text", "str", "the transcript, as the model wrote it"),
        Column("language", "str", "language code: given, or as detected"),
        Column(
            "segments",
            "json",
            "objects with `start`, `end` (s, recording's clock), `text`, `tokens` (count), "
            "`avg_logprob`, `no_speech_prob`, `compression_ratio`, `temperature`",
        ),
        Column(
            "words",
            "json",
            "objects with `start`, `end` (s, recording's clock), `text`, `probability`; "
            "empty unless `word_timestamps`",
        ),
        Column(
            "flags",
            "json",
            "signs of hallucination: `loop`, `compression`, `low_confidence`, `silence`, `cap`, "
            "`fallback`",
        ),
        Column("tries", "int", "temperatures that were tried"),
        Column("prompt_text", "str", "the prompt as the model saw it"),
        Column("prompt_tokens", "int", "its length in the model's tokens", "tokens"),
        Column(
            "prompt_kept", "json", "terms that found a place in the prompt, most valuable first"
        ),
        Column("prompt_dropped", "json", "terms that did not"),
        Column("prompt_truncated", "bool", "whether text was cut to the token budget"),
        Column("audio_seconds", "float", "duration of the chunk", "s"),
        Column("feature_seconds", "float", "compute time of the log-mel features", "s"),
        Column("encode_seconds", "float", "compute time of the encoder", "s"),
        Column("decode_seconds", "float", "compute time of the decoder", "s"),
        Column(
            "run",
            "json",
            "provenance: `engine`, `engine_version`, `weights`, `model_sha256`, `compute_type`, "
            "`device`, `device_name`, `threads`, `batch_size`, `load_seconds`, `peak_memory_mb`, "
            "`gpu_memory_mb`, and versions of libraries",
        ),
    ),
)

EXPORTS = Table(
    name="exports",
    description="Transcripts written as files for other programs.",
    path="exports/{passname}/{shard}.tsv",
    key=("recording", "prompt", "decoding", "format"),
    columns=(
        _RECORDING,
        Column("prompt", "str", "name of the prompt in the config"),
        Column("decoding", "str", "name of the decode options in the config"),
        Column("format", "str", "`txt`, `srt`, `vtt`, `json` or `ctm`"),
        Column("path", "str", "the file"),
    ),
)

TABLES = (ITEMS, RECORDINGS, AUDIO, PLANS, CHUNKS, TRANSCRIPTS, EXPORTS)
