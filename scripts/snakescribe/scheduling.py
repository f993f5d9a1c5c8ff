"""Work in long turns: what counts is when all is done, and no turn is waited for.

ffmpeg hands each frame of 20 ms from one of its threads to the next. As a rule the kernel stops
whoever hands it on, and lets the other one begin at once: up to a third of the time that decoding
takes goes into changing turns. Under `SCHED_BATCH` the other one begins when it is its turn.
"""

import os
from contextlib import suppress


def take_long_turns() -> None:
    """Run this thread, those that it begins, and the programs that they start in long turns.

    A policy that somebody has chosen stays; so does all where there are none (sched(7) is Linux's),
    or a container forbids to choose.
    """
    if hasattr(os, "SCHED_BATCH"):
        with suppress(OSError):
            if os.sched_getscheduler(0) == os.SCHED_OTHER:
                os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
