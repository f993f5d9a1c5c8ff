"""``chunkings.csv``: fill, lost speech and cuts, as the rule has them told."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from results_folder import ResultsFolder, item_row, plan_row, recording_row, transcript_row
from snakescribe.cli import cli
from snakescribe.tables import PLANS, TRANSCRIPTS

CTM = "".join(f"talk 1 {start} 0.9 word\n" for start in range(40))  # silent from .9 to the next


def tell(folder: Path, methods: dict[str, str]) -> dict[str, dict[str, str]]:
    """Call the command -> the table's rows by chunking."""
    conditions = [
        {"name": name, "model": "tiny", "audio": "raw", "prompt": "none", "decoding": "greedy",
         "chunking": name}
        for name in methods
    ]  # fmt: skip
    experiment = {
        "name": "study", "question": "", "design": "factorial", "seed": 0, "factors": {},
        "conditions": conditions, "baseline": conditions[0]["name"],
    }  # fmt: skip
    settings = {
        "experiment": experiment, "methods": methods, "tiers": ["human"], "marks": {},
        "timed": ["greedy"],
    }  # fmt: skip
    output = folder / "scores/study/chunkings.csv"
    CliRunner().invoke(
        cli,
        [
            *("evaluate", "chunkings", "--results", str(folder)),
            *("--settings", json.dumps(settings), "--output", str(output)),
        ],
        catch_exceptions=False,
    )
    with output.open(encoding="utf-8") as stream:
        return {row["chunking"]: row for row in csv.DictReader(stream)}


@pytest.fixture
def made(tmp_path: Path) -> ResultsFolder:
    """A recording of 40 s, with speech from 1 to 39 s, cut at 10.5 s and 20.95 s, and whole."""
    made = ResultsFolder(tmp_path / "results")
    made.items = [item_row("talk"), item_row("gone")]
    made.recordings = [recording_row("talk"), recording_row("gone")]
    made.write()
    cells: dict[str, Any] = {"seconds": 40.0, "speech": [[1.0, 39.0]]}
    spans = [[1.0, 10.5], [10.5, 20.95], [20.95, 38.62]]
    gone = plan_row("gone", status="no_speech")
    made.write_shards(
        PLANS, [plan_row("talk", spans, loud_cuts=[10.5], **cells), gone], chunking="cut"
    )
    made.write_shards(PLANS, [plan_row("talk", [[0.0, 40.0]], **cells), gone], chunking="whole")
    for name in ("cut", "whole"):
        made.write_shards(TRANSCRIPTS, [], passname=f"tiny.raw.{name}")
    return made


def test_fill_and_loss(made: ResultsFolder) -> None:
    rows = tell(made.folder, {"cut": "vad", "whole": "whole"})
    cut = rows["cut"]
    assert (cut["method"], cut["recordings"], cut["chunks"], cut["cuts"]) == ("vad", "1", "3", "2")
    assert float(cut["fill"]) == pytest.approx(37.62 / 3 / 30)
    assert float(cut["speech_lost_seconds"]) == pytest.approx(0.38)
    assert float(cut["speech_lost"]) == pytest.approx(0.01)
    assert (cut["loud_cuts"], cut["timed_cuts"], cut["word_cuts"]) == ("1", "0", "0")
    assert rows["whole"]["fill"] == ""
    assert float(rows["whole"]["speech_lost"]) == 0


def test_a_reference_that_times_words_tells_which_cuts_fall_in_one(
    made: ResultsFolder, tmp_path: Path
) -> None:
    reference = tmp_path / "talk.ctm"
    reference.write_text(CTM)
    made.items[0]["reference_file"] = str(reference)
    made.write()
    cut = tell(made.folder, {"cut": "vad", "whole": "whole"})["cut"]
    assert (cut["timed_cuts"], cut["word_cuts"], cut["words_of"]) == ("2", "1", "reference")


@pytest.mark.parametrize(("loud", "count"), [([10.5], "1"), ([20.95], "0"), ([], "0")])
def test_else_what_another_chunking_heard_tells_of_loud_cuts(
    made: ResultsFolder, loud: list[float], count: str
) -> None:
    words = [
        {
            "text": "word",
            "start": 1.0 * start,
            "end": start + 0.9,
            "probability": 0.5,
            "spaced": True,
        }
        for start in range(40)
    ]
    row = transcript_row("talk", 0, "none", "word " * 40, [0, 40], words=words)
    made.write_shards(TRANSCRIPTS, [row], passname="tiny.raw.whole")
    cells: dict[str, Any] = {"seconds": 40.0, "speech": [[1.0, 39.0]]}
    spans = [[1.0, 10.5], [10.5, 20.95], [20.95, 39.0]]
    made.write_shards(PLANS, [plan_row("talk", spans, loud_cuts=loud, **cells)], chunking="cut")
    cut = tell(made.folder, {"cut": "vad", "whole": "whole"})["cut"]
    assert (cut["timed_cuts"], cut["word_cuts"], cut["words_of"]) == ("2", count, "whole")


def test_an_overlap_counts_once_and_cuts_nothing(made: ResultsFolder, tmp_path: Path) -> None:
    reference = tmp_path / "talk.ctm"
    reference.write_text(CTM)
    made.items[0]["reference_file"] = str(reference)
    made.write()
    cells: dict[str, Any] = {"seconds": 40.0, "speech": [[0.0, 40.0]]}
    spans = [[0.0, 22.0], [19.0, 40.0]]
    made.write_shards(PLANS, [plan_row("talk", spans, **cells)], chunking="cut")
    cut = tell(made.folder, {"cut": "fixed", "whole": "whole"})["cut"]
    assert float(cut["speech_lost_seconds"]) == 0
    assert float(cut["chunk_seconds"]) == 43
    assert (cut["timed_cuts"], cut["word_cuts"]) == ("1", "0")
