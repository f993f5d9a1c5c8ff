"""A real browser for tests: Chromium as the system has it, driven by Playwright."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

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
