"""What tests cost: those that take long are named at the end of a run, so that none creeps in.

Processor time is counted, of the test and the programs that it calls, not time by the clock, which
hangs on what else the machine does. A fixture counts for the test that asked for it first.
"""

import os
from collections.abc import Generator

import pytest

PROPERTY = "processor_seconds"


class ProcessorTime:
    """Takes the processor time (s) of each phase of each test and names those above `limit`."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.began = 0.0
        self.dear: list[tuple[float, str]] = []

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self) -> Generator[None, None, None]:
        self.began = _processor_seconds()
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Where tests run in several processes, this is in a worker."""
        report = yield
        now = _processor_seconds()
        report.user_properties.append((PROPERTY, now - self.began))
        self.began = now
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Where tests run in several processes, this is also in the one that prints."""
        seconds = dict(report.user_properties)[PROPERTY]
        if seconds > self.limit:
            self.dear.append((seconds, f"{report.when:<8} {report.nodeid}"))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.dear:
            terminalreporter.section(f"above {self.limit:g} s of processor time")
        for seconds, what in sorted(self.dear, reverse=True):
            terminalreporter.line(f"{seconds:.1f}s {what}")


def _processor_seconds() -> float:
    """The processor time of this process, all its threads, and what it has called and ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
