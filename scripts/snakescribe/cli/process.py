"""``snakescribe process``: prepare the audio, plan the chunks, cut them."""

import os
from pathlib import Path
from typing import Any

import click

from snakescribe.allocator import keep_freed_memory
from snakescribe.cli.options import (
    ConfigCommand,
    Folder,
    InputFile,
    Json,
    OutputFile,
    PathPart,
    config_argument,
    notices_option,
)
from snakescribe.cli.run import StageGroup
from snakescribe.config.channels import AUTO, CHANNELS
from snakescribe.scheduling import take_long_turns

OptionalFile = click.Path(dir_okay=False, path_type=Path)
_MOST = 4


def default_threads() -> int:
    """Nothing -> how many recordings to work on at once: this process's cores, at most 4."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(_MOST, cores or 1))


Store = click.option(
    "--store", type=Folder, required=True, help="Content-keyed store, where the files lie."
)
Threads = click.option(
    "--threads",
    type=click.IntRange(min=1),
    default=default_threads,
    help="Recordings to work on at once; the default is the cores, at most 4.",
)


@click.group(cls=StageGroup)
def process() -> None:
    """Prepare the audio, plan the chunks and cut them.

    \b
        snakescribe process inspect config/demo.yaml museum-clockmaker-1
    """


@process.command()
@click.option("--recordings", type=InputFile, required=True, help="Table of acquired recordings.")
@click.option("--filters", type=Json, default="[]", help="The variant's chain of filters, as JSON.")
@click.option(
    "--channel",
    type=click.Choice((AUTO, *CHANNELS)),
    default=AUTO,
    show_default=True,
    help="Which channels of a recording are heard.",
)
@click.option("--track", default="", help="Number, from 0, or language of the audio track.")
@click.option("--apart", is_flag=True, help="Keep channels apart, whatever is heard in each.")
@click.option("--items", type=InputFile, help="The lock file, for the recordings' own columns.")
@click.option("--shard", type=PathPart, help="Of the lock file, the rows of this shard alone.")
@click.option("--terms", help="For the filter silence_terms: `scoring.terms`, as JSON.")
@Store
@click.option("--output", type=OutputFile, required=True, help="Audio table to write.")
@Threads
@notices_option
@click.option("--variant", default="", help="The variant's name, for the notices.")
def prepare(
    filters: Any, threads: int, variant: str, notices: Path | None, items: Path | None, **rest: Any
) -> None:
    """Turn recordings into 16 kHz mono FLAC, with filters applied.

    \b
        snakescribe process prepare --recordings results/recordings/s00000.tsv \\
            --filters '["wiener", {"ffmpeg": {"filter": "highpass=f=80"}}]' \\
            --store results/store --output results/audio/denoised/s00000.tsv
    """
    take_long_turns()  # a sixth of ffmpeg's time
    keep_freed_memory()  # the blocks that samples are rounded in

    from snakescribe.acquire.rounds import open_round
    from snakescribe.notices import Job, collecting
    from snakescribe.process.filters import parse_chain
    from snakescribe.process.params import SilencedTerms
    from snakescribe.process.prepare import prepare_audio
    from snakescribe.process.term_spans import with_silence
    from snakescribe.process.wishes import Wish, Wishes
    from snakescribe.tables import ITEMS, read_table

    shard, terms = rest.pop("shard"), rest.pop("terms")
    only = {"shard": shard} if shard else {}
    wish = Wish(rest.pop("channel"), rest.pop("track"), apart=rest.pop("apart"))
    job = Job("process", "prepare_audio", f"{variant}/{rest['recordings'].stem}")
    with collecting(job, notices):
        rows = list(read_table(ITEMS, items, **only)) if items else []
        chain = parse_chain(filters)
        wishes = Wishes.of(wish, rows)
        if terms:
            given = SilencedTerms.from_json(terms, "--terms")
            wishes = with_silence(wishes, chain, rows, given)
        if prepare_audio(chain=chain, wishes=wishes, threads=threads, **rest):
            open_round(rest["store"], rest["recordings"].stem)


@process.command()
@click.option("--audio", type=InputFile, required=True, help="Audio table to find speech in.")
@click.option("--chunking", default="{}", help="Settings of `chunking`, as JSON.")
@Store
@click.option("--output", type=OutputFile, required=True, help="Plans table to write.")
@Threads
@notices_option
@click.option("--place", default="", help="The chunking and the shard, for the notices.")
@click.option("--items", type=OptionalFile, help="The lock file, for the method `reference`.")
@click.option("--recordings", type=OptionalFile, help="The recordings table, for the same.")
@click.option("--shard", type=PathPart, help="Of the lock file, the rows of this shard alone.")
def plan(
    chunking: str,
    threads: int,
    notices: Path | None,
    place: str,
    items: Path | None,
    recordings: Path | None,
    shard: str | None,
    **paths: Path,
) -> None:
    """Find speech and decide where every variant is cut.

    \b
        snakescribe process plan --audio results/audio/raw/s00000.tsv \\
            --chunking '{"max_seconds": 20}' \\
            --store results/store --output results/plans/s00000.tsv
    """
    keep_freed_memory()  # what Silero takes and drops: a tenth of its time

    from snakescribe.notices import Job, collecting
    from snakescribe.process.params import PlanParams
    from snakescribe.process.plan import References, plan_shard

    params = PlanParams.from_json(chunking, "--chunking")
    references = None
    if params.method == "reference":
        if items is None or recordings is None:
            raise click.UsageError("the method reference needs --items and --recordings")
        references = References.read(items, recordings, shard)
    job = Job("process", "plan_chunks", place or paths["audio"].stem)
    with collecting(job, notices):
        plan_shard(params=params, references=references, threads=threads, **paths)


@process.command()
@click.option("--audio", type=InputFile, required=True, help="Audio table of the variant to cut.")
@click.option("--plans", type=InputFile, required=True, help="Plans table: where to cut.")
@click.option("--raw", type=InputFile, help="Audio table of the variant without any filter.")
@Store
@click.option("--output", type=OutputFile, required=True, help="Chunks table to write.")
@Threads
@notices_option
@click.option("--variant", default="", help="The variant's name, for the notices.")
def cut(threads: int, notices: Path | None, variant: str, raw: Path | None, **paths: Path) -> None:
    """Cut a variant at the plan's places and measure each chunk's quality.

    \b
        snakescribe process cut --audio results/audio/denoised/s00000.tsv \\
            --plans results/plans/s00000.tsv --raw results/audio/raw/s00000.tsv \\
            --store results/store --output results/chunks/denoised/s00000.tsv
    """
    keep_freed_memory()  # the arrays that figures of quality are made of

    from snakescribe.notices import Job, collecting
    from snakescribe.process.cut import cut_shard

    job = Job("process", "cut_chunks", f"{variant}/{paths['audio'].stem}")
    with collecting(job, notices):
        cut_shard(threads=threads, raw=raw, **paths)


@process.command(cls=ConfigCommand)
@config_argument
@click.argument("recordings", metavar="RECORDING...", nargs=-1, required=True)
@click.option("--chunking", help="Whose cuts are drawn; default: the first that is in use.")
@click.option("--output", type=Folder, help="Where pictures go; default: {results}/inspect.")
def inspect(
    recordings: tuple[str, ...], configfile: Path, chunking: str | None, output: Path | None
) -> None:
    """Draw recordings: waveform, spectrogram, speech regions, cuts and SNR of every variant.

    A PNG for each, named by the recording's id.

    \b
        snakescribe process inspect config/demo.yaml museum-clockmaker-1
    """
    from snakescribe.config.experiments import expand_experiments, plan_passes
    from snakescribe.config.used import chunkings_in_use
    from snakescribe.errors import UserError, did_you_mean
    from snakescribe.pictures.draw import draw_recording
    from snakescribe.pictures.tracks import read_tracks
    from snakescribe.process.stored import CheckedSounds
    from snakescribe.results import Results
    from snakescribe.store import replacing
    from snakescribe.workflow.read import read_run

    config = read_run(configfile)
    results = Results(Path(config.results))
    passes = plan_passes(expand_experiments(config).values())
    cuts = [name for name, _ in chunkings_in_use(config, passes)] or [""]
    if chunking is not None and chunking not in cuts:
        remedy = did_you_mean(chunking, filter(None, cuts))
        raise UserError(f"--chunking: no experiment uses '{chunking}'; {remedy}")
    for recording in recordings:
        drawn = cuts[0] if chunking is None else chunking
        tracks = read_tracks(results, recording, list(config.audio), drawn)
        picture = draw_recording(tracks, recording, CheckedSounds(results))
        path = (output or results.folder / "inspect") / f"{recording}.png"
        with replacing(path) as part:
            part.write_bytes(picture)
        click.echo(path)
