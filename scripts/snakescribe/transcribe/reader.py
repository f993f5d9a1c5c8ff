"""Batches -> their audio, read while the batch before is being decoded."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from snakescribe.errors import UserError
from snakescribe.ffmpeg.command import FFmpegError
from snakescribe.ffmpeg.probe import open_audio
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
    return [read_samples(Path(chunk["audio"])) for chunk in batch.chunks]


def read_samples(path: Path) -> np.ndarray:
    """A chunk, 16 kHz mono FLAC as this workflow cuts them -> samples of -1 to 1, float32.

    Raises:
        UserError: the file is missing or damaged.
    """
    try:
        with open_audio(path) as (container, stream):
            parts = [frame.to_ndarray().reshape(-1) for frame in container.decode(stream)]
        if not parts:
            raise FFmpegError("there is no sound in it")
    except FFmpegError as error:
        raise UserError(
            f"{path}: this chunk cannot be read: {error}; run the workflow again with "
            "--forcerun cut_chunks"
        ) from error
    samples = np.concatenate(parts)
    return samples.astype(np.float32) / -float(np.iinfo(samples.dtype).min)
