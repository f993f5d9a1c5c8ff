"""One pace for each site, over all jobs."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from snakescribe.acquire.sites import BURST, STRIKES, SiteBlockedError, Sites, site_of
from snakescribe.config.acquire import Pace


def test_all_jobs_share_the_pace_of_a_site(tmp_path: Path) -> None:
    pace = Pace(requests_per_hour=3600 * 50)  # one each 20 ms after the burst
    jobs = [Sites(tmp_path, pace) for _ in range(4)]
    began = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda job: [job.wait_turn("a.org") for _ in range(BURST // 2)], jobs))
    assert time.monotonic() - began >= BURST * 0.02 * 0.9
    slow = Sites(tmp_path, Pace(requests_per_hour=12))
    for _ in range(BURST):
        slow.wait_turn("b.org")  # whose next turn is in five minutes
    began = time.monotonic()
    slow.wait_turn("c.org")
    assert time.monotonic() - began < 10


def test_a_blocked_site_is_left_alone_by_all_until_its_time(tmp_path: Path) -> None:
    first, second = (Sites(tmp_path, Pace(patience_seconds=1, block_minutes=1)) for _ in range(2))
    first.block("a.org", "captcha")
    with pytest.raises(SiteBlockedError, match=r"a\.org is left alone for now: captcha"):
        second.wait_turn("a.org")
    assert list(second.blocked()) == ["a.org"]
    second.wait_turn("b.org")
    second.unblock_all()
    first.wait_turn("a.org")
    first.block("a.org", "wait a little", 0.3)
    began = time.monotonic()
    second.wait_turn("a.org")
    assert time.monotonic() - began >= 0.25


def test_only_refusals_in_a_row_count(tmp_path: Path) -> None:
    sites = Sites(tmp_path, Pace())
    for _ in range(STRIKES - 1):
        sites.note_refusal("a.org", "403")
    sites.note_success("a.org")
    sites.note_refusal("a.org", "403")
    assert sites.blocked() == {}


def test_a_damaged_state_is_no_reason_to_stop(tmp_path: Path) -> None:
    sites = Sites(tmp_path, Pace())
    sites.wait_turn("a.org")
    (tmp_path / "sites" / "a.org.json").write_text('{"arr', encoding="utf-8")
    sites.wait_turn("a.org")


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.youtube.com/watch?v=x", "youtube.com"),
        ("https://m.youtube.com/", "youtube.com"),
        ("http://user:word@example.org:8080/a", "example.org:8080"),
    ],
)
def test_site_of(url: str, site: str) -> None:
    assert site_of(url) == site
