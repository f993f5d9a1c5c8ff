"""Recordings as they came -> 16 kHz mono FLAC in one audio variant."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from math import log10
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from snakescribe.ffmpeg.command import check_ffmpeg, ffmpeg_program
from snakescribe.ffmpeg.flac import is_whole, write_flac
from snakescribe.ffmpeg.samples import SAMPLE_RATE, peak_of
from snakescribe.notices import Kind, notify
from snakescribe.notices.kinds import KINDS
from snakescribe.process.bad_recording import BadRecordingError
from snakescribe.process.damage import discard
from snakescribe.process.filters import (
    Step,
    chain_versions,
    describe_chain,
    filter_version,
)
from snakescribe.process.pool import map_recordings
from snakescribe.process.sound import Sound, read_sounds
from snakescribe.process.wishes import Wish, Wishes
from snakescribe.store import (
    DamagedError,
    digest,
    keyed_path,
    read_facts,
    replacing,
    write_facts,
)
from snakescribe.streams import stream_id
from snakescribe.tables import AUDIO, RECORDINGS, Row, read_table, write_table

Samples = NDArray[np.float32]
# A row of the audio table, and what is to be told of it: kinds of notices, and texts.
Prepared = tuple[Row, Sequence[tuple[str, str]]]

STEP_VERSION = 6

# What is told of a file that was acquired into the store and is not what it was.
_LOST = [
    (
        str(Kind.STORE_DAMAGED),
        "what was acquired is damaged and removed; the next run fetches it",
    )
]

# The largest sample of 16-bit audio; what is louder after the filters is scaled down to it.
_LIMIT = 32767 / 32768


def prepare_audio(
    recordings: Path,
    chain: Sequence[Step],
    wishes: Wishes,
    store: Path,
    output: Path,
    threads: int,
) -> list[str]:
    """A recordings table and a chain of filters -> the audio table of that variant.

    Returns the recordings that have to be acquired again: what the store had of them is damaged,
    and removed.

    Files lie in the store under a key of the source's sha256, what is wanted of it, the filters
    with their options and versions, and the step's version: what is there is not made again. Which
    ffmpeg decoded it is no part of the key, and is told in `versions`.

    Args:
        recordings: the table.
        chain: the filters.
        wishes: which track and channel of each recording.
        store: where the files lie.
        output: the audio table to write.
        threads: how many recordings to work on at once.

    Raises:
        UserError: a filter that cannot be loaded or does not work; no bad recording raises.
    """
    if chain:
        from snakescribe.process.pipeline import try_chain  # as in `_filter`

        try_chain(chain)
    work = partial(_prepare_row, steps=chain, wishes=wishes, store=store)
    streams = map_recordings(work, read_table(RECORDINGS, recordings), threads)
    prepared = [stream for of_recording in streams for stream in of_recording]
    for row, notes in prepared:
        if row["status"] == "ok" and row["reason"]:
            notify(Kind.RECORDING_DOUBTFUL, row["reason"], recording=row["recording"])
        for kind, text in notes:
            notify(KINDS[kind], text, recording=row["recording"])
    write_table(AUDIO, output, [row for row, _ in prepared])
    return [row["recording"] for row, notes in prepared if notes == _LOST]


def _prepare_row(row: Row, steps: Sequence[Step], wishes: Wishes, store: Path) -> list[Prepared]:
    """A row of the recordings table -> a row of the audio table for each stream, with its notes."""
    made = {"recording": row["recording"], "status": row["status"], "reason": row["reason"]}
    made |= dict.fromkeys(name for name in AUDIO.names if name not in made)
    wish = wishes[row["recording"]]
    steps = wishes.chains.get(row["recording"], steps)
    made |= {"wish": asdict(wish), "chain": describe_chain(steps), "fitted": [], "versions": {}}
    if row["status"] != "ok":
        return [(made, [])]
    filters = [[step.name, step.options, filter_version(step.name)] for step in steps]
    key = digest("audio", row["sha256"], asdict(wish), filters, STEP_VERSION)
    kept = _kept_streams(store, key, row["recording"])
    if kept is None:
        try:
            kept = _make_streams(row, wish, steps, store, key)
        except BadRecordingError as error:
            notes: Sequence[tuple[str, str]] = []
            if error.status != "missing":
                check_ffmpeg()  # a broken one would make all recordings bad
            elif Path(row["audio"]).resolve().is_relative_to(store.resolve()):
                Path(row["audio"]).unlink(missing_ok=True)
                notes = _LOST
            return [({**made, "status": error.status, "reason": error.reason}, notes)]
    return [
        (
            {
                **made,
                **{name: value for name, value in facts.items() if name in AUDIO.names},
                "recording": stream_id(row["recording"], stream),
                "audio": str(_place(store, key, stream)),
                "source": row["audio"],
            },
            facts["notes"],
        )
        for stream, facts in kept.items()
    ]


def _place(store: Path, key: str, stream: str) -> Path:
    """Where the samples of a stream lie: a channel's number, or nothing for a whole recording."""
    return keyed_path(store / "audio", digest(key, stream) if stream else key, ".flac")


def _index(store: Path, key: str) -> Path:
    """Where it is written which streams a recording has, if its channels are kept apart."""
    return keyed_path(store / "audio", key, ".streams.json")


def _make_streams(
    row: Row, wish: Wish, steps: Sequence[Step], store: Path, key: str
) -> dict[str, Row]:
    """Make all streams of a recording -> the facts of each."""
    sounds = read_sounds(Path(row["audio"]), row["sha256"], wish)
    facts = {
        sound.stream: make_audio(row, sound, steps, _place(store, key, sound.stream))
        for sound in sounds
    }
    if "" not in facts:
        write_facts(_index(store, key), {"streams": list(facts)})
    return facts


def _kept_streams(store: Path, key: str, recording: str) -> dict[str, Row] | None:
    """The facts of the streams that the store holds already, if they are whole."""
    index = _index(store, key)
    try:
        streams = read_facts(index)["streams"]
    except FileNotFoundError:
        streams = [""]
    except DamagedError as error:
        discard(index, f"the list of channels is damaged: {error}", recording)
        return None
    kept = {stream: _kept_facts(_place(store, key, stream), recording) for stream in streams}
    whole = {stream: facts for stream, facts in kept.items() if facts is not None}
    return whole if len(whole) == len(kept) else None


def _kept_facts(target: Path, recording: str) -> Row | None:
    """The facts of what the store holds already, if it is whole; what is not is removed."""
    path = target.with_suffix(".json")
    try:
        facts = read_facts(path)
    except FileNotFoundError:
        return None  # never ended: the facts come last
    except DamagedError as error:
        discard(path, f"the facts of prepared audio are damaged: {error}", recording)
        return None
    if is_whole(target, facts["pcm_md5"]):
        return facts
    discard(target, "the prepared audio is damaged", recording)
    return None


def make_audio(row: Row, sound: Sound, steps: Sequence[Step], target: Path) -> Row:
    """Filter, limit and write the sound of a recording -> the facts, which are kept beside it.

    Args:
        row: of the recordings table: `audio` as it came and its sha256.
        sound: what was decoded of it.
        steps: the chain.
        target: the FLAC file; the facts are written last, as they vouch for it.

    Raises:
        BadRecordingError: a filter fails on it.
    """
    samples, fitted = _filter(sound.samples, steps)
    peak = peak_of(samples)
    gain = min(1.0, _LIMIT / peak) if peak else 1.0
    with replacing(target) as part:
        pcm_md5 = write_flac(samples, part, gain)
    facts = {
        "reason": sound.reason,
        "pcm_md5": pcm_md5,
        "seconds": len(samples) * 1000 // SAMPLE_RATE / 1000,
        "source": row["audio"],
        "source_sha256": row["sha256"],
        "wish": asdict(sound.wish),
        "track": sound.track,
        "channel": sound.channel,
        "padded_seconds": sound.padded_seconds,
        "muted_samples": sound.muted_samples,
        "chain": describe_chain(steps),
        "fitted": fitted,
        "versions": {"ffmpeg": ffmpeg_program().version, **chain_versions(steps)},
        "gain_db": round(20 * log10(gain), 3),
        "notes": [[str(kind), text] for kind, text in sound.notes],
    }
    write_facts(target.with_suffix(".json"), facts)
    return facts


def _filter(samples: Samples, steps: Sequence[Step]) -> tuple[Samples, list[dict[str, float]]]:
    """A recording through a chain -> its samples, and what each filter learned of it."""
    if not steps:
        return samples, []
    # Not at the top: what has no filters needs no scikit-learn, which takes a second to import.
    from snakescribe.process.pipeline import apply_chain
    from snakescribe.process.transformer import FilterError

    try:
        return apply_chain(samples, steps)
    except FilterError as error:
        raise BadRecordingError("filter_failed", str(error)) from error
