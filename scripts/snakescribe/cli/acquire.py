"""The commands of the stage `acquire`."""

from pathlib import Path
from typing import Any

import click

from snakescribe.cli.options import (
    ConfigCommand,
    Folder,
    InputFile,
    Json,
    OutputFile,
    PathPart,
    RunPlace,
    config_argument,
    notices_option,
)
from snakescribe.cli.run import StageGroup
from snakescribe.logs import is_followed

_pace_option = click.option(
    "--pace",
    default="{}",
    envvar="SNAKESCRIBE_PACE",
    show_envvar=True,
    help="How fast and how often to ask: `concurrent_downloads` and so on.",
)


@click.group(cls=StageGroup)
def acquire() -> None:
    """Acquire the recordings: from lists of IDs to audio, metadata and captions.

    \b
        snakescribe acquire status config/mine.yaml
    """


@acquire.command("resolve", cls=ConfigCommand)
@click.argument("configfile", metavar="[CONFIG]", type=RunPlace, required=False)
@click.option(
    "--sources", "recordings", type=Json, default="[]", help="`recordings` of the config, as JSON."
)
@click.option("--context", type=Json, default="[]", help="`context` of the config, as JSON.")
@click.option(
    "--recordings-per-shard",
    callback=lambda _, __, text: int(text) if text and text.isdecimal() else text,
    help="Recordings in a shard, or auto; else as in a config that does not say.",
)
@click.option("--youtube-api-url", default="", help="Base URL of the YouTube Data API.")
@click.option("--store", type=Folder, help="Folder that keeps the lock.")
@click.option("--output", type=OutputFile, help="The `items.tsv` to write.")
@notices_option
@click.option("--update", is_flag=True, help="List channels, feeds and the like again.")
@_pace_option
def resolve_command(
    store: Path | None,
    output: Path | None,
    notices: Path | None,
    configfile: Path | None,
    update: bool,
    pace: str,
    **written: Any,
) -> None:
    """List the recordings of all sources and give each a shard that it keeps.

    What the web lists is asked for once. With --update it is asked for again: the log shows what
    is new and what has vanished, and nothing is dropped. With CONFIG, all but --update is taken
    from there.

    \b
    Examples:
        snakescribe acquire resolve config/mine.yaml --update
        snakescribe acquire resolve --sources '[{"source": "folder", "path": "talks"}]' \\
            --store results/store --output results/items.tsv
    """
    from snakescribe.acquire.params import ResolveParams
    from snakescribe.acquire.resolve import resolve_items
    from snakescribe.config.acquire import Pace
    from snakescribe.config.block import as_json
    from snakescribe.notices import Job, collecting
    from snakescribe.results import Results
    from snakescribe.store import alone
    from snakescribe.tables import ITEMS, NOTICES

    asked = Pace.from_json(pace, "--pace")
    if configfile:
        from snakescribe.workflow.params import pace_params, resolve_params
        from snakescribe.workflow.read import read_run

        config = read_run(configfile)
        params = resolve_params(config)
        results = Results(Path(config.results))
        asked = asked if asked.given() else pace_params(config)
        store, output = results.store, results.path(ITEMS)
        notices = results.path(NOTICES, step="resolve_items", place="all")
    else:
        given = {key: value for key, value in written.items() if value is not None}
        params = ResolveParams.from_json(as_json(given), "--sources, --context")
    if not (params.recordings and store and output):
        raise click.UsageError("give CONFIG, or --sources, --store and --output")
    store.mkdir(parents=True, exist_ok=True)
    with alone(store), collecting(Job("acquire", "resolve_items", "all"), notices):
        count = resolve_items(params, store, output, asked, update)
    if not is_followed():
        click.echo(f"{output}: {count} recordings")


@acquire.command("drop", cls=ConfigCommand)
@config_argument
@click.argument("recordings", nargs=-1, required=True)
def drop_command(configfile: Path, recordings: tuple[str, ...]) -> None:
    """Drop recordings, by their ids, that their sources no longer list.

    They leave the lock file; the next run of the workflow goes on without them. What was downloaded
    stays in the store. Put `--` before ids that start with a dash.

    \b
    Example:
        snakescribe acquire drop config/mine.yaml jNQXAC9IVRw
    """
    from snakescribe.acquire.drop import drop_recordings
    from snakescribe.results import Results
    from snakescribe.tables import ITEMS
    from snakescribe.workflow.read import read_run

    config = read_run(configfile)
    results = Results(Path(config.results))
    for dropped in drop_recordings(results, config.recordings, set(recordings)):
        listing = f"once listed by {dropped.listing}"
        click.echo(f"dropped {dropped.recording} of {dropped.shard}, {listing}")
    click.echo(f"{results.path(ITEMS)}: {len(results.items())} recordings")


@acquire.command("fetch")
@click.option("--items", type=InputFile, required=True, help="The `items.tsv` of the run.")
@click.option("--shard", type=PathPart, required=True, help="The shard to fetch, such as s00000.")
@click.option("--settings", default="{}", help="What to fetch: `format` and so on.")
@_pace_option
@click.option("--store", type=Folder, required=True, help="Folder that keeps what was fetched.")
@click.option("--output", type=OutputFile, required=True, help="The recordings table to write.")
@notices_option
def fetch_command(
    shard: str, settings: str, pace: str, notices: Path | None, **paths: Path
) -> None:
    """Fetch the recordings of a shard; what cannot be had gets a status and a reason.

    \b
    Example:
        snakescribe acquire fetch --items results/items.tsv --shard s00000 \\
            --store results/store --output results/recordings/s00000.tsv
    """
    from snakescribe.acquire.fetch import fetch_recordings
    from snakescribe.acquire.params import FetchParams
    from snakescribe.config.acquire import Pace
    from snakescribe.notices import Job, collecting

    what = FetchParams.from_json(settings, "--settings")
    asked = Pace.from_json(pace, "--pace")
    with collecting(Job("acquire", "fetch_recordings", shard), notices):
        count = fetch_recordings(shard=shard, settings=what, pace=asked, **paths)
    if not is_followed():
        click.echo(f"{paths['output']}: {count} recordings")


@acquire.command("describe")
@click.option("--results", type=Folder, required=True, help="The results folder of the run.")
@click.option("--youtube-api-url", default="", help="Base URL of the YouTube Data API.")
@click.option(
    "--before-download",
    is_flag=True,
    help="Nothing is fetched yet: ask the pages, and write into described/.",
)
@notices_option
@_pace_option
def describe_command(
    results: Path, youtube_api_url: str, before_download: bool, notices: Path | None, pace: str
) -> None:
    """Write what sites say about the recordings into tables under metadata/.

    \b
    Example:
        YOUTUBE_API_KEY=... snakescribe acquire describe --results results
    """
    from snakescribe.acquire.metadata import collect_metadata
    from snakescribe.config.acquire import Pace
    from snakescribe.notices import Job, collecting
    from snakescribe.results import Results

    rule = "look_up_recordings" if before_download else "describe_recordings"
    with collecting(Job("acquire", rule, "all"), notices):
        asked = Pace.from_json(pace, "--pace")
        counts = collect_metadata(Results(results), asked, youtube_api_url, before_download)
    if not is_followed():
        click.echo(", ".join(f"{count} {name}" for name, count in counts.items()))


@acquire.command("library")
@click.option("--results", type=Folder, required=True, help="The results folder of the run.")
@click.option(
    "--files",
    type=click.Choice(["links", "copies"]),
    required=True,
    help="What to lay.",
)
@click.option("--output", type=OutputFile, required=True, help="The index to write.")
@notices_option
def library_command(results: Path, files: str, output: Path, notices: Path | None) -> None:
    """Lay the acquired recordings by source, channel and day, under names that people read.

    \b
    Example:
        snakescribe acquire library --results results/mine --files links \\
            --output results/mine/library/index.tsv
    """
    from snakescribe.acquire.library import lay_library
    from snakescribe.notices import Job, collecting
    from snakescribe.results import Results

    with collecting(Job("acquire", "lay_library", "all"), notices):
        count = lay_library(Results(results), files == "copies", output)
    if not is_followed():
        click.echo(f"{output.parent}: {count} recordings")


@acquire.command("status", cls=ConfigCommand)
@config_argument
@click.option("--reasons", default=3, show_default=True, help="Examples of each status to show.")
@click.option(
    "--retry-failed", metavar="CLASS", help="Open failures of this class or status again."
)
def status_command(configfile: Path, reasons: int, retry_failed: str | None) -> None:
    """Show what could be acquired, what could not, and why.

    Of shards that are under way it shows what is there so far, and what is being fetched.

    --retry-failed takes a class (permanent, blocked, transient, later), a status such as
    needs_login, or `all`; the next run of the workflow then tries these again.

    \b
    Examples:
        snakescribe acquire status config/mine.yaml
        snakescribe acquire status config/mine.yaml --retry-failed needs_login
    """
    from snakescribe.acquire import status
    from snakescribe.results import Results
    from snakescribe.workflow.params import fetch_params
    from snakescribe.workflow.read import read_run

    config = read_run(configfile)
    results = Results(Path(config.results))
    if retry_failed:
        count = status.retry_failed(results, retry_failed)
        click.echo(f"{count} failures are open again; run snakemake to try them")
    else:
        click.echo(status.describe_status(results, fetch_params(config), reasons))
