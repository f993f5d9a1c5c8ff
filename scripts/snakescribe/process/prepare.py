"""Recordings as they came -> 16 kHz mono FLAC in one audio variant."""

from collections.abc import Sequence
from functools import partial
from math import log10
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from snakescribe.ffmpeg.command import FFmpegError, check_ffmpeg, ffmpeg_program
from snakescribe.ffmpeg.flac import is_whole, stated_md5
from snakescribe.ffmpeg.probe import probe
from snakescribe.ffmpeg.samples import SAMPLE_RATE, decode, sample_blocks, write_flac
from snakescribe.notices import Kind, notify
from snakescribe.process.damage import discard
from snakescribe.process.filters import (
    Step,
    chain_versions,
    describe_chain,
    filter_version,
)
from snakescribe.process.pool import map_recordings
from snakescribe.store import (
    DamagedError,
    digest,
    file_sha256,
    keyed_path,
    read_facts,
    replacing,
    write_facts,
)
from snakescribe.tables import AUDIO, RECORDINGS, Row, read_table, write_table

Samples = NDArray[np.float32]

STEP_VERSION = 2

SHORTEST_SECONDS = 0.1
SILENCE_DBFS = -80.0
# A damaged file of which less than this can be decoded is no match for its reference.
WHOLE_SHARE = 0.9
# The largest sample of 16-bit audio; what is louder after the filters is scaled down to it.
_LIMIT = 32767 / 32768


class BadRecordingError(Exception):
    """There is nothing to work on: a status and the reason."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def prepare_audio(
    recordings: Path, chain: Sequence[Step], store: Path, output: Path, threads: int
) -> None:
    """A recordings table and a chain of filters -> the audio table of that variant.

    Files lie in the store under a key of the source's sha256, the filters with their options and
    versions, and the step's version: what is there is not made again. Which ffmpeg decoded it is no
    part of the key, and is told in `versions`.

    Raises:
        UserError: a filter that cannot be loaded or does not work; no bad recording raises.
    """
    if chain:
        from snakescribe.process.pipeline import try_chain  # as in `_filter`

        try_chain(chain)
    work = partial(_prepare_row, steps=chain, store=store)
    rows = map_recordings(work, read_table(RECORDINGS, recordings), threads)
    for row in rows:
        if row["status"] == "ok" and row["reason"]:
            notify(Kind.RECORDING_DOUBTFUL, row["reason"], recording=row["recording"])
    write_table(AUDIO, output, rows)


def _prepare_row(row: Row, steps: Sequence[Step], store: Path) -> Row:
    made = {"recording": row["recording"], "status": row["status"], "reason": row["reason"]}
    made |= dict.fromkeys(name for name in AUDIO.names if name not in made)
    made |= {"chain": describe_chain(steps), "fitted": [], "versions": {}}
    if row["status"] != "ok":
        return made
    filters = [[step.name, step.options, filter_version(step.name)] for step in steps]
    key = digest("audio", row["sha256"], filters, STEP_VERSION)
    target = keyed_path(store / "audio", key, ".flac")
    facts = _kept_facts(target, row["recording"])
    if facts is None:
        try:
            facts = make_audio(row, steps, target)
        except BadRecordingError as error:
            if error.status != "missing":
                check_ffmpeg()  # a broken one would make all recordings bad
            return {**made, "status": error.status, "reason": error.reason}
    return {**made, **facts, "audio": str(target), "source": row["audio"]}


def _kept_facts(target: Path, recording: str) -> Row | None:
    """The facts of what the store holds already, if it is whole; what is not is removed."""
    path = target.with_suffix(".json")
    try:
        facts = read_facts(path)
    except FileNotFoundError:
        return None  # never ended: the facts come last
    except DamagedError as error:
        discard(path, f"the facts of prepared audio are damaged: {error}", recording)
        return None
    if is_whole(target, facts["pcm_md5"]):
        return facts
    discard(target, "the prepared audio is damaged", recording)
    return None


def make_audio(row: Row, steps: Sequence[Step], target: Path) -> Row:
    """Decode, filter, limit and write one recording -> the facts, which are kept beside it.

    Args:
        row: of the recordings table: the recording's id, `audio` as it came and its sha256.
        steps: the chain.
        target: the FLAC file; the facts are written last, as they vouch for it.

    Raises:
        BadRecordingError: nothing can be made of it.
    """
    samples, note = _decode_source(Path(row["audio"]), row["sha256"])
    samples, fitted = _filter(samples, steps)
    peak = peak_of(samples)
    gain = min(1.0, _LIMIT / peak) if peak else 1.0
    with replacing(target) as part:
        write_flac(samples, part, gain)
        pcm_md5 = stated_md5(part)
    facts = {
        "reason": note,
        "pcm_md5": pcm_md5,
        "seconds": len(samples) * 1000 // SAMPLE_RATE / 1000,
        "source": row["audio"],
        "source_sha256": row["sha256"],
        "chain": describe_chain(steps),
        "fitted": fitted,
        "versions": {"ffmpeg": ffmpeg_program().version, **chain_versions(steps)},
        "gain_db": round(20 * log10(gain), 3),
    }
    write_facts(target.with_suffix(".json"), facts)
    return facts


def _filter(samples: Samples, steps: Sequence[Step]) -> tuple[Samples, list[dict[str, float]]]:
    """A recording through a chain -> its samples, and what each filter learned of it."""
    if not steps:
        return samples, []
    # Not at the top: what has no filters needs no scikit-learn, which takes a second to import.
    from snakescribe.process.pipeline import apply_chain
    from snakescribe.process.transformer import FilterError

    try:
        return apply_chain(samples, steps)
    except FilterError as error:
        raise BadRecordingError("filter_failed", str(error)) from error


def _decode_source(path: Path, sha256: str) -> tuple[Samples, str | None]:
    """A recording -> its samples and a note on what is wrong with them, if anything is.

    Raises:
        BadRecordingError: missing, corrupt, empty or silent.
    """
    if not path.is_file():
        raise BadRecordingError("missing", f"the file is gone: {path}")
    if file_sha256(path) != sha256:
        raise BadRecordingError("missing", f"the file has changed since it was acquired: {path}")
    try:
        stated = probe(path)
        samples, complaint = decode(path)
    except FFmpegError as error:
        status = "corrupt" if path.stat().st_size else "empty"
        reason = f"ffmpeg cannot decode it: {error}" if status == "corrupt" else "it has no bytes"
        raise BadRecordingError(status, reason) from error
    seconds = len(samples) / SAMPLE_RATE
    if seconds < SHORTEST_SECONDS:
        if complaint:
            raise BadRecordingError("corrupt", f"ffmpeg cannot decode it: {complaint}")
        raise BadRecordingError("empty", f"{seconds:.3f} s of sound; {SHORTEST_SECONDS} s needed")
    peak = peak_of(samples)
    if peak < 10 ** (SILENCE_DBFS / 20):
        raise BadRecordingError("silent", f"nothing in it is louder than {SILENCE_DBFS:.0f} dBFS")
    if not stated or seconds > 0.99 * stated - 0.5:
        return samples, None
    note = f"only {seconds:.1f} of the {stated:.1f} s that the file states could be decoded"
    if complaint and seconds < WHOLE_SHARE * stated:
        raise BadRecordingError("corrupt", f"{note}: {complaint}")
    return samples, note


def peak_of(samples: Samples) -> float:
    """Samples -> the largest absolute value, 0 where there are none."""
    return max((float(abs(block).max()) for block in sample_blocks(samples)), default=0.0)
