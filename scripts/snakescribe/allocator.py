"""Keep the memory that is freed, since taking it from the kernel again costs time.

glibc gives large blocks back at once and maps new pages for the next ones. CTranslate2 frees and
takes hundreds of MB in each layer of the encoder: mapping them was half of all its time.
To score and compare makes and drops large arrays: mapping them was a tenth. Arrow's own allocator
gives back too, so that Arrow takes this one.
"""

import ctypes
import os

# Parameters of mallopt(3), from glibc's malloc.h.
_M_TRIM_THRESHOLD = -1
_M_MMAP_MAX = -4
_M_ARENA_MAX = -8
_NEVER = 2**31 - 1


def keep_freed_memory() -> None:
    """Tell this process's allocator to keep what is freed; on other systems than glibc, nothing."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "gnu_get_libc_version"):
        libc.mallopt(_M_ARENA_MAX, 1)
        libc.mallopt(_M_MMAP_MAX, 0)
        libc.mallopt(_M_TRIM_THRESHOLD, _NEVER)
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # read when it is imported
