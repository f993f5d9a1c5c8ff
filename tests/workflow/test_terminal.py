"""What moves at the foot of a terminal: it is drawn by one thread while another prints above it."""

import io
import logging
import sys
import threading
from types import SimpleNamespace

import pytest
from rich.live import Live

from snakescribe.workflow.terminal import Terminal

LINES = 300


class Screen(io.StringIO):
    """A stream that takes itself for a terminal."""

    def isatty(self) -> bool:
        return True


def test_who_prints_and_who_draws_do_not_wait_for_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    settings = SimpleNamespace(
        stdout=False, quiet=None, show_failed_logs=False, nocolor=False, dryrun=False
    )
    terminal = Terminal(settings)
    live = Live(get_renderable=terminal._draw, console=terminal._console, refresh_per_second=1000)

    def run() -> None:
        with live:
            for number in range(LINES):
                terminal.handle(
                    logging.makeLogRecord({"msg": f"line {number}", "levelno": logging.INFO})
                )

    runner = threading.Thread(target=run, daemon=True)
    runner.start()
    runner.join(20)
    assert not runner.is_alive()
    assert f"line {LINES - 1}" in screen.getvalue()
