"""How far a pass's job is and how fast, for its log: who follows the run reads it there."""

import logging
import time

from snakescribe.transcribe.work import BatchPlan

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
        self._began = time.perf_counter()

    def skip(self, stored: int) -> None:
        """Count transcripts that the store has already."""
        self._there += stored

    def begin(self) -> None:
        """Begin a round of batches, once the model is loaded."""
        self._heard, self._began = 0.0, time.perf_counter()

    def tell(self, which: str, plan: BatchPlan, seconds: float) -> None:
        """Log a batch that is done.

        Args:
            which: its number.
            plan: what was decoded of it.
            seconds: of its sound.
        """
        self._there += plan.count
        self._heard += seconds
        names = list(dict.fromkeys(chunk["recording"] for chunk in plan.batch.chunks))
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        logger.info(
            "%s: %d chunks, %.1f x real time so far; %d of %d transcripts, with %s%s",
            which,
            len(plan.batch.chunks),
            self._heard / (time.perf_counter() - self._began),
            self._there,
            self._total,
            names[0],
            more,
        )
