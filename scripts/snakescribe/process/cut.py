"""One audio variant and the chunk plan -> the chunk files of that variant, with their quality."""

from functools import partial
from pathlib import Path

from snakescribe.chunk_ids import chunk_id
from snakescribe.ffmpeg.flac import is_whole, samples_md5, write_flac
from snakescribe.ffmpeg.samples import Samples
from snakescribe.process.damage import discard
from snakescribe.process.pool import map_recordings
from snakescribe.process.quality import describe_chunk
from snakescribe.process.snr import frame_powers
from snakescribe.process.stored import part_of, read_audio
from snakescribe.store import keyed_path, replacing
from snakescribe.tables import AUDIO, CHUNKS, PLANS, Row, read_table, write_table

STEP_VERSION = 4


def cut_shard(
    audio: Path, plans: Path, store: Path, output: Path, threads: int, raw: Path | None = None
) -> None:
    """The audio table of a variant and the plans table -> the chunks table.

    Files lie in the store under the MD5 of their samples: what is there, and holds them, is not cut
    again.

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
    samples = read_audio(row)
    powers = frame_powers(samples)
    raw = _read_raw(raw_of.get(row["recording"]), row, samples)
    return [
        {
            "chunk": chunk_id(row["recording"], number),
            "recording": row["recording"],
            "number": number,
            "start": chunk[0],
            "end": chunk[1],
            **describe_chunk(samples, powers, raw, chunk, plan["speech"]),
            **_keep(part_of(samples, *chunk), store, row["recording"]),
        }
        for number, chunk in enumerate(plan["chunks"])
    ]


def _keep(samples: Samples, store: Path, recording: str) -> Row:
    """A chunk of a recording -> where the store holds it, and its MD5; written unless it is there.

    What is there and is not whole is removed, and said.
    """
    md5 = samples_md5(samples)
    target = keyed_path(store / "chunks", md5, ".flac")
    if target.exists() and not is_whole(target, md5):
        discard(target, "a chunk is damaged", recording)
    if not target.exists():
        with replacing(target) as part:
            write_flac(samples, part)
    return {"audio": str(target), "pcm_md5": md5}


def _read_raw(raw: Row | None, row: Row, samples: Samples) -> Samples | None:
    """A recording without filters and in a variant, and that one's samples -> those without."""
    if raw is None or raw["status"] != "ok":
        return None
    return samples if raw["pcm_md5"] == row["pcm_md5"] else read_audio(raw)
