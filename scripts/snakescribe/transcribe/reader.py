"""Batches -> their audio, read while the batch before is being decoded."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np

from snakescribe.ffmpeg.stored import Mend, read_chunk
from snakescribe.transcribe.batches import Batch

THREAD = "read-ahead"  # how its name begins
Reading = Iterator[tuple[Batch, list[np.ndarray]]]


@contextmanager
def read_ahead(batches: Sequence[Batch], mend: Mend) -> Iterator[Reading]:
    """Yield each batch with its chunks' samples (float32 mono, 16 kHz); the first is begun at once.

    The thread that reads ends with the context, also after an error.

    Args:
        batches: what is to be read, in order.
        mend: makes a damaged chunk again.
    """
    with ThreadPoolExecutor(1, THREAD) as pool:
        first = pool.submit(_read_batch, batches[0], mend) if batches else None

        def read() -> Reading:
            waiting = first
            for number, batch in enumerate(batches, 1):
                assert waiting is not None
                audio = waiting.result()
                if number < len(batches):
                    waiting = pool.submit(_read_batch, batches[number], mend)
                yield batch, audio

        yield read()


def _read_batch(batch: Batch, mend: Mend) -> list[np.ndarray]:
    return [read_chunk(chunk, mend) for chunk in batch.chunks]
