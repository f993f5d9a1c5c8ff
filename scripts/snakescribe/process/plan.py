"""One audio variant -> the chunk plan: speech found once, and where every variant is cut."""

from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from snakescribe.config.process import Chunking
from snakescribe.process.chunking import fixed_chunks, plan_chunks
from snakescribe.process.damage import discard
from snakescribe.process.detector_loading import detector_marks, load_detector
from snakescribe.process.pool import map_recordings
from snakescribe.process.speech import Span, find_pauses, find_speech, measure_frames
from snakescribe.process.stored import read_audio
from snakescribe.store import DamagedError, digest, keyed_path, read_sealed, write_sealed
from snakescribe.tables import AUDIO, PLANS, Row, read_table, write_table

STEP_VERSION = 2
# Raised when the detector or what is measured with it changes.
_FRAMES_VERSION = 1


def plan_shard(audio: Path, chunking: Chunking, store: Path, output: Path, threads: int) -> None:
    """An audio table and the settings of `chunking` -> the plans table.

    What the detector heard is kept in the store, so that other settings need not hear it again.

    Raises:
        UserError: a detector that cannot be loaded, or fails.
    """
    work = partial(_plan_row, chunking=chunking, store=store)
    write_table(PLANS, output, map_recordings(work, read_table(AUDIO, audio), threads))


def _plan_row(row: Row, chunking: Chunking, store: Path) -> Row:
    plan = {"speech": [], "chunks": []} | {
        name: row[name] for name in ("recording", "status", "reason", "seconds")
    }
    if row["status"] != "ok":
        return plan
    probabilities, loudness = _frames(row, chunking.detector, store).tolist()
    total_ms = round(row["seconds"] * 1000)
    speech = find_speech(
        probabilities,
        total_ms,
        chunking.speech_threshold,
        chunking.min_speech_ms,
        chunking.min_silence_ms,
    )
    max_ms = int(chunking.max_seconds * 1000)
    if chunking.method == "fixed":
        chunks = fixed_chunks(total_ms, max_ms)
    else:
        pauses = find_pauses(probabilities, chunking.speech_threshold)
        chunks = plan_chunks(speech, pauses, loudness, total_ms, max_ms, chunking.pad_ms)
    if not chunks:
        most = max(probabilities, default=0.0)
        plan["status"] = "no_speech"
        plan["reason"] = f"no speech found: its probability is nowhere above {most:.2f} for long"
    return {**plan, "speech": _seconds(speech), "chunks": _seconds(chunks)}


def _frames(row: Row, detector: str, store: Path) -> NDArray[np.float32]:
    """An audio row -> speech probability and loudness of its frames, measured once."""
    key = digest("speech", row["pcm_md5"], _FRAMES_VERSION, *detector_marks(detector))
    path = keyed_path(store / "speech", key, ".frames")
    try:
        kept = np.frombuffer(read_sealed(path), dtype="<f4")
    except FileNotFoundError:
        kept = None
    except DamagedError as error:
        discard(path, f"what the speech detector heard is damaged: {error}", row["recording"])
        kept = None
    if kept is None:
        measured = measure_frames(read_audio(row), load_detector(detector))
        write_sealed(path, measured.astype("<f4").tobytes())
        return measured
    return kept.reshape(2, -1)


def _seconds(spans: list[Span]) -> list[list[float]]:
    return [[start / 1000, end / 1000] for start, end in spans]
