"""
Shared by all stages: the checked configuration, the names that wildcards may take, and what
the lock file says a shard holds. Anything longer is tested Python in scripts/snakescribe/workflow.
"""

import atexit
import os
import re
import sys
from pathlib import Path

from snakescribe.acquire.rounds import read_rounds
from snakescribe.config.block import as_json
from snakescribe.config.conditions import cut_of
from snakescribe.config.experiments import expand_experiments, plan_passes
from snakescribe.config.used import chunkings_in_use, cuts_in_use, variants_in_use
from snakescribe.database.environment import (
    VARIABLE,
    given_ssh,
    server_environment,
    shown_address,
)
from snakescribe.errors import UserError
from snakescribe.logs import FOLDER_VARIABLE, LEVEL_VARIABLE, begin_logs, chosen_level
from snakescribe.results import Results
from snakescribe.workflow import fingerprints
from snakescribe.workflow import params as rule_params
from snakescribe.workflow.check import check_config, check_targets
from snakescribe.workflow.demands import Asking
from snakescribe.workflow.ending import Ending, stopping_on_faults
from snakescribe.workflow.overrides import merge, read_overrides
from snakescribe.workflow.read import read_written
from snakescribe.workflow.memory import remember_in
from snakescribe.workflow.mend import restore_items, tell_spoilt_items
from snakescribe.workflow.sole_run import hold, sweep
from snakescribe.workflow.run_record import RunRecord, write_record
from snakescribe.workflow.versions import step_version
from snakescribe.workflow.warnings import tell_warnings
from snakemake.exceptions import WorkflowError

# As the user wrote them, where they lie below the working directory.
CONFIGFILES = [
    str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
    for path in map(Path, workflow.overwrite_configfiles or workflow.configfiles)
]


def read_or_stop():
    """Check the configuration; a mistake in it becomes a WorkflowError without a traceback."""
    try:
        overrides = read_overrides(workflow.config_settings.config_args or [])
        for path in CONFIGFILES:  # as we read them: Snakemake lets a key stand twice
            read_written(Path(path))
        written = merge(config, overrides)
        checked = check_config(written, ", ".join(CONFIGFILES), overrides, inputs=True)
        check_targets(checked, sys.argv, ", ".join(CONFIGFILES))
        os.environ[LEVEL_VARIABLE] = chosen_level(os.environ, checked.logging.level)
    except UserError as error:
        raise WorkflowError(str(error)) from None
    return checked, written, RunRecord(tuple(CONFIGFILES), overrides)


CONFIG, WRITTEN, RECORD = read_or_stop()

if workflow.storage_settings.default_storage_provider:
    raise WorkflowError(
        f"results in object storage ({workflow.storage_settings.default_storage_prefix}) do not "
        "work: what costs time lies in {results}/store, which no rule declares, so that nothing "
        "uploads it. Give a folder that all jobs see (docs/clusters.md, Object storage)"
    )

# The URL may hold a password: jobs read it from the environment, never from params, which
# Snakemake prints and stores.
config.pop("database", None)
os.environ.update(server_environment(CONFIG.database))

# How fast to download changes nothing that comes out, so it is no param either.
os.environ.update(SNAKESCRIBE_PACE=as_json(rule_params.pace_params(CONFIG)))

EXPERIMENTS = expand_experiments(CONFIG)
PASSES = plan_passes(EXPERIMENTS.values())
CHUNKINGS = {cut_of(name): entry for name, entry in chunkings_in_use(CONFIG, PASSES)}
VARIANTS = sorted(variants_in_use(CONFIG, PASSES))
CUT_VARIANTS = [
    f"{cut_of(name)}{variant}" for name, variant in cuts_in_use(CONFIG, PASSES)
]

# Where another workflow takes this one in as a module with a prefix, Snakemake puts that before
# every path of a rule; what is no path of a rule follows.
MODIFIER = workflow.modifier
RESULTS = Results(Path(MODIFIER.path_modifier.replace_prefix(f"{CONFIG.results}/")))

# What Snakemake remembers of jobs travels with their results; where jobs log is no param.
remember_in(RESULTS.folder)
os.environ[FOLDER_VARIABLE] = str(RESULTS.folder.absolute() / "logs")

# What jobs ask of a cluster, by the audio that they work on.
ASKING = Asking(RESULTS)

# A job that leaves something to try again raises its round, a param, for the next run to see.
ROUNDS = read_rounds(RESULTS.store)


def one_of(names):
    """Names -> the wildcard constraint that admits only them; none admits nothing."""
    return "|".join(map(re.escape, names)) if names else "(?!)"


def items(shard=None):
    """The rows of the lock file, of one shard or of all, once they have been resolved."""
    checkpoints.resolve_items.get()
    return RESULTS.items_by_shard()[shard] if shard else RESULTS.items()


def over_shards(pattern, **wildcards):
    """A path pattern -> an input function that gives the path for every shard."""

    def paths(_):
        checkpoints.resolve_items.get()
        return collect(pattern, shard=RESULTS.shards(), **wildcards)

    return paths


def score_settings(wildcards):
    """What scoring an experiment depends on: its conditions and what counts as an error."""
    experiment = EXPERIMENTS[wildcards.experiment]
    return as_json(rule_params.score_params(CONFIG, experiment))


def compare_settings(wildcards):
    """What comparing an experiment's conditions depends on: the same and the statistics."""
    experiment = EXPERIMENTS[wildcards.experiment]
    return as_json(rule_params.compare_params(CONFIG, experiment))


def experiment_slice(wildcards):
    """All sections that an experiment uses, and what people say of it."""
    return as_json(
        rule_params.experiment_params(CONFIG, EXPERIMENTS[wildcards.experiment])
    )


include: "deployment.smk"
include: "inputs.smk"
