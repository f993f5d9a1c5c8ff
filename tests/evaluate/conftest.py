"""A results folder as the earlier stages leave it, with transcripts of the test's choice."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from results_folder import (
    ResultsFolder,
    chunk_row,
    item_row,
    plan_row,
    recording_row,
    timed_words,
    transcript_row,
)
from snakescribe.cli import cli
from snakescribe.config.evaluate import Counting, Scoring

TABLES = (
    "conditions", "comparisons", "metrics", "factors", "strata", "calibration", "terms", "errors",
    "suspects", "combinations", "repeats",
)  # fmt: skip
SCORING = {
    "normalizers": ["whisper_english", "basic"],
    "conventions": [],
    "metrics": ["wer", "cer"],
    "tiers": ["human", "manual_caption", "synthetic", "automatic_caption"],
    "marks": {},
    "corrections": [],
    "terms": {"tables": [], "fields": []},
    "strata": {},
    "errors_listed": 20,
    "bootstrap_replicates": 500,
    "bootstrap_unit": "auto",
    "interval": "adjusted",
    "confidence": 0.95,
    "seed": 1,
}


@dataclass
class Corpus:
    """Recordings with a plan, a reference and what each condition heard, chunk by chunk."""

    folder: Path
    prompts: tuple[str, ...] = ("none", "names")
    models: tuple[str, ...] = ()  # instead of prompts
    design: str = "factorial"
    threads: int = 1
    scoring: dict[str, Any] = field(default_factory=dict)
    translating: list[str] = field(default_factory=list)
    silenced: list[str] = field(default_factory=list)  # audio variants
    items: list[dict[str, Any]] = field(default_factory=list)
    recordings: list[dict[str, Any]] = field(default_factory=list)
    plans: list[dict[str, Any]] = field(default_factory=list)
    chunks: list[dict[str, Any]] = field(default_factory=list)
    transcripts: list[dict[str, Any]] = field(default_factory=list)
    of_models: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    # By prompt the audio variant that its condition hears, and the chunks of other variants.
    audio: dict[str, str] = field(default_factory=dict)
    more_chunks: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def add(
        self,
        recording: str,
        heard: Mapping[str, list[str]],
        *,
        reference: str | None = None,
        reference_file: Path | None = None,
        chunks: list[list[float]] | None = None,
        captions: list[dict[str, str]] | None = None,
        context: dict[str, Any] | None = None,
        language: str | None = "en",
        speaker: str | None = None,
        probability: float | None = None,
        snr_db: float | None = None,
        shard: int = 0,
        **fields: Any,
    ) -> None:
        """Add a recording; `heard` maps a prompt to the texts of the chunks (10 s each)."""
        count = len(next(iter(heard.values())))
        chunks = chunks or [[10.0 * index, 10.0 * index + 10] for index in range(count)]
        self.items.append(
            item_row(
                recording, f"s{shard:05d}", source="table", language=language or None,
                speaker=speaker or None,
                reference=reference, context=context or {},
                reference_file=str(reference_file) if reference_file else None,
            )
        )  # fmt: skip
        seconds = 10.0 * count
        self.recordings.append(recording_row(recording, seconds=seconds, captions=captions or []))
        self.plans.append(plan_row(recording, chunks, seconds=seconds))
        for number, span in enumerate(chunks):
            self.chunks.append(chunk_row(recording, number, span, snr_db=snr_db))
        for prompt, texts in heard.items():
            for number, (text, span) in enumerate(zip(texts, chunks, strict=False)):
                words = [] if probability is None else timed_words(text, span, probability)
                run = {"load_seconds": 2.5, "peak_memory_mb": 300}
                cells = {"words": words, "audio_seconds": 10.0, "run": run, **fields}
                named = "none" if self.models else prompt
                rows = self.of_models.setdefault(prompt, []) if self.models else self.transcripts
                rows.append(transcript_row(recording, number, named, text, span, **cells))

    def settings(self) -> dict[str, Any]:
        """The settings that the rules pass."""
        conditions = [
            {
                "name": one,
                "model": one if self.models else "tiny",
                "audio": self.audio.get(one, "raw"),
                "prompt": "none" if self.models else one,
                "decoding": "greedy",
            }
            for one in self.models or self.prompts
        ]
        levels = {"model": list(self.models)} if self.models else {"prompt": list(self.prompts)}
        return {
            "experiment": {
                "name": "study", "question": "?", "design": self.design, "seed": 0,
                "factors": levels, "conditions": conditions,
                "baseline": conditions[0]["name"],
            },
            "scoring": {**SCORING, **self.scoring},
            **({"silenced": self.silenced} if self.silenced else {}),
        }  # fmt: skip

    def write(self) -> None:
        """Write all tables."""
        made = ResultsFolder(
            self.folder, items=self.items, recordings=self.recordings, plans=self.plans
        )
        made.chunks["raw"] = self.chunks
        made.chunks |= self.more_chunks
        for variant in {"raw", *self.audio.values()}:
            made.transcripts[f"tiny.{variant}"] = [
                row for row in self.transcripts if self.audio.get(row["prompt"], "raw") == variant
            ]
        made.transcripts |= {f"{model}.raw": rows for model, rows in self.of_models.items()}
        made.write()

    def scores(self) -> Path:
        """Where scoring writes."""
        return self.folder / "scores/study/chunks.parquet"

    def score(self) -> pd.DataFrame:
        """Write the tables and score them."""
        self.write()
        return self.score_only()

    def score_only(self) -> pd.DataFrame:
        """Score the tables that are there, as the rule does."""
        settings = self.settings()
        settings["unit_fields"] = Scoring.model_validate(settings["scoring"]).unit_fields
        settings["translating"] = self.translating
        settings["scoring"] = {key: settings["scoring"][key] for key in Counting.model_fields}
        self.call(
            "evaluate", "score", "--results", str(self.folder),
            "--settings", json.dumps(settings), "--threads", str(self.threads),
            "--output", str(self.scores()), "--notices", str(self.folder / "notices.tsv"),
        )  # fmt: skip
        return pd.read_parquet(self.scores())

    def compare(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Score and compare, as the rules do -> conditions and comparisons."""
        self.score()
        self.compare_only()
        return self.table("conditions"), self.table("comparisons")

    def compare_only(self) -> None:
        """Compare what was scored before."""
        folder = self.scores().parent
        self.call(
            "evaluate", "compare", "--scores", str(self.scores()),
            "--settings", json.dumps(self.settings()),
            "--notices", str(self.folder / "compared.tsv"),
            *(part for name in TABLES for part in (f"--{name}", str(folder / f"{name}.csv"))),
        )  # fmt: skip

    def call(self, *arguments: str) -> Result:
        """Call the command line; a failure raises what went wrong."""
        return CliRunner().invoke(cli, list(arguments), catch_exceptions=False)

    def table(self, name: str) -> pd.DataFrame:
        """One of the CSV files."""
        return pd.read_csv(self.scores().parent / f"{name}.csv")


@pytest.fixture
def corpus(tmp_path: Path) -> Callable[..., Corpus]:
    """Make an empty corpus in a folder of its own."""

    def make(**fields: Any) -> Corpus:
        return Corpus(tmp_path / "results", **fields)

    return make
