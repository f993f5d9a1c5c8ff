"""The explorer of a made-up study as a browser shows it, and what it must show."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect
from report_study import SOUNDS, Made

from chromium import opened
from snakescribe.report.build import build_report
from snakescribe.tables import ITEMS, Row, read_table, write_table
from snakescribe.tables.scores import SCORES

READY = "body[data-ready=yes]"
SPEAKERS = ("Ada", "Grace", "<i>Emmy</i>")


@dataclass(frozen=True)
class Explored:
    """A study, with its page and its explorer built."""

    made: Made

    @property
    def index(self) -> Path:
        """The explorer's page."""
        return self.made.page.with_suffix("") / "index.html"

    @cached_property
    def rows(self) -> dict[tuple[str, str], Row]:
        """The scores by condition and chunk, under the leading normaliser."""
        path = self.made.folder / "scores" / "prompt_study" / SCORES.file_name
        leading = self.made.params.scoring.normalizers[0]
        return {
            (row["condition"], row["chunk"]): row
            for row in read_table(SCORES, path)
            if row["normalizer"] == leading
        }

    @cached_property
    def chunks(self) -> list[str]:
        """The ids of all chunks."""
        return sorted({chunk for _, chunk in self.rows})

    def row(self, condition: str, chunk: str) -> Row:
        """What is known of a chunk under a condition."""
        return self.rows[condition, chunk]

    def errors(self, condition: str, chunk: str) -> int:
        """Word errors."""
        row = self.row(condition, chunk)
        return int(row["substitutions"] + row["deletions"] + row["insertions"])


def explore(make_results: Callable[..., Made], **plan: Any) -> Explored:
    """Fields of `Plan` -> the study with page and explorer; speakers differ, half are German."""
    made = make_results(**{"timed": True, "snr_step": 1, **plan})
    results = made.folder / ITEMS.path
    items = list(read_table(ITEMS, results))
    named = [
        {
            **item,
            "speaker": SPEAKERS[place % len(SPEAKERS)],
            "language": item["language"] if place % 2 else "de",
        }
        for place, item in enumerate(items)
    ]
    write_table(ITEMS, results, named)
    build_report(made.folder, made.params, made.page, SOUNDS)
    return Explored(made)


@contextmanager
def exploring(
    chromium: Browser, explored: Explored, place: str = "", **context: Any
) -> Iterator[Page]:
    """The explorer in a browser, as soon as it can be used."""
    with opened(chromium, explored.index, place, **context) as page:
        page.wait_for_selector(READY)
        yield page


def settle(page: Page) -> None:
    """Wait until the page has all that it asked for."""
    expect(page.locator("body")).to_have_attribute("aria-busy", "false")


def listed(page: Page) -> list[str]:
    """The ids of the chunks in the list, all of them: it is scrolled from beginning to end."""
    ids: dict[int, str] = {}
    page.evaluate("document.getElementById('list').scrollTop = 0")
    while True:
        page.evaluate("() => new Promise(requestAnimationFrame)")
        page.evaluate("() => new Promise(requestAnimationFrame)")
        rows = page.locator(".row").evaluate_all(
            "all => all.map(row => [Number(row.getAttribute('aria-posinset')), row.dataset.chunk])"
        )
        ids |= dict(rows)
        at_end = page.evaluate(
            """() => {
                const list = document.getElementById("list"), before = list.scrollTop;
                list.scrollTop += list.clientHeight;
                return list.scrollTop === before;
            }"""
        )
        if at_end:
            return [ids[place] for place in sorted(ids)]


def chosen(page: Page) -> str:
    """The id of the chunk that is shown."""
    return page.text_content("#chunk .facts code") or ""
