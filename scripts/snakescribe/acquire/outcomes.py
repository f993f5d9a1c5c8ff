"""What came of each download: kept in the store, so that a later run knows what to leave alone."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from snakescribe.acquire.failures import PERMANENT, Failure
from snakescribe.acquire.times import utc_now
from snakescribe.store import keyed_path, read_json, write_json
from snakescribe.tables import Row


@dataclass(frozen=True)
class Outcome:
    """How the last try ended: `time` is UTC, `tries` counts the tries of all runs."""

    recording: str
    url: str
    kind: str
    status: str
    reason: str
    time: str
    tries: int


def outcome_path(store: Path, key: str) -> Path:
    """Where the outcome of a failed download lies."""
    return keyed_path(store / "outcomes", key, ".json")


def read_outcome(store: Path, key: str) -> Outcome | None:
    """The outcome under a key, or None: never tried, or it worked."""
    try:
        return Outcome(**read_json(outcome_path(store, key)))
    except FileNotFoundError:
        return None


def keep_failure(store: Path, key: str, item: Row, failure: Failure, tries: int) -> None:
    """Write down a failure; a permanent one is a tombstone until it is opened again."""
    before = read_outcome(store, key)
    outcome = Outcome(
        recording=item["recording"],
        url=item["locator"],
        kind=failure.kind,
        status=failure.status,
        reason=failure.reason,
        time=utc_now(),
        tries=tries + (before.tries if before else 0),
    )
    write_json(outcome_path(store, key), asdict(outcome))


def forget_failure(store: Path, key: str) -> None:
    """It works now."""
    outcome_path(store, key).unlink(missing_ok=True)


def is_buried(outcome: Outcome | None) -> bool:
    """Whether a download is not to be tried again."""
    return outcome is not None and outcome.kind == PERMANENT


def all_outcomes(store: Path) -> Iterator[tuple[Path, Outcome]]:
    """The failures in the store, with the files they lie in."""
    for path in sorted((store / "outcomes").glob("*/*.json")):
        yield path, Outcome(**read_json(path))
