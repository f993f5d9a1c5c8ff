"""The transcripts that exist already of a shard's recordings -> rows of the transcripts table.

A recording without a file has no transcript: no rows, and a notice. So has one whose file cannot be
read. One whose file says nothing has rows with empty texts, flagged `silence`.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from snakescribe.config.transcribe import FILES
from snakescribe.errors import UserError
from snakescribe.notices import Kind, notify
from snakescribe.streams import split_stream_id
from snakescribe.tables import TRANSCRIPTS, Row, write_table
from snakescribe.transcribe.answers import check_decoded
from snakescribe.transcribe.engines import Decoded, Receipt
from snakescribe.transcribe.existing.cut import cut_by_texts, cut_by_time, to_row
from snakescribe.transcribe.existing.read import Transcript, read_transcript
from snakescribe.transcribe.flags import find_flags
from snakescribe.transcribe.inputs import ShardInputs
from snakescribe.transcribe.params import PassParams
from snakescribe.transcribe.provenance import describe_run
from snakescribe.transcribe.spacing import mark_spaces
from snakescribe.transcribe.wanted import Pair, wanted_pairs

logger = logging.getLogger(__name__)


class Cut(Protocol):
    """Cuts a transcript without times; another stage knows how (`evaluate.reference.untimed`)."""

    def __call__(self, recording: str, text: str, chunks: Sequence[Row]) -> tuple[list[str], str]:
        """A recording, what was said in it and its chunks -> what was said in each, and by what.

        The second is for people: what told where to cut.
        """
        ...


def take_transcripts(
    inputs: ShardInputs, params: PassParams, receipt: Receipt, cut: Cut, output: Path
) -> None:
    """Read the transcripts of a shard's recordings and write the transcripts table.

    Args:
        inputs: the shard's tables.
        params: the pass, whose model's engine is `files`.
        receipt: what `snakescribe models fetch` wrote of the files.
        cut: cuts those that have no times.
        output: the transcripts table.
    """
    wanted = wanted_pairs(params, inputs.shard, inputs.plans, inputs.chunks)
    items = {item["recording"]: item for item in inputs.items}
    lengths = {plan["recording"]: plan["seconds"] for plan in inputs.plans}
    stems = Counter(Path(item["locator"]).stem for item in inputs.corpus)
    chunks: dict[str, list[Row]] = {}
    for chunk in inputs.chunks:
        if wanted[chunk["chunk"]]:
            chunks.setdefault(chunk["recording"], []).append(chunk)
    rows: list[Row] = []
    for recording, own in chunks.items():
        item = items[recording]
        transcript = _read(params.model.weights, _names(item, stems), recording)
        if transcript is None:
            continue
        language = item["language"] or transcript.decoded.language
        # Of random groups not all chunks are wanted, but the transcript is of all.
        every = [chunk for chunk in inputs.chunks if chunk["recording"] == recording]
        parts = _cut(transcript, every, lengths[recording], cut)
        said = {chunk["chunk"]: part for chunk, part in zip(every, parts, strict=True)}
        run = _describe(receipt, transcript)
        for chunk in own:
            decoded = replace(said[chunk["chunk"]], language=language)
            for pair in wanted[chunk["chunk"]]:
                rows.append(_to_row(chunk, pair, decoded, params) | {"run": run})
    write_table(TRANSCRIPTS, output, rows)
    logger.info("%s: %d transcripts, read from files", inputs.shard, len(rows))


def _names(item: Row, stems: Counter[str]) -> list[str]:
    """An item -> what its file may be called: its id, the recording's, or its audio's name.

    The last one only where no other recording's audio is called so.
    """
    recording = item["recording"]
    names = [recording, split_stream_id(recording)[0]]
    stem = Path(item["locator"]).stem
    if item["kind"] == "file" and stems[stem] == 1:
        names.append(stem)
    return list(dict.fromkeys(names))


def _read(weights: str, names: Sequence[str], recording: str) -> Transcript | None:
    try:
        transcript = read_transcript(weights, names)
    except (UserError, OSError, ValueError) as error:
        remedy = "mend the file; docs/transcribe.md says which kinds there are"
        text = f"no transcript: {error}"
        notify(Kind.ANSWER_UNREADABLE, text, recording=recording, remedy=remedy)
        return None
    if transcript is None:
        notify(Kind.TRANSCRIPT_MISSING, f"no file of '{weights}'", recording=recording)
        return None
    if transcript.damaged:
        text = f"damaged parts of a transcript are left out: {transcript.damaged[0]}"
        source, count = str(transcript.path), len(transcript.damaged)
        notify(Kind.ANSWER_MENDED, text, recording=recording, source=source, count=count)
    if transcript.names:
        text, source = "`NAME:` says who speaks, and is left out", str(transcript.path)
        count = transcript.names
        notify(Kind.TRANSCRIPT_NAMES, text, recording=recording, source=source, count=count)
    return transcript


def _cut(transcript: Transcript, chunks: Sequence[Row], seconds: float, cut: Cut) -> list[Decoded]:
    """A recording's transcript -> that of each of its chunks, on the recording's clock."""
    recording, source = chunks[0]["recording"], str(transcript.path)
    decoded, faults = check_decoded(transcript.decoded, seconds)
    for what, count in faults.items():
        text = f"{what} that cannot be (none, no number, out of range, or backwards)"
        notify(Kind.ANSWER_MENDED, text, recording=recording, source=source, count=count)
    row = to_row(decoded)
    if row["words"] or row["segments"]:
        return cut_by_time(row, chunks, seconds)
    if len(chunks) == 1 or not row["text"]:
        texts = [row["text"], *("" for _ in chunks[1:])]
    else:
        texts, by = cut(recording, row["text"], chunks)
        text = f"a transcript without times was cut at its chunks by {by}"
        notify(Kind.TRANSCRIPT_UNTIMED, text, recording=recording)
    return cut_by_texts(texts, chunks)


def _describe(receipt: Receipt, transcript: Transcript) -> Row:
    return describe_run(
        {
            "engine": FILES,
            "weights": receipt["weights"],
            "model_sha256": receipt["sha256"],
            "file": str(transcript.path),
        }
    )


def _to_row(chunk: Row, pair: Pair, decoded: Decoded, params: PassParams) -> Row:
    options = params.decoding[pair.decoding]
    words = mark_spaces(decoded.text, decoded.words) if options.word_timestamps else []
    return {
        "chunk": chunk["chunk"],
        "recording": chunk["recording"],
        "prompt": pair.prompt,
        "decoding": pair.decoding,
        "repeat": pair.repeat,
        "text": decoded.text,
        "language": decoded.language,
        "segments": [{"speaker": None, **segment} for segment in decoded.segments],
        "words": words,
        "flags": find_flags(decoded, options),
        "tries": decoded.tries,
        "prompt_text": "",
        "prompt_tokens": 0,
        "prompt_kept": [],
        "prompt_dropped": [],
        "prompt_truncated": False,
        "audio_seconds": round(chunk["end"] - chunk["start"], 3),
        "feature_seconds": 0.0,
        "encode_seconds": 0.0,
        "decode_seconds": 0.0,
    }
