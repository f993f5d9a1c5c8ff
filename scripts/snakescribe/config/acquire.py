"""The sections `acquire`, of what is downloaded and how fast sites are asked, and `sharding`."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from snakescribe.config.block import Block
from snakescribe.config.messages import explained, shown
from snakescribe.config.values import (
    LONGEST_WAIT,
    CountForm,
    Different,
    Filled,
    Form,
    Number,
    Text,
    Whole,
)
from snakescribe.errors import did_you_mean

# yt-dlp would sort by a field of any name, and so by a misspelt one by none.
SORT_FIELDS = frozenset(
    {
        "abr", "acodec", "aext", "asr", "aud_or_vid", "audio_channels", "br", "channels", "codec",
        "ext", "filesize", "filesize_approx", "format_id", "fps", "fs_approx", "hasaud", "hasvid",
        "hdr", "height", "hidden", "id", "ie_pref", "lang", "language_preference", "preference",
        "proto", "protocol", "quality", "res", "size", "source", "source_preference", "tbr", "vbr",
        "vcodec", "vext", "width",
    }
)  # fmt: skip


@dataclass(frozen=True)
class SortForm(Form):
    """A field to sort by, as yt-dlp writes it: `abr`, `+abr`, `abr:48`, `+abr~48`."""

    def check(self, value: Any) -> Any:
        """A value -> itself; raises where it is no such field."""
        field = re.fullmatch(r"\+?([a-z_]+)(?:[:~].+)?", value) if isinstance(value, str) else None
        if not field:
            form = "FIELD, +FIELD, FIELD:LIMIT or FIELD~VALUE"
            raise explained(f"{shown(value)} is no field to sort by; write {form}")
        if field[1] not in SORT_FIELDS:
            raise explained(f"{shown(value)}: unknown field; {did_you_mean(field[1], SORT_FIELDS)}")
        return value

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        fields = "|".join(sorted(SORT_FIELDS))
        return {"type": "string", "pattern": rf"^\+?({fields})([:~].+)?$"}


class Fetch(Block):
    """What the outcome of a download depends on."""

    format: Text = Field(
        default=(
            "bestaudio[abr>=?48]/bestaudio/best[abr>=?48][height<=?480]/best[height<=?480]/best"
        ),
        min_length=1,
        description=(
            "A format selector of yt-dlp, asked about the right sound track first: in the original "
            "language, no audio description, no DRC. The default takes sound alone that is good "
            "enough for speech, else a small picture with it."
        ),
    )
    format_sort: Annotated[list[Annotated[str, SortForm()]], Different()] = Field(
        default=["lang", "+abr:48", "res:480"],
        description=(
            "What `best` means in `format`: yt-dlp's fields to sort by, the first counts most. The "
            "default takes the language that the site prefers, then the smallest sound of at least "
            "48 kbit/s (else the best below), then the largest picture of at most 480 lines (else "
            "the smallest above)."
        ),
    )
    caption_languages: Annotated[list[Filled], Different()] = Field(
        default=["en"],
        description=(
            "Languages of the captions to fetch as references, where a recording's own is not "
            "known; an empty list fetches none."
        ),
    )


class Pace(Block):
    """How fast and how often to ask; nothing that comes out depends on it."""

    concurrent_downloads: Annotated[int, Whole(ge=1, le=64)] = Field(
        default=4,
        description="Downloads at once in one job.",
    )
    requests_per_hour: Annotated[float, Number(ge=0)] = Field(
        default=900,
        description="Requests to one site in an hour, over all jobs of the run; 0 is no limit.",
    )
    sleep_seconds: Annotated[float, Number(ge=0, le=LONGEST_WAIT)] = Field(
        default=0,
        description="Pause before each request, in seconds; up to twice as long at random.",
    )
    tries: Annotated[int, Whole(ge=1)] = Field(
        default=3,
        description="Tries of one download in a run, where trying again may help.",
    )
    backoff_seconds: Annotated[float, Number(ge=0, le=LONGEST_WAIT)] = Field(
        default=5,
        description=(
            "Pause before the second try, in seconds; doubled before each further one, unless the "
            "site asks for another."
        ),
    )
    patience_seconds: Annotated[float, Number(ge=0, le=LONGEST_WAIT)] = Field(
        default=120,
        description=(
            "The longest pause that a job makes, in seconds; what needs a longer one is left to "
            "the next run."
        ),
    )
    block_minutes: Annotated[float, Number(ge=0, le=LONGEST_WAIT)] = Field(
        default=60,
        description=(
            "How long a site is left alone, by all jobs, when it asks whether we are a robot or "
            "says that we ask too much, in minutes."
        ),
    )
    timeout_seconds: Annotated[float, Number(gt=0, le=LONGEST_WAIT)] = Field(
        default=20,
        description="How long to wait for an answer, in seconds.",
    )


class Acquire(Pace, Fetch):
    """The section `acquire`: how recordings that lie elsewhere are downloaded."""

    youtube_api_url: Text = Field(
        default="https://www.googleapis.com/youtube/v3",
        description=(
            "Base URL of the YouTube Data API, which is asked where `YOUTUBE_API_KEY` is set in "
            "the environment."
        ),
    )
    library: Literal["links", "copies"] = Field(
        default="links",
        description="What `snakemake library` lays under `{results}/library`.",
    )


class Sharding(Block):
    """The section `sharding`: how many recordings one job works on."""

    recordings_per_shard: Annotated[int | Literal["auto"], CountForm()] = Field(
        default="auto",
        description=(
            "Recordings in a shard; 1 gives one job a recording. `auto` grows with the corpus: 25, "
            "or as many as make a hundred shards. Recordings that have a shard keep it."
        ),
    )
