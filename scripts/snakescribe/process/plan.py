"""One audio variant -> the chunk plan: speech found once, and where every variant is cut."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from snakescribe.notices import Kind, notify
from snakescribe.process.borders import loud_cuts
from snakescribe.process.chunking import chunk_each, fixed_chunks, plan_chunks
from snakescribe.process.params import PlanParams
from snakescribe.process.pool import map_recordings
from snakescribe.process.regions import Heard, RegionFinder, region_finder
from snakescribe.process.speech import Span
from snakescribe.process.utterances import find_utterances
from snakescribe.spans import own_spans, seconds_inside
from snakescribe.streams import split_stream_id
from snakescribe.tables import AUDIO, ITEMS, PLANS, RECORDINGS, Row, read_table, write_table

STEP_VERSION = 3

MOST_LOST = 0.001  # of the speech found may lie in no chunk; more gives a notice


@dataclass(frozen=True)
class References:
    """What tells of references: rows of the items table and of the recordings table, by id."""

    items: Mapping[str, Row]
    recordings: Mapping[str, Row]

    @classmethod
    def read(cls, items: Path, recordings: Path, shard: str | None) -> "References":
        """The lock file and a shard's recordings table -> their rows, of the shard if it is named.

        Raises:
            UserError: a table is missing or damaged.
        """
        wanted = {"shard": shard} if shard else {}
        return cls(
            {row["recording"]: row for row in read_table(ITEMS, items, **wanted)},
            {row["recording"]: row for row in read_table(RECORDINGS, recordings)},
        )


def plan_shard(
    audio: Path,
    params: PlanParams,
    references: References | None,
    store: Path,
    output: Path,
    threads: int,
) -> None:
    """An audio table and a chunking -> the plans table.

    Args:
        audio: the table of the variant on which speech is found.
        params: the chunking.
        references: for the method `reference`.
        store: what the detector heard is kept there, so that others need not hear it again.
        output: the plans table to write.
        threads: recordings to work on at once.

    Raises:
        UserError: a detector that cannot be loaded, or fails; segments that cannot be read.
    """
    planner = Planner(params, region_finder(params, store), references)
    write_table(PLANS, output, map_recordings(planner.plan, read_table(AUDIO, audio), threads))


class Planner:
    """Plans the cuts of one recording after the other."""

    def __init__(
        self, params: PlanParams, finder: RegionFinder, references: References | None
    ) -> None:
        self._params = params
        self._finder = finder
        self._references = references

    def plan(self, row: Row) -> Row:
        """A row of the audio table -> its row of the plans table."""
        plan = {"speech": [], "chunks": [], "cuts": 0, "loud_cuts": []} | {
            name: row[name] for name in ("recording", "status", "reason", "seconds")
        }
        if row["status"] != "ok":
            return plan
        heard = self._finder.find(row)
        chunks, status, reason = self._cut(row, heard)
        if not chunks:
            plan |= {"status": status, "reason": reason}
        plan |= {"speech": _seconds(heard.speech), "chunks": _seconds(chunks)}
        plan["cuts"] = max(len(chunks) - 1, 0)
        loud = loud_cuts(chunks, heard.speech, heard.levels)
        plan["loud_cuts"] = [moment / 1000 for moment in loud]
        _notify_of_loss(plan)
        return plan

    def _cut(self, row: Row, heard: Heard) -> tuple[list[Span], str, str]:
        """A recording and where somebody speaks in it -> chunks (ms), else status and reason."""
        params = self._params
        total, most = round(row["seconds"] * 1000), int(params.max_seconds * 1000)
        match params.method:
            case "whole":
                return [(0, total)], "", ""
            case "none":
                return _as_it_is(total, most)
            case "fixed":
                overlap = int(params.overlap_seconds * 1000)
                return fixed_chunks(total, most, overlap), "", ""
            case "reference":
                regions = self._utterances(row["recording"], total)
                status = "no_reference"
                reason = "no timed reference of the tiers that count, at whose borders to cut"
            case _:
                regions, status, reason = heard.speech, "no_speech", heard.nothing
        divide = plan_chunks if params.pack else chunk_each
        chunks = divide(regions, heard.pauses, heard.levels, total, most, params.pad_ms)
        return chunks, status, reason

    def _utterances(self, recording: str, total: int) -> list[Span]:
        name, _ = split_stream_id(recording)
        known = self._references
        if known is None or name not in known.items:
            return []
        item = {**known.items[name], "recording": recording}
        fetched = known.recordings.get(name)
        return find_utterances(item, fetched, self._params.tiers, total) or []


def _as_it_is(total: int, most: int) -> tuple[list[Span], str, str]:
    if total <= most:
        return [(0, total)], "", ""
    reason = (
        f"{total / 1000:g} s long, and the chunking method none takes recordings of at most "
        f"{most / 1000:g} s; take another method"
    )
    return [], "too_long", reason


def _notify_of_loss(plan: Row) -> None:
    """Give notice of speech that a plan leaves out."""
    speech = [(start, end) for start, end in plan["speech"]]
    total = sum(end - start for start, end in speech)
    if not total or not plan["chunks"]:  # the latter has a status
        return
    kept = sum(seconds_inside(speech, own) for own in own_spans(plan["chunks"]))
    if total - kept > MOST_LOST * total:
        text = "more than 0.1 % of its speech lies in no chunk"
        notify(Kind.SPEECH_LEFT_OUT, text, recording=plan["recording"])


def _seconds(spans: list[Span]) -> list[list[float]]:
    return [[start / 1000, end / 1000] for start, end in spans]
