"""A damaged file of the store is removed, and that is said."""

from pathlib import Path

from snakescribe.notices import Kind, notify


def discard(path: Path, damage: str, recording: str) -> None:
    """Remove a file of the store and give notice that what it held is made again.

    Args:
        path: the file, which may be gone already.
        damage: what is the matter with it.
        recording: the id of the recording that it is of.
    """
    path.unlink(missing_ok=True)
    text = f"{damage}; it is made again"
    notify(Kind.STORE_DAMAGED, text, recording=recording, source=str(path))
