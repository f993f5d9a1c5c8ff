"""A results folder as the stages leave it: one builder for all tests.

Each `*_row` function gives a row of a table with ordinary values; a test names only what it is
about. `ResultsFolder` collects rows and writes each table into the shard of its recording.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from snakescribe.chunk_ids import chunk_id
from snakescribe.results import Results
from snakescribe.tables import (
    AUDIO,
    CHUNKS,
    ITEMS,
    PLANS,
    RECORDINGS,
    SOURCES,
    TRANSCRIPTS,
    Row,
    Table,
    write_table,
)

RUN = {
    "engine": "faster-whisper", "engine_version": "1.2.1", "weights": "tiny.en",
    "model_sha256": "12" * 32, "compute_type": "int8", "device": "cpu", "threads": 2,
    "batch_size": 8, "load_seconds": 0.5, "peak_memory_mb": 200,
}  # fmt: skip


def item_row(recording: str, shard: str = "s00000", **cells: Any) -> Row:
    """A recording of the lock file: a local file without a reference."""
    return {
        "recording": recording, "shard": shard, "source": "folder", "kind": "file",
        "locator": f"talks/{recording}.mp3", "start": None, "end": None, "title": None,
        "language": "en", "speaker": None, "reference": None, "reference_file": None,
        "context": {}, **cells,
    }  # fmt: skip


def source_row(listing: str = "folder", **cells: Any) -> Row:
    """What was asked for recordings: a folder with nothing in it."""
    return {
        "source": "recordings.0", "kind": "folder", "listing": listing, "asked_at": None,
        "listed": 0, "taken": 0, "skipped": {}, "vanished": 0, "status": "ok", "reason": None,
        **cells,
    }  # fmt: skip


def recording_row(recording: str, **cells: Any) -> Row:
    """What acquiring gave: a whole file; `status` and `reason` make it a failure."""
    return {
        "recording": recording, "status": "ok", "reason": None, "audio": f"{recording}.mp3",
        "sha256": "ab" * 32, "bytes": 1000, "seconds": 20.0, "format": None, "track_language": None,
        "codec": "mp3", "bit_rate": 64.0, "info": None, "captions": [], "retrieved_at": None,
        **cells,
    }  # fmt: skip


def audio_row(recording: str, **cells: Any) -> Row:
    """A prepared recording."""
    return {
        "recording": recording, "status": "ok", "reason": None, "audio": f"{recording}.flac",
        "pcm_md5": "cd" * 16, "seconds": 20.0, "versions": {"ffmpeg": "7.1"},
        "source": f"{recording}.mp3", "source_sha256": "ab" * 32, "chain": [], "fitted": [],
        "wish": {"channel": "auto", "track": "", "language": "", "apart": False},
        "track": 0, "channel": "mix", "padded_seconds": 0.0, "muted_samples": 0,
        "gain_db": 0.0, **cells,
    }  # fmt: skip


def plan_row(recording: str, chunks: Iterable[list[float]] = (), **cells: Any) -> Row:
    """The chunk plan of a recording that is speech all through."""
    chunks = list(chunks)
    return {
        "recording": recording, "status": "ok", "reason": None,
        "seconds": chunks[-1][1] if chunks else None, "speech": chunks, "chunks": chunks,
        "cuts": max(len(chunks) - 1, 0), "loud_cuts": [], **cells,
    }  # fmt: skip


def chunk_row(recording: str, number: int, span: list[float], **cells: Any) -> Row:
    """A chunk, cut from a recording."""
    return {
        "chunk": chunk_id(recording, number), "recording": recording, "number": number,
        "start": span[0], "end": span[1], "speech_seconds": span[1] - span[0], "speech_share": 1.0,
        "snr_db": None, "wada_snr_db": None, "peak_dbfs": -3.0, "clipped_share": 0.0,
        "bandwidth_hz": None, "loudness_lufs": None, "processed_to_raw_db": None,
        "audio": f"store/{recording}-{number}.flac", "pcm_md5": "ef" * 16, **cells,
    }  # fmt: skip


def segment(text: str, span: list[float], **cells: Any) -> Row:
    """A segment with the figures of a sound decoding."""
    return {
        "start": span[0], "end": span[1], "text": text, "tokens": 5, "avg_logprob": -0.5,
        "no_speech_prob": 0.01, "speaker": None, "compression_ratio": 1.1,
        "temperature": 0.0, **cells,
    }  # fmt: skip


def timed_words(text: str, span: list[float], probability: float | None) -> list[Row]:
    """The words of a text, spread evenly over a span."""
    words = text.split()
    step = (span[1] - span[0]) / max(len(words), 1)
    return [
        {
            "start": span[0] + step * place, "end": span[0] + step * (place + 1), "text": word,
            "spaced": place > 0, "probability": probability,
        }
        for place, word in enumerate(words)
    ]  # fmt: skip


def transcript_row(
    recording: str, number: int, prompt: str, text: str, span: list[float], **cells: Any
) -> Row:
    """What a model heard in a chunk under a prompt; words only where a test gives them."""
    return {
        "chunk": chunk_id(recording, number), "recording": recording, "prompt": prompt,
        "decoding": "greedy", "repeat": 1, "text": text, "language": "en",
        "segments": [segment(text, span)],
        "words": [], "flags": [], "tries": 1, "prompt_text": "", "prompt_tokens": 0,
        "prompt_kept": [], "prompt_dropped": [], "prompt_truncated": False,
        "audio_seconds": span[1] - span[0], "feature_seconds": 0.1, "encode_seconds": 0.2,
        "decode_seconds": 0.7, "run": RUN, **cells,
    }  # fmt: skip


def blank_row(table: Table, **cells: Any) -> Row:
    """A row of a table, nothing in all columns but those that a test names."""
    nothing = {"int": 0, "int32": 0, "float": 0.0, "bool": False, "json": {}}
    return {
        column.name: None
        if column.optional
        else []
        if column.kind.startswith("list")
        else nothing.get(column.kind, "")
        for column in table.columns
    } | cells


@dataclass
class ResultsFolder:
    """Rows of all tables, and the folder that they are written to.

    `audio` and `chunks` go by variant, `transcripts` by pass. Without `sources` all items
    are of one.
    """

    folder: Path
    sources: list[Row] = field(default_factory=list)
    items: list[Row] = field(default_factory=list)
    recordings: list[Row] = field(default_factory=list)
    audio: dict[str, list[Row]] = field(default_factory=dict)
    plans: list[Row] = field(default_factory=list)
    chunks: dict[str, list[Row]] = field(default_factory=dict)
    transcripts: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def results(self) -> Results:
        """The folder as the package sees it."""
        return Results(self.folder)

    def write(self) -> None:
        """Write the lock file, and the other tables for each shard that it names."""
        write_table(ITEMS, self.results.path(ITEMS), self.items)
        count = len(self.items)
        sources = self.sources or [source_row(listed=count, taken=count)]
        write_table(SOURCES, self.results.path(SOURCES), sources)
        self.write_shards(RECORDINGS, self.recordings)
        self.write_shards(PLANS, self.plans)
        for variant, rows in self.audio.items():
            self.write_shards(AUDIO, rows, variant=variant)
        for variant, rows in self.chunks.items():
            self.write_shards(CHUNKS, rows, variant=variant)
        for passname, rows in self.transcripts.items():
            self.write_shards(TRANSCRIPTS, rows, passname=passname)

    def write_shards(self, table: Table, rows: Iterable[Row], **wildcards: str) -> None:
        """Write the rows of a table, each into the file of its recording's shard."""
        shards: dict[str, list[Row]] = {item["shard"]: [] for item in self.items}
        shard_of = {item["recording"]: item["shard"] for item in self.items}
        for row in rows:
            shards[shard_of[row["recording"]]].append(row)
        for shard, members in shards.items():
            write_table(table, self.results.path(table, shard=shard, **wildcards), members)
