"""Read, check and complete the configuration; expand its experiments into conditions."""

from snakescribe.config.check import check_config
from snakescribe.config.read import read_config
from snakescribe.config.sweep import Condition, Experiment, Pass, expand_experiments, plan_passes

__all__ = [
    "Condition",
    "Experiment",
    "Pass",
    "check_config",
    "expand_experiments",
    "plan_passes",
    "read_config",
]
