"""One protocol for all that tells where speech is: detectors of frames, and the user's segments."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from snakescribe.config.chunking import Chunking
from snakescribe.process.damage import discard
from snakescribe.process.detector_loading import detector_marks, load_detector
from snakescribe.process.detectors import SEGMENTS
from snakescribe.process.speech import Span, find_pauses, find_speech, measure_frames
from snakescribe.process.stored import read_audio
from snakescribe.process.user_segments import read_segments
from snakescribe.store import DamagedError, digest, keyed_path, read_sealed, write_sealed
from snakescribe.tables import Row

# Raised when the detector or what is measured with it changes.
_FRAMES_VERSION = 1


@dataclass(frozen=True)
class Heard:
    """Where somebody speaks in a recording; times in whole milliseconds.

    Attributes:
        speech: regions, in order, not overlapping.
        pauses: what is no speech, inside regions too where the detector tells, in order.
        levels: dBFS of each frame of 32 ms.
        nothing: why there is no speech, where there is none.
    """

    speech: list[Span]
    pauses: list[Span]
    levels: list[float]
    nothing: str


class RegionFinder(Protocol):
    """What tells where in a recording somebody speaks."""

    def find(self, row: Row) -> Heard:
        """A row of the audio table, status `ok` -> where somebody speaks in it.

        Raises:
            UserError: a detector fails, or a file of segments cannot be read.
        """
        ...


def region_finder(chunking: Chunking, store: Path) -> RegionFinder:
    """A chunking -> its finder, which keeps what costs time in the store.

    Raises:
        UserError: a detector that cannot be loaded.
    """
    finder = SegmentRegions if chunking.detector == SEGMENTS else FrameRegions
    return finder(chunking, store)


class FrameRegions(RegionFinder):
    """Regions of a detector of frames, by the thresholds of a chunking.

    What it heard is kept in the store, so that other thresholds need not hear it again.
    """

    def __init__(self, chunking: Chunking, store: Path) -> None:
        self._chunking = chunking
        self._store = store

    def find(self, row: Row) -> Heard:
        chunking = self._chunking
        probabilities, levels = _frames(
            row, chunking.detector, chunking.detector_weights, self._store
        ).tolist()
        speech = find_speech(
            probabilities,
            round(row["seconds"] * 1000),
            chunking.speech_threshold,
            chunking.min_speech_ms,
            chunking.min_silence_ms,
        )
        most = max(probabilities, default=0.0)
        nothing = f"no speech found: its probability is nowhere above {most:.2f} for long"
        return Heard(speech, find_pauses(probabilities, chunking.speech_threshold), levels, nothing)


class SegmentRegions(RegionFinder):
    """Regions that the user gives: they count as they are, whatever the thresholds."""

    def __init__(self, chunking: Chunking, store: Path) -> None:
        self._segments = chunking.segments
        self._store = store

    def find(self, row: Row) -> Heard:
        levels = _frames(row, "", "", self._store)[1].tolist()
        given = read_segments(self._segments, row["recording"])
        total = round(row["seconds"] * 1000)
        spans = [(round(start * 1000), round(end * 1000)) for start, end in given or ()]
        inside = [(start, min(end, total)) for start, end in spans if start < total]
        if given is None:
            nothing = f"chunking.segments: no file for it ({self._segments})"
        elif given and not inside:
            nothing = "chunking.segments: all its segments lie behind its end"
        else:
            nothing = f"chunking.segments: no segment of it in {self._segments}"
        edges = [0, *(edge for span in inside for edge in span), total]
        gaps = list(zip(edges[::2], edges[1::2], strict=True))
        return Heard(inside, [gap for gap in gaps if gap[0] < gap[1]], levels, nothing)


def _frames(row: Row, detector: str, weights: str, store: Path) -> NDArray[np.float32]:
    """An audio row -> speech probability and loudness of its frames, measured once.

    Without a detector only loudness is measured. What is damaged in the store is measured again.
    """
    marks = detector_marks(detector, weights) if detector else ("levels",)
    key = digest("speech", row["pcm_md5"], _FRAMES_VERSION, *marks)
    path = keyed_path(store / "speech", key, ".frames")
    try:
        return np.frombuffer(read_sealed(path), dtype="<f4").reshape(2, -1)
    except FileNotFoundError:
        pass
    except DamagedError as error:
        discard(path, f"what the speech detector heard is damaged: {error}", row["recording"])
    measured = measure_frames(
        read_audio(row), load_detector(detector, weights) if detector else None
    )
    write_sealed(path, measured.astype("<f4").tobytes())
    return measured
