"""What planning depends on."""

from typing import ClassVar

from pydantic import Field

from snakescribe.config.chunking import Chunking
from snakescribe.config.evaluate import Terms


class PlanParams(Chunking):
    """A chunking, and what changes its plans though the config does not.

    `tiers` are those of references that count, best first, where chunks end at their borders;
    `state` changes when such a reference, or a file of the user's own speech segments, does.
    """

    UNSAID: ClassVar[frozenset[str]] = Chunking.UNSAID | {"tiers", "state"}

    tiers: list[str] = Field(default=[])
    state: str = ""


class SilencedTerms(Terms):
    """What the filter `silence_terms` silences: `scoring.terms` of the config.

    `state` changes when files change that time words, or have terms.
    """

    state: str = ""
