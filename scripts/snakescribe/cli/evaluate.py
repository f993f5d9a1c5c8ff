"""``snakescribe evaluate``: from transcripts to scores, intervals and tests."""

import os
from pathlib import Path

import click

from snakescribe.allocator import keep_freed_memory
from snakescribe.cli.options import Folder, InputFile, OutputFile, PathPart, notices_option
from snakescribe.cli.run import StageGroup


@click.group(cls=StageGroup)
def evaluate() -> None:
    """Score transcripts against references and compare conditions.

    \b
    Example:
        snakescribe evaluate summary --results results --experiment prompt_study
    """


@evaluate.command()
@click.option("--results", type=Folder, required=True, help="The folder with all tables.")
@click.option("--settings", required=True, help="`experiment` and `scoring`, as JSON.")
@click.option("--threads", type=click.IntRange(1), default=1, help="Shards scored at a time.")
@click.option("--output", type=OutputFile, required=True, help="Parquet file to write.")
@notices_option
def score(results: Path, settings: str, threads: int, output: Path, notices: Path | None) -> None:
    """Align transcripts with references and count errors, chunk by chunk.

    \b
        snakescribe evaluate score --results results/demo --settings "$(cat settings.json)" \\
            --output results/demo/scores/study/chunks.parquet
    """
    _prepare()
    from snakescribe.evaluate.params import ScoreParams
    from snakescribe.evaluate.score.run import score_experiment
    from snakescribe.notices import Job, collecting

    params = ScoreParams.from_json(settings, "--settings")
    job = Job("evaluate", "score_transcripts", params.experiment.name)
    with collecting(job, notices):
        score_experiment(results, params, output, threads)


@evaluate.command()
@click.option("--results", type=Folder, required=True, help="The folder with all tables.")
@click.option("--settings", required=True, help="The experiment and its chunkings, as JSON.")
@click.option("--output", type=OutputFile, required=True, help="CSV: one row a chunking.")
def chunkings(results: Path, settings: str, output: Path) -> None:
    """Tell how full chunks are, what speech they lose, and which cuts fall on speech.

    \b
        snakescribe evaluate chunkings --results results/demo --settings "$(cat settings.json)" \\
            --output results/demo/scores/study/chunkings.csv
    """
    from snakescribe.evaluate.chunkings import tabulate_chunkings
    from snakescribe.evaluate.params import ChunkingParams

    tabulate_chunkings(results, ChunkingParams.from_json(settings, "--settings"), output)


@evaluate.command()
@click.option("--scores", type=InputFile, required=True, help="What `evaluate score` wrote.")
@click.option("--settings", required=True, help="`experiment` and `scoring`, as JSON.")
@click.option("--threads", type=click.IntRange(1), default=1, help="Tables made at a time.")
@click.option("--conditions", type=OutputFile, required=True, help="CSV: one row a condition.")
@click.option("--comparisons", type=OutputFile, required=True, help="CSV: one row a comparison.")
@click.option("--metrics", type=OutputFile, required=True, help="CSV: figures by normaliser.")
@click.option("--factors", type=OutputFile, required=True, help="CSV: the effect of each factor.")
@click.option("--strata", type=OutputFile, required=True, help="CSV: figures by stratum.")
@click.option("--calibration", type=OutputFile, required=True, help="CSV: reliability.")
@click.option("--terms", type=OutputFile, required=True, help="CSV: one row a term.")
@click.option("--errors", type=OutputFile, required=True, help="CSV: the most frequent errors.")
@click.option("--suspects", type=OutputFile, required=True, help="CSV: doubtful reference words.")
@click.option("--combinations", type=OutputFile, required=True, help="CSV: engines together.")
@click.option("--repeats", type=OutputFile, required=True, help="CSV: noise of the model itself.")
@notices_option
def compare(scores: Path, settings: str, threads: int, notices: Path | None, **files: Path) -> None:
    """Sum errors by condition; compare with the baseline and all pairs.

    \b
        snakescribe evaluate compare --scores chunks.parquet --settings "$(cat settings.json)" \\
            --conditions conditions.csv --comparisons comparisons.csv --metrics metrics.csv \\
            --factors factors.csv --strata strata.csv --calibration calibration.csv \\
            --terms terms.csv --errors errors.csv --suspects suspects.csv \\
            --combinations combinations.csv
    """
    _prepare()
    from snakescribe.evaluate.compare.run import ComparisonFiles, compare_conditions
    from snakescribe.evaluate.params import CompareParams
    from snakescribe.notices import Job, collecting

    params = CompareParams.from_json(settings, "--settings")
    job = Job("evaluate", "compare_conditions", params.experiment.name)
    with collecting(job, notices):
        compare_conditions(scores, params, ComparisonFiles(**files), threads)


@evaluate.command()
@click.option("--write", type=InputFile, help="Put the tables into this Markdown file instead.")
def columns(write: Path | None) -> None:
    """Describe every column of the scores, as Markdown.

    \b
        snakescribe evaluate columns | grep wer_low
    """
    from snakescribe.docs.generated import COLUMNS, replace_generated, score_tables_text

    if write:
        replace_generated(write, COLUMNS, score_tables_text())
    else:
        click.echo(score_tables_text(), nl=False)


@evaluate.command()
@click.option("--results", type=Folder, required=True, help="The folder with all tables.")
@click.option("--experiment", type=PathPart, required=True, help="Name of the experiment.")
def summary(results: Path, experiment: str) -> None:
    """Print each condition's error rate, speed and verdict.

    \b
    Example:
        snakescribe evaluate summary --results results --experiment prompt_study
    """
    from rich.console import Console

    from snakescribe.cli.figures import print_summary

    print_summary(results, experiment, Console())


def _prepare() -> None:
    """Before numpy is imported: keep memory, and leave the use of threads to us."""
    keep_freed_memory()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its threads wait in loops
