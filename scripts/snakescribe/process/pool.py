"""Several recordings of a shard at a time."""

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from snakescribe.ffmpeg.command import FFmpegError, check_ffmpeg
from snakescribe.tables import Row

Result = TypeVar("Result")
logger = logging.getLogger(__name__)


def map_recordings(
    work: Callable[[Row], Result], rows: Iterable[Row], threads: int
) -> list[Result]:
    """Do the work for every row, `threads` at a time, and return the results in the rows' order.

    Threads do: ffmpeg is a process of its own, and numpy, SciPy and ONNX let go of the lock.

    Raises:
        MachineError: ffmpeg does not work.
    """
    todo = list(rows)
    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        try:
            results = []
            for number, (row, result) in enumerate(
                zip(todo, pool.map(work, todo), strict=True), start=1
            ):
                logger.info("%d/%d %s", number, len(todo), row["recording"])
                results.append(result)
            return results
        except BaseException as error:
            pool.shutdown(wait=False, cancel_futures=True)
            if isinstance(error, FFmpegError):
                check_ffmpeg()
            raise
