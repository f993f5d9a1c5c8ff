"""What came of acquiring: counts by class and status, reasons, and opening failures again."""

from collections import Counter
from collections.abc import Iterable, Iterator

from snakescribe.acquire.failures import CLASSES
from snakescribe.acquire.outcomes import Outcome, all_outcomes
from snakescribe.acquire.params import FetchParams
from snakescribe.acquire.progress import format_bytes
from snakescribe.acquire.rounds import open_round
from snakescribe.acquire.sites import Sites
from snakescribe.acquire.under_way import find_fetching, rows_in_store
from snakescribe.acquired import Summary, summarize, summary_lines
from snakescribe.config.acquire import Pace
from snakescribe.errors import UserError, did_you_mean
from snakescribe.notices.groups import printable
from snakescribe.results import Results
from snakescribe.tables import RECORDINGS, Row, read_table

LOCAL = "local file"
OPEN = "open again"

_MEANINGS = {
    **CLASSES,
    OPEN: "tried by the next run",
    LOCAL: "mend the file and run again",
}


def describe_status(results: Results, settings: FetchParams, reasons: int) -> str:
    """A results folder -> a report in plain text: counts, up to `reasons` examples of each status.

    Of shards that are under way, what the store has of them.

    Args:
        results: the folder.
        settings: how its config has recordings fetched.
        reasons: examples of each status.

    Raises:
        UserError: nothing has been resolved yet.
    """
    summary = summarize(results)
    if summary.sources and not summary.recordings:
        told = summary_lines(summary, most=len(summary.sources))
        return "\n".join([*told, *_unlisted_lines(summary)])
    items = {item["recording"]: item for item in results.items()}
    rows = [row for shard in results.shards() for row in _rows(results, shard, settings)]
    failures = {outcome.url: outcome for _, outcome in all_outcomes(results.store)}
    counts = Counter(row["status"] for row in rows)
    lines = [f"{len(items)} recordings, {counts.pop('ok', 0)} there, {sum(counts.values())} not"]
    if waiting := len(items) - len(rows):
        lines.append(f"{waiting} not tried yet")
    lines += _fetching_lines(results, settings)
    lines += summary_lines(summary, most=len(summary.sources))[1:]
    kinds = {row["recording"]: _kind(row, items, failures) for row in rows}
    for kind, meaning in _MEANINGS.items():
        bad = [row for row in rows if row["status"] != "ok" and kinds[row["recording"]] == kind]
        if bad:
            lines += ["", f"{kind}: {len(bad)} ({meaning})"]
            lines += _by_status(bad, items, failures, reasons)
    lines += _unlisted_lines(summary)
    for group in summary.notices:
        lines += ["", f"{group.kind}: {printable(group.line)}; {group.remedy}"]
    for site, state in Sites(results.store, Pace()).blocked().items():
        lines += ["", f"{site} is left alone for now: {state['reason']}"]
    return "\n".join(lines)


def _unlisted_lines(summary: Summary) -> Iterator[str]:
    for row in summary.unlisted:
        text = f"{row['listing']} ({row['source']}) lists nothing: {row['reason']}"
        yield f"\n{printable(text)}; mend the config, or run again"


def retry_failed(results: Results, wanted: str) -> int:
    """Open failures of a class or status (or `all`) again; returns how many.

    The next run of the workflow tries them; sites that were left alone are asked again.

    Raises:
        UserError: no failure is of that class or status.
    """
    shards = {item["locator"]: item["shard"] for item in results.items()}
    outcomes = list(all_outcomes(results.store))
    chosen = [
        (path, outcome)
        for path, outcome in outcomes
        if wanted in ("all", outcome.kind, outcome.status)
    ]
    known = {"all"} | {name for _, outcome in outcomes for name in (outcome.kind, outcome.status)}
    if wanted not in known:
        raise UserError(
            f"no failure is of the class or status '{wanted}'; " + did_you_mean(wanted, known)
        )
    for path, _ in chosen:
        path.unlink()
    for shard in sorted({shards[outcome.url] for _, outcome in chosen if outcome.url in shards}):
        open_round(results.store, shard)
    Sites(results.store, Pace()).unblock_all()
    return len(chosen)


def _rows(results: Results, shard: str, settings: FetchParams) -> Iterable[Row]:
    path = results.path(RECORDINGS, shard=shard)
    if path.exists():
        return read_table(RECORDINGS, path)
    return rows_in_store(results, shard, settings)


def _fetching_lines(results: Results, settings: FetchParams) -> Iterator[str]:
    shards = [
        shard for shard in results.shards() if not results.path(RECORDINGS, shard=shard).exists()
    ]
    fetching = [
        recording for shard in shards for recording in find_fetching(results, shard, settings)
    ]
    if fetching:
        named = ", ".join(
            f"{recording.recording} ({format_bytes(recording.bytes)})" for recording in fetching
        )
        yield f"{len(fetching)} being fetched now: {named}"


def _kind(row: Row, items: dict[str, Row], failures: dict[str, Outcome]) -> str:
    item = items.get(row["recording"])
    if item is None or item["kind"] == "file":
        return LOCAL
    outcome = failures.get(item["locator"])
    return outcome.kind if outcome else OPEN


def _by_status(
    rows: list[Row], items: dict[str, Row], failures: dict[str, Outcome], reasons: int
) -> list[str]:
    lines = []
    for status, count in Counter(row["status"] for row in rows).most_common():
        lines.append(f"  {status}: {count}")
        for row in [row for row in rows if row["status"] == status][:reasons]:
            outcome = failures.get(items[row["recording"]]["locator"])
            tried = f" ({outcome.tries} tries, last {outcome.time})" if outcome else ""
            lines.append(f"    {row['recording']}: {row['reason']}{tried}")
    return lines
