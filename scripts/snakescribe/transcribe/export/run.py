"""The transcripts of a pass and shard -> a file for each recording, condition and format."""

import logging
from collections.abc import Sequence
from pathlib import Path

from snakescribe.paths import check_part
from snakescribe.store import write_text
from snakescribe.tables import EXPORTS, TRANSCRIPTS, Row, read_table, write_table
from snakescribe.transcribe.export.formats import FORMATS

STEP_VERSION = 3

logger = logging.getLogger(__name__)


def export_shard(
    transcripts: Path, passname: str, formats: Sequence[str], folder: Path, output: Path
) -> None:
    """Write the files and the table that lists them.

    Args:
        transcripts: the transcripts table of a pass and shard.
        passname: the pass, `model.audio`.
        formats: names of `FORMATS`.
        folder: where files go: `{passname}.{prompt}.{decoding}/{recording}.{format}`; those of
            further repeats in `{passname}.{prompt}.{decoding}.repeat2`, and so on.
        output: the exports table.
    """
    grouped: dict[tuple[str, str, str, int], list[Row]] = {}
    for row in read_table(TRANSCRIPTS, transcripts):
        key = (row["recording"], row["prompt"], row["decoding"], row["repeat"])
        grouped.setdefault(key, []).append(row)
    listed = []
    for (recording, prompt, decoding, repeat), rows in grouped.items():
        again = f".repeat{repeat}" if repeat > 1 else ""
        rows.sort(key=lambda row: str(row["chunk"]))
        for name in formats:
            condition = check_part(f"{passname}.{prompt}.{decoding}{again}", "the condition")
            path = folder / condition / check_part(f"{recording}.{name}", "the file")
            write_text(path, FORMATS[name](rows))
            listed.append(
                {
                    "recording": recording,
                    "prompt": prompt,
                    "decoding": decoding,
                    "repeat": repeat,
                    "format": name,
                    "path": str(path),
                }
            )
    count = write_table(EXPORTS, output, listed)
    logger.info("%d files for %d recordings and conditions", count, len(grouped))
