"""The configuration as data: its schema, and its experiments expanded into conditions."""

from snakescribe.config.experiments import (
    Condition,
    Experiment,
    Pass,
    expand_experiments,
    plan_passes,
)

__all__ = ["Condition", "Experiment", "Pass", "expand_experiments", "plan_passes"]
