"""The sections `audio` and `chunking` of a config -> what is wrong with them."""

from collections.abc import Iterator, Mapping, Sequence

from snakescribe.config.process import Chain, Chunking
from snakescribe.errors import did_you_mean
from snakescribe.process.detectors import DETECTORS
from snakescribe.process.filters import check_chain


def find_process_problems(
    audio: Mapping[str, Chain], chunking: Chunking, variants: Sequence[str]
) -> Iterator[str]:
    """Both sections, and the names of all audio variants -> one line for each problem."""
    for name, chain in audio.items():
        yield from check_chain(chain, f"audio.{name}")
    yield from DETECTORS.problems(chunking.detector)
    variant = chunking.detect_on
    if variant and variant not in variants:
        remedy = did_you_mean(variant, variants)
        yield f"chunking.detect_on: no audio variant '{variant}'; {remedy}"
