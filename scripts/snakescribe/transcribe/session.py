"""One job's engine: loaded when first needed, with the figures that tell where the time went."""

import logging
import resource
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import numpy as np

from snakescribe.config.transcribe import Decoding, Weights
from snakescribe.devices import device_name, gpu_memory_mb
from snakescribe.store import digest, keyed_path
from snakescribe.transcribe.batch_size import settle_batch_size
from snakescribe.transcribe.batches import FULL_WINDOW_SECONDS, Batch
from snakescribe.transcribe.effort import Effort
from snakescribe.transcribe.engines import (
    Decoded,
    Encoded,
    Engine,
    Provenance,
    Receipt,
    Request,
    engine_class,
)
from snakescribe.transcribe.gpu_faults import clear_gpu_faults
from snakescribe.transcribe.params import WholeParams
from snakescribe.transcribe.room import Room
from snakescribe.transcribe.weights.verify import check_weights

logger = logging.getLogger(__name__)


SAMPLE_RATE = 16000
WINDOW_SAMPLES = int(FULL_WINDOW_SECONDS) * SAMPLE_RATE
WINDOWS = 8  # as many as chunks of a recording vote for its language


class JobState(NamedTuple):
    """What a row must tell of the job that made it, and what it used at most so far.

    `used` has memory in MB, and the figures of `Effort.so_far`.
    """

    run: Provenance
    used: dict[str, int | float | None]


class Session:
    """A model and its device for the length of one job."""

    def __init__(
        self,
        model: Weights,
        receipt: Receipt,
        threads: int,
        device: str,
        whole: WholeParams | None = None,
    ) -> None:
        """Nothing is loaded yet.

        Args:
            model: its entry in the config.
            receipt: where its weights lie.
            threads: CPU threads to use.
            device: `cpu` or `cuda`.
            whole: given where chunks are whole recordings, for the engine's long form.
        """
        self.whole = whole
        self.batch_size: int = model.batch
        self.model_sha256: str = receipt["sha256"]
        self._model = model
        self._receipt = receipt
        self._threads = threads
        self._device = device
        self._engine: Engine | None = None
        self._job = uuid4().hex
        self._load_seconds = 0.0
        self._effort: Effort | None = None
        self._device_name = device_name(device)
        self._audio_seconds = 0.0
        self._probe: tuple[Path, Room] | None = None

    def allow_probe(self, kept: Path, room: Room) -> None:
        """Let `batch_size: auto` be found by trying, where no text depends on it.

        Args:
            kept: a folder of the store for what was found.
            room: the memory that the job may use.
        """
        if self._model.batch_size == "auto" and not self.whole:
            self._probe = (kept, room)

    def load(self) -> Engine:
        """The engine; loading it takes seconds, and nothing loads it if nothing is missing."""
        if self._engine is None:
            check_weights(self._receipt, self._model.engine)
            self._effort = Effort()
            begin = time.perf_counter()
            load = engine_class(self._model.engine)
            model = self._model.model_copy(update={"batch_size": self.batch_size})
            with clear_gpu_faults(self._device):
                self._engine = load(model, self._receipt["path"], self._threads, self._device)
            self._load_seconds = time.perf_counter() - begin
            logger.info(
                "loaded %s in %.1f s: %s",
                self._receipt["weights"],
                self._load_seconds,
                self._engine.provenance(),
            )
        return self._engine

    @property
    def multilingual(self) -> bool:
        """Whether the model knows languages besides English; said by its files, not its name."""
        if "languages" in self._receipt:
            return bool(self._receipt["languages"] != "en")
        return self.load().multilingual

    @property
    def chunks_apart(self) -> bool:
        """Whether the engine decodes each chunk by itself, whatever is decoded with it."""
        return engine_class(self._model.engine).CHUNKS_APART

    def encode(self, batch: Batch, audio: Sequence[np.ndarray]) -> Encoded:
        """Run features and encoder on the samples (float32 mono, 16 kHz) of a batch's chunks."""
        self._audio_seconds += sum(chunk["end"] - chunk["start"] for chunk in batch.chunks)
        if self.whole:  # which is encoded window by window while it is decoded
            return Encoded(list(audio), [len(samples) / SAMPLE_RATE for samples in audio], 0.0, 0.0)
        longest = max(len(samples) for samples in audio) / SAMPLE_RATE
        engine = self.load()
        with clear_gpu_faults(self._device):
            self._settle_batch_size(engine, audio)
            with self._working():
                return engine.encode(audio, max(batch.window_seconds, longest))

    def decode(
        self, encoded: Encoded, requests: Sequence[Request], options: Decoding
    ) -> list[Decoded]:
        """Decode chunks of an encoded batch, or whole recordings in the engine's long form."""
        engine = self.load()
        with clear_gpu_faults(self._device), self._working():
            if self.whole:
                audio, conditioned = encoded.states, self.whole.conditioned
                return engine.decode_whole(audio, requests, options, conditioned)
            return engine.decode(encoded, requests, options)

    def _working(self) -> AbstractContextManager[None]:
        return self._effort.working() if self._effort else nullcontext()

    def _settle_batch_size(self, engine: Engine, audio: Sequence[np.ndarray]) -> None:
        """Find the batch size by trying, at the first batch that is encoded."""
        if self._probe and engine.PROBES:
            if len(audio) <= self.batch_size:
                return  # which is decoded sooner than tried
            folder, room = self._probe
            key = digest(
                self.model_sha256,
                self._model.engine,
                self._model.compute_type,
                self._device_name,
                self._threads,
                room,
            )
            path = keyed_path(folder, key, ".json")
            settle_batch_size(engine, audio, self._device, room, path)
        self._probe = None

    def detect_languages(self, batch: Batch, audio: Sequence[np.ndarray]) -> list[dict[str, float]]:
        """For each chunk of a batch, the probability of each language code.

        Of a whole recording `WINDOWS` parts of 30 s are heard, spread over its length.
        """
        engine = self.load()
        if not self.whole:
            return engine.detect_languages(self.encode(batch, audio))
        heard = []
        for samples in audio:
            starts = np.linspace(0, max(len(samples) - WINDOW_SAMPLES, 0), WINDOWS).astype(int)
            parts = [samples[start : start + WINDOW_SAMPLES] for start in dict.fromkeys(starts)]
            votes: dict[str, float] = {}
            for part in engine.detect_languages(engine.encode(parts, FULL_WINDOW_SECONDS)):
                for language, probability in part.items():
                    votes[language] = votes.get(language, 0.0) + probability / len(parts)
            heard.append(votes)
        return heard

    def state(self) -> JobState:
        """The job as it is now: batch size and what it used change while it decodes."""
        run: Provenance = {
            **self.load().provenance(),
            "job": self._job,
            "weights": self._receipt["weights"],
            "model_sha256": self.model_sha256,
            "threads": self._threads,
            "device_name": self._device_name,
            "load_seconds": round(self._load_seconds, 3),
            **(self._effort.began() if self._effort else {}),
        }
        unit = 1024**2 if sys.platform == "darwin" else 1024
        used: dict[str, int | float | None] = {
            "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit,
            "gpu_memory_mb": gpu_memory_mb() if self._device == "cuda" else None,
            **(self._effort.so_far() if self._effort else {}),
        }
        return JobState(run, used)

    def summary(self) -> str:
        """For the log: what was computed and what the store held."""
        if self._engine is None:
            return "all of them from the store; the model was not loaded"
        loading = f"model loaded in {self._load_seconds:.1f} s"
        return f"{self._audio_seconds:.0f} s of audio encoded, {loading}"
