"""The sections `audio` and `chunking` of a config -> what is wrong with them."""

from collections.abc import Iterator, Mapping, Sequence

from snakescribe.config.process import Chunking, Variant
from snakescribe.errors import did_you_mean
from snakescribe.process.detectors import DETECTORS
from snakescribe.process.filters import check_chain


def find_process_problems(
    audio: Mapping[str, Variant], chunking: Chunking, variants: Sequence[str]
) -> Iterator[str]:
    """Both sections, and the names of all audio variants -> one line for each problem."""
    for name, variant in audio.items():
        yield from check_chain(variant.filters, f"audio.{name}")
    yield from DETECTORS.problems(chunking.detector)
    detect_on = chunking.detect_on
    if detect_on and detect_on not in variants:
        remedy = did_you_mean(detect_on, variants)
        yield f"chunking.detect_on: no audio variant '{detect_on}'; {remedy}"


_OF_SPEECH = ("detector", "speech_threshold", "min_speech_ms", "min_silence_ms", "pad_ms")


def find_process_warnings(chunking: Chunking) -> Iterator[str]:
    """The section `chunking` -> a line for each thing in it that hardly can be meant."""
    written = chunking.model_fields_set
    if chunking.method == "fixed" and (idle := [key for key in _OF_SPEECH if key in written]):
        yield (
            f"chunking.method: `fixed` looks for no speech: {', '.join(idle)} change nothing; "
            "leave them out, or take the method `vad`"
        )
    if chunking.method == "vad" and 2 * chunking.pad_ms >= 1000 * chunking.max_seconds:
        yield (
            f"chunking.pad_ms: {chunking.pad_ms} ms before and after speech are as long as a whole "
            f"chunk of {chunking.max_seconds} s"
        )
