"""The whole config: all its sections."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from snakescribe.config.acquire import Acquire, Sharding
from snakescribe.config.block import Block
from snakescribe.config.chunking import Chunking, all_chunkings, with_variant
from snakescribe.config.context import Context
from snakescribe.config.database import Database
from snakescribe.config.design import Design
from snakescribe.config.evaluate import Scoring
from snakescribe.config.process import Variant
from snakescribe.config.sources import Source
from snakescribe.config.transcribe import Decoding, Export, Model, Prompt
from snakescribe.config.values import Name, Number, Text


class Deployment(Block):
    """The section `deployment`: what jobs run in, if Snakemake is told `--sdm`."""

    container: Text = Field(
        default="",
        description=(
            "Image that every job runs in under `--sdm apptainer`, built from the Dockerfile: a "
            "`.sif` file, or an address such as `docker://...`."
        ),
    )
    modules: list[Text] = Field(
        default=[],
        description=(
            "Environment modules that every job loads under `--sdm env-modules`; one of them "
            "brings the program `snakescribe`."
        ),
    )


class Logging(Block):
    """The section `logging`: what jobs write into `{results}/logs`."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description=(
            "How much jobs log; `SNAKESCRIBE_LOG_LEVEL` goes before it. yt-dlp's own messages "
            "come at `debug`."
        ),
    )
    runs: int = Field(
        default=10,
        ge=1,
        description="Of log files longer than 64 KiB, how many of the last runs are kept.",
    )


class Price(Block):
    """An entry of `prices`: what a model costs, in any one currency."""

    per_hour: Annotated[float, Number(ge=0)] = Field(
        default=0,
        description="Price of an hour of the machine that runs it, a GPU's or a whole computer's.",
    )
    per_audio_minute: Annotated[float, Number(ge=0)] = Field(
        default=0,
        description="Price of a minute of sound that a service hears, for each condition.",
    )


class Config(Block):
    """A whole config file: one run, from the recordings to the report."""

    results: Text = Field(
        default="results",
        min_length=1,
        description="Folder for everything that the run makes.",
    )
    recordings: list[Source] = Field(
        min_length=1,
        description="Where the recordings come from; any number of sources, mixed.",
    )
    context: list[Context] = Field(
        default=[],
        description=(
            "What adds fields to the recordings, for prompts and strata: tables (`{table: PATH}`) "
            "and providers (`{provider: NAME}`); later ones win."
        ),
    )
    acquire: Acquire = Field(
        validate_default=True,
        default={},
        description="How recordings that lie elsewhere are downloaded.",
    )
    audio: dict[Name, Variant] = Field(
        min_length=1,
        validate_default=True,
        default={"raw": []},
        description=(
            "Audio variants: a name and the chain of filters that makes it from 16 kHz mono "
            "audio; an empty chain leaves it as it is. A filter is a name or `{name: {options}}`: "
            "`wiener`, `spectral_gate`, `ffmpeg`, or one of your own as `module:function`. With "
            "other keys beside, the chain stands under `filters`."
        ),
    )
    chunking: Chunking = Field(
        validate_default=True,
        default={},
        description=(
            "How recordings are cut into chunks, the same for every audio variant, where an "
            "experiment names no level of `chunkings`."
        ),
    )
    chunkings: dict[Name, Chunking] = Field(
        default={},
        description="Ways to cut by name, to be compared: the levels of the factor `chunking`.",
    )
    models: dict[Name, Model] = Field(
        default={},
        description="Models by a name of your choice; needed for experiments.",
    )
    prompts: dict[Name, Prompt] = Field(
        min_length=1,
        validate_default=True,
        default={"none": ""},
        description="Prompts by name; a text with `{fields}` of the recording and its context.",
    )
    decoding: dict[Name, Decoding] = Field(
        min_length=1,
        validate_default=True,
        default={"greedy": {}},
        description="Decode options by name.",
    )
    experiments: dict[Name, Design] = Field(
        default={},
        description=(
            "Experiments by name; each becomes one report. Without any, recordings are only "
            "described, acquired and processed."
        ),
    )
    export: Export = Field(
        validate_default=True,
        default={},
        description="Files that the target `export` writes; nothing else does.",
    )
    scoring: Scoring = Field(
        validate_default=True,
        default={},
        description="How transcripts are compared with references.",
    )
    database: Database = Field(
        validate_default=True,
        default={},
        description="Where results are loaded.",
    )
    prices: dict[Name, Price] = Field(
        default={},
        description="What models cost, by their names in `models`, for `snakescribe plan`.",
    )
    sharding: Sharding = Field(
        validate_default=True,
        default={},
        description="How many recordings one job works on.",
    )
    deployment: Deployment = Field(
        validate_default=True,
        default={},
        description="What jobs run in, where Snakemake is told `--sdm`.",
    )
    logging: Logging = Field(
        validate_default=True,
        default={},
        description="What jobs write into their logs.",
    )

    @model_validator(mode="after")
    def _with_all_chunkings(self) -> Self:
        sections = self.__dict__
        sections["chunkings"] = all_chunkings(
            self.chunking, self.chunkings, self.experiments.values(), self.audio
        )
        sections["chunking"] = with_variant(self.chunking, self.audio)
        return self
