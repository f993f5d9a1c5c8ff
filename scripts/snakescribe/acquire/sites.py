"""Be polite: one pace for each site, shared by all jobs of all machines that use the store.

The pace is a generic cell rate: requests may come in a burst of `BURST`, then one each
3600 / `requests_per_hour` seconds (ITU-T I.371, annex A). It is kept in a small file for each
site, changed under a lock.
"""

import fcntl
import json
import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit

from snakescribe.config.acquire import Pace
from snakescribe.notices import Kind, notify

BURST = 20
STRIKES = 5


class SiteState(TypedDict, total=False):
    """What is kept of a site; times are seconds since 1970."""

    site: str
    arrival: float
    strikes: int
    blocked_until: float
    reason: str


class SiteBlockedError(Exception):
    """Nothing may be asked of this site now; says why and until when."""


def site_of(url: str) -> str:
    """A URL -> the site that it asks: its host without ``www.`` and the like."""
    host = (urlsplit(url).netloc or "local").rpartition("@")[2].lower()
    return re.sub(r"^(www|m|music)\.", "", host)


class Sites:
    """The pace of all sites and which of them are left alone for a while."""

    def __init__(self, store: Path, pace: Pace) -> None:
        self.folder = store / "sites"
        self.pace = pace

    def wait_turn(self, site: str, asks: bool = True) -> None:
        """Sleep until a request to this site may be sent; `asks` is whether one will be.

        Raises:
            SiteBlockedError: the site is left alone for longer than a job waits.
        """
        while True:
            with self._state(site) as state:
                now = time.time()
                blocked = state.get("blocked_until", 0) - now
                if blocked <= 0:
                    delay = self._reserve(state, now) if asks else 0
                    break
                if blocked > self.pace.patience_seconds:
                    raise SiteBlockedError(f"{site} is left alone for now: {state['reason']}")
            time.sleep(min(blocked, 5))
        if asks:
            time.sleep(max(0, delay) + self.pace.sleep_seconds * random.uniform(1, 2))

    def _reserve(self, state: SiteState, now: float) -> float:
        if not self.pace.requests_per_hour:
            return 0
        interval = 3600 / self.pace.requests_per_hour
        arrival: float = max(state.get("arrival", 0), now)
        state["arrival"] = arrival + interval
        return arrival - (BURST - 1) * interval - now

    def block(self, site: str, reason: str, seconds: float | None = None) -> None:
        """Leave a site alone, for all jobs: for `seconds`, or for `block_minutes`."""
        seconds = self.pace.block_minutes * 60 if seconds is None else seconds
        with self._state(site) as state:
            state["blocked_until"] = max(state.get("blocked_until", 0), time.time() + seconds)
            state |= {"reason": reason, "site": site}
        notify(Kind.SITE_PAUSED, f"left alone for {seconds:.0f} s: {reason}", source=site)

    def note_refusal(self, site: str, reason: str) -> None:
        """Count a refusal; after a row of `STRIKES` the site is left alone."""
        with self._state(site) as state:
            state["strikes"] = state.get("strikes", 0) + 1
            stop = state["strikes"] >= STRIKES
        if stop:
            self.block(site, f"{STRIKES} refusals in a row: {reason}")

    def note_success(self, site: str) -> None:
        """A site answers: what it refused before was about single recordings."""
        with self._state(site) as state:
            state.pop("strikes", None)

    def blocked(self) -> dict[str, SiteState]:
        """The sites that are left alone now, with `blocked_until` (s since 1970) and `reason`."""
        states = []
        for path in self.folder.glob("*.json"):
            with suppress(ValueError):  # a job was killed while writing
                states.append(json.loads(path.read_text(encoding="utf-8") or "{}"))
        now = time.time()
        return {state["site"]: state for state in states if state.get("blocked_until", 0) > now}

    def unblock_all(self) -> None:
        """Ask all sites again."""
        for site in self.blocked():
            with self._state(site) as state:
                state["blocked_until"] = 0
                state.pop("strikes", None)

    @contextmanager
    def _state(self, site: str) -> Iterator[SiteState]:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{re.sub(r'[^a-z0-9.-]', '_', site)}.json"
        with path.open("a+", encoding="utf-8") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            stream.seek(0)
            try:
                state = json.loads(stream.read() or "{}")
            except ValueError:  # a job was killed while writing
                state = {}
            yield state
            stream.seek(0)
            stream.truncate()
            stream.write(json.dumps(state, sort_keys=True))
