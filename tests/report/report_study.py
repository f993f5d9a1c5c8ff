"""A results folder as the other stages would leave it, small but with all that may go wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from results_folder import (
    RUN,
    ResultsFolder,
    audio_row,
    chunk_row,
    item_row,
    plan_row,
    recording_row,
    segment,
    source_row,
    timed_words,
    transcript_row,
)
from snakescribe.config.conditions import Condition
from snakescribe.config.evaluate import Counting, Marks
from snakescribe.config.experiments import expand_experiments
from snakescribe.config.params import ExperimentParams
from snakescribe.errors import UserError
from snakescribe.evaluate.chunkings import tabulate_chunkings
from snakescribe.evaluate.compare.run import ComparisonFiles, compare_conditions
from snakescribe.evaluate.params import ChunkingParams, CompareParams, ScoreParams
from snakescribe.evaluate.score.run import score_experiment
from snakescribe.ffmpeg.command import FFmpegError
from snakescribe.ffmpeg.flac import stated_md5
from snakescribe.ffmpeg.samples import decode
from snakescribe.ffmpeg.stored import StoredSounds
from snakescribe.tables import CHUNKS, PLANS, Row, Table, read_table
from snakescribe.workflow.check import check_config
from snakescribe.workflow.params import experiment_params

SENTENCES = (
    "Takahara starts him with a splitter and Brannigan chases it",
    "out in center field Lachlan Szabo shades a couple of steps toward the gap",
    "Brannigan rips it on a line Szabo dives and oh my Lachlan Szabo made the catch",
    "the Mudlarks are pouring out of the dugout and the Badgers cannot believe it",
    "Delphine Ruszkowski is on deck and she has reached base in thirty six straight games",
    "Takahara wipes his brow gets the sign and Ruszkowski lines the sinker foul",
    "two balls and two strikes as Okafor looks in for the sign",
    "a slow roller to third and Thibodeaux has no play at all",
    "that brings up Quillfeather with the bases loaded and nobody out",
    "the titration went past the end point and the flask turned a deep pink",
)
HEARD = {
    "takahara": "takahura", "brannigan": "branagan", "szabo": "sabo", "ruszkowski": "roscoe",
    "mudlarks": "mud larks", "okafor": "okay for", "thibodeaux": "tibbito", "titration": "duration",
    "quillfeather": "quill feather", "splitter": "spitter", "lachlan": "lock lin", "gap": "cap",
}  # fmt: skip
TITLES = (
    "Badgers at Mudlarks, fifth inning",
    "<script>alert('title')</script>",
    "Quotes \" and ' & <b>bold</b> $x^2$",
    "שלום עולם: משחק חמישי",
    "مباراة الليلة",
    "東京の試合 第七回",
    "A recording whose title goes on and on " + "and on " * 12,
    "Kites at Herons\x07 with a bell",
    "",
    "Four elements from a single quarry",
)
FAILED = (
    ("acquire", "unavailable", "the video is private <img src=x onerror=alert(1)>"),
    ("prepare", "corrupt", "ffmpeg cannot decode it"),
    ("plan", "no_speech", "no speech was found"),
)
CHUNK_SECONDS = 20.0


@dataclass
class Made:
    """A results folder, the parameters that go with it, and where the page shall go."""

    folder: Path
    params: ExperimentParams
    page: Path = field(init=False)

    def __post_init__(self) -> None:
        self.page = self.folder / "report" / f"{self.params.experiment.name}.html"

    def rows(self, table: Table) -> list[Row]:
        """The rows of one of the CSV files of scores."""
        experiment = self.params.experiment.name
        return list(read_table(table, self.folder / table.path.format(experiment=experiment)))


@dataclass
class Plan:
    """What to make: every field is a way in which a run may be out of the ordinary.

    The first `unread` recordings have no reference.
    """

    audio: Sequence[str] = ("raw", "denoised")
    prompts: Sequence[str] = ("none", "names", "unrelated")
    recordings: int = 10
    chunks: int = 4
    references: bool = True
    said: str = ""  # what every reference says instead of what was said
    unread: int = 0
    deaf: bool = False  # models write the same under all prompts
    timed: bool = False  # words have times and probabilities
    snr_step: int = 0  # by which SNR rises from chunk to chunk
    design: str = "factorial"
    question: str = "Does a prompt with the game's names lower WER, and does denoising?"
    description: str = ""
    notes: Sequence[str] = ()
    tier: str = "human"
    language: str = "en"
    models: Sequence[str] = ("tiny-en",)
    chunkings: Sequence[str] = ()
    metrics: Sequence[str] = ()
    exclude: Sequence[dict[str, str]] = ()
    scoring: dict[str, Any] = field(default_factory=dict)


def make_params(plan: Plan) -> ExperimentParams:
    templates = {"none": "", "names": "{team_home} against {team_away}, with {players}."}
    raw = {
        "recordings": [{"source": "folder", "path": "talks"}],
        "audio": {name: [] if name == "raw" else ["wiener"] for name in plan.audio},
        "models": {name: {"weights": "tiny.en", "compute_type": "int8"} for name in plan.models},
        "prompts": {name: templates.get(name, f"Text of {name}") for name in plan.prompts},
        "experiments": {
            "prompt_study": {
                "question": plan.question,
                "description": plan.description,
                "notes": list(plan.notes),
                "design": plan.design,
                "factors": {
                    "model": list(plan.models),
                    "audio": list(plan.audio),
                    "prompt": list(plan.prompts),
                    **({"chunking": list(plan.chunkings)} if plan.chunkings else {}),
                },
                "exclude": list(plan.exclude),
                "seed": 7,
            }
        },
        "chunkings": {name: {"max_seconds": 20} for name in plan.chunkings},
        "scoring": {
            "metrics": ["wer", "cer", *plan.metrics],
            "bootstrap_replicates": 10_000,
            **plan.scoring,
        },
    }
    config = check_config(raw, "the fixture")
    return experiment_params(config, expand_experiments(config)["prompt_study"])


def build_results(folder: Path, plan: Plan, tones: dict[str, Path]) -> Made:
    params = make_params(plan)
    random = Random(11)
    ids = [f"rec-{number:02}" for number in range(plan.recordings)]
    failed = [f"gone-{number}" for number in range(len(FAILED))]
    chunks = [f"{one}-{number:04}" for one in ids for number in range(plan.chunks)]
    spoken = {chunk: _speak(random) for chunk in chunks}
    made = ResultsFolder(folder)
    made.sources = [
        source_row("folder:talks", listed=9, taken=9),
        source_row(
            "rss:<img src=x onerror=alert(1)>", listed=40, taken=37, vanished=2,
            skipped={"left out by match_filters: tags": 2, "named before": 1},
        ),
        source_row("youtube:PLgone", source="recordings.1", kind="youtube",
                   status="server_error", reason="HTTP Error 503"),
    ]  # fmt: skip
    _collect_recordings(made, plan, ids, failed, spoken, tones)
    spans = [
        [CHUNK_SECONDS * number, CHUNK_SECONDS * (number + 1)] for number in range(plan.chunks)
    ]
    made.plans = [plan_row(one, spans) for one in ids] + [
        plan_row(one, status=status, reason=reason)
        for one, (_, status, reason) in zip(failed, FAILED, strict=True)
    ]
    for place, variant in enumerate(plan.audio):
        path = tones["high" if place else "low"]
        rows = [_chunk_row(chunk, path, place, plan.snr_step) for chunk in chunks]
        made.chunks[variant] = rows
    made.transcripts = _transcribe(params, plan, spoken, random)
    made.write()
    for cut in plan.chunkings:
        made.write_shards(PLANS, made.plans, chunking=cut)
        for variant, rows in made.chunks.items():
            made.write_shards(CHUNKS, rows, chunking=cut, variant=variant)
    scores = folder / "scores" / "prompt_study"
    counting = {name: getattr(params.scoring, name) for name in Counting.model_fields}
    score_params = ScoreParams(
        experiment=params.experiment,
        scoring=Counting.model_validate(counting),
        unit_fields=params.scoring.unit_fields,
    )
    compare_params = CompareParams(experiment=params.experiment, scoring=params.scoring)
    score_experiment(folder, score_params, scores / "chunks.parquet")
    names = [one.name for one in fields(ComparisonFiles)]
    files = ComparisonFiles(**{name: scores / f"{name}.csv" for name in names})
    compare_conditions(scores / "chunks.parquet", compare_params, files)
    chunking = ChunkingParams(
        experiment=params.experiment,
        methods=dict.fromkeys(plan.chunkings or ("",), "vad"),
        tiers=["human"],
        marks=Marks(),
        timed=[],
    )
    tabulate_chunkings(folder, chunking, scores / "chunkings.csv")
    return Made(folder, params)


def _collect_recordings(
    made: ResultsFolder,
    plan: Plan,
    ids: list[str],
    failed: list[str],
    spoken: dict[str, str],
    tones: dict[str, Path],
) -> None:
    everything = [*ids, *failed]
    texts = {
        one: " ".join(text for chunk, text in spoken.items() if chunk.startswith(one))
        for one in ids
    }
    for place, one in enumerate(everything):
        read = plan.references and place >= plan.unread
        made.items.append(
            item_row(
                one, source="folder 0", title=TITLES[place % len(TITLES)] or None,
                language=plan.language, reference=(plan.said or texts.get(one)) if read else None,
                context={"reference_tier": plan.tier},
            )
        )  # fmt: skip
    states = dict(zip(failed, FAILED, strict=True))

    def status(one: str, stages: set[str]) -> dict[str, Any]:
        stage, word, reason = states.get(one, ("", "ok", None))
        return {"status": word, "reason": reason} if stage in stages else {}

    made.recordings = [
        recording_row(one, **status(one, {"acquire"}), seconds=80.0) for one in everything
    ]
    for place, variant in enumerate(plan.audio):
        path = tones["high" if place else "low"]
        made.audio[variant] = [
            audio_row(
                one,
                **status(one, {"acquire", "prepare"}),
                seconds=80.0,
                audio=str(path),
                pcm_md5=stated_md5(path),
            )
            for one in everything
        ]


def _chunk_row(chunk: str, path: Path, place: int, snr_step: int) -> Row:
    recording, number = chunk.rsplit("-", 1)
    start = CHUNK_SECONDS * int(number)
    return chunk_row(
        recording, int(number), [start, start + CHUNK_SECONDS], speech_seconds=15.5,
        snr_db=18.0 + 6 * place + snr_step * int(number), audio=str(path), pcm_md5=stated_md5(path),
    )  # fmt: skip


def _speak(random: Random) -> str:
    return ", ".join(random.sample(SENTENCES, 3)) + "."


def _mishear(text: str, rate: float, random: Random) -> str:
    """What a model may hear, given the chance that a word goes wrong; names do so more often."""
    heard = []
    for word in text.replace(",", "").rstrip(".").split():
        chance = rate * (4 if word.lower() in HEARD else 0.5)
        if random.random() > chance:
            heard.append(word)
        elif random.random() < 0.8:
            heard.append(HEARD.get(word.lower(), word[:-1] + "x"))
    return " ".join(heard)


def _transcribe(
    params: ExperimentParams, plan: Plan, spoken: dict[str, str], random: Random
) -> dict[str, list[Row]]:
    """The transcripts of all passes; with random groups too, every chunk under each."""
    hardness = {chunk.rsplit("-", 1)[0]: random.uniform(0.5, 1.9) for chunk in spoken}
    passes: dict[str, list[Row]] = {
        condition.passname: [] for condition in params.experiment.conditions
    }
    for condition in params.experiment.conditions:
        if plan.deaf:
            random = Random(condition.model + condition.audio)
        rate = 0.2
        rate *= {"none": 1.0, "names": 0.6}.get(condition.prompt, 1.12) if not plan.deaf else 1.0
        rate *= {"raw": 1.0, "denoised": 0.93}.get(condition.audio, 1.0)
        rate *= {"tiny-en": 1.0}.get(condition.model, 0.7)
        for chunk, text in spoken.items():
            said = _mishear(text, rate * hardness[chunk.rsplit("-", 1)[0]], random)
            rows = passes[condition.passname]
            row = _transcript_row(chunk, condition, said, random)
            rows.append(_with_times(row) if plan.timed else row)
    return passes


def _transcript_row(chunk: str, condition: Condition, said: str, random: Random) -> Row:
    tokens = 2 + len(said.split())
    prompt = {"none": "", "names": "Salterton Mudlarks against Dunross Badgers, with <b>Szabo</b>."}
    text = prompt.get(condition.prompt, "The lock keepers of the Thrapley Canal")
    span = [0.0, CHUNK_SECONDS]
    recording, number = chunk.rsplit("-", 1)
    logprob = -random.uniform(0.1, 0.7)
    return transcript_row(
        recording, int(number), condition.prompt, said.capitalize(), span,
        decoding=condition.decoding,
        segments=[segment(said, span, tokens=tokens, avg_logprob=logprob)],
        flags=["loop"] if random.random() < 0.03 else [],
        prompt_text=text, prompt_tokens=len(text.split()), prompt_kept=["Szabo"] if text else [],
        prompt_dropped=["Ruszkowski", "</p><i>"] if text else [], prompt_truncated=bool(text),
        feature_seconds=0.0, encode_seconds=0.4,
        decode_seconds=random.uniform(0.4, 0.6)
        * (1 if condition.prompt == "none" else 1.6) * (1 if condition.model == "tiny-en" else 3),
        run={**RUN, "model_sha256": "1a5afae0" * 8, "peak_memory_mb": 410},
    )  # fmt: skip


def _with_times(row: Row) -> Row:
    """A transcript's row with its words on the recording's clock, some of which are doubtful."""
    start = CHUNK_SECONDS * int(row["chunk"].rpartition("-")[2])
    words = timed_words(row["text"], [start, start + CHUNK_SECONDS], None)
    for place, word in enumerate(words):
        word["probability"] = (0.97, 0.8, 0.6, 0.3, 0.1)[place % 5]
    return {**row, "words": words}


class UncheckedSounds(StoredSounds):
    """What stands for a workflow's store where there is none to make anything of."""

    def read_audio(self, row: Row) -> NDArray[np.float32]:
        try:
            return decode(Path(row["audio"]))[0]
        except FFmpegError as error:
            raise UserError(f"{row['audio']} is damaged and cannot be made again") from error

    def mend_chunk(self, variant: str, chunk: Row) -> None:
        raise UserError(f"{chunk['chunk']} in {variant} cannot be made again")


SOUNDS = UncheckedSounds()
