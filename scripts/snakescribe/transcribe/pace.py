"""How far a pass's job is and how fast, for its log: who follows the run reads it there."""

import logging
import time

from snakescribe.transcribe.batches import Batch

PAUSE_SECONDS = 2.0

logger = logging.getLogger(__name__)


class Pace:
    """Counts what a job has decoded of all that it is to give.

    Args:
        total: transcripts that the shard's table will have, those in the store among them.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._there = 0
        self._heard = 0.0
        self._began = self._told = time.perf_counter()

    def skip(self, stored: int) -> None:
        """Count transcripts that the store has already."""
        self._there += stored

    def begin(self) -> None:
        """Begin a round of batches, once the model is loaded."""
        self._heard, self._began = 0.0, time.perf_counter()

    def decoded(self, which: str, batch: Batch, count: int) -> None:
        """Count transcripts of a batch, and log them unless something was logged just before.

        Args:
            which: the batch's number.
            batch: the batch, of which they are one condition's.
            count: how many there are.
        """
        self._there += count
        if time.perf_counter() - self._told >= PAUSE_SECONDS:
            self._log(which, batch, "")

    def heard(self, which: str, batch: Batch, seconds: float) -> None:
        """Log a batch that is done, under all conditions, and how fast it went.

        Args:
            which: its number.
            batch: the batch.
            seconds: of its sound.
        """
        self._heard += seconds
        rate = self._heard / (time.perf_counter() - self._began)
        self._log(which, batch, f", {rate:.1f} x real time so far")

    def _log(self, which: str, batch: Batch, pace: str) -> None:
        self._told = time.perf_counter()
        names = list(dict.fromkeys(chunk["recording"] for chunk in batch.chunks))
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        logger.info(
            "%s: %d chunks%s; %d of %d transcripts, with %s%s",
            which,
            len(batch.chunks),
            pace,
            self._there,
            self._total,
            names[0],
            more,
        )
