"""The section `audio` of a config, and the options of our audio filters."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema

from snakescribe.config.block import Block
from snakescribe.config.channels import AUTO
from snakescribe.config.values import Choice, FilterForm, Flag, Number, Text, TrackForm, Whole

# An audio variant's filters in order: a name, or {name: {option: value}}.
Chain = list[Annotated[str | dict[str, dict[str, Any]], FilterForm()]]


class Variant(Block):
    """An entry of `audio`: which sound of a recording, through which filters; or these alone."""

    SHAPE: ClassVar[str] = "a list of filters or a map of keys"

    channel: Literal["auto", "mix", "left", "right", "centre", "each"] = Field(
        default="auto",
        description=(
            "Which channels are heard: `mix` averages all, `left`, `right` and `centre` take one, "
            "`each` keeps them apart, a speaker each; `auto` averages them unless they cancel "
            "each other or speech is in one alone (docs/process.md). A recording's column "
            "`channel` comes first."
        ),
    )
    track: Annotated[str, TrackForm()] = Field(
        default="",
        description=(
            "Which audio track of files with several: its number, from 0, or its language. Empty "
            "takes the one in the recording's language, else the default one. A recording's column "
            "`track` comes first."
        ),
    )
    filters: Chain = Field(
        default=[],
        description=(
            "The chain of filters, in their order: names or `{name: {options}}`: `wiener`, "
            "`spectral_gate`, `highpass`, `loudnorm`, `ffmpeg`, `silence_terms`, or one of your "
            "own as `module:function`."
        ),
    )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        made = handler.resolve_ref_schema(handler(schema))
        return {"anyOf": [made["properties"]["filters"], made]}

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, data: Any) -> Any:
        return {"filters": data} if isinstance(data, list) else data

    @model_serializer(mode="wrap")
    def _as_said(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any] | Chain:
        """A variant that only filters is the list of its filters, as it was before others were."""
        return self.filters if self.channel == AUTO and not self.track else handler(self)


class Wiener(Block):
    """Wiener filter of SciPy (`scipy.signal.wiener`)."""

    size: Annotated[int, Whole(ge=3, le=9999)] = Field(
        default=3,
        description=(
            "Samples in the window over which mean and variance are taken; an odd number."
        ),
    )
    noise: Annotated[float, Number(ge=0)] | None = Field(
        default=None,
        description=(
            "Noise power (full scale is 1); empty estimates it as the recording's mean local "
            "variance."
        ),
    )


class SpectralGate(Block):
    """Spectral gating (the package noisereduce)."""

    stationary: Flag = Field(
        default=False,
        description=(
            "One noise threshold for the whole recording, from its first 37.5 seconds, in place "
            "of one that follows the sound."
        ),
    )
    prop_decrease: Annotated[float, Number(ge=0, le=1)] = Field(
        default=1.0,
        description="Share of the noise to take away.",
    )
    n_std_thresh_stationary: Annotated[float, Number()] = Field(
        default=1.5,
        description=(
            "With `stationary`, standard deviations above the mean level at which a bin counts as "
            "signal."
        ),
    )
    thresh_n_mult_nonstationary: Annotated[float, Number()] = Field(
        default=2,
        description=(
            "Without `stationary`, multiples of the running mean above it at which a bin counts "
            "as signal."
        ),
    )
    sigmoid_slope_nonstationary: Annotated[float, Number()] = Field(
        default=10,
        description="Without `stationary`, steepness of that gate.",
    )
    time_constant_s: Annotated[float, Number(gt=0, le=10)] = Field(
        default=2.0,
        description="Without `stationary`, time constant of the running mean, in seconds.",
    )
    freq_mask_smooth_hz: Annotated[float, Number(ge=32)] = Field(
        default=500,
        description="Width over which the gate is smoothed, in hertz.",
    )
    time_mask_smooth_ms: Annotated[float, Number(ge=16)] = Field(
        default=50,
        description="Time over which the gate is smoothed, in milliseconds.",
    )
    n_fft: Annotated[int, Choice((256, 512, 1024, 2048))] = Field(
        default=1024,
        description="Samples in an analysis window.",
    )


class Highpass(Block):
    """Butterworth high-pass of SciPy, against hum and rumble."""

    hertz: Annotated[float, Number(gt=0, lt=8000)] = Field(
        default=80,
        description="Frequency at which half of the power is left, in hertz.",
    )
    order: Annotated[int, Whole(ge=1, le=8)] = Field(
        default=4,
        description="Steepness: below it falls by 6 dB an octave times this.",
    )


class Loudnorm(Block):
    """One gain that brings a recording to a loudness, as EBU R 128 has it."""

    lufs: Annotated[float, Number(ge=-70, le=0)] = Field(
        default=-23,
        description="Integrated loudness to reach, in LUFS.",
    )
    true_peak_dbtp: Annotated[float, Number(ge=-20, le=0)] = Field(
        default=-1,
        description="The gain is lowered so that no true peak is above this, in dBTP.",
    )


class Ffmpeg(Block):
    """Filters of ffmpeg that keep the duration."""

    filter: Text = Field(
        min_length=1,
        description="A chain as ffmpeg writes it, e.g. `highpass=f=80,afftdn=nr=12`.",
    )


class SilenceTerms(Block):
    """Silence where the terms of `scoring.terms` are said; the last filter of its chain."""

    words: Text = Field(
        min_length=1,
        description=(
            "Where the times of words are from: files such as `{recording}.ctm` (also JSON, "
            "TextGrid, VTT, ...) with the recording's id in their path, or `reference`: its own."
        ),
    )
    pad_ms: Annotated[int, Whole(ge=0, le=2000)] = Field(
        default=100,
        description="Silence before and behind each term as well, in milliseconds.",
    )
    spans: list[tuple[float, float, str]] = Field(
        default=[],
        description=(
            "Start and end (s) of each term: found for each recording, and kept with its audio; "
            "not to be given."
        ),
    )


# Ours by name; the text of each class and its fields is documentation.
FILTER_OPTIONS: dict[str, type[Block]] = {
    "wiener": Wiener,
    "spectral_gate": SpectralGate,
    "highpass": Highpass,
    "loudnorm": Loudnorm,
    "ffmpeg": Ffmpeg,
    "silence_terms": SilenceTerms,
}
