"""What a run prints while it runs: which recording it is at and how much sound is left.

On a terminal a few lines move at its foot; in a file there is a line for each step, and now and
then one that tells how far the run is. Snakemake's own log file has all of the rest.
"""

import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from logging import DEBUG, WARNING, LogRecord
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text
from snakemake.logging import ColorizingTextHandler, DefaultFormatter
from snakemake_interface_logger_plugins.common import LogEvent

from snakescribe.logs import FOLLOWED_VARIABLE
from snakescribe.report.numbers import duration
from snakescribe.workflow.following import Followed, followed
from snakescribe.workflow.sound import CLOCKS_APART, Reading, SoundMeter, Speed, StepCount
from snakescribe.workflow.steps import ASIDE, STEPS, Job, Step
from snakescribe.workflow.wording import last_lines, places_of, sound_of, speed_of

EVERY_SECONDS = 30.0  # a line where nothing moves; of a long run each twentieth of its time
LOOK_SECONDS = 2.0
MOST_PLACES = 4

# What Snakemake says of itself; all else it says is shown.
CHATTER = (
    "Assuming unrestricted", "Building DAG", "Using shell", "Provided ", "Rules claiming",
    "Group jobs: inactive", "Conda environments: ignored", "Singularity containers: ignored",
    "Select jobs", "Execute ", "DAG of jobs will be", "Updating checkpoint", "Processed ",
    "Updating jobs with queue", "Elapsed time",
    "RuleException:\nCalledProcessError",  # of a job whose log is shown
    "Submitted ",
)  # fmt: skip
SUBMITTED = re.compile(r"(Group )?[Jj]ob \S+ has been submitted")


class Terminal:
    """Tells of a run by Snakemake's records of it.

    Args:
        settings: Snakemake's, of its output.
    """

    def __init__(self, settings: Any) -> None:
        self._settings = settings
        stream = sys.stdout if settings.stdout else sys.stderr
        plain = DefaultFormatter(settings.quiet, settings.show_failed_logs)
        self._run: Followed | None = None
        self._plain = ColorizingTextHandler(settings.nocolor, stream, plain)
        self._console = Console(
            file=stream, highlight=False, no_color=settings.nocolor or None, soft_wrap=True
        )
        self._moves = self._console.is_terminal and not self._console.is_dumb_terminal
        self._live: Live | None = None
        self._began = self._told = time.monotonic()
        self._running: dict[int, tuple[Job, float]] = {}
        self._since: dict[str, tuple[Step, float]] = {}
        self._lacking: dict[str, set[Path]] | None = None
        self._reading: Reading | None = None
        self._speeds: dict[str, Speed] = {}
        # Replaced, never changed: who draws it holds Live's lock and must not wait for ours, since
        # who prints holds ours and waits for Live's.
        self._foot: list[tuple[StepCount, str, list[str]]] = []
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._teller = threading.Thread(target=self._tell, daemon=True)
        self._handlers: dict[Any, Callable[[LogRecord], None]] = {
            LogEvent.JOB_INFO: self._begin_job,
            LogEvent.JOB_FINISHED: self._finish_job,
            LogEvent.JOB_ERROR: self._fail_job,
            LogEvent.GROUP_ERROR: self._fail_group,
            LogEvent.SHELLCMD: self._show_plainly,
            LogEvent.DEBUG_DAG: self._show_plainly,
            LogEvent.ERROR: self._show_message,
            None: self._show_message,
        }
        if not settings.dryrun:
            os.environ[FOLLOWED_VARIABLE] = "1"

    def handle(self, record: LogRecord) -> None:
        """Tell of one record of Snakemake's; of workflows that are not ours as Snakemake does."""
        event = getattr(record, "event", None)
        if self._settings.dryrun or (event is not None and followed() is None):
            self._plain.emit(record)
            return
        with self._lock:
            if handler := self._handlers.get(event):
                handler(record)
            self._foot = list(self._active()) if self._moves else []

    def close(self) -> None:
        """Take what moves from the terminal."""
        self._ended.set()
        if self._live:
            self._live.stop()
            self._live = None

    def _begin_job(self, record: LogRecord) -> None:
        fields = vars(record)
        rule, wildcards = fields["rule_name"], dict(fields["wildcards"] or {})
        step = next((step for step in STEPS if step.rule == rule), None)
        stage, name = ASIDE.get(rule, ("", rule.replace("_", " ")))
        output, log = (Path(next(iter(fields[key]), "")) for key in ("output", "log"))
        job = Job(step or Step(stage, name, rule, ""), wildcards, output, log)
        self._running[fields["jobid"]] = job, record.created - CLOCKS_APART
        if job.log.name:  # targets have none
            self._since.setdefault(rule, (job.step, time.monotonic()))
        if self._lacking is None:
            self._look_at_graph()
        self._start_telling()

    def _look_at_graph(self) -> None:
        """Ask Snakemake what is to be done; it alone knows what of that is there, but outdated."""
        self._run = followed()
        for _ in range(3 if self._run else 0):
            with suppress(RuntimeError):  # the graph changes while it is read
                self._lacking = {}
                for rule, outputs in self._run.lacking() if self._run else ():
                    self._lacking.setdefault(rule, set()).update(map(Path, outputs[:1]))
                break
        self._tell_done()

    def _finish_job(self, record: LogRecord) -> None:
        job, _ = self._running.pop(vars(record)["job_id"], (None, 0.0))
        if job is None:
            return
        if self._lacking is not None:
            self._lacking.get(job.step.rule, set()).discard(job.output)
            self._tell_done()
        if job.step.rule == "resolve_items":  # the graph grows: what is to be done is known anew
            self._lacking = None

    def _tell_done(self) -> None:
        """Tell of the steps that have nothing left to do."""
        for rule, (step, began) in list(self._since.items()):
            if not (self._lacking or {}).get(rule):
                del self._since[rule]
                took = duration(time.monotonic() - began)
                self._say(step.stage, f"{step.name}{self._result_of(rule)} in {took}")

    def _result_of(self, rule: str) -> str:
        """What a step that is through has made, in words."""
        if not self._run:
            return ""
        if rule == "resolve_items":
            listed = sum(map(len, self._run.jobs.results.items_by_shard().values()))
            return f": {listed}"
        self._look()
        count = self._reading and self._reading.step(rule)
        told = sound_of(count) if count else ""
        return f": {told}" if told else ""

    def _fail_job(self, record: LogRecord) -> None:
        fields = vars(record)
        job, _ = self._running.pop(fields["jobid"], (None, 0.0))
        step = job.step if job else Step("", fields["rule_name"], fields["rule_name"], "")
        which = f": {job.name}" if job and job.name else ""
        self._say(step.stage, f"FAILED: {step.name}{which}", style="bold red")
        for key, value in (fields.get("aux") or {}).items():
            self._print(f"    {key}: {value}")
        self._show_logs(fields["log"])
        if not fields["log"]:
            self._plain.emit(record)

    def _show_logs(self, logs: Iterable[str]) -> None:
        for log in logs:
            self._print(f"    the last lines of {log}:")
            for line in last_lines(Path(log)):
                self._print(f"    | {line}")

    def _fail_group(self, record: LogRecord) -> None:
        """A cluster's job that held several of ours; Snakemake tells of each of them after this."""
        fields = vars(record)
        count = len(fields["job_error_info"])
        self._say("", f"FAILED: one of {count} jobs that ran as one", style="bold red")
        self._show_logs(fields["aux_logs"])

    def _show_message(self, record: LogRecord) -> None:
        text = record.getMessage().strip()
        if record.levelno <= DEBUG:
            self._print(text, style="dim")
        elif text and text != "None" and not (text.startswith(CHATTER) or SUBMITTED.match(text)):
            loud = "yellow" if record.levelno == WARNING else "red"
            self._print(text, style=loud if record.levelno >= WARNING else "")

    def _show_plainly(self, record: LogRecord) -> None:
        self._print(self._plain.format(record))

    def _say(self, stage: str, text: str, style: str = "") -> None:
        self._print(f"{time.strftime('%H:%M:%S')}  {stage:<10}  {text}", style=style)
        self._told = time.monotonic()

    def _print(self, text: str, style: str = "") -> None:
        self._console.print(Text(text, style=style))

    def _start_telling(self) -> None:
        """Begin to tell how far the run is, once it is known which one it is."""
        if self._teller.is_alive() or self._ended.is_set() or not self._run:
            return
        self._teller.start()
        if self._moves:
            self._live = Live(
                get_renderable=self._draw,
                console=self._console,
                transient=True,
                refresh_per_second=2,
            )
            self._live.start()

    def _tell(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            with self._lock:
                self._look()
                self._foot = list(self._active()) if self._moves else []
                now = time.monotonic()
                pause = max(EVERY_SECONDS, (now - self._began) / 20)
                if not self._moves and now - self._told >= pause:
                    self._tell_lines()

    def _look(self) -> None:
        if not self._run:
            return
        lacking = self._lacking or {}
        since = {job.log: began for job, began in self._running.values()}
        self._reading = SoundMeter(self._run.jobs).read(
            running=lambda job: since.get(job.log),
            outdated=lambda job: job.output in lacking.get(job.step.rule, ()),
        )
        for count in self._reading.steps:
            if count.sound:
                self._speeds.setdefault(count.step.rule, Speed()).see(count.heard)

    def _active(self) -> Iterator[tuple[StepCount, str, list[str]]]:
        """The steps at work -> each with its progress in words, and where its jobs are."""
        rules = {job.step.rule for job, _ in self._running.values()}
        for count in self._reading.steps if self._reading else ():
            rule = count.step.rule
            if self._reading and rule in rules:
                speed = self._speeds.get(rule)
                pace = speed_of(speed.rate, speed.left(count)) if speed else ""
                words = ", ".join(filter(None, (sound_of(count) or count.step.name, pace)))
                yield count, words, places_of(self._reading, rule, MOST_PLACES)

    def _tell_lines(self) -> None:
        for count, words, places in self._active():
            self._say(count.step.stage, "; ".join([words, *places]))

    def _draw(self) -> Table:
        """What moves at the foot of the terminal."""
        table = Table.grid(padding=(0, 1))
        for count, words, places in self._foot:
            whole, part = (count.sound, count.heard) if count.sound else (count.total, count.done)
            bar = ProgressBar(whole or 1, part, width=24)
            table.add_row(Text(count.step.stage, style="bold"), bar, Text(words))
            for place in places:
                table.add_row("", "", Text(place, style="dim"))
        return table
