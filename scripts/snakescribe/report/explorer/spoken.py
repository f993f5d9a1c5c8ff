"""Transcripts of a block under a condition -> when each word was said, and the prompt as it was."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from snakescribe.report.study import ConditionResult
from snakescribe.tables import TRANSCRIPTS
from snakescribe.tables.parquet import open_table

_PROMPT = ("prompt_text", "prompt_tokens", "prompt_kept", "prompt_dropped", "prompt_truncated")
_COLUMNS = (*TRANSCRIPTS.key, "recording", "words", "segments", *_PROMPT)


@dataclass
class SpokenUnit:
    """What a model heard in a chunk or a recording, piece by piece.

    Attributes:
        pieces: texts of words with the spaces before them, or of segments if words have no times.
        starts: when each begins, in hundredths of a second on the recording's clock; -1: not known.
        ends: likewise.
        sure: per cent of probability; -1: not known.
        prompt: text, tokens, kept terms, dropped terms, whether it was cut.
        is_words: whether the pieces are words.
    """

    pieces: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    sure: list[int] = field(default_factory=list)
    prompt: tuple[Any, ...] = ("", 0, [], [], False)
    is_words: bool = True


def read_spoken(
    path: Path, condition: ConditionResult, recordings: tuple[str, str], whole: bool
) -> dict[str, SpokenUnit]:
    """A file of transcripts -> what was heard, by chunk or, if `whole`, by recording.

    Args:
        path: of a pass and a shard.
        condition: of which the transcripts are.
        recordings: the first and the last by name that are wanted.
        whole: whether recordings are scored.

    Raises:
        UserError: the file is missing, or damaged.
    """
    first, last = recordings
    with open_table(TRANSCRIPTS, path):  # says what is wrong with it
        table = pq.read_table(
            path,
            columns=list(_COLUMNS),
            use_threads=False,
            filters=[
                ("recording", ">=", first), ("recording", "<=", last),
                ("prompt", "==", condition.levels["prompt"]),
                ("decoding", "==", condition.levels["decoding"]),
            ],
        )  # fmt: skip
    table = table.sort_by("chunk") if whole else table
    words, segments = _Pieces(table["words"], True), _Pieces(table["segments"], False)
    units: dict[str, SpokenUnit] = {}
    names = table["recording" if whole else "chunk"].to_pylist()
    prompts = zip(*(table[name].to_pylist() for name in _PROMPT), strict=True)
    for row, (name, prompt) in enumerate(zip(names, prompts, strict=True)):
        unit = units.setdefault(name, SpokenUnit(prompt=prompt))
        pieces = words if words.has(row) else segments
        unit.is_words = unit.is_words and (pieces is words or not segments.has(row))
        pieces.add(row, unit)
    return units


class _Pieces:
    """A column of lists of objects with `start`, `end`, `text`: taken apart without a loop."""

    def __init__(self, column: pa.ChunkedArray, are_words: bool) -> None:
        lists = column.combine_chunks()
        lengths = pc.list_value_length(lists).fill_null(0).to_numpy(zero_copy_only=False)
        self._stops = np.cumsum(lengths).tolist()
        flat = pc.list_flatten(lists)
        fields = {name: pc.struct_field(flat, [name]) for name in flat.type.names}
        texts = fields["text"]
        if are_words:
            space = pc.if_else(fields["spaced"].fill_null(False), " ", "")
            texts = pc.binary_join_element_wise(space, texts, "")
            sure = _floats(fields["probability"])
        else:
            sure = np.exp(_floats(fields["avg_logprob"]))
        self._texts = texts.to_pylist()
        self._starts, self._ends, self._sure = (
            np.where(np.isfinite(values), np.round(100 * values), -1).astype(int).tolist()
            for values in (_floats(fields["start"]), _floats(fields["end"]), sure)
        )

    def _span(self, row: int) -> slice:
        return slice(self._stops[row - 1] if row else 0, self._stops[row])

    def has(self, row: int) -> bool:
        """Whether a row has any."""
        span = self._span(row)
        return bool(span.stop > span.start)

    def add(self, row: int, unit: SpokenUnit) -> None:
        """Add those of a row."""
        span = self._span(row)
        unit.pieces += self._texts[span]
        unit.starts += self._starts[span]
        unit.ends += self._ends[span]
        unit.sure += self._sure[span]


def _floats(values: pa.Array) -> np.ndarray:
    numbers: np.ndarray = values.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return numbers
