"""The section `scoring` of a config."""

from typing import Annotated, Literal

from pydantic import Field

from snakescribe.config.block import Block
from snakescribe.config.values import Different, Filled, Number, Pattern, Whole

# What `bootstrap_unit: auto` asks for.
SPEAKER = "speaker"

# A name, or two nested ones.
UNIT = r"[^\s>](?:[^>]*[^\s>])?(?: > [^\s>](?:[^>]*[^\s>])?)?"
UNIT_REMEDY = "is neither a name nor two names as in speaker > recording"

# Where one bin ends and the next begins.
Edges = Annotated[list[Annotated[float, Number()]], Different()]


class Terms(Block):
    """The words that matter."""

    tables: Annotated[list[Filled], Different()] = Field(
        default=[],
        description="Tables (CSV or TSV) with a column `term`, for all recordings.",
    )
    fields: Annotated[list[Filled], Different()] = Field(
        default=[],
        description=(
            "Fields of the recordings or their context that list terms, with commas between them."
        ),
    )


Handling = Literal["drop", "words"]


class Marks(Block):
    """What stands in references beside what was said; `words` counts it as said."""

    names: Handling = Field(
        default="drop",
        description="`NAME:` at the start of a line; `drop` keeps the name as the speaker's.",
    )
    brackets: Handling = Field(default="drop", description="`[door opens]`.")
    parentheses: Handling = Field(default="drop", description="`(sighs)`.")
    music: Handling = Field(default="drop", description="`♪ la la ♪`.")
    stars: Handling = Field(default="drop", description="`*laughs*`.")
    turns: Handling = Field(default="drop", description="`>>` where another one speaks.")
    tags: Handling = Field(
        default="drop",
        description=(
            "`<noise>`, `%hesitation`, `<unk>`, `((guessed))`, `[inaudible]`: noises are left out, "
            "what nobody could write down is any words, a hesitation may be said or not."
        ),
    )


class Counting(Block):
    """How errors are counted, before any statistics."""

    normalizers: Annotated[list[Filled], Different()] = Field(
        default=["auto", "basic"],
        min_length=1,
        description=(
            "Text normalisers applied to reference and hypothesis: auto (by the language of each "
            "recording), none, basic, whisper_english, whisper_basic, nemo_style, or your own as "
            "`module:function`; the first one leads the report."
        ),
    )
    conventions: Annotated[list[Filled], Different()] = Field(
        default=[],
        description=(
            "Conventions of others by which everything is scored too, beside ours and never mixed "
            "with it: open_asr_leaderboard (English: its normaliser, and compounds as one word), "
            "or another normaliser with compounds as one word, as `module:function`."
        ),
    )
    metrics: Annotated[list[Filled], Different()] = Field(
        default=[
            "wer",
            "accuracy",
            "cer",
            "mer",
            "wil",
            "wip",
            "terms",
            "prompt_leak",
            "hallucination",
            "calibration",
            "timing",
            "outcomes",
        ],
        min_length=1,
        description=(
            "Metrics to compute: wer, accuracy, cer, mer, wil, wip, ser, terms, prompt_leak, "
            "hallucination, calibration, timing, outcomes (always computed), copied (where audio "
            "is silenced), or your own as `module:attribute`; docs/evaluate.md has the formulas."
        ),
    )
    tiers: Annotated[
        list[Literal["human", "manual_caption", "synthetic", "automatic_caption"]], Different()
    ] = Field(
        default=["human", "manual_caption", "synthetic", "automatic_caption"],
        min_length=1,
        description=(
            "Which kinds of reference count, best first; a recording is scored against the best "
            "that it has."
        ),
    )
    marks: Marks = Field(
        default={},
        validate_default=True,
        description=(
            "What stands in references beside what was said: left out (`drop`, the default of all) "
            "or taken for words (`words`)."
        ),
    )
    corrections: Annotated[list[Filled], Different()] = Field(
        default=[],
        description=(
            "Tables (CSV or TSV) that correct references, with the columns recording, before, "
            "reference, after, correction: rows of suspects.csv that are right, or your own."
        ),
    )
    terms: Terms = Field(
        default={},
        validate_default=True,
        description=(
            "The words that matter, for the metrics `terms` (B-WER, precision, recall) and "
            "terms.csv."
        ),
    )
    strata: dict[Filled, Edges] = Field(
        default={"snr_db": [10, 20], "seconds": [5, 10, 20], "position": [0.25, 0.5, 0.75]},
        description=(
            "Fields by which figures are reported too, each with the edges of its bins (none: "
            "every value is a level): a field of the recordings or their context, or of the "
            "chunks: seconds, position (0 to 1 in the recording), language, recording, and every "
            "figure of their sound (docs/process.md): speech_seconds, speech_share, snr_db, "
            "wada_snr_db, peak_dbfs, clipped_share, bandwidth_hz, loudness_lufs, "
            "processed_to_raw_db. The tier of the reference is always one."
        ),
    )

    @property
    def rules(self) -> list[str]:
        """What is scored by: the normalisers, the leading one first, and the conventions."""
        return [*self.normalizers, *self.conventions]


class Scoring(Counting):
    """The section `scoring`: how transcripts are compared with references."""

    errors_listed: Annotated[int, Whole(ge=1, le=10000)] = Field(
        default=50,
        description=(
            "How many of the most frequent substitutions, deletions and insertions errors.csv "
            "lists for each condition, and as many of those that changed most against the "
            "baseline."
        ),
    )
    bootstrap_replicates: Annotated[int, Whole(ge=100, le=1000000)] = Field(
        default=10000,
        description="Bootstrap replicates for intervals and p-values.",
    )
    bootstrap_unit: Annotated[str, Pattern(UNIT, UNIT_REMEDY)] = Field(
        default="auto",
        description=(
            "What is resampled, so what findings speak of: `recording`, `chunk`, or a field of "
            "the recordings or their context, such as speaker, show or channel; nested units as "
            "`speaker > recording`. `auto` takes the speaker where a table has one that repeats, "
            "else the recording, and chunks where there are fewer than three of these."
        ),
    )
    interval: Literal["adjusted", "percentile"] = Field(
        default="adjusted",
        description=(
            "Intervals and p-values: the bootstrap's percentiles, or `adjusted` for the number of "
            "recordings (Student's t: figures with the jackknife's cluster-robust standard error, "
            "differences with the bootstrap's). With ten recordings, percentiles hold the truth "
            "in 85 to 91 % of the cases instead of 95 %, adjusted ones in 93 to 97 % where lengths "
            "are not very unequal."
        ),
    )
    confidence: Annotated[float, Number(gt=0.5, lt=1)] = Field(
        default=0.95,
        description="Coverage of the intervals; its complement is the level of the tests.",
    )
    equivalence_margin: Annotated[float, Number(ge=0, lt=1)] = Field(
        default=0.01,
        description=(
            "A difference of error rates up to this (0.01: one point) is none for you: where a "
            "larger one is ruled out, verdicts say `no difference larger than`. 0: never."
        ),
    )
    seed: Annotated[int, Whole(ge=0)] = Field(
        default=0,
        description="Seed of the bootstrap.",
    )

    @property
    def unit_fields(self) -> list[str]:
        """The fields of recordings whose values `bootstrap_unit` needs, the outer one first."""
        named = SPEAKER if self.bootstrap_unit == "auto" else self.bootstrap_unit
        return [name for name in named.split(" > ") if name not in ("recording", "chunk")]
