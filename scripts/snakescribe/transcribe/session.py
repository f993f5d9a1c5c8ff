"""One job's engine: loaded when first needed, with the figures that tell where the time went."""

import logging
import resource
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from snakescribe.devices import device_name, gpu_memory_mb
from snakescribe.transcribe.batches import Batch
from snakescribe.transcribe.engines import Encoded, Engine, engine_class

if TYPE_CHECKING:
    import numpy as np

logger = logging.getLogger(__name__)


class Session:
    """A model and its device for the length of one job."""

    def __init__(
        self, model: dict[str, Any], receipt: dict[str, Any], threads: int, device: str
    ) -> None:
        self.batch_size: int = model["batch_size"]
        self.model_sha256: str = receipt["sha256"]
        self._model = model
        self._receipt = receipt
        self._threads = threads
        self._device = device
        self._engine: Engine | None = None
        self._job = uuid4().hex
        self._load_seconds = 0.0
        self._device_name = device_name(device)
        self._audio_seconds = 0.0

    def load(self) -> Engine:
        """The engine; loading it takes seconds, and nothing loads it if nothing is missing."""
        if self._engine is None:
            begin = time.perf_counter()
            load = engine_class(self._model["engine"])
            self._engine = load(self._model, self._receipt["path"], self._threads, self._device)
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

    def encode(self, batch: Batch, audio: "Sequence[np.ndarray]") -> Encoded:
        """Run features and encoder on the audio of a batch."""
        self._audio_seconds += sum(chunk["end"] - chunk["start"] for chunk in batch.chunks)
        longest = max(len(one) for one in audio) / 16000
        return self.load().encode(audio, max(batch.window_seconds, longest))

    def provenance(self) -> dict[str, Any]:
        """What a row must tell of the job that made it."""
        return {
            **self.load().provenance(),
            "job": self._job,
            "weights": self._receipt["weights"],
            "model_sha256": self.model_sha256,
            "threads": self._threads,
            "device_name": self._device_name,
            "load_seconds": round(self._load_seconds, 3),
        }

    def memory(self) -> dict[str, int | None]:
        """MB that the job has used at most so far, and that its GPU uses now."""
        unit = 1024**2 if sys.platform == "darwin" else 1024
        return {
            "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit,
            "gpu_memory_mb": gpu_memory_mb() if self._device == "cuda" else None,
        }

    def summary(self) -> str:
        """For the log: what was computed and what the store held."""
        if self._engine is None:
            return "all of them from the store; the model was not loaded"
        loading = f"model loaded in {self._load_seconds:.1f} s"
        return f"{self._audio_seconds:.0f} s of audio encoded, {loading}"
