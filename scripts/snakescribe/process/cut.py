"""One audio variant and the chunk plan -> the chunk files of that variant, with their SNR."""

from functools import partial
from pathlib import Path

from snakescribe.chunk_ids import chunk_id
from snakescribe.ffmpeg.samples import cut_flac, decode
from snakescribe.process.pool import map_recordings
from snakescribe.process.prepare import audio_of
from snakescribe.process.snr import measure_snr, speech_seconds
from snakescribe.store import digest, file_sha256, keyed_path
from snakescribe.tables import AUDIO, CHUNKS, PLANS, Row, read_table, write_table

STEP_VERSION = 1


def cut_shard(audio: Path, plans: Path, store: Path, output: Path, threads: int) -> None:
    """The audio table of a variant and the plans table -> the chunks table.

    Files lie in the store under a key of the audio's sha256, the place and the step's version:
    what is there is not cut again.
    """
    plan_of = {row["recording"]: row for row in read_table(PLANS, plans)}
    work = partial(_cut_row, plan_of=plan_of, store=store)
    rows = map_recordings(work, read_table(AUDIO, audio), threads)
    write_table(CHUNKS, output, (chunk for chunks in rows for chunk in chunks))


def _cut_row(row: Row, plan_of: dict[str, Row], store: Path) -> list[Row]:
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
    return [
        {
            "chunk": chunk_id(row["recording"], number),
            "recording": row["recording"],
            "number": number,
            "start": chunk[0],
            "end": chunk[1],
            "speech_seconds": speech_seconds(chunk, plan["speech"]),
            "snr_db": measure_snr(samples, chunk, plan["speech"]),
            "audio": str(target),
            "sha256": file_sha256(target),
        }
        for number, (chunk, target) in enumerate(zip(plan["chunks"], targets, strict=True))
    ]
