"""The sections `audio`, `chunking` and `chunkings` of a config -> what is wrong with them."""

from collections.abc import Iterator, Mapping, Sequence

from snakescribe.config.chunking import Chunking
from snakescribe.config.process import Variant
from snakescribe.errors import did_you_mean
from snakescribe.process.detectors import DETECTORS, PYANNOTE, has_pyannote
from snakescribe.process.filters import check_chain
from snakescribe.process.segment_files import find_segments_problems


def find_process_problems(
    audio: Mapping[str, Variant], chunkings: Mapping[str, Chunking], variants: Sequence[str]
) -> Iterator[str]:
    """Audio variants, chunkings by key, and all variants' names -> a line for each problem."""
    for name, entry in audio.items():
        yield from check_chain(entry.filters, f"audio.{name}")
    for place, chunking in chunkings.items():
        yield from _check_chunking(chunking, place, variants)


def _check_chunking(chunking: Chunking, place: str, variants: Sequence[str]) -> Iterator[str]:
    yield from DETECTORS.problems(chunking.detector, f"{place}.detector")
    if chunking.detector == PYANNOTE and not has_pyannote():
        yield (
            f"{place}.detector: 'pyannote' needs the package pyannote.audio, which is not "
            "installed: pip install pyannote.audio, or take `silero`"
        )
    yield from find_segments_problems(chunking, place)
    variant = chunking.detect_on
    if variant and variant not in variants:
        remedy = did_you_mean(variant, variants)
        yield f"{place}.detect_on: no audio variant '{variant}'; {remedy}"
    if 2 * chunking.overlap_seconds >= chunking.max_seconds:
        yield (
            f"{place}.overlap_seconds: {chunking.overlap_seconds} s are not less than half of "
            f"max_seconds, {chunking.max_seconds} s: a moment would lie in three chunks"
        )


_OF_SPEECH = ("detector", "speech_threshold", "min_speech_ms", "min_silence_ms", "pad_ms", "pack")
_OF_METHOD = {
    "vad": {*_OF_SPEECH, "max_seconds"},
    "reference": {*_OF_SPEECH, "max_seconds"},
    "fixed": {"max_seconds", "overlap_seconds"},
    "none": {"max_seconds"},
    "whole": {"condition_on_previous_text"},
}
_ASKED = (*_OF_SPEECH, "max_seconds", "overlap_seconds", "condition_on_previous_text")


def find_process_warnings(chunking: Chunking, place: str) -> Iterator[str]:
    """A chunking and its key -> a line for each thing in it that hardly can be meant."""
    written, method = chunking.model_fields_set, chunking.method
    used = _OF_METHOD[method]
    if idle := [key for key in _OF_SPEECH if key in written and key not in used]:
        yield (
            f"{place}.method: `{method}` looks for no speech: {', '.join(idle)} change nothing; "
            "leave them out, or take the method `vad`"
        )
    for key in _ASKED:
        if key in written and key not in used and key not in _OF_SPEECH:
            methods = " or ".join(name for name, keys in _OF_METHOD.items() if key in keys)
            yield f"{place}.{key}: changes nothing with the method `{method}`; it is for {methods}"
    if "pad_ms" in used and 2 * chunking.pad_ms >= 1000 * chunking.max_seconds:
        yield (
            f"{place}.pad_ms: {chunking.pad_ms} ms before and after speech are as long as a whole "
            f"chunk of {chunking.max_seconds} s"
        )
