"""What one transcription job is given: the tables of its shard, and what it may use."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from snakescribe.ffmpeg.stored import Mend
from snakescribe.streams import with_streams
from snakescribe.tables import CHUNKS, ITEMS, PLANS, RECORDINGS, Row, read_table
from snakescribe.transcribe.room import NOT_TOLD, Room


@dataclass(frozen=True)
class ShardInputs:
    """The tables of one shard; `chunks` are those of the pass's audio variant.

    `items` are its rows of the lock file; `read_corpus` gives those of all shards, for the few that
    ask what other recordings have. Channels that are kept apart have rows of their own behind their
    recording's. `mend` makes the file of a damaged chunk again.
    """

    shard: str
    items: list[Row]
    read_corpus: Callable[[], list[Row]]
    recordings: list[Row]
    plans: list[Row]
    chunks: list[Row]
    mend: Mend

    @classmethod
    def read(
        cls, shard: str, items: Path, recordings: Path, plans: Path, chunks: Path, mend: Mend
    ) -> "ShardInputs":
        """Files of the lock file and of a shard's tables -> their rows.

        Raises:
            UserError: a table is missing or damaged.
        """
        planned = list(read_table(PLANS, plans))
        streams = [plan["recording"] for plan in planned]
        return cls(
            shard=shard,
            items=list(with_streams(read_table(ITEMS, items, shard=shard), streams)),
            read_corpus=lambda: list(with_streams(read_table(ITEMS, items), streams)),
            recordings=list(with_streams(read_table(RECORDINGS, recordings), streams)),
            plans=planned,
            chunks=list(read_table(CHUNKS, chunks)),
            mend=mend,
        )

    @cached_property
    def corpus(self) -> list[Row]:
        """The rows of the whole lock file, read when they are first asked for."""
        return self.read_corpus()


@dataclass(frozen=True)
class Resources:
    """What a job may use: `gpus` (0 is CPU), CPU `threads`, no more and no fewer, and memory."""

    gpus: int
    threads: int
    room: Room = NOT_TOLD
