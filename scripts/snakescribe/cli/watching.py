"""``snakescribe status --watch``: a run as it goes on, drawn in place or in plain lines."""

import shlex
import sys
import time
from collections.abc import Callable, Iterator

from rich import box
from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from snakescribe.config.root import Config
from snakescribe.report.numbers import duration
from snakescribe.workflow.sound import StepCount
from snakescribe.workflow.watch import View, Watcher
from snakescribe.workflow.wording import place_of, places_of, sound_of, speed_of

LOOK_SECONDS = 2.0
LINE_SECONDS = 30.0
# A look takes this part of the time at most, however large the run and slow its disk.
BUSY_PART = 0.1
QUIET_SECONDS = 600.0
BEGIN_SECONDS = 15.0
MOST_PLACES = 6
MOST_FAILURES = 8
INTERRUPTED = 130


def show_run(config: Config) -> int:
    """Show a run until it ends -> the exit code: 0 if all of it is done, else 1; 130 on Ctrl-C."""
    watcher = Watcher(config)
    console = Console(highlight=False, soft_wrap=True)
    show = _draw if console.is_terminal and not console.is_dumb_terminal else _tell
    try:
        view = show(config, watcher, console)
    except KeyboardInterrupt:
        return INTERRUPTED
    command = shlex.join(["snakescribe", "status", config.results])
    if view.complete:
        told = f"{config.results}: complete"
    else:
        ended = "the run has ended" if watcher.seen else "no run is at work there"
        told = f"{config.results}: {ended}, and not all is done; see {command}"
    console.print(Text(told, style="bold"))
    return 0 if view.complete else 1


def _views(watcher: Watcher) -> Iterator[View]:
    """Views at a pace that leaves disks alone; the last one is of a run that has ended.

    One that has just been started reads its config first: it has a while to appear.
    """
    until = time.monotonic() + BEGIN_SECONDS
    while True:
        begin = time.monotonic()
        view = watcher.look()
        yield view
        waits = not watcher.seen and not view.complete and begin < until
        if view.owner is None and not waits:
            return
        time.sleep(max(LOOK_SECONDS, (time.monotonic() - begin) / BUSY_PART))


def _draw(config: Config, watcher: Watcher, console: Console) -> View:
    """Draw each view in the place of the one before; failures stay above."""
    told: set[str] = set()
    with Live(console=console, auto_refresh=False, transient=False) as live:
        for view in _views(watcher):
            _tell_failures(view, told, console.print)
            live.update(_picture(config, watcher, view), refresh=True)
    return view


def _picture(config: Config, watcher: Watcher, view: View) -> Group:
    table = Table("stage", "step", "jobs", "", "", box=box.SIMPLE, pad_edge=False)
    for count in view.reading.steps:
        whole, part = (count.sound, count.heard) if count.sound else (count.total or 1, count.done)
        jobs = f"{count.done} of {'?' if count.total is None else count.total}"
        bar = ProgressBar(whole, part, width=20)
        table.add_row(
            count.step.stage, count.step.name, Text(jobs, justify="right"), bar,
            Text(_words(watcher, count)),
        )  # fmt: skip
    running = view.reading.running
    lines = [Text(f"  {place.job.step.name}: {place_of(place)}", style="dim") for place in running]
    more = [Text(f"  and {len(running) - MOST_PLACES} more", style="dim")]
    lines = [*lines[:MOST_PLACES], *(more if len(running) > MOST_PLACES else [])]
    return Group(Text(_headline(config, watcher, view), style="bold"), table, *lines)


def _headline(config: Config, watcher: Watcher, view: View) -> str:
    if view.owner is None:
        return config.results if watcher.seen else f"{config.results}: no run is at work there yet"
    quiet = time.time() - view.changed
    still = f"; nothing was written for {duration(quiet)}" if quiet > QUIET_SECONDS else ""
    return f"{config.results}: {view.owner}{still if view.changed else ''}"


def _words(watcher: Watcher, count: StepCount) -> str:
    pace = speed_of(*watcher.pace(count)) if count.done != count.total else ""
    return ", ".join(filter(None, (sound_of(count), pace)))


def _tell(config: Config, watcher: Watcher, console: Console) -> View:
    """A line for each step that gets through, for each failure, and now and then for the rest."""
    told: set[str] = set()
    finished: set[str] = set()
    began, last = time.monotonic(), 0.0
    owner = ""
    for view in _views(watcher):
        if not owner or (view.owner and owner != str(view.owner)):
            owner = str(view.owner)
            _line(console, "", _headline(config, watcher, view))
        _tell_failures(view, told, console.print)
        for count in view.reading.steps:
            if count.done == count.total and count.step.rule not in finished:
                finished.add(count.step.rule)
                _line(console, count.step.stage, _step_line(watcher, count))
        now = time.monotonic()
        if view.owner and now - last >= max(LINE_SECONDS, (now - began) / 20):
            last = now
            for count in view.reading.steps:
                places = places_of(view.reading, count.step.rule, MOST_PLACES)
                if places:
                    line = "; ".join([_step_line(watcher, count), *places])
                    _line(console, count.step.stage, line)
    return view


def _step_line(watcher: Watcher, count: StepCount) -> str:
    words = _words(watcher, count)
    jobs = f"{count.step.name}: {count.done} of {count.total}"
    return f"{jobs}, {words}" if words else jobs


def _line(console: Console, stage: str, text: str) -> None:
    console.print(Text(f"{time.strftime('%H:%M:%S')}  {stage:<10}  {text}".rstrip()))
    sys.stdout.flush()  # who reads it through a pipe reads it now


def _tell_failures(view: View, told: set[str], show: Callable[[Text], None]) -> None:
    """Those that are new, each once; of many at once the first."""
    new = [failure for failure in view.failures if failure not in told]
    told.update(new)
    for failure in new[:MOST_FAILURES]:
        show(Text(f"FAILED  {failure}", style="red"))
    if len(new) > MOST_FAILURES:
        show(Text(f"FAILED  and {len(new) - MOST_FAILURES} more", style="red"))
