"""What of a results folder can be removed, what each costs afterwards, and its removal."""

from snakescribe.workflow.clean.kinds import KINDS, SAFE
from snakescribe.workflow.clean.remove import Removable, find_removable, remove

__all__ = ["KINDS", "SAFE", "Removable", "find_removable", "remove"]
