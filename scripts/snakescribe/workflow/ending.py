"""What a run says when it ends: what came of acquiring, what there is to know, what is undone."""

import os
import shlex
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from snakescribe.acquired import summarize, summary_lines, undone_lines
from snakescribe.config.conditions import Experiment
from snakescribe.errors import UserError
from snakescribe.machine import describe_fault
from snakescribe.results import Results
from snakescribe.store import read_json, write_json
from snakescribe.tables import Row
from snakescribe.workflow.notices import tell_notices

SOURCES_SHOWN = 5
# Snakemake itself has 0 and 1: docs/acquire.md.
NOTHING_DONE = 3
# Set where who started the run, `snakescribe run`, sums up one that went well.
SUMMED_UP_VARIABLE = "SNAKESCRIBE_SUMMED_UP"


@contextmanager
def stopping_on_faults() -> Iterator[None]:
    """End the run with one line where the user or this machine is at fault.

    In Snakemake's hooks and input functions an exception would come out with a traceback.
    """
    try:
        yield
    except UserError as error:
        sys.exit(f"Error: {error}")
    except OSError as error:
        sys.exit(f"Error: {describe_fault(error)}")


class Ending:
    """Says on standard error, at the end of a run, what its logs would keep to themselves.

    Snakemake calls hooks where it had something to do; where it had nothing, only the interpreter's
    own end is left to say what the last run left undone.
    """

    def __init__(
        self, results: Results, experiments: Iterable[Experiment], variants: Iterable[str]
    ) -> None:
        self._results = results
        self._experiments = list(experiments)
        self._variants = list(variants)
        self._ended = False

    @property
    def _command(self) -> str:
        return shlex.join(["snakescribe", "acquire", "status", str(self._results.folder)])

    def begin(self) -> None:
        """Say what the last run could not do, without reading the tables of all recordings."""
        if undone := self._last()["undone"]:
            print(
                f"The last run left undone: {'; '.join(undone)}; {self._command}", file=sys.stderr
            )

    def end(self, failed: bool = False) -> int:
        """Say all of a run that did something; return its exit code.

        0, unless recordings were to be acquired and not one could be had.

        Args:
            failed: whether jobs of it did.
        """
        self._ended = True
        with stopping_on_faults():  # of tables that are damaged
            summary = summarize(self._results)
            if failed or summary.nothing_done or SUMMED_UP_VARIABLE not in os.environ:
                for line in summary_lines(summary, SOURCES_SHOWN, self._command):
                    print(line, file=sys.stderr)
                tell_notices(self._results, self._experiments, self._variants)
        told = {"undone": undone_lines(summary), "nothing_done": summary.nothing_done}
        code = self._tell(told)
        with stopping_on_faults():
            write_json(self._results.store / "undone.json", told)
        return code

    def end_idle(self, workflow: Any) -> None:
        """Say what is undone where Snakemake found nothing to do: it ends as the last run did.

        Called when the interpreter ends, where another exit code needs another way out.

        Args:
            workflow: Snakemake's, which has a scheduler once it knows what is to be done.
        """
        if self._ended or workflow.scheduler is None or len(workflow.dag):
            return
        code = self._tell(self._last())
        if code and not workflow.dryrun:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _tell(self, told: Row) -> int:
        if told["undone"]:
            head = "Nothing" if told["nothing_done"] else "Not all that was asked"
            print(f"{head} could be done: {'; '.join(told['undone'])}.", file=sys.stderr)
            print(f"What to do: {self._command}", file=sys.stderr)
        return NOTHING_DONE if told["nothing_done"] else 0

    def _last(self) -> Row:
        """What the last run that did something could not do."""
        path = self._results.store / "undone.json"
        nothing: Row = {"undone": [], "nothing_done": False}
        try:
            return {**nothing, **(read_json(path) if path.exists() else {})}
        except UserError:  # damaged: this run's end writes it anew
            return nothing
