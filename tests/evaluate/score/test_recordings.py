"""An experiment that compares chunkings is scored on whole recordings."""

import json
from pathlib import Path
from typing import Any

import jiwer
import pandas as pd
import pytest
from click.testing import CliRunner

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
from snakescribe.tables import CHUNKS, NOTICES, PLANS, TRANSCRIPTS, Row, read_table

CUTS = {
    "vad": [[0.0, 9.0], [10.0, 18.0]],
    "fixed": [[0.0, 8.0], [8.0, 16.0], [16.0, 20.0]],
    "whole": [[0.0, 20.0]],
}
SCORING = {
    "normalizers": ["basic"], "metrics": ["wer", "hallucination", "timing"],
    "tiers": ["human"], "terms": {"tables": [], "fields": []}, "strata": {"snr_db": [20]},
}  # fmt: skip
SAID = "the locks are open and the boats are going down to the sea"
HEARD = {
    "vad": ["the locks are open and", "the boats go down to the sea"],
    "fixed": ["the locks are open", "and the bow boats are", "going down to the sea"],
    "whole": [SAID],
}


class World:
    """A results folder with the three chunkings, recording by recording."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made = ResultsFolder(folder)
        self.plans: dict[str, list[Row]] = {name: [] for name in CUTS}
        self.chunks: dict[str, list[Row]] = {name: [] for name in CUTS}
        self.transcripts: dict[str, list[Row]] = {name: [] for name in CUTS}

    def add(
        self, recording: str, heard: dict[str, list[str] | str], timed: bool = False, **item: Any
    ) -> None:
        """A recording; `heard` has by chunking the texts of its chunks, or the plan's status."""
        self.made.items.append(item_row(recording, **item))
        self.made.recordings.append(recording_row(recording))
        for name, texts in heard.items():
            status = texts if isinstance(texts, str) else "ok"
            spans = [] if isinstance(texts, str) else CUTS[name]
            cells = {"status": status, "seconds": 20.0}
            self.plans[name].append(plan_row(recording, spans, **cells))
            for number, span in enumerate(spans):
                cut = chunk_row(recording, number, span, snr_db=10.0 + 20 * number)
                self.chunks[name].append(cut)
                if number < len(texts):
                    text = texts[number]
                    words = timed_words(text, span, 0.9) if timed else []
                    row = transcript_row(recording, number, "none", text, span, words=words)
                    self.transcripts[name].append(row)

    def score(self) -> pd.DataFrame:
        """Score as the rule does -> the scores."""
        self.made.write()
        for name in CUTS:
            self.made.write_shards(PLANS, self.plans[name], chunking=name)
            self.made.write_shards(CHUNKS, self.chunks[name], chunking=name, variant="raw")
            rows = self.transcripts[name]
            self.made.write_shards(TRANSCRIPTS, rows, passname=f"tiny.raw.{name}")
        conditions = [
            {"name": name, "model": "tiny", "audio": "raw", "prompt": "none",
             "decoding": "greedy", "chunking": name}
            for name in CUTS
        ]  # fmt: skip
        experiment = {
            "name": "study", "question": "", "design": "factorial", "seed": 0,
            "factors": {"chunking": list(CUTS)}, "conditions": conditions, "baseline": "vad",
        }  # fmt: skip
        scores = self.folder / "scores/study/chunks.parquet"
        CliRunner().invoke(
            cli,
            [
                *("evaluate", "score", "--results", str(self.folder)),
                *(
                    "--settings",
                    json.dumps({"experiment": experiment, "scoring": SCORING, "unit_fields": []}),
                ),
                *("--output", str(scores), "--notices", str(self.folder / "notices.tsv")),
            ],
            catch_exceptions=False,
        )
        return pd.read_parquet(scores)

    @property
    def notices(self) -> list[tuple[str, str]]:
        """Recording and text of each notice."""
        rows = read_table(NOTICES, self.folder / "notices.tsv")
        return [(row["recording"], row["text"]) for row in rows]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "results")


def test_every_level_has_the_same_reference_words_and_jiwers_errors(world: World) -> None:
    world.add("a", HEARD, timed=True, reference=SAID)
    world.add("b", HEARD, reference=f"well {SAID} now")
    scores = world.score()
    assert scores.groupby("condition", observed=True)["words"].sum().to_dict() == {
        "vad": 28, "fixed": 28, "whole": 28,
    }  # fmt: skip
    for row in scores.to_dict("records"):
        heard = " ".join(HEARD[row["condition"]])
        theirs = jiwer.process_words(row["reference"], heard)
        assert row["hypothesis"] == heard
        assert (row["substitutions"], row["deletions"], row["insertions"]) == (
            theirs.substitutions, theirs.deletions, theirs.insertions,
        )  # fmt: skip
        assert (row["chunk"], row["number"], row["start"], row["end"]) == (
            row["recording"], 0, 0.0, 20.0,
        )  # fmt: skip
        assert row["audio_seconds"] == 20.0
        assert row["compute_seconds"] == pytest.approx(1.0 * len(HEARD[row["condition"]]))
    # Weighted by the seconds of speech in the baseline's chunks, 9 s at 10 dB and 8 s at 30 dB.
    assert set(scores["snr_db"].round(3)) == {round((9 * 10 + 8 * 30) / 17, 3)}


def test_each_repeat_of_a_recording_is_a_row_and_one_that_lacks_a_chunk_is_none(
    world: World,
) -> None:
    world.add("a", HEARD, reference=SAID)
    again = [{**row, "repeat": 2, "text": "well"} for row in world.transcripts["vad"]]
    third = [{**row, "repeat": 3} for row in world.transcripts["vad"][:-1]]
    assert third
    world.transcripts["vad"] += [*again, *third]
    scores = world.score()
    assert scores.groupby("condition", observed=True)["repeat"].apply(list).to_dict() == {
        "vad": [1, 2], "fixed": [1], "whole": [1],
    }  # fmt: skip
    vad = scores[scores["condition"] == "vad"].set_index("repeat")
    assert vad.loc[1, "hypothesis"] == " ".join(HEARD["vad"])
    assert vad.loc[2, "hypothesis"] == " ".join(["well"] * len(again))


def test_where_one_chunking_finds_no_speech_all_words_are_missing_there(world: World) -> None:
    world.add("a", {**HEARD, "vad": "no_speech"}, reference=SAID)
    scores = world.score().set_index("condition")
    assert scores["words"].to_dict() == {"vad": 13, "fixed": 13, "whole": 13}
    assert scores.loc["vad", "deletions"] == 13
    assert scores.loc["vad", "hypothesis"] == ""
    assert world.notices == []


def test_what_no_chunking_finds_speech_in_is_told_and_not_scored(world: World) -> None:
    world.add("a", dict.fromkeys(CUTS, "no_speech"), reference=SAID)
    assert world.score().empty
    assert world.notices == [
        ("a", "no speech was found, so that 13 words of its reference are not scored")
    ]


@pytest.mark.parametrize("lacking", ["no_reference", ["the locks are open"]])
def test_what_one_condition_lacks_is_scored_under_none(world: World, lacking: Any) -> None:
    world.add("a", HEARD, reference=SAID)
    world.add("b", {**HEARD, "fixed": lacking}, reference=SAID)
    assert set(world.score()["recording"]) == {"a"}
    assert world.notices == [("b", "not scored under any condition: fixed has no transcript of it")]


def test_what_a_timed_reference_is_silent_about_counts_at_no_level(
    world: World, tmp_path: Path
) -> None:
    """Words heard before its first line, behind its last, and in segments to be ignored."""
    reference = tmp_path / "a.stm"
    reference.write_text(
        "a 1 s 5.0 8.0 are open\n"
        "a 1 s 8.0 11.0 IGNORE_TIME_SEGMENT_IN_SCORING\n"
        "a 1 s 11.0 14.0 going down\n"
    )
    heard: dict[str, list[str] | str] = {
        "vad": ["hello hello are open", "going down"],
        "fixed": ["hello hello are open", "um um um going down x x", "bye bye"],
        "whole": ["hello hello are open um um um going down bye bye"],
    }
    world.add("a", heard, reference_file=str(reference))
    for name, texts in (
        ("vad", [[("hello", 1), ("hello", 2), ("are", 6), ("open", 7)],
                 [("going", 12), ("down", 13)]]),
        ("fixed", [[("hello", 1), ("hello", 2), ("are", 6), ("open", 7)],
                   [("um", 8.1), ("um", 9), ("um", 10), ("going", 12), ("down", 13),
                    ("x", 14.2), ("x", 15.5)],
                   [("bye", 17), ("bye", 18)]]),
        ("whole", [[("hello", 1), ("hello", 2), ("are", 6), ("open", 7), ("um", 8.1), ("um", 9),
                    ("um", 10), ("going", 12), ("down", 13), ("bye", 17), ("bye", 18)]]),
    ):  # fmt: skip
        for row, words in zip(world.transcripts[name], texts, strict=True):
            row["words"] = [
                {
                    "text": text,
                    "start": start,
                    "end": start + 0.4,
                    "probability": 0.9,
                    "spaced": True,
                }
                for text, start in words
            ]
    scores = world.score().set_index("condition")
    assert scores["words"].to_dict() == {"vad": 4, "fixed": 4, "whole": 4}
    assert scores["hypothesis"].to_dict() == {
        "vad": "are open going down",
        "fixed": "are open going down x",  # at 14.2 s: so near to the last line it may be of it
        "whole": "are open going down",
    }
    assert scores["hits"].to_dict() == {"vad": 4, "fixed": 4, "whole": 4}


def test_it_is_the_same_by_segments_where_words_have_no_times(world: World, tmp_path: Path) -> None:
    reference = tmp_path / "a.vtt"
    reference.write_text("WEBVTT\n\n00:10.000 --> 00:20.000\nfive six seven eight\n")
    text = "one two three four five six seven eight"
    heard = {"vad": ["one two three four", "five six seven eight"], "fixed": ["", "", ""]}
    world.add("a", {**heard, "whole": [text]}, reference_file=str(reference))
    scores = world.score().set_index("condition")
    assert scores["hypothesis"].to_dict() == {
        "vad": "five six seven eight", "fixed": "", "whole": "five six seven eight",
    }  # fmt: skip
