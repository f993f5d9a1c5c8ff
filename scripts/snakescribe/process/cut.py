"""One audio variant and the chunk plan -> the chunk files of that variant, with their quality."""

from functools import partial
from pathlib import Path

from snakescribe.chunk_ids import chunk_id
from snakescribe.ffmpeg.flac import is_whole, map_flac, samples_md5
from snakescribe.ffmpeg.samples import SAMPLE_RATE, Samples, cut_flac
from snakescribe.process.pool import map_recordings
from snakescribe.process.prepare import audio_of
from snakescribe.process.quality import describe_chunk
from snakescribe.process.snr import frame_powers
from snakescribe.store import keyed_path
from snakescribe.tables import AUDIO, CHUNKS, PLANS, Row, read_table, write_table

STEP_VERSION = 2


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
    source = audio_of(row)
    samples = map_flac(source, row["pcm_md5"])
    digests = [samples_md5(_part(samples, *chunk)) for chunk in plan["chunks"]]
    targets = [keyed_path(store / "chunks", md5, ".flac") for md5 in digests]
    parts = list(zip(plan["chunks"], digests, targets, strict=True))
    cut_flac(
        source,
        [(*chunk, target) for chunk, md5, target in parts if not is_whole(target, md5)],
    )
    powers = frame_powers(samples)
    raw = _map_raw(raw_of.get(row["recording"]), row, samples)
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


def _map_raw(raw: Row | None, row: Row, samples: Samples) -> Samples | None:
    """A recording without filters and in a variant, and that one's samples -> those without."""
    if raw is None or raw["status"] != "ok":
        return None
    return samples if raw["pcm_md5"] == row["pcm_md5"] else map_flac(audio_of(raw), raw["pcm_md5"])


def _part(samples: Samples, start: float, end: float) -> Samples:
    """A recording and a span (s) -> its samples, as `cut_flac` cuts them."""
    return samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
