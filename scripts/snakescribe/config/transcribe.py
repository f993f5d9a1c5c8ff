"""The sections `models`, `prompts`, `decoding` and `export` of a config."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from snakescribe.config.block import Block, Entry
from snakescribe.config.values import (
    LONGEST_WAIT,
    CountForm,
    Different,
    Flag,
    Number,
    Text,
    Variable,
    Whole,
)

FILES = "files"  # the engine that reads transcripts which exist already
MOST_REPEATS = 1000
MOST_TOKENS = 223  # of a prompt that Whisper sees: half of its 448 places, less one


# Keys of a model that some engines read and others do not know.
ENGINE_KEYS = frozenset({"url", "url_variable", "key_variable", "serve", "timeout_seconds"})


class Weights(Entry):
    """What decodes: an engine, its weights and how it computes."""

    UNSAID: ClassVar[frozenset[str]] = ENGINE_KEYS

    engine: Text = Field(
        default="faster-whisper",
        description=(
            "What runs the model: `faster-whisper`, `openai-whisper`, `moonshine`, `onnx`, "
            "`transformers`, `command`, `http`, `files` for transcripts that exist already, or "
            "one of your own as `module:Class` (docs/transcribe.md)."
        ),
    )
    weights: Text = Field(
        min_length=1,
        description=(
            "A name from `resources/models.yaml` (`snakescribe models list`) or the path of a "
            "model; for `command` the command, for `http` the endpoint's name of the model, for "
            "`files` their paths, such as `vendor/{recording}.{json,ctm,txt}`."
        ),
    )
    compute_type: Literal[
        "default",
        "auto",
        "int8",
        "int8_float16",
        "int8_float32",
        "int8_bfloat16",
        "int16",
        "float16",
        "bfloat16",
        "float32",
    ] = Field(
        default="default",
        description=(
            "Number format of the weights while computing; `default` keeps that of the weights' "
            "file."
        ),
    )
    batch_size: Annotated[int | Literal["auto"], CountForm()] = Field(
        default=8,
        description=(
            "Chunks decoded together, or `auto`: as many as a short probe finds fastest within "
            "the job's memory, for Whisper; 8 for other engines, whose texts depend on it."
        ),
    )

    @property
    def batch(self) -> int:
        """Chunks decoded together, before anything is known of the machine."""
        return 8 if self.batch_size == "auto" else self.batch_size

    url: Text = Field(
        default="",
        description=(
            "For `http`: the server's address up to `/audio`, such as http://127.0.0.1:8000/v1; "
            "empty takes that of `url_variable`. It is sent no key but that of `key_variable`."
        ),
    )
    url_variable: Variable = Field(
        default="",
        description=(
            "For `http`: environment variable that holds the address, in place of `url`; without "
            "either it is OPENAI_BASE_URL, and OpenAI's own address where that is not set."
        ),
    )
    key_variable: Variable = Field(
        default="",
        description=(
            "For `http`: environment variable that holds the server's key; empty is none, or "
            "OPENAI_API_KEY where neither `url` nor `url_variable` is given."
        ),
    )
    serve: Flag = Field(
        default=False,
        description=(
            "For `command`: start the program once for a job, and give it a line of JSON for each "
            "chunk (docs/transcribe.md)."
        ),
    )
    timeout_seconds: Annotated[float, Number(gt=0, le=LONGEST_WAIT)] = Field(
        default=600,
        description=(
            "For `command` and `http`: seconds that an answer may take; in proportion for "
            "recordings longer than 30 s."
        ),
    )


class Model(Weights):
    """An entry of `models`."""

    gpu_mem_mb: Annotated[int, Whole(ge=0)] = Field(
        default=0,
        description=(
            "GPU memory that a job asks for, in MB; 0 takes the figure of "
            "`resources/models.yaml`, or an estimate from the weights' size."
        ),
    )


class Prompt(Entry):
    """An entry of `prompts`: a template, or a text that is one."""

    SHAPE: ClassVar[str] = "a text or a map of keys"
    UNSAID: ClassVar[frozenset[str]] = frozenset({"seed"})

    template: Text = Field(
        description=(
            "Text with `{fields}`; `{terms}` is the list of terms, `{previous_transcription}` "
            "what its recording said before. Controls made of `scoring.terms`: `{oracle}`, "
            "`{other}`, `{shuffled}`, `{distractors:20}`."
        ),
    )
    terms: Text = Field(
        default="",
        description=(
            "Table of terms (CSV or TSV) with a column `term`; the others may stand in `score`."
        ),
    )
    score: Text = Field(
        default="",
        description=(
            "Arithmetic over the term table's columns; the highest terms get the places. Empty "
            "keeps the table's order."
        ),
    )
    where: Text = Field(
        default="",
        description=(
            "Which terms are a recording's: tests of the table's columns against its fields, such "
            "as `team == {team_home} or team == {team_away}`. Empty takes all."
        ),
    )
    max_tokens: Annotated[int, Whole(ge=1, le=MOST_TOKENS)] = Field(
        default=MOST_TOKENS,
        description="Token budget; Whisper itself sees no more than the last 223.",
    )
    seed: Annotated[int, Whole(ge=0)] = Field(
        default=0,
        description="Draws the terms of `{other}`, `{shuffled}` and `{distractors:20}`.",
    )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        made = handler.resolve_ref_schema(handler(schema))
        return {"anyOf": [{"type": "string", "description": "The template."}, made]}

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        return {"template": data} if isinstance(data, str) else data


class Decoding(Entry):
    """An entry of `decoding`: the options that a decoder takes."""

    UNSAID: ClassVar[frozenset[str]] = frozenset({"repeats"})

    language: Text = Field(
        default="auto",
        description=(
            "Language code, or `auto`: the recording's own language where its table names one, "
            "else as the model detects it over the recording's chunks."
        ),
    )
    task: Literal["transcribe", "translate"] = Field(
        default="transcribe",
        description="Write what was said, or translate it into English.",
    )
    beam_size: Annotated[int, Whole(ge=1)] = Field(
        default=1,
        description="Beams of the search; 1 is greedy.",
    )
    patience: Annotated[float, Number(gt=0)] = Field(
        default=1,
        description="How long beam search waits for more candidates, as a factor of `beam_size`.",
    )
    length_penalty: Annotated[float, Number()] = Field(
        default=1,
        description="Exponent of the length by which a beam's score is divided.",
    )
    temperatures: list[Annotated[float, Number(ge=0, le=1)]] = Field(
        default=[0.0],
        min_length=1,
        description=(
            "Tried in order until a result passes the thresholds below; 0 is no sampling."
        ),
    )
    compression_ratio_threshold: Annotated[float, Number()] = Field(
        default=2.4,
        description=(
            "A text that compresses better than this is taken for a loop, and the next "
            "temperature is tried."
        ),
    )
    logprob_threshold: Annotated[float, Number()] = Field(
        default=-1.0,
        description="An average log probability below this makes the next temperature be tried.",
    )
    no_speech_threshold: Annotated[float, Number()] = Field(
        default=0.6,
        description=(
            "Above this probability of no speech (and below `logprob_threshold`), a chunk counts "
            "as silent."
        ),
    )
    repetition_penalty: Annotated[float, Number(ge=1)] = Field(
        default=1,
        description="Above 1, tokens already written become less likely.",
    )
    no_repeat_ngram_size: Annotated[int, Whole(ge=0)] = Field(
        default=0,
        description="Token runs of this length may stand only once; 0 is no such limit.",
    )
    hotwords: Text = Field(
        default="",
        description=(
            "Words to listen for, put before every prompt; where the token budget is too small "
            "for both, they are cut first."
        ),
    )
    suppress_blank: Flag = Field(
        default=True,
        description="No blank at the start of a text.",
    )
    suppress_tokens: list[Annotated[int, Whole()]] = Field(
        default=[-1],
        description=(
            "Token ids never written; -1 stands for the model's own list of non-speech symbols."
        ),
    )
    trim_windows: Flag = Field(
        default=False,
        description=(
            "Pad a batch to its longest chunk and 2 s of silence (at least 15 s), not to 30 s; "
            "faster where chunks are short, at a WER that may be slightly higher."
        ),
    )
    timestamps: Flag = Field(
        default=False,
        description=(
            "Let the model write time tokens, which cut a chunk into segments; it may then stop "
            "at a pause before the chunk ends, and lose the rest."
        ),
    )
    word_timestamps: Flag = Field(
        default=True,
        description=(
            "Find each word's time and probability with a second pass over the attention."
        ),
    )
    repeats: Annotated[int, Whole(ge=1, le=MOST_REPEATS)] = Field(
        default=1,
        description=(
            "How often each chunk is decoded, to tell the noise of the model itself from that of "
            "the recordings: for temperatures above 0, endpoints, and programs that draw."
        ),
    )

    @property
    def of_a_text(self) -> dict[str, Any]:
        """What a text depends on: all options, whatever number of them is made."""
        return self.model_dump(exclude={"repeats"})


class Export(Block):
    """The section `export`: files that the target `export` writes."""

    formats: Annotated[list[Literal["txt", "srt", "vtt", "json", "ctm"]], Different()] = Field(
        default=["txt", "srt", "vtt", "json", "ctm"],
        min_length=1,
        description=(
            "Formats: plain text, SubRip and WebVTT subtitles, openai-whisper's JSON, NIST CTM "
            "(for sclite)."
        ),
    )
