"""Batches -> their audio, read while the batch before is being decoded."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from snakescribe.errors import UserError
from snakescribe.ffmpeg.command import FFmpegError
from snakescribe.ffmpeg.flac import read_flac
from snakescribe.tables import Row
from snakescribe.transcribe.batches import Batch


def read_ahead(batches: Sequence[Batch]) -> Iterator[tuple[Batch, list[np.ndarray]]]:
    """Each batch with its chunks' samples (float32 mono, 16 kHz); the first is begun at once."""
    pool = ThreadPoolExecutor(1)
    first = pool.submit(_read_batch, batches[0]) if batches else None

    def read() -> Iterator[tuple[Batch, list[np.ndarray]]]:
        waiting = first
        with pool:
            for number, batch in enumerate(batches, 1):
                assert waiting is not None
                audio = waiting.result()
                if number < len(batches):
                    waiting = pool.submit(_read_batch, batches[number])
                yield batch, audio

    return read()


def _read_batch(batch: Batch) -> list[np.ndarray]:
    return [read_chunk(chunk) for chunk in batch.chunks]


def read_chunk(chunk: Row) -> np.ndarray:
    """A row of the chunks table -> the chunk's samples.

    Raises:
        UserError: the file is missing or damaged.
    """
    try:
        return read_flac(Path(chunk["audio"]), chunk["pcm_md5"])
    except FFmpegError as error:
        raise UserError(
            f"{chunk['audio']}: this chunk cannot be read: {error}; run the workflow again with "
            "--forcerun cut_chunks"
        ) from error
