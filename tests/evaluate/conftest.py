"""A results folder as the earlier stages leave it, with transcripts of the test's choice."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from snakescribe.cli import cli
from snakescribe.tables import CHUNKS, ITEMS, PLANS, RECORDINGS, TRANSCRIPTS, write_table

TABLES = (
    "conditions", "comparisons", "metrics", "factors", "strata", "calibration", "terms", "errors",
)  # fmt: skip
SCORING = {
    "normalizers": ["whisper_english", "basic"],
    "metrics": ["wer", "cer"],
    "tiers": ["human", "manual_caption", "synthetic", "automatic_caption"],
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
    design: str = "factorial"
    threads: int = 1
    scoring: dict[str, Any] = field(default_factory=dict)
    items: list[dict[str, Any]] = field(default_factory=list)
    recordings: list[dict[str, Any]] = field(default_factory=list)
    plans: list[dict[str, Any]] = field(default_factory=list)
    chunks: list[dict[str, Any]] = field(default_factory=list)
    transcripts: list[dict[str, Any]] = field(default_factory=list)

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
        language: str = "en",
        probability: float | None = None,
        snr_db: float | None = None,
        shard: int = 0,
        **fields: Any,
    ) -> None:
        """Add a recording; `heard` maps a prompt to the texts of the chunks (10 s each)."""
        count = len(next(iter(heard.values())))
        chunks = chunks or [[10.0 * index, 10.0 * index + 10] for index in range(count)]
        self.items.append(
            {
                "recording": recording,
                "shard": f"s{shard:05d}",
                "source": "table",
                "kind": "file",
                "locator": f"{recording}.wav",
                "title": None,
                "language": language or None,
                "speaker": None,
                "reference": reference,
                "reference_file": str(reference_file) if reference_file else None,
                "context": context or {},
            }
        )
        self.recordings.append(
            {
                "recording": recording,
                "status": "ok",
                "reason": None,
                "audio": "x.wav",
                "sha256": "0",
                "bytes": 1,
                "seconds": 10.0 * count,
                "info": None,
                "captions": captions or [],
            }
        )
        self.plans.append(
            {
                "recording": recording,
                "status": "ok",
                "reason": None,
                "seconds": 10.0 * count,
                "speech": chunks,
                "chunks": chunks,
            }
        )
        for number, (start, end) in enumerate(chunks):
            self.chunks.append(
                {
                    "chunk": f"{recording}-{number:04d}",
                    "recording": recording,
                    "number": number,
                    "start": start,
                    "end": end,
                    "speech_seconds": end - start,
                    "snr_db": snr_db,
                    "audio": "x.flac",
                    "sha256": "0",
                }
            )
        for prompt, texts in heard.items():
            for number, text in enumerate(texts):
                self.transcripts.append(
                    self._row(recording, number, prompt, text, chunks[number], probability, fields)
                )

    def _row(
        self,
        recording: str,
        number: int,
        prompt: str,
        text: str,
        span: list[float],
        probability: float | None,
        fields: dict[str, Any],
    ) -> dict[str, Any]:
        words = text.split() if probability is not None else []
        step = (span[1] - span[0]) / max(len(words), 1)
        return {
            "chunk": f"{recording}-{number:04d}", "recording": recording, "prompt": prompt,
            "decoding": "greedy", "text": text, "language": "en",
            "segments": [
                {
                    "start": span[0], "end": span[1], "text": text, "tokens": 5,
                    "avg_logprob": -0.5, "no_speech_prob": 0.0, "compression_ratio": 1.0,
                    "temperature": 0.0,
                }
            ],
            "words": [
                {
                    "start": span[0] + step * place, "end": span[0] + step * (place + 1),
                    "text": word, "probability": probability,
                }
                for place, word in enumerate(words)
            ],
            "flags": [], "tries": 1, "prompt_text": "", "prompt_tokens": 0, "prompt_kept": [],
            "prompt_dropped": [], "prompt_truncated": False, "audio_seconds": 10.0,
            "feature_seconds": 0.1, "encode_seconds": 0.2, "decode_seconds": 0.7,
            "run": {"load_seconds": 2.5, "peak_memory_mb": 300.0},
            **fields,
        }  # fmt: skip

    def settings(self) -> dict[str, Any]:
        """The settings that the rules pass."""
        conditions = [
            {"name": one, "model": "tiny", "audio": "raw", "prompt": one, "decoding": "greedy"}
            for one in self.prompts
        ]
        return {
            "experiment": {
                "name": "study", "question": "?", "design": self.design, "seed": 0,
                "factors": {"prompt": list(self.prompts)}, "conditions": conditions,
                "baseline": self.prompts[0],
            },
            "scoring": {**SCORING, **self.scoring},
        }  # fmt: skip

    def write(self) -> None:
        """Write all tables."""
        results = self.folder
        write_table(ITEMS, results / "items.tsv", self.items)
        shards = {item["recording"]: item["shard"] for item in self.items}
        for shard in set(shards.values()):
            for table, path, rows in (
                (RECORDINGS, f"recordings/{shard}.tsv", self.recordings),
                (PLANS, f"plans/{shard}.tsv", self.plans),
                (CHUNKS, f"chunks/raw/{shard}.tsv", self.chunks),
                (TRANSCRIPTS, f"transcripts/tiny.raw/{shard}.parquet", self.transcripts),
            ):
                mine = [row for row in rows if shards[row["recording"]] == shard]
                write_table(table, results / path, mine)

    def scores(self) -> Path:
        """Where scoring writes."""
        return self.folder / "scores/study/chunks.parquet"

    def score(self) -> pd.DataFrame:
        """Write the tables and score them."""
        self.write()
        return self.score_only()

    def score_only(self) -> pd.DataFrame:
        """Score the tables that are there, as the rule does."""
        self.call(
            "evaluate", "score", "--results", str(self.folder),
            "--settings", json.dumps(self.settings()), "--threads", str(self.threads),
            "--output", str(self.scores()),
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
