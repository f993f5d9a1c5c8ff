"""How much memory a job may use."""

from typing import NamedTuple


class Room(NamedTuple):
    """The memory (MB) that a job may use, of the machine and of its GPU; 0 is not told."""

    memory_mb: int = 0
    gpu_memory_mb: int = 0


NOT_TOLD = Room()
