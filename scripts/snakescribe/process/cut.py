"""One audio variant and the chunk plan -> the chunk files of that variant, with their quality."""

from functools import partial
from pathlib import Path

from snakescribe.chunk_ids import chunk_id
from snakescribe.ffmpeg.samples import Samples, cut_flac, decode
from snakescribe.process.pool import map_recordings
from snakescribe.process.prepare import audio_of
from snakescribe.process.quality import describe_chunk
from snakescribe.process.snr import frame_powers
from snakescribe.store import digest, file_sha256, keyed_path
from snakescribe.tables import AUDIO, CHUNKS, PLANS, Row, read_table, write_table

STEP_VERSION = 2


def cut_shard(
    audio: Path, plans: Path, store: Path, output: Path, threads: int, raw: Path | None = None
) -> None:
    """The audio table of a variant and the plans table -> the chunks table.

    Files lie in the store under a key of the audio's sha256, the place and the step's version:
    what is there is not cut again.

    Args:
        audio: the audio table of the variant.
        plans: the plans table.
        store: where files lie.
        output: the chunks table.
        threads: how many recordings to work on at once.
        raw: the audio table of the variant without any filter, to compare with, if there is one.
    """
    plan_of = {row["recording"]: row for row in read_table(PLANS, plans)}
    raw_of = {row["recording"]: row for row in read_table(AUDIO, raw)} if raw else {}
    work = partial(_cut_row, plan_of=plan_of, raw_of=raw_of, store=store)
    rows = map_recordings(work, read_table(AUDIO, audio), threads)
    write_table(CHUNKS, output, (chunk for chunks in rows for chunk in chunks))


def _cut_row(row: Row, plan_of: dict[str, Row], raw_of: dict[str, Row], store: Path) -> list[Row]:
    plan = plan_of.get(row["recording"])
    if plan is None or not row["status"] == plan["status"] == "ok":
        return []
    source = audio_of(row)
    targets = [
        keyed_path(store / "chunks", digest("chunk", row["sha256"], chunk, STEP_VERSION), ".flac")
        for chunk in plan["chunks"]
    ]
    cut_flac(
        source,
        [
            (start, end, target)
            for (start, end), target in zip(plan["chunks"], targets, strict=True)
            if not target.exists()
        ],
    )
    samples, _ = decode(source)
    powers = frame_powers(samples)
    raw = _decode_raw(raw_of.get(row["recording"]), row, samples)
    return [
        {
            "chunk": chunk_id(row["recording"], number),
            "recording": row["recording"],
            "number": number,
            "start": chunk[0],
            "end": chunk[1],
            **describe_chunk(samples, powers, raw, chunk, plan["speech"]),
            "audio": str(target),
            "sha256": file_sha256(target),
        }
        for number, (chunk, target) in enumerate(zip(plan["chunks"], targets, strict=True))
    ]


def _decode_raw(raw: Row | None, row: Row, samples: Samples) -> Samples | None:
    """A recording without filters and in a variant, and that one's samples -> those without."""
    if raw is None or raw["status"] != "ok":
        return None
    return samples if raw["sha256"] == row["sha256"] else decode(audio_of(raw))[0]
