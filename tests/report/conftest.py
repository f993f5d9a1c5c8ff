"""Results folders for the tests of the report."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from report_study import Made, Plan, build_results

from chromium import chromium, find_chromium, pictures
from snakescribe.ffmpeg.command import ffmpeg_command

__all__ = ["chromium", "pictures"]

# A machine without a browser runs all other tests of the page.
IN_BROWSER = ["test_in_browser.py", "test_explorer.py", "test_explorer_views.py"]
collect_ignore = [] if find_chromium() else IN_BROWSER


def pytest_report_header() -> str:
    """Say which browser there is, or what is left out without one."""
    return f"browser: {find_chromium() or 'no Chromium, {', '.join(IN_BROWSER)} are left out'}"


@pytest.fixture(scope="session")
def tones(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A second or two of real FLAC, one file for each audio variant."""
    folder = tmp_path_factory.mktemp("tones")
    paths = {}
    for name, pitch in (("low", 220), ("high", 440)):
        paths[name] = folder / f"{name} 'tone'.flac"
        source = f"sine=frequency={pitch}:duration=2:sample_rate=16000"
        command = [ffmpeg_command(), "-v", "error", "-f", "lavfi", "-i", source, str(paths[name])]
        subprocess.run(command, check=True)
    return paths


@pytest.fixture(scope="session")
def make_results(
    tmp_path_factory: pytest.TempPathFactory, tones: dict[str, Path]
) -> Callable[..., Made]:
    """Fields of `Plan` -> a results folder."""

    def make(**changes: Any) -> Made:
        return build_results(tmp_path_factory.mktemp("results"), Plan(**changes), tones)

    return make


@pytest.fixture(scope="session")
def made(make_results: Callable[..., Made]) -> Made:
    """The ordinary case: 6 conditions x 10 recordings, and 3 recordings that failed."""
    return make_results()
