"""The chunks that the baseline heard -> AudioFolder, NeMo manifest and Lhotse cuts."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import av
from pyarrow.parquet import ParquetFile

from snakescribe.config.conditions import Experiment
from snakescribe.config.evaluate import Scoring
from snakescribe.ffmpeg.command import FFmpegError
from snakescribe.ffmpeg.flac import stated_md5
from snakescribe.ffmpeg.samples import SAMPLE_RATE
from snakescribe.publish.again import pack_again
from snakescribe.publish.contents import Contents
from snakescribe.results import Results
from snakescribe.tables import CHUNKS, Row

FOLDER = "dataset"


@dataclass
class Texts:
    """What was said in a chunk, what each condition wrote, and in which language."""

    reference: str | None = None
    language: str = ""
    hypotheses: dict[str, str] = field(default_factory=dict)


def pack_audio(
    results: Results, experiment: Experiment, scoring: Scoring, contents: Contents
) -> list[str]:
    """Add the baseline's chunks, and three lists of them, each as its readers expect it.

    `dataset/NAME/` with `metadata.jsonl` is an AudioFolder of Hugging Face,
    `dataset/NAME.nemo.jsonl` a manifest of NeMo, and `dataset/NAME.cuts.jsonl` has Lhotse's cuts;
    paths in these two are relative to `dataset`. `dataset/NAME.yaml` scores them anew.

    Returns what was left out and why.
    """
    base = experiment.base_condition
    texts = _read_texts(results.folder / "scores" / experiment.name / "chunks.parquet")
    names = [cell.name for cell in experiment.conditions]
    folder: list[Row] = []
    nemo: list[Row] = []
    cuts: list[Row] = []
    lost = 0
    for chunk in results.rows(CHUNKS, variant=base.audio, chunking=base.chunking):
        path = Path(chunk["audio"])
        if not _is_whole(path, chunk["pcm_md5"]):
            lost += 1
            continue
        name = f"{chunk['chunk']}.flac"
        contents.add_file(f"{FOLDER}/{experiment.name}/{name}", path)
        said = texts.get(chunk["chunk"], Texts())
        samples = _count_samples(path)
        folder.append(_of_folder(name, chunk, said, names))
        place = f"{experiment.name}/{name}"
        nemo.append(_of_nemo(place, samples, said, base.name))
        cuts.append(_of_lhotse(place, chunk, samples, said))
    contents.add_text(f"{FOLDER}/{experiment.name}/metadata.jsonl", _lines(folder))
    pack_again(f"{FOLDER}/{experiment.name}", folder, experiment, scoring, contents)
    for kind, rows in (("nemo", nemo), ("cuts", cuts)):
        contents.add_text(f"{FOLDER}/{experiment.name}.{kind}.jsonl", _lines(rows))
    if not lost:
        return []
    return [f"sound of {lost} chunks of {experiment.name}: the store has it no more (run it again)"]


def _read_texts(scores: Path) -> dict[str, Texts]:
    """The scores of an experiment -> the texts of each chunk."""
    texts: dict[str, Texts] = {}
    with ParquetFile(scores) as file:
        columns = ["chunk", "condition", "reference", "hypothesis", "language"]
        for batch in file.iter_batches(10_000, columns=columns):
            for row in batch.to_pylist():
                said = texts.setdefault(row["chunk"], Texts())
                if row["reference"] is not None:
                    said.reference = row["reference"]
                said.language = said.language or row["language"] or ""
                said.hypotheses[row["condition"]] = row["hypothesis"]
    return texts


def _is_whole(path: Path, md5: str) -> bool:
    try:
        return stated_md5(path) == md5
    except (OSError, FFmpegError):
        return False


def _count_samples(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(frame.samples for frame in container.decode(audio=0))


def _of_folder(name: str, chunk: Row, said: Texts, conditions: Iterable[str]) -> Row:
    return {
        "file_name": name,
        "transcription": said.reference,
        "language": said.language,
        "chunk": chunk["chunk"],
        "recording": chunk["recording"],
        "start": chunk["start"],
        "end": chunk["end"],
        "hypotheses": {condition: said.hypotheses.get(condition) for condition in conditions},
    }


def _of_nemo(place: str, samples: int, said: Texts, baseline: str) -> Row:
    return {
        "audio_filepath": place,
        "duration": samples / SAMPLE_RATE,
        "text": said.reference or "",
        "pred_text": said.hypotheses.get(baseline, ""),
        "lang": said.language,
    }


def _of_lhotse(place: str, chunk: Row, samples: int, said: Texts) -> Row:
    name, duration = chunk["chunk"], samples / SAMPLE_RATE
    span = {"start": 0.0, "duration": duration, "channel": 0}
    own = {"text": said.reference, "language": said.language or None}
    supervision = {"id": name, "recording_id": name, **span, **own}
    return {
        "id": name,
        **span,
        "supervisions": [supervision] if said.reference else [],
        "recording": {
            "id": name,
            "sources": [{"type": "file", "channels": [0], "source": place}],
            "sampling_rate": SAMPLE_RATE,
            "num_samples": samples,
            "duration": duration,
            "channel_ids": [0],
        },
        "type": "MonoCut",
    }


def _lines(rows: Iterable[Row]) -> str:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
