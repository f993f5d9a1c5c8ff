"""One audio variant and the chunk plan -> the chunk files of that variant, with their quality."""

from functools import partial
from pathlib import Path

from snakescribe.chunk_ids import chunk_id
from snakescribe.ffmpeg.flac import is_whole, samples_md5
from snakescribe.ffmpeg.samples import Samples, cut_flac
from snakescribe.process.damage import discard
from snakescribe.process.pool import map_recordings
from snakescribe.process.quality import describe_chunk
from snakescribe.process.snr import frame_powers
from snakescribe.process.stored import part_of, read_audio
from snakescribe.store import keyed_path
from snakescribe.tables import AUDIO, CHUNKS, PLANS, Row, read_table, write_table

STEP_VERSION = 3


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
    digests = [samples_md5(part_of(samples, *chunk)) for chunk in plan["chunks"]]
    targets = [keyed_path(store / "chunks", md5, ".flac") for md5 in digests]
    parts = list(zip(plan["chunks"], digests, targets, strict=True))
    cut_flac(
        Path(row["audio"]),
        [(*chunk, target) for chunk, md5, target in parts if not _is_kept(target, md5, row)],
    )
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
            "audio": str(target),
            "pcm_md5": md5,
        }
        for number, (chunk, md5, target) in enumerate(parts)
    ]


def _read_raw(raw: Row | None, row: Row, samples: Samples) -> Samples | None:
    """A recording without filters and in a variant, and that one's samples -> those without."""
    if raw is None or raw["status"] != "ok":
        return None
    return samples if raw["pcm_md5"] == row["pcm_md5"] else read_audio(raw)


def _is_kept(target: Path, md5: str, row: Row) -> bool:
    """Whether a chunk of a recording is in the store, and whole; what is not whole is removed."""
    if not target.exists():
        return False
    if is_whole(target, md5):
        return True
    discard(target, "a chunk is damaged", row["recording"])
    return False
