"""Whether this machine has what a run needs: each finding with its cure."""

from snakescribe.setup.doctor.examine import CHECKS, examine
from snakescribe.setup.doctor.finding import Finding, State

__all__ = ["CHECKS", "Finding", "State", "examine"]
