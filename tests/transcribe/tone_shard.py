"""A shard of tones for `ToneEngine`: a second of sound for each chunk, and a pass to decode it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from tone_engine import SAMPLE_RATE

from results_folder import chunk_row, item_row, plan_row, recording_row
from snakescribe.config.transcribe import Decoding, Weights
from snakescribe.errors import UserError
from snakescribe.ffmpeg.flac import stated_md5, write_flac
from snakescribe.ffmpeg.stored import Mend
from snakescribe.tables import TRANSCRIPTS, Row, read_table
from snakescribe.transcribe.engines import Receipt
from snakescribe.transcribe.inputs import Resources, ShardInputs
from snakescribe.transcribe.journal import Journal
from snakescribe.transcribe.params import PassParams, PassPrompt
from snakescribe.transcribe.run import transcribe_shard

SHARD = "s00000"
TONES = {"low": [200, 250, 290], "high": [400, 450, 500, 550]}  # Hz, of each recording's chunks
TEMPLATES = {
    "none": "",
    "names": "{names}.",
    "previous": "{previous_transcription}",
}


def pass_params(
    names: tuple[str, ...] = ("none",), engine: str = "tone", batch_size: int = 8, **changes: Any
) -> PassParams:
    """A pass with the prompts of these names, each with the one set of decode options."""
    values = {
        "model": Weights(engine=engine, weights="tones", batch_size=batch_size),
        "audio": "raw",
        "name": "tones.raw",
        "model_name": "tones",
        "pairs": [(name, "greedy") for name in names],
        "grouped": [],
        "prompts": {
            name: PassPrompt(template=template, terms_sha256="")
            for name, template in TEMPLATES.items()
        },
        "decoding": {"greedy": Decoding(language="en")},
    }
    return PassParams(**{**values, **changes})


def no_mending(chunk: Row) -> None:
    """What stands for a workflow's store where there is none."""
    raise UserError(f"{chunk['chunk']} cannot be made again")


@dataclass
class ToneShard:
    """The tables of two recordings, and what was made of them in a folder."""

    folder: Path
    chunks: list[Row]
    mend: Mend = no_mending
    languages: dict[str, str | None] = field(default_factory=dict)
    receipt: Receipt = field(
        default_factory=lambda: Receipt(
            weights="tones",
            path="",
            sha256="77" * 32,
            source="path",
            languages="multilingual",
        )
    )

    @property
    def inputs(self) -> ShardInputs:
        """The tables as a job reads them; another shard's recording has fields of its own."""
        items = [
            item_row(name, context={"names": f"The {name}s"}, language=self.languages.get(name))
            for name in TONES
        ]
        return ShardInputs(
            shard=SHARD,
            items=items,
            read_corpus=lambda: [
                *items,
                item_row("elsewhere", shard="s00001", context={"guest": "Ada"}),
            ],
            recordings=[recording_row(name) for name in TONES],
            plans=[
                plan_row(name, [[2.0 * number, 2.0 * number + 1] for number in range(len(tones))])
                for name, tones in TONES.items()
            ],
            chunks=self.chunks,
            mend=self.mend,
        )

    @property
    def journal(self) -> Path:
        """Where decoded rows are kept."""
        return self.folder / "store" / "transcripts" / f"tones.raw.{SHARD}.jsonl"

    def keys(self) -> list[str]:
        """The keys of the journal."""
        return list(Journal(self.journal).keys())

    def run(self, params: PassParams) -> list[Row]:
        """Transcribe the shard -> the rows of the table."""
        output = self.folder / "transcripts.parquet"
        transcribe_shard(
            inputs=self.inputs,
            params=params,
            receipt=self.receipt,
            resources=Resources(gpus=0, threads=2),
            store=self.folder / "store",
            output=output,
        )
        return list(read_table(TRANSCRIPTS, output))


def cut_tones(folder: Path) -> list[Row]:
    """Write the sound of every chunk -> the rows of the chunks table."""
    times = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    rows = []
    for name, tones in TONES.items():
        for number, tone in enumerate(tones):
            path = folder / f"{name}-{number}.flac"
            write_flac((0.5 * np.sin(2 * np.pi * tone * times + 0.1)).astype(np.float32), path)
            span = [2.0 * number, 2.0 * number + 1]
            rows.append(chunk_row(name, number, span, audio=str(path), pcm_md5=stated_md5(path)))
    return rows
