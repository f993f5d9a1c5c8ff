"""Policies of the kernel's scheduler: tried in programs of their own, which keep them."""

import os
import subprocess
import sys

ASKS = "import os, sys; sys.stdout.write(str(os.sched_getscheduler(0)))"
TAKES = (
    "import subprocess, sys; from snakescribe.scheduling import take_long_turns; take_long_turns();"
    f"subprocess.run([sys.executable, '-c', {ASKS!r}], check=True)"
)
FORBIDDEN = (
    "import os\n"
    "def refuse(*given): raise PermissionError(1, 'Operation not permitted')\n"
    f"os.sched_setscheduler = refuse; {TAKES}"
)


def policy_of_started(code: str) -> int:
    """What a program does -> the policy of the program that it starts."""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return int(done.stdout)


def test_programs_that_are_started_take_long_turns() -> None:
    assert policy_of_started(TAKES) == os.SCHED_BATCH


def test_a_policy_that_was_chosen_stays() -> None:
    idle = "import os; os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0)); "
    assert policy_of_started(idle + TAKES) == os.SCHED_IDLE


def test_where_it_is_forbidden_all_stays_as_it_is() -> None:
    assert policy_of_started(FORBIDDEN) == os.sched_getscheduler(0)
