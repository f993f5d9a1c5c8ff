"""The models of a config timed on a minute of its sound, by the workflow itself."""

import json
import subprocess
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from snakescribe.config.root import Config
from snakescribe.errors import UserError, cut_line
from snakescribe.ffmpeg.command import ffmpeg_command
from snakescribe.paths import is_file
from snakescribe.results import Results
from snakescribe.store import scratch
from snakescribe.tables import RECORDINGS, Row, read_table
from snakescribe.workflow.corpus_length import Corpus
from snakescribe.workflow.running import Wishes, run_snakemake

SECONDS = 60
MOST_TRIES = 20  # recordings that cannot be read
_OWN = ("title", "language", "speaker", "reference", "reference_file")


def time_models(config: Config, corpus: Corpus, show: Callable[[str], None]) -> None:
    """Run a config up to its transcripts on the first minute of one recording; rates are kept.

    The run lies in a scratch folder, with the recording's own id, context and reference, so that
    prompts are those of the study.

    Args:
        config: the study's.
        corpus: its recordings.
        show: is given the line that is run.

    Raises:
        UserError: no recording lies on this machine, or the run failed.
    """
    with scratch() as folder:
        sound = folder / "sound.wav"
        item = _cut_one(_sounds(config, corpus), sound)
        table = folder / "sound.jsonl"
        table.write_text(_row(item, sound), encoding="utf-8")
        written: dict[str, Any] = config.model_dump(mode="json", exclude_unset=True)
        written |= {
            "results": str(folder / "results"),
            "recordings": [{"source": "table", "path": str(table)}],
            "context": [],
        }
        path = folder / "calibration.yaml"
        path.write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")
        wishes = Wishes(config=path, until="transcribe", options=("--nolock",))
        if run_snakemake(wishes, show):
            raise UserError("--calibrate: the run on a minute of sound failed; its lines say why")


def _cut_one(sounds: Iterator[tuple[Row, str]], output: Path) -> Row:
    """Cut the beginning of the first recording that can be read -> its row."""
    why = (
        "none of the recordings lies on this machine yet; fetch some with `snakescribe acquire "
        "CONFIG`"
    )
    for item, source in islice(sounds, MOST_TRIES):
        words = [ffmpeg_command(), "-v", "error", "-nostdin", "-y", "-i", source]
        words += ["-t", str(SECONDS), "-vn", str(output)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if not done.returncode:
            return item
        why = f"{source}: {cut_line(' '.join(done.stderr.split()))}"
    raise UserError(f"--calibrate: {why}")


def _sounds(config: Config, corpus: Corpus) -> Iterator[tuple[Row, str]]:
    """The recordings that lie on this machine, each with its file."""
    results = Results(Path(config.results))
    for item in corpus.items:
        path = results.path(RECORDINGS, shard=item["shard"])
        if item["kind"] == "file" and is_file(item["locator"]):
            yield item, item["locator"]
        elif path.exists():
            rows = read_table(RECORDINGS, path, ["recording", "audio"], recording=item["recording"])
            yield from ((item, row["audio"]) for row in rows if is_file(row["audio"] or ""))


def _row(item: Row, sound: Path) -> str:
    known = {key: item[key] for key in _OWN if item[key]}
    row = {**(item["context"] or {}), **known, "id": item["recording"], "audio": str(sound)}
    return json.dumps(row, ensure_ascii=False) + "\n"
