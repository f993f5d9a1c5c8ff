"""How a run's progress is put into words, on the terminal and by ``snakescribe status --watch``."""

from pathlib import Path

from snakescribe.logs import last_start
from snakescribe.notices.groups import printable
from snakescribe.report.numbers import duration
from snakescribe.workflow.sound import Reading, Running, StepCount, read_tail

LOG_LINES = 15


def sound_of(count: StepCount) -> str:
    """A step that hears sound -> how much of it is heard; empty where nobody knows how much."""
    if not count.sound:
        return ""
    if count.heard >= count.sound:
        return f"{duration(count.sound)} of sound"
    return f"{duration(count.heard)} of {duration(count.sound)} of sound"


def speed_of(rate: float | None, left: float | None) -> str:
    """A speed and the seconds that are left -> the words, as far as both are known."""
    parts = [f"{rate:.3g} x real time"] if rate else []
    if left is not None:
        parts.append(f"about {duration(left)} left")
    return ", ".join(parts)


def place_of(running: Running) -> str:
    """A job at work -> which one, and the recording that it told of last."""
    return ": ".join(filter(None, (running.job.name, printable(running.recording))))


def places_of(reading: Reading, rule: str, most: int) -> list[str]:
    """The jobs of a rule at work -> a line for each, and one for those above `most`."""
    running = [place for place in reading.running if place.job.step.rule == rule]
    lines = list(filter(None, map(place_of, running[:most])))
    return [*lines, f"and {len(running) - most} more"] if len(running) > most else lines


def last_lines(log: Path) -> list[str]:
    """A job's log -> its last lines, fit for a terminal."""
    lines = last_start(read_tail(log, 20_000).splitlines())[-LOG_LINES:]
    return [printable(line) for line in lines] or ["(the log is empty)"]
