"""How long a corpus is before it is fetched: what is listed, what containers and sites state."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from snakescribe.acquire.resolve import resolve_items
from snakescribe.config.root import Config
from snakescribe.ffmpeg.command import FFmpegError
from snakescribe.ffmpeg.probe import open_audio, stated_seconds
from snakescribe.notices import Job, collecting
from snakescribe.results import Results
from snakescribe.store import scratch
from snakescribe.tables import ITEMS, Row, read_table
from snakescribe.tables.metadata import VIDEOS
from snakescribe.workflow.demands import UNKNOWN_SECONDS
from snakescribe.workflow.params import pace_params, resolve_params
from snakescribe.workflow.sound import recording_seconds

# Of more files an even sample is opened; each takes some milliseconds.
MOST_OPENED = 1000


@dataclass(frozen=True)
class Corpus:
    """What is to be heard.

    Attributes:
        recordings: how many.
        shards: how many jobs share them.
        seconds: of all sound.
        stated: recordings whose length a table, a container or a site states.
        guess: what the others are taken for, in words; empty if there are none.
        downloads: recordings that lie elsewhere.
        items: the rows of the lock file.
    """

    recordings: int
    shards: int
    seconds: float
    stated: int
    guess: str
    downloads: int
    items: Sequence[Row]


def measure_corpus(config: Config) -> Corpus:
    """A config -> its corpus, as far as it can be known without fetching anything.

    What has not been listed is listed now, into a scratch folder: nothing is kept of it.

    Raises:
        UserError: a source cannot be listed.
    """
    results = Results(Path(config.results))
    items = list(_items(config, results))
    fetched = _fetched(results, {item["shard"] for item in items})
    stated = dict(_stated(results)) if any(item["kind"] == "url" for item in items) else {}
    files = [item for item in items if item["shard"] not in fetched and item["kind"] == "file"]
    opened = dict(_open_some(files))
    seconds, lengths, missing = 0.0, 0, 0
    for item in items:
        if item["shard"] in fetched:
            continue
        known = _length(item, opened.get(item["recording"], stated.get(item["recording"])))
        if known is None:
            missing += 1
        else:
            seconds, lengths = seconds + known, lengths + 1
    for of_shard in fetched.values():
        seconds, lengths = seconds + sum(of_shard), lengths + len(of_shard)
    mean = seconds / lengths if lengths else UNKNOWN_SECONDS
    guess = ""
    if missing:
        how = "as long as the others" if lengths else "half an hour each"
        guess = f"{missing} are taken to be {how} ({mean:.0f} s): nothing says how long they are"
    return Corpus(
        recordings=len(items),
        shards=len({item["shard"] for item in items}),
        seconds=seconds + missing * mean,
        stated=lengths,
        guess=guess,
        downloads=sum(item["kind"] == "url" for item in items),
        items=items,
    )


def _items(config: Config, results: Results) -> Iterable[Row]:
    if results.path(ITEMS).exists():
        return results.items()
    with scratch() as folder, collecting(Job("acquire", "resolve_items", "all"), None):
        output = folder / "items.tsv"
        (folder / "store").mkdir()
        resolve_items(resolve_params(config), folder / "store", output, pace_params(config))
        return list(read_table(ITEMS, output))


def _fetched(results: Results, shards: Iterable[str]) -> dict[str, tuple[float, ...]]:
    lengths = {shard: recording_seconds(results, shard) for shard in shards}
    return {shard: seconds for shard, seconds in lengths.items() if seconds is not None}


def _stated(results: Results) -> Iterator[tuple[str, float]]:
    """What sites say of recordings' lengths, if they have been asked."""
    for place in ("described", "metadata"):
        path = results.folder / place / "videos.tsv"
        for row in read_table(VIDEOS, path) if path.exists() else ():
            if row["duration_seconds"]:
                yield row["recording"], row["duration_seconds"]


def _open_some(files: Sequence[Row]) -> Iterator[tuple[str, float]]:
    step = max(1, len(files) // MOST_OPENED)
    for item in files[::step]:
        try:
            with open_audio(Path(item["locator"])) as (container, stream):
                if seconds := stated_seconds(container, stream):
                    yield item["recording"], seconds
        except (FFmpegError, OSError):  # the run will say so
            continue


def _length(item: Row, whole: float | None) -> float | None:
    """A recording, the length of its file -> its own: it may be a part of that."""
    end = whole if item["end"] is None else item["end"]
    return None if end is None else max(0.0, end - (item["start"] or 0.0))
