"""What planning depends on."""

from typing import ClassVar

from pydantic import Field

from snakescribe.config.chunking import Chunking


class PlanParams(Chunking):
    """A chunking, and what changes its plans though the config does not.

    `tiers` are those of references that count, best first, where chunks end at their borders;
    `state` changes when such a reference, or a file of the user's own speech segments, does.
    """

    UNSAID: ClassVar[frozenset[str]] = Chunking.UNSAID | {"tiers", "state"}

    tiers: list[str] = Field(default=[])
    state: str = ""
