"""What the store holds of a recording, checked when it is used, and made again where it is damaged.

A damaged file is removed and noticed, whichever step meets it. Prepared audio is made again from
its source, by the row of the audio table, which has all that it takes; a chunk from the audio.
"""

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from snakescribe.errors import UserError
from snakescribe.ffmpeg.command import FFmpegError
from snakescribe.ffmpeg.flac import map_flac, samples_md5, write_flac
from snakescribe.ffmpeg.samples import SAMPLE_RATE, Samples
from snakescribe.ffmpeg.stored import StoredSounds
from snakescribe.process.bad_recording import BadRecordingError
from snakescribe.process.damage import discard
from snakescribe.process.wishes import Wish
from snakescribe.results import Results
from snakescribe.store import replacing
from snakescribe.streams import split_stream_id
from snakescribe.tables import AUDIO, Row, read_table


def read_audio(row: Row) -> Samples:
    """An `ok` row of the audio table -> its samples, mapped; what is damaged is made again.

    Raises:
        UserError: it cannot be made again as it was.
    """
    path = Path(row["audio"])
    try:
        return map_flac(path, row["pcm_md5"])
    except FFmpegError as error:
        discard(path, f"the prepared audio is damaged: {error}", row["recording"])
    _make_again(row)
    return map_flac(path, row["pcm_md5"])


def _make_again(row: Row) -> None:
    # Not at the top: what is whole needs no filters, and those are heavy.
    from snakescribe.process.filters import parse_chain
    from snakescribe.process.prepare import make_audio
    from snakescribe.process.sound import read_sounds

    source = {"recording": row["recording"], "audio": row["source"], "sha256": row["source_sha256"]}
    _, stream = split_stream_id(row["recording"])
    try:
        sounds = read_sounds(Path(row["source"]), row["source_sha256"], Wish(**row["wish"]))
        [sound] = [sound for sound in sounds if sound.stream == stream]
        facts = make_audio(source, sound, parse_chain(row["chain"]), Path(row["audio"]))
    except BadRecordingError as error:
        raise UserError(
            f"{row['audio']}: the audio of {row['recording']} is damaged and cannot be made again: "
            f"{error.reason}; run the workflow again with --forcerun fetch_recordings prepare_audio"
        ) from error
    except UserError as error:  # as where a filter of the user's is not installed for this step
        raise UserError(
            f"{row['audio']}: the audio of {row['recording']} is damaged and cannot be made again "
            f"by this step: {error}; run the workflow again with --forcerun prepare_audio"
        ) from error
    if facts["pcm_md5"] != row["pcm_md5"]:
        Path(row["audio"]).unlink()  # its key may say that an older filter made it
        raise UserError(
            f"{row['audio']}: the audio of {row['recording']} was damaged, and made again it is "
            f"not what it was (then by {_list(row['versions'])}; "
            f"now by {_list(facts['versions'])}); run the workflow again with "
            "--forcerun prepare_audio, which takes it as it is now"
        )


def _list(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


class ChunkMender:
    """Makes a chunk again from the audio of its variant, which audio tables name."""

    def __init__(self, tables: Iterable[Path]) -> None:
        """Nothing is read before it is needed."""
        self._tables = tuple(tables)

    @cached_property
    def _audio(self) -> dict[str, Row]:
        return {row["recording"]: row for path in self._tables for row in read_table(AUDIO, path)}

    def __call__(self, chunk: Row) -> None:
        """Cut a chunk, a row of the chunks table, at its place anew.

        Raises:
            UserError: the audio has other samples there than the chunk had.
        """
        row = self._audio.get(chunk["recording"])
        if row is None or row["status"] != "ok":
            samples = None
        else:
            samples = part_of(read_audio(row), chunk["start"], chunk["end"])
        if row is None or samples is None or samples_md5(samples) != chunk["pcm_md5"]:
            raise UserError(
                f"{chunk['audio']}: the chunk {chunk['chunk']} is damaged, and the audio is not "
                "that which it was cut from; run the workflow again with --forcerun cut_chunks"
            )
        with replacing(Path(chunk["audio"])) as part:
            write_flac(samples, part)


class CheckedSounds(StoredSounds):
    """The sounds of a run, for steps that look at all variants."""

    def __init__(self, results: Results) -> None:
        self._results = results
        self._menders: dict[str, ChunkMender] = {}

    def read_audio(self, row: Row) -> Samples:
        return read_audio(row)

    def mend_chunk(self, variant: str, chunk: Row) -> None:
        if variant not in self._menders:
            shards = self._results.shards()
            paths = [self._results.path(AUDIO, variant=variant, shard=shard) for shard in shards]
            self._menders[variant] = ChunkMender(path for path in paths if path.exists())
        self._menders[variant](chunk)


def part_of(samples: Samples, start: float, end: float) -> Samples:
    """A recording and a span (s) -> its samples."""
    return samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
