"""What was asked for and what came of it: one summary of acquiring, for people and as data."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from snakescribe.notices.groups import Group, group_notices, printable
from snakescribe.notices.kinds import Kind
from snakescribe.results import Results
from snakescribe.tables import RECORDINGS, SOURCES, Row, read_table

WAITING = "not tried yet"
NAMED = 5
# Of the notices of other steps too: what these say is about what was acquired.
_ABOUT_REFERENCES = (Kind.REFERENCE_UNREADABLE, Kind.REFERENCE_OF_OTHERS)
_STEPS = ("resolve_items", "look_up_recordings", "describe_recordings", "lay_library")
# Said by the counts of sources and recordings already.
_COUNTED = (Kind.LISTING_FAILED, Kind.RECORDING_FAILED)


@dataclass(frozen=True)
class Summary:
    """What came of acquiring.

    Attributes:
        recordings: how many there are.
        by_status: how many have which status, `not tried yet` among them.
        sources: the rows of `sources.tsv`.
        without_captions: downloads for which captions were asked and none came.
        notices: what the jobs of the stage had to tell beside that, and what is the matter with
            references.
    """

    recordings: int = 0
    by_status: dict[str, int] = field(default_factory=dict)
    sources: list[Row] = field(default_factory=list)
    without_captions: list[str] = field(default_factory=list)
    notices: list[Group] = field(default_factory=list)

    @property
    def acquired(self) -> int:
        """How many recordings have audio."""
        return self.by_status.get("ok", 0)

    @property
    def unlisted(self) -> list[Row]:
        """The lists that could not be had."""
        return [row for row in self.sources if row["status"] not in ("ok", "empty")]

    def sources_amiss_first(self) -> list[Row]:
        """The rows of `sources.tsv`, those first of which not all was taken."""
        return sorted(self.sources, key=lambda row: not _is_amiss(row))

    @property
    def nothing_done(self) -> bool:
        """Whether recordings were tried and not one could be had, or none could be listed."""
        tried = self.recordings - self.by_status.get(WAITING, 0)
        return not self.acquired and bool(tried or (self.sources and not self.recordings))

    @classmethod
    def from_data(cls, data: Row) -> "Summary":
        """What `as_data` gave -> the summary, without its notices."""
        return cls(**data)

    def as_data(self) -> Row:
        """As plain data, without its notices."""
        return {
            "recordings": self.recordings,
            "by_status": self.by_status,
            "sources": self.sources,
            "without_captions": self.without_captions,
        }


def summarize(results: Results) -> Summary:
    """A results folder -> what came of acquiring.

    Where nothing has been listed yet, the summary is empty; where no list had a recording, it has
    the lists.
    """
    path = results.path(SOURCES)
    if not path.exists():
        path = lists_without_recordings(results.store)
        return Summary(sources=list(read_table(SOURCES, path)) if path.exists() else [])
    items = results.items()
    rows = list(results.rows(RECORDINGS, lacking=True))
    counts = Counter(row["status"] for row in rows)
    if waiting := len(items) - len(rows):
        counts[WAITING] = waiting
    ordered = sorted(counts.items(), key=lambda pair: (pair[0] != "ok", -pair[1], pair[0]))
    told = list(_notice_rows(results))
    return Summary(
        recordings=len(items),
        by_status=dict(ordered),
        sources=list(read_table(SOURCES, path)),
        without_captions=[row["recording"] for row in told if _lacks_captions(row)],
        notices=group_notices(row for row in told if not _lacks_captions(row)),
    )


def lists_without_recordings(store: Path) -> Path:
    """Where the rows of `sources.tsv` lie after a listing that found no recording at all."""
    return store / "sources_without_recordings.tsv"


def summary_lines(summary: Summary, most: int, where: str = "") -> list[str]:
    """A summary -> its lines: the counts, then the sources, those with something amiss first.

    Args:
        summary: what to say.
        most: how many sources are named.
        where: the command that tells all, where not all is told here.
    """
    if not summary.sources and not summary.recordings:
        return []
    counts = ", ".join(f"{count} {status}" for status, count in summary.by_status.items())
    lines = [": ".join(filter(None, ("acquire", _number(summary.recordings, "recording"), counts)))]
    ordered = summary.sources_amiss_first()
    lines += [f"  {printable(source_line(row))}" for row in ordered[:most]]
    if (rest := len(ordered) - most) > 0:
        lines.append(f"  and {_number(rest, 'list')} more{f': {where}' if where else ''}")
    if names := summary.without_captions:
        lines.append(f"  captions asked for and not there: {len(names)}: {_first(names)}")
    return lines


def source_line(row: Row) -> str:
    """A row of `sources.tsv` -> it in words."""
    if row["status"] not in ("ok", "empty"):
        counted = f"; {row['taken']} taken of what it listed before" if row["taken"] else ""
        return f"{row['listing']}: cannot be listed: {row['status']}: {row['reason']}{counted}"
    parts = [f"{row['listing']}: {row['listed']} listed, {row['taken']} taken"]
    if row["skipped"]:
        ordered = sorted(row["skipped"].items(), key=lambda pair: -pair[1])
        reasons = ", ".join(f"{count} {reason}" for reason, count in ordered)
        parts.append(f"{sum(row['skipped'].values())} skipped: {reasons}")
    if row["vanished"]:
        parts.append(f"{row['vanished']} kept that it no longer lists")
    if row["status"] == "empty" and row["reason"]:
        parts.append(row["reason"])
    return "; ".join(parts)


def undone_lines(summary: Summary) -> list[str]:
    """What of all that was asked could not be done, a line each; none where all was done."""
    failed = {
        status: count
        for status, count in summary.by_status.items()
        if status not in ("ok", WAITING)
    }
    lines = []
    if failed:
        counts = ", ".join(f"{count} {status}" for status, count in failed.items())
        of = f"of {_number(summary.recordings, 'recording')}"
        lines.append(f"{sum(failed.values())} {of} could not be acquired: {counts}")
    if summary.sources and not summary.recordings:
        lines.append("no list has a recording")
    if summary.unlisted:
        names = _first([row["listing"] for row in summary.unlisted])
        of = f"of {_number(len(summary.sources), 'list')}"
        lines.append(f"{len(summary.unlisted)} {of} could not be listed: {names}")
    return [printable(line) for line in lines]


def _is_amiss(row: Row) -> bool:
    return row["status"] != "ok" or bool(row["skipped"] or row["vanished"])


def _lacks_captions(row: Row) -> bool:
    return bool(row["kind"] == Kind.CAPTIONS_MISSING)


def _notice_rows(results: Results) -> Iterator[Row]:
    jobs = [(step, "all") for step in _STEPS]
    jobs += [("fetch_recordings", shard) for shard in results.shards()]
    for row in results.notices(jobs):
        if row["kind"] not in _COUNTED:
            yield row
    scored = (results.folder / "notices" / "score_transcripts").glob("*.tsv")
    seen: set[tuple[str, str]] = set()  # experiments share their references
    for row in results.notices(("score_transcripts", path.stem) for path in sorted(scored)):
        about = (row["recording"], row["text"])
        if row["kind"] in _ABOUT_REFERENCES and about not in seen:
            seen.add(about)
            yield row


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _first(names: Iterable[str]) -> str:
    every = list(names)
    return ", ".join(every[:NAMED]) + (" ..." if len(every) > NAMED else "")
