"""A real browser for tests: Chromium as the system has it, driven by Playwright."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from snakescribe.paths import REPOSITORY

PLACES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
# Pictures that tests take, for people to look at; continuous integration may keep the folder.
PICTURES = Path(os.environ.get("SNAKESCRIBE_PICTURES", REPOSITORY / "results" / "pictures"))


def find_chromium() -> str | None:
    """Where Chromium stands; None on a machine without it."""
    places = (os.environ.get("CHROMIUM", ""), *PLACES)
    return next((place for place in places if place and Path(place).is_file()), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def pictures() -> Path:
    """The folder of pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    return PICTURES


@contextmanager
def opened(chromium: Browser, path: Path, place: str = "", **context: Any) -> Iterator[Page]:
    """A page as a browser shows it from disk, without a network; it must not complain.

    It asks for nothing but files beside it, and nothing in it opens a dialogue of the browser.
    `place` is what follows in the address, such as `#figures`.
    """
    where = chromium.new_context(
        **{
            "viewport": {"width": 1200, "height": 900},
            "reduced_motion": "reduce",
            "offline": True,
            **context,
        }
    )
    page = where.new_page()
    page.set_default_timeout(10_000)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(f"dialogue: {dialog.message}"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.partition(":")[0]))
    page.goto(path.as_uri() + place)
    try:
        yield page
        assert said == []
        assert set(asked) <= {"file", "data", "blob"}
    finally:
        where.close()
