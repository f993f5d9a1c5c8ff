"""The lock file of the corpus, spoilt -> as it was: Snakemake reads it before any job can."""

import os
import sys
from contextlib import suppress

from snakescribe.results import Results, items_copy
from snakescribe.seals import is_broken
from snakescribe.store import replacing
from snakescribe.tables import ITEMS


def tell_spoilt_items(results: Results) -> None:
    """Say that the lock file is read from its copy, where it is spoilt; nothing is changed."""
    if results.items_file() != (path := results.path(ITEMS)):
        print(
            f"{path}: damaged: it is read from its copy, {items_copy(results.store)}; the next run "
            "puts that in its place",
            file=sys.stderr,
        )


def restore_items(results: Results) -> None:
    """Put the copy of a spoilt lock file in its place, and say so; for runs that hold the folder.

    With the time that it had: no job need be done anew because of it.
    """
    path, copy = results.path(ITEMS), items_copy(results.store)
    if not copy.exists() or not path.exists():
        return
    if results.items_file() == path and not is_broken(path):
        return
    stat = path.stat()
    with replacing(path) as part:
        part.write_bytes(copy.read_bytes())
    with suppress(OSError):  # another user's file: jobs may be done once more
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    print(f"{path}: damaged: its copy in the store is put in its place", file=sys.stderr)
