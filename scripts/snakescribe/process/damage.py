"""A damaged file of the store is removed, and that is said."""

import logging
from pathlib import Path

from snakescribe.notices import Kind, notify

logger = logging.getLogger(__name__)


def discard(path: Path, damage: str, recording: str) -> None:
    """Remove a file of the store and give notice that what it held is made again.

    What is gone, as after `snakescribe clean`, is made again without a notice: nothing was damaged.

    Args:
        path: the file, which may be gone already.
        damage: what is the matter with it.
        recording: the id of the recording that it is of.
    """
    try:
        path.unlink()
    except FileNotFoundError:
        logger.info("%s is gone; it is made again (%s)", path, recording)
        return
    text = f"{damage}; it is made again"
    notify(Kind.STORE_DAMAGED, text, recording=recording, source=str(path))
