"""The sections `chunking` and `chunkings` of a config: how recordings are cut."""

from collections.abc import Container, Iterable, Mapping
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field

from snakescribe.config.block import Entry
from snakescribe.config.design import Design
from snakescribe.config.values import Flag, Number, Text, Whole

Method = Literal["vad", "fixed", "reference", "none", "whole"]
METHODS: tuple[Method, ...] = get_args(Method)
FULL_WINDOW_SECONDS = 30.0  # what Whisper hears at once


class Chunking(Entry):
    """An entry of `chunkings`, or the section `chunking`: cuts, the same for every variant."""

    UNSAID: ClassVar[frozenset[str]] = frozenset(
        {
            "detector", "detector_weights", "segments", "overlap_seconds", "pack",
            "condition_on_previous_text",
        }
    )  # fmt: skip

    method: Method = Field(
        default="vad",
        description=(
            "`vad` cuts at pauses between speech regions, `fixed` every `max_seconds`, `reference` "
            "where utterances of a timed reference begin and end; `none` takes recordings that are "
            "utterances as they are, `whole` gives the engine the recording, which it decodes in "
            "its own long form."
        ),
    )
    detector: Text = Field(
        default="silero",
        min_length=1,
        description=(
            "What finds speech: `silero` (Silero VAD), `energy`, `pyannote` (where "
            "`pyannote.audio` is installed), `segments` (your own, see there), or a function of "
            "your own as `module:function` (docs/process.md)."
        ),
    )
    detector_weights: Text = Field(
        default="",
        description=(
            "For `pyannote`: a checkpoint's file or folder, or its name on the hub; empty is "
            "`pyannote/segmentation-3.0`."
        ),
    )
    segments: Text = Field(
        default="",
        description=(
            "For the detector `segments`: a file with the speech of all recordings, or one for "
            "each with `{recording}` in its path: STM, RTTM, CTM, VTT, SRT, or a table (CSV, TSV, "
            "JSONL) with the columns `recording`, `start`, `end` (s)."
        ),
    )
    max_seconds: Annotated[float, Number(ge=1, le=30)] = Field(
        default=30,
        description="Longest chunk, in seconds; Whisper sees at most 30.",
    )
    overlap_seconds: Annotated[float, Number(ge=0, le=14)] = Field(
        default=0,
        description=(
            "With `fixed`: how much of a chunk the next one hears again, in seconds, less than "
            "half of `max_seconds`; what both wrote of it counts once (docs/process.md)."
        ),
    )
    pack: Flag = Field(
        default=True,
        description=(
            "Neighbouring speech regions, or utterances, share a chunk while it stays within "
            "`max_seconds`; off gives each a chunk of its own."
        ),
    )
    condition_on_previous_text: Flag = Field(
        default=True,
        description=(
            "With `whole`: Whisper's long form sees what it wrote of the 30 s before, as its "
            "packages do; off decodes each window without."
        ),
    )
    detect_on: Text = Field(
        default="",
        description="The audio variant on which speech is found; empty is the first one.",
    )
    speech_threshold: Annotated[float, Number(gt=0, lt=1)] = Field(
        default=0.5,
        description="Speech probability above which a frame counts as speech.",
    )
    min_speech_ms: Annotated[int, Whole(ge=0, le=10000)] = Field(
        default=100,
        description="Shorter sounds do not count as speech, in milliseconds.",
    )
    min_silence_ms: Annotated[int, Whole(ge=0, le=10000)] = Field(
        default=300,
        description="Shorter pauses do not end a speech region, in milliseconds.",
    )
    pad_ms: Annotated[int, Whole(ge=0, le=10000)] = Field(
        default=200,
        description="Sound kept before and after speech, in milliseconds.",
    )


def with_variant(chunking: Chunking, variants: Iterable[str]) -> Chunking:
    """A way of cutting, with speech found on the first audio variant if none is named."""
    first = next(iter(variants), "")
    if chunking.detect_on or not first:
        return chunking
    return chunking.model_copy(update={"detect_on": first})


def all_chunkings(
    chunking: Chunking,
    chunkings: Mapping[str, Chunking],
    experiments: Iterable[Design],
    variants: Iterable[str],
) -> dict[str, Chunking]:
    """Both sections and `experiments` -> every chunking that has a name.

    A method's name is a level too: where `chunkings` has no entry of that name, it is the section
    `chunking` with this method.
    """
    variants = list(variants)
    named = {name: with_variant(entry, variants) for name, entry in chunkings.items()}
    for design in experiments:
        places = [design.baseline, *design.include, *design.exclude]
        for level in [*design.factors.chunking, *(place.chunking for place in places)]:
            if level in METHODS and level not in named:
                entry = chunking.model_copy(update={"method": level})
                named[level] = with_variant(entry, variants)
    return named


def chunking_levels(written: Container[str], named: Iterable[str]) -> list[str]:
    """Keys of a config and the names of chunkings -> the levels that experiments may have.

    The one without a name, the section `chunking`, is the first; it is none where `chunkings` was
    written and it was not.
    """
    names = list(named)
    unnamed = "chunking" in written or "chunkings" not in written or not names
    return ["", *names] if unnamed else names
