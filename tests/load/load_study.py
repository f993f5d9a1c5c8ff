"""A results folder as the other stages would have left it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from results_folder import (
    ResultsFolder,
    audio_row,
    blank_row,
    chunk_row,
    item_row,
    plan_row,
    recording_row,
    timed_words,
    transcript_row,
)
from snakescribe.acquire.context.games import Game, GameTeam, Player, game_rows
from snakescribe.chunk_ids import chunk_id
from snakescribe.cli import cli
from snakescribe.config.experiments import expand_experiments
from snakescribe.results import Results
from snakescribe.tables import Row, Table, write_table
from snakescribe.tables import scores as score_tables
from snakescribe.tables.metadata import GAME_TABLES, METADATA_TABLES, VIDEOS
from snakescribe.workflow.check import check_config
from snakescribe.workflow.params import experiment_params

GAME = Game(
    "espn", "401", "Herons at Kites", "2019-04-01", season=2019,
    teams=(
        GameTeam("home", "Kessock Kites", score=3, players=(Player("Kenta Tsukamoto", "7", "SS"),)),
        GameTeam("away", "Pendry Herons", players=(Player("Tobias Okafor"),)),
    ),
)  # fmt: skip
# A row without what the database writes into it by itself.
CONTENT = "to_jsonb(t) - array['since_change', 'created_at', 'modified_at']"
Ask = Callable[[str], list[tuple[Any, ...]]]
PROMPTS = {"none": "", "names": "{title}"}


@dataclass
class Study:
    """Two recordings of two chunks and a broken one; 2 variants x 2 prompts.

    Tests change a field and call `write` again.
    """

    folder: Path
    recordings: list[str] = field(default_factory=lambda: ["talk", "größe", "broken"])
    texts: dict[str, str] = field(default_factory=dict)  # by chunk
    variants: list[str] = field(default_factory=lambda: ["raw", "quiet"])
    prompts: list[str] = field(default_factory=lambda: list(PROMPTS))
    design: str = "factorial"
    name: str = "study"
    scored: bool = True
    views: int = 12_345_678_901
    prompt_entries: dict[str, Any] = field(default_factory=lambda: dict(PROMPTS))
    question: str = "Do names help?"
    repeats: int = 1

    @property
    def config(self) -> dict[str, Any]:
        return {
            "results": str(self.folder),
            "recordings": [{"source": "folder", "path": str(self.folder.parent / "talks")}],
            "audio": {"raw": [], "quiet": ["wiener"]},
            "models": {"tiny": {"weights": "tiny.en", "compute_type": "int8"}},
            "prompts": self.prompt_entries,
            "experiments": {
                self.name: {
                    "question": self.question,
                    "description": "Talks, with their titles.",
                    "notes": ["tried on a Monday", "größe is loud"],
                    "design": self.design,
                    "factors": {"audio": self.variants, "prompt": self.prompts},
                }
            },
        }

    @property
    def settings(self) -> dict[str, Any]:
        config = check_config(self.config, "test")
        return experiment_params(config, expand_experiments(config)[self.name]).model_dump()

    def write(self) -> None:
        made = ResultsFolder(self.folder)
        chunks = []
        for recording in self.recordings:
            good = recording != "broken"
            failure = {} if good else {"status": "corrupt", "reason": "no audio stream"}
            spans = [[0.0, 10.0], [10.0, 20.0]] if good else []
            context = {"team": "Herons & Kites"}
            made.items.append(
                item_row(
                    recording, title=f"The {recording}", reference="hello there", context=context
                )
            )
            made.recordings.append(recording_row(recording, **failure))
            made.plans.append(plan_row(recording, spans, **failure))
            chunks += [(recording, number, span) for number, span in enumerate(spans)]
        for variant in self.variants:
            made.audio[variant] = [_audio(recording) for recording in self.recordings]
            snr_db = 20.0 if variant == "raw" else None
            made.chunks[variant] = [
                chunk_row(
                    recording, number, span, speech_seconds=9.0, snr_db=snr_db,
                    audio=f"store/{variant}/{chunk_id(recording, number)}.flac",
                )
                for recording, number, span in chunks
            ]  # fmt: skip
            made.transcripts[f"tiny.{variant}"] = [
                {**self._transcript(*chunk, prompt), "repeat": repeat}
                for chunk in chunks
                for prompt in self.prompts
                for repeat in range(1, self.repeats + 1)
            ]
        made.write()
        self._write_metadata(made.results)
        self._write_scores([chunk_id(recording, number) for recording, number, _ in chunks])

    def _transcript(self, recording: str, number: int, span: list[float], prompt: str) -> Row:
        text = self.texts.get(chunk_id(recording, number), "hello there")
        return transcript_row(
            recording, number, prompt, text, span,
            words=timed_words(text, span, probability=0.9),
            prompt_text="The talk" if prompt == "names" else "", prompt_tokens=2,
        )  # fmt: skip

    def _write_metadata(self, results: Results) -> None:
        """A site knows all recordings but the broken one, and has an extra row for each table."""
        known = [one for one in self.recordings if one != "broken"]
        rows: dict[str, list[dict[str, Any]]] = {table.name: [] for table in METADATA_TABLES}
        for one in known:
            video = dict.fromkeys(column.name for column in VIDEOS.columns)
            video |= {
                "recording": one, "source": "youtube-api", "title": f"The {one}",
                "description": 'About\n"it"\t\\', "channel_title": "Talks", "caption": False,
                "published_at": "2019-04-01T10:00:00Z", "duration_seconds": 20.5,
                "view_count": self.views,
            }  # fmt: skip
            rows["videos"].append(video)
            rows["tags"] += [
                {"recording": one, "position": number, "tag": tag}
                for number, tag in enumerate(["baseball", "baseball", "größe"])
            ]
            rows["thumbnails"].append(
                {"recording": one, "name": "default", "url": "u", "width": 120, "height": None}
            )
            rows["localizations"].append(
                {"recording": one, "language": "nl", "title": "Titel", "description": ""}
            )
            rows["topics"].append({"recording": one, "topic": "https://en.wikipedia.org/wiki/B"})
        for table in METADATA_TABLES:
            write_table(table, results.path(table), rows[table.name])
        played = game_rows({self.recordings[0]: GAME} if self.recordings else {})
        for table in GAME_TABLES:
            write_table(table, results.path(table), played[table.name])

    def _write_scores(self, chunks: list[str]) -> None:
        folder = self.folder / "scores" / self.name
        folder.mkdir(parents=True, exist_ok=True)
        settings = self.settings["experiment"]
        names = [condition["name"] for condition in settings["conditions"]]
        chunk_scores = [
            {**_score(name, chunk, normalizer, errors + repeat - 1), "repeat": repeat}
            for errors, name in enumerate(names)
            for chunk in (chunks if self.scored else [])
            for repeat in range(1, self.repeats + 1)
            for normalizer in ("auto", "basic")
        ]
        conditions = score_tables.CONDITIONS.expand(figure=["extra"])
        rates = {
            name: {"wer": errors / 10, "wer_low": errors / 20, "wer_high": errors / 5}
            for errors, name in enumerate(names)
            if self.scored
        }
        chunks = {"stratum": ["snr_db"], "unit": ["speaker"], "count": ["leaks"]}
        for table, rows in (
            (score_tables.SCORES.expand(**chunks), chunk_scores),
            (
                conditions,
                [
                    {
                        "condition": name, "recordings": 2, "chunks": 4, "words": 40,
                        **rates.get(name, {}), "substitutions": errors, "deletions": 0,
                        "insertions": 0, "rtfx": 12.5, "model": "tiny", "extra": 0.5,
                        "is_baseline": name == names[0], "normalizer_version": "1.10",
                    }
                    for errors, name in enumerate(names)
                ],
            ),
            (
                score_tables.COMPARISONS,
                [
                    {
                        "family": "baseline", "condition": name, "other": names[0],
                        "recordings": 2, "delta": 0.1, "delta_low": -0.1, "delta_high": 0.3,
                        "probability_of_improvement": 0.2, "p_bootstrap": 0.4, "p_adjusted": 0.8,
                        "verdict": "no difference, or too little data", "chunks": 4,
                    }
                    for name in names[1:]
                ],
            ),
            *_evaluation(names).items(),
        ):  # fmt: skip
            cells = [blank_row(table, **row) for row in rows]
            write_table(table, folder / table.file_name, cells)

    def load(self, receipt: Path | None = None) -> dict[str, Any]:
        """Load through the command line; return the receipt."""
        receipt = receipt or self.folder / "load" / f"{self.name}.json"
        result = self.run_load(receipt)
        assert result.exit_code == 0, result.output
        return json.loads(receipt.read_text(encoding="utf-8"))

    def run_load(self, receipt: Path) -> Result:
        return CliRunner().invoke(
            cli,
            [
                "load", "experiment", "--results", str(self.folder),
                "--settings", json.dumps(self.settings), "--receipt", str(receipt),
            ],
        )  # fmt: skip


def _audio(recording: str) -> Row:
    if recording != "broken":
        return audio_row(recording)
    failure = {"status": "corrupt", "reason": "no audio stream"}
    return audio_row(recording, **failure, audio=None, pcm_md5=None, seconds=None)


def _score(condition: str, chunk: str, normalizer: str, errors: int) -> dict[str, Any]:
    return {
        "condition": condition, "recording": chunk[:-5], "chunk": chunk, "normalizer": normalizer,
        "tier": "human", "reference": "hello there", "hypothesis": "hello their", "words": 10,
        "hits": 10 - errors, "substitutions": errors, "deletions": 0, "insertions": 0,
        "characters": 50, "character_errors": errors, "audio_seconds": 10.0,
        "compute_seconds": 0.6, "alignment": "=S", "stratum:snr_db": "below 10", "leaks": 1.0,
        "terms": [
            {"term": "hello", "said": 1, "hit": 1, "false_alarms": 0, "prompted": True}
        ],
    }  # fmt: skip


def _evaluation(names: list[str]) -> dict[Table, list[Row]]:
    """What `evaluate compare` writes beside conditions and comparisons, a row or two of each."""
    figure = {
        "figure": "wer", "unit": "rate", "lower_is_better": True, "value": 0.2, "low": 0.1,
        "high": 0.3, "delta": None, "delta_low": None, "delta_high": None, "p_bootstrap": None,
        "resampled_by": "recording", "delta_resampled_by": None,
    }  # fmt: skip
    stamp = {"normalizer": "basic", "normalizer_version": "1.10", "normalizer_digest": "0"}
    return {
        score_tables.METRICS: [{"condition": name, **stamp, **figure} for name in names],
        score_tables.FACTORS: [
            {
                "effect": "main", "factor": "prompt", "level": "names", "other_level": "none",
                "by_factor": "", "by_level": "", "by_other_level": "", "matched": 2,
                "delta": -0.1, "delta_low": -0.2, "delta_high": 0.0,
                "probability_of_improvement": 0.9, "p_bootstrap": 0.04, "p_adjusted": 0.04,
                "verdict": "lower", "real": True, "standard_error": 0.05,
                "smallest_detectable": 0.2, "recordings_needed": 9, "resampled_by": "recording",
            }
        ],
        score_tables.STRATA: [
            {
                "field": "tier", "level": "human", "condition": name, "recordings": 2, "chunks": 4,
                "words": 40, **figure,
            }
            for name in names
        ],
        score_tables.CALIBRATION: [
            {
                "condition": names[0], "bins": "equal_width", "bin": 14, "low": 0.95, "high": 1.0,
                "words": 40, "mean_confidence": 0.98, "accuracy": 0.9, "gap": 0.08,
            }
        ],
        score_tables.SUSPECTS: [
            {
                "recording": "talk", "chunk": "talk-0000", "start": 0.0, "end": 10.0, "place": 3,
                "kind": "otherwise", "before": "word word word", "reference": "frog",
                "after": "word", "correction": "dog", "engines": 2, "engines_asked": 2,
                "score": 0.9,
            }
        ],
        score_tables.COMBINATIONS: [
            {
                "combination": "oracle", "conditions": ", ".join(names[:2]), "wer": 0.1,
                "wer_low": 0.05, "wer_high": 0.2, "other": names[0], "other_wer": 0.2,
                "recordings": 2, "chunks": 4, "words": 40, "delta": -0.1, "delta_low": -0.2,
                "delta_high": 0.0, "p_bootstrap": 0.04, "p_adjusted": 0.04, "verdict": "lower",
                "real": False, "resampled_by": "chunk",
            }
        ],
        score_tables.REPEATS: [
            {
                "condition": names[0], "other": "", "figure": "wer", "unit": "rate", "value": 0.2,
                "units": 2, "unit_of": "recording", "repeats": 3.0, "variance_recordings": 0.02,
                "variance_repeats": 0.01, "repeats_share": 0.14, "standard_error": 0.11,
                "units_to_halve": 8, "repeats_to_halve": None, "advice": "more recordings",
            }
        ],
        score_tables.CHUNKINGS: [
            {
                "chunking": "", "method": "vad", "recordings": 2, "chunks": 4, "seconds": 40.0,
                "chunk_seconds": 40.0, "fill": 0.33, "speech_seconds": 40.0,
                "speech_lost_seconds": 0.0, "speech_lost": 0.0, "cuts": 2, "loud_cuts": 0,
                "timed_cuts": 2, "word_cuts": 1, "words_of": "reference",
            }
        ],
        score_tables.TERMS: [
            {
                "condition": names[0], "term": "007", "said": 2, "hit": 1, "false_alarms": 0,
                "precision": 1.0, "recall": 0.5, "f": 0.67, "said_prompted": 0, "hit_prompted": 0,
                "recall_prompted": None, "recall_unprompted": 0.5,
            }
        ],
        score_tables.ERRORS: [
            {
                "condition": name, "kind": kind, "reference": said, "hypothesis": heard,
                "count": count, "baseline_count": 3, "change": count - 3,
            }
            for name, kind, said, heard, count in (
                (names[0], "substitution", "true", "1e5", 3),
                (names[0], "insertion", "", "null", 3),
                ("raw.names", "substitution", "true", "1e5", 1),
            )
            if name in names
        ],
    }  # fmt: skip
