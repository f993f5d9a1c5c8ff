"""
Shared by all stages: the checked configuration, the names that wildcards may take, and what
the lock file says a shard holds. Anything longer is tested Python in scripts/snakescribe/config.
"""

import os
import re
import shlex
import sys
from importlib import import_module
from pathlib import Path

from snakescribe.acquire.rounds import read_rounds
from snakescribe.config import check_config, expand_experiments, plan_passes
from snakescribe.config.slices import (
    as_json,
    context_fingerprint,
    experiment_settings,
    fetch_settings,
    listing_fingerprint,
    pace_settings,
    pass_settings,
    public_address,
    references_fingerprint,
    scoring_settings,
    shard_fingerprint,
)
from snakescribe.errors import UserError
from snakescribe.results import Results
from snakemake.exceptions import WorkflowError


def check_or_stop(raw):
    """Check the configuration; a mistake in it becomes a WorkflowError without a traceback."""
    sources = workflow.overwrite_configfiles or workflow.configfiles
    try:
        return check_config(dict(raw), ", ".join(map(str, sources)))
    except UserError as error:
        raise WorkflowError(str(error)) from None


config = check_or_stop(config)

# The URL may hold a password: jobs read it from the environment, never from params, which
# Snakemake prints and stores.
if url := config.pop("database")["url"]:
    os.environ.setdefault("SNAKESCRIBE_DATABASE_URL", url)

# How fast to download changes nothing that comes out, so it is no param either.
os.environ.update(SNAKESCRIBE_PACE=as_json(pace_settings(config)))

EXPERIMENTS = expand_experiments(config)
PASSES = plan_passes(EXPERIMENTS.values())
VARIANTS = sorted(
    {one.audio for one in PASSES.values()} | {config["chunking"]["detect_on"]}
)
RESULTS = Results(Path(config["results"]))

# A job that leaves something to try again raises its round: as a param it makes the next run do so.
# Read once, before any job: Snakemake evaluates params again when a job has finished.
ROUNDS = read_rounds(RESULTS.store)

# Rules call `snakescribe`: the one installed beside the running Snakemake, or, in a conda
# environment of its own, this repository's.
if workflow.deployment_settings.deployment_method:
    os.environ.update(PYTHONPATH=str(Path(workflow.basedir).parent / "scripts"))
    shell.prefix('snakescribe() { python -m snakescribe "$@"; }; ')
else:
    shell.prefix(f'PATH={shlex.quote(str(Path(sys.executable).parent))}:"$PATH"; ')


def one_of(names):
    """Names -> the wildcard constraint that admits only them."""
    return "|".join(re.escape(name) for name in names)


def step_version(step):
    """The version of a step's output; it is raised when a change of code changes what comes out."""
    return import_module(f"snakescribe.{step}").STEP_VERSION


def items(shard=None):
    """The rows of the lock file, of one shard or of all, once they have been resolved."""
    checkpoints.resolve_items.get()
    return RESULTS.items_by_shard()[shard] if shard else RESULTS.items()


def shard_items(wildcards):
    """What there is to fetch for a shard, as a fingerprint."""
    return shard_fingerprint(items(wildcards.shard))


def over_shards(pattern, **wildcards):
    """A path pattern -> an input function that gives the path for every shard."""

    def paths(_):
        checkpoints.resolve_items.get()
        return collect(pattern, shard=RESULTS.shards(), **wildcards)

    return paths


def passes_of(experiment):
    """The passes that transcribe an experiment's conditions."""
    return sorted(
        {f"{one.model}.{one.audio}" for one in EXPERIMENTS[experiment].conditions}
    )


def transcripts_of_experiment(wildcards):
    """The transcripts of an experiment, over its passes and all shards."""
    pattern = "<results>/transcripts/{passname}/{shard}.jsonl"
    return over_shards(pattern, passname=passes_of(wildcards.experiment))(wildcards)


def model_of_pass(wildcards):
    """The receipt of the model that a pass runs."""
    return f"<results>/models/{PASSES[wildcards.passname].model}.json"


def chunks_of_pass(wildcards):
    """The chunks of the audio variant that a pass transcribes."""
    return f"<results>/chunks/{PASSES[wildcards.passname].audio}/{wildcards.shard}.tsv"


def shard_context(wildcards):
    """The fields that prompts may use for the recordings of a shard, as a fingerprint."""
    return context_fingerprint(items(wildcards.shard))


def score_settings(wildcards):
    """What scoring an experiment depends on: its conditions and the scoring section."""
    experiment = EXPERIMENTS[wildcards.experiment]
    return as_json(scoring_settings(config, experiment))


def experiment_slice(wildcards):
    """All sections that an experiment uses."""
    return as_json(experiment_settings(config, EXPERIMENTS[wildcards.experiment]))


def all_references(_):
    """The state of all reference files, as a fingerprint."""
    return references_fingerprint(items())


def database_name():
    """Which database results go to, without user or password, so that a new one is loaded."""
    return public_address(os.environ.get("SNAKESCRIBE_DATABASE_URL", ""))


def chunks_of_baseline(wildcards):
    """The chunks of the audio that an experiment's baseline uses, for their SNR."""
    experiment = EXPERIMENTS[wildcards.experiment]
    variant = next(
        one.audio for one in experiment.conditions if one.name == experiment.baseline
    )
    return over_shards("<results>/chunks/{variant}/{shard}.tsv", variant=variant)(
        wildcards
    )
