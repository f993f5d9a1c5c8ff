"""Sounds of the store, checked when they are used; a damaged one is removed and made again."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from snakescribe.ffmpeg.command import FFmpegError
from snakescribe.ffmpeg.flac import Samples, read_flac
from snakescribe.notices import Kind, notify
from snakescribe.tables import Row

logger = logging.getLogger(__name__)

# Makes the file of a chunk, a row of the chunks table, again.
Mend = Callable[[Row], None]


class StoredSounds(Protocol):
    """The sounds of a run, whatever their variant: how steps that only look at them get them."""

    def read_audio(self, row: Row) -> Samples:
        """An `ok` row of the audio table -> its samples; UserError: they are not to be had."""
        ...

    def mend_chunk(self, variant: str, chunk: Row) -> None:
        """Make the file of a chunk of a variant again; UserError: it cannot be."""
        ...


def read_chunk(chunk: Row, mend: Mend) -> Samples:
    """A row of the chunks table -> the chunk's samples, which are those that were cut.

    A damaged file is removed and made again, and that is noticed. One that is gone is made again.

    Raises:
        UserError: it cannot be made again.
    """
    path = Path(chunk["audio"])
    try:
        return read_flac(path, chunk["pcm_md5"])
    except FFmpegError as error:
        try:
            path.unlink()
        except FileNotFoundError:  # as after `snakescribe clean`
            logger.info("%s is gone; it is made again (%s)", path, chunk["recording"])
        else:
            text = f"a chunk is damaged: {error}; it is made again"
            notify(Kind.STORE_DAMAGED, text, recording=chunk["recording"], source=str(path))
    mend(chunk)
    return read_flac(path, chunk["pcm_md5"])
