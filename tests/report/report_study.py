"""A results folder as the other stages would leave it, small but with all that may go wrong."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from random import Random
from typing import Any

from snakescribe.config import expand_experiments
from snakescribe.evaluate.compare.run import ComparisonFiles, compare_conditions
from snakescribe.evaluate.score.run import score_experiment
from snakescribe.store import file_sha256
from snakescribe.tables import (
    AUDIO,
    CHUNKS,
    ITEMS,
    PLANS,
    RECORDINGS,
    TRANSCRIPTS,
    Row,
    write_table,
)
from snakescribe.workflow.check import check_config
from snakescribe.workflow.params import experiment_settings

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
    """A results folder, the settings that go with it, and where the page shall go."""

    folder: Path
    settings: dict[str, Any]
    page: Path = field(init=False)

    def __post_init__(self) -> None:
        self.page = self.folder / "report" / f"{self.settings['experiment']['name']}.html"

    def rows(self, name: str) -> list[dict[str, str]]:
        scores = self.folder / "scores" / self.settings["experiment"]["name"]
        with (scores / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))


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
    unread: int = 0
    design: str = "factorial"
    question: str = "Does a prompt with the game's names lower WER, and does denoising?"
    tier: str = "human"
    language: str = "en"
    models: Sequence[str] = ("tiny-en",)
    metrics: Sequence[str] = ()
    exclude: Sequence[dict[str, str]] = ()
    scoring: dict[str, Any] = field(default_factory=dict)


def make_settings(plan: Plan) -> dict[str, Any]:
    templates = {"none": "", "names": "{team_home} against {team_away}, with {players}."}
    raw = {
        "recordings": [{"source": "folder", "path": "talks"}],
        "audio": {name: [] if name == "raw" else ["wiener"] for name in plan.audio},
        "models": {name: {"weights": "tiny.en", "compute_type": "int8"} for name in plan.models},
        "prompts": {name: templates.get(name, f"Text of {name}") for name in plan.prompts},
        "experiments": {
            "prompt_study": {
                "question": plan.question,
                "design": plan.design,
                "factors": {
                    "model": list(plan.models),
                    "audio": list(plan.audio),
                    "prompt": list(plan.prompts),
                },
                "exclude": list(plan.exclude),
                "seed": 7,
            }
        },
        "scoring": {
            "metrics": ["wer", "cer", *plan.metrics],
            "bootstrap_replicates": 10_000,
            **plan.scoring,
        },
    }
    config = check_config(raw, "the fixture")
    return experiment_settings(config, expand_experiments(config)["prompt_study"])


def build_results(folder: Path, plan: Plan, tones: dict[str, Path]) -> Made:
    settings = make_settings(plan)
    random = Random(11)
    ids = [f"rec-{number:02}" for number in range(plan.recordings)]
    failed = [f"gone-{number}" for number in range(len(FAILED))]
    chunks = [f"{one}-{number:04}" for one in ids for number in range(plan.chunks)]
    spoken = {chunk: _speak(random) for chunk in chunks}
    _write_manifests(folder, plan, ids, failed, spoken)
    plans = [
        _plan_row(one, plan.chunks) for one in ids
    ] + [
        {"recording": one, "status": FAILED[place][1], "reason": FAILED[place][2],
         "seconds": None, "speech": [], "chunks": []}
        for place, one in enumerate(failed)
    ]  # fmt: skip
    write_table(PLANS, folder / "plans/s00000.tsv", plans)
    for place, variant in enumerate(plan.audio):
        path = tones["high" if place else "low"]
        rows = [_chunk_row(chunk, path, place) for chunk in chunks]
        write_table(CHUNKS, folder / f"chunks/{variant}/s00000.tsv", rows)
    _transcribe(folder, settings, plan, spoken, random)
    scores = folder / "scores" / "prompt_study"
    score_experiment(folder, settings, scores / "chunks.parquet")
    names = [one.name for one in fields(ComparisonFiles)]
    files = ComparisonFiles(**{name: scores / f"{name}.csv" for name in names})
    compare_conditions(scores / "chunks.parquet", settings, files)
    return Made(folder, settings)


def _write_manifests(
    folder: Path, plan: Plan, ids: list[str], failed: list[str], spoken: dict[str, str]
) -> None:
    everything = [*ids, *failed]
    texts = {
        one: " ".join(text for chunk, text in spoken.items() if chunk.startswith(one))
        for one in ids
    }
    items = [
        {
            "recording": one, "shard": "s00000", "source": "folder 0", "kind": "file",
            "locator": f"talks/{one}.mp3", "title": TITLES[place % len(TITLES)] or None,
            "language": plan.language, "speaker": None, "reference_file": None,
            "reference": texts.get(one) if plan.references and place >= plan.unread else None,
            "context": {"reference_tier": plan.tier},
        }
        for place, one in enumerate(everything)
    ]  # fmt: skip
    write_table(ITEMS, folder / "items.tsv", items)
    states = {one: FAILED[place] for place, one in enumerate(failed)}

    def status(one: str, stages: set[str]) -> dict[str, Any]:
        stage, word, reason = states.get(one, ("", "ok", None))
        bad = stage in stages
        return {"status": word if bad else "ok", "reason": reason if bad else None}

    recordings = [
        {"recording": one, **status(one, {"acquire"}), "audio": f"{one}.mp3", "sha256": "0" * 64,
         "bytes": 9, "seconds": 80.0, "info": None, "captions": []}
        for one in everything
    ]  # fmt: skip
    write_table(RECORDINGS, folder / "recordings/s00000.tsv", recordings)
    for variant in plan.audio:
        rows = [
            {"recording": one, **status(one, {"acquire", "prepare"}), "audio": f"{one}.flac",
             "sha256": "0" * 64, "seconds": 80.0}
            for one in everything
        ]  # fmt: skip
        write_table(AUDIO, folder / f"audio/{variant}/s00000.tsv", rows)


def _plan_row(recording: str, chunks: int) -> Row:
    cuts = [[CHUNK_SECONDS * number, CHUNK_SECONDS * (number + 1)] for number in range(chunks)]
    return {
        "recording": recording, "status": "ok", "reason": None, "seconds": CHUNK_SECONDS * chunks,
        "speech": cuts, "chunks": cuts,
    }  # fmt: skip


def _chunk_row(chunk: str, path: Path, place: int) -> Row:
    recording, number = chunk.rsplit("-", 1)
    start = CHUNK_SECONDS * int(number)
    return {
        "chunk": chunk, "recording": recording, "number": int(number), "start": start,
        "end": start + CHUNK_SECONDS, "speech_seconds": 15.5, "snr_db": 18.0 + 6 * place,
        "audio": str(path), "sha256": file_sha256(path),
    }  # fmt: skip


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
    folder: Path, settings: dict[str, Any], plan: Plan, spoken: dict[str, str], random: Random
) -> None:
    """Write the transcripts of all passes; with random groups too, every chunk under each."""
    hardness = {chunk.rsplit("-", 1)[0]: random.uniform(0.5, 1.9) for chunk in spoken}
    passes: dict[str, list[Row]] = {
        f"{model}.{audio}": [] for model in plan.models for audio in plan.audio
    }
    for one in settings["experiment"]["conditions"]:
        rate = 0.2
        rate *= {"none": 1.0, "names": 0.6}.get(one["prompt"], 1.12)
        rate *= {"raw": 1.0, "denoised": 0.93}.get(one["audio"], 1.0)
        rate *= {"tiny-en": 1.0}.get(one["model"], 0.7)
        for chunk, text in spoken.items():
            said = _mishear(text, rate * hardness[chunk.rsplit("-", 1)[0]], random)
            rows = passes[f"{one['model']}.{one['audio']}"]
            rows.append(_transcript_row(chunk, one, said, random))
    for passname, rows in passes.items():
        write_table(TRANSCRIPTS, folder / f"transcripts/{passname}/s00000.parquet", rows)


def _transcript_row(chunk: str, one: dict[str, str], said: str, random: Random) -> Row:
    tokens = 2 + len(said.split())
    prompt = {"none": "", "names": "Salterton Mudlarks against Dunross Badgers, with <b>Szabo</b>."}
    text = prompt.get(one["prompt"], "The lock keepers of the Thrapley Canal")
    segment = {
        "start": 0.0, "end": CHUNK_SECONDS, "text": said, "tokens": tokens,
        "avg_logprob": -random.uniform(0.1, 0.7), "no_speech_prob": 0.01,
        "compression_ratio": 1.4, "temperature": 0.0,
    }  # fmt: skip
    return {
        "chunk": chunk, "recording": chunk.rsplit("-", 1)[0], "prompt": one["prompt"],
        "decoding": one["decoding"], "text": said.capitalize(), "language": "en",
        "segments": [segment], "words": [], "prompt_text": text,
        "flags": ["loop"] if random.random() < 0.03 else [],
        "tries": 1,
        "prompt_tokens": len(text.split()), "prompt_kept": ["Szabo"] if text else [],
        "prompt_dropped": ["Ruszkowski", "</p><i>"] if text else [], "prompt_truncated": bool(text),
        "audio_seconds": CHUNK_SECONDS, "feature_seconds": 0.0, "encode_seconds": 0.4,
        "decode_seconds": random.uniform(0.4, 0.6)
        * (1 if one["prompt"] == "none" else 1.6) * (1 if one["model"] == "tiny-en" else 3),
        "run": {
            "engine": "faster-whisper", "engine_version": "1.2.1", "weights": "tiny.en",
            "model_sha256": "1a5afae0" * 8, "compute_type": "int8", "device": "cpu", "threads": 2,
            "batch_size": 8, "load_seconds": 0.5, "peak_memory_mb": 410.0,
        },
    }  # fmt: skip
