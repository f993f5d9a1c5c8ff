"""``snakescribe transcribe`` and ``snakescribe prompts``."""

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
    RunPlace,
    config_argument,
    json_option,
    notices_option,
    print_json,
)
from snakescribe.cli.run import StageGroup

_SHARD_TABLES = ("items", "recordings", "plans", "chunks")
_ROOM = "snakescribe.room"


def _keep_room(context: click.Context, _: click.Parameter, room: tuple[int, int]) -> None:
    context.meta[_ROOM] = room


@click.group(cls=StageGroup)
def transcribe() -> None:
    """Turn chunks into transcripts.

    \b
        snakescribe transcribe run --help
    """


@transcribe.command()
@click.option("--items", type=InputFile, required=True, help="The lock file, items.tsv.")
@click.option("--recordings", type=InputFile, required=True, help="The shard's recordings table.")
@click.option("--plans", type=InputFile, required=True, help="The shard's chunk plan.")
@click.option("--chunks", type=InputFile, required=True, help="The shard's chunks of the variant.")
@click.option("--audio", type=InputFile, required=True, help="The shard's audio of the variant.")
@click.option("--model", type=InputFile, required=True, help="Receipt of `models fetch`.")
@click.option("--guide", "guides", type=InputFile, multiple=True, help="Transcripts to cut by.")
@click.option("--settings", required=True, help="The pass: model, prompts, decoding.")
@click.option("--shard", type=PathPart, required=True, help="Name of the shard.")
@click.option("--gpus", type=int, default=0, show_default=True, help="GPUs to use; 0 is CPU.")
@click.option("--threads", type=click.IntRange(1), default=1, help="CPU threads of the job.")
@click.option(
    "--room",
    type=(int, int),
    default=(0, 0),
    expose_value=False,
    callback=_keep_room,
    help="MB of memory, and of GPU memory, to stay within; 0 is not told.",
)
@click.option("--store", type=Folder, required=True, help="Folder that keeps what was decoded.")
@click.option("--output", type=OutputFile, required=True, help="Transcripts table to write.")
@notices_option
def run(
    settings: str,
    shard: str,
    guides: tuple[Path, ...],
    gpus: int,
    threads: int,
    notices: Path | None,
    **paths: Path,
) -> None:
    """Transcribe the chunks of a shard under all conditions of a pass.

    Transcripts that exist already (the engine `files`) are read in place of that; those without
    times are cut at the chunks by alignment with the tables of transcripts under `--guide`.

    \b
        snakescribe transcribe run --items results/items.tsv --shard s00000 \\
            --recordings results/recordings/s00000.tsv --plans results/plans/s00000.tsv \\
            --chunks results/chunks/raw/s00000.tsv --audio results/audio/raw/s00000.tsv \\
            --model results/models/tiny-en.json --settings "$(cat settings.json)" \\
            --store results/store --output results/transcripts/tiny-en.raw/s00000.parquet
    """
    from snakescribe.config.transcribe import FILES

    # Before numpy and CTranslate2 are imported: they read these once. The hub is never asked in
    # a job; `models fetch` has verified the weights.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(threads)
    os.environ["HF_HUB_OFFLINE"] = "1"

    keep_freed_memory()

    from snakescribe.notices import Job, collecting
    from snakescribe.process.stored import ChunkMender
    from snakescribe.store import read_receipt
    from snakescribe.transcribe.inputs import Resources, ShardInputs
    from snakescribe.transcribe.params import PassParams
    from snakescribe.transcribe.room import Room

    params = PassParams.from_json(settings, "--settings")
    room = Room(*click.get_current_context().meta[_ROOM])
    job = Job("transcribe", "transcribe_chunks", f"{params.name}/{shard}")
    with collecting(job, notices):
        inputs = ShardInputs.read(
            shard,
            mend=ChunkMender([paths["audio"]]),
            **{name: paths[name] for name in _SHARD_TABLES},
        )
        receipt: Any = read_receipt(paths["model"])
        if params.model.engine == FILES:
            from snakescribe.evaluate.reference.untimed import TranscriptCutter
            from snakescribe.transcribe.existing.shard import take_transcripts

            cut = TranscriptCutter(inputs.items, inputs.recordings, guides)
            take_transcripts(inputs, params, receipt, cut, paths["output"])
            return
        from snakescribe.transcribe.run import transcribe_shard

        transcribe_shard(
            inputs=inputs,
            params=params,
            receipt=receipt,
            resources=Resources(gpus, threads, room),
            store=paths["store"],
            output=paths["output"],
        )


@transcribe.command()
@click.option("--transcripts", type=InputFile, required=True, help="Transcripts of a pass.")
@click.option("--passname", type=PathPart, required=True, help="Name of the pass: model.audio.")
@click.option("--formats", type=Json, required=True, help='Formats, e.g. ["srt", "ctm"].')
@click.option("--folder", type=Folder, required=True, help="Where the files go.")
@click.option("--output", type=OutputFile, required=True, help="Exports table to write.")
def export(transcripts: Path, passname: str, formats: Any, folder: Path, output: Path) -> None:
    """Write transcripts as TXT, SRT, VTT, JSON or CTM, a file for each recording and condition.

    \b
        snakescribe transcribe export --passname tiny-en.raw --formats '["srt", "ctm"]' \\
            --transcripts results/transcripts/tiny-en.raw/s00000.parquet \\
            --folder results/exports/tiny-en.raw --output results/exports/tiny-en.raw/s00000.tsv
    """
    from snakescribe.config.block import as_json
    from snakescribe.config.transcribe import Export
    from snakescribe.transcribe.export import export_shard

    asked = Export.from_json(as_json({"formats": formats}), "--formats")
    export_shard(transcripts, passname, asked.formats, folder, output)


@click.group()
def prompts() -> None:
    """Look at prompts before they are used.

    \b
        snakescribe prompts preview config/demo.yaml
    """


@prompts.command(cls=ConfigCommand)
@click.argument("text")
@click.argument("configfile", metavar="[CONFIG]", type=RunPlace, required=False)
@click.option("--weights", default="tiny.en", show_default=True, help="Count for these weights.")
@click.option("--engine", default="faster-whisper", show_default=True, help="What runs them.")
@json_option
def count(text: str, configfile: Path | None, weights: str, engine: str, as_json: bool) -> None:
    """Count the tokens of a TEXT, and show what of it a model would see as a prompt.

    They are counted for each model of CONFIG; without it for --weights.

    \b
        snakescribe prompts count "Herons against Kites, with Okafor."
        snakescribe prompts count "Herons against Kites, with Okafor." config/demo.yaml
    """
    from dataclasses import asdict

    from snakescribe.config.transcribe import Weights
    from snakescribe.transcribe.tokens import count_tokens
    from snakescribe.workflow.read import read_run

    models = read_run(configfile).models if configfile else {}
    rows = count_tokens(text, models or {weights: Weights(engine=engine, weights=weights)})
    if as_json:
        print_json(list(map(asdict, rows)))
        return
    for row in rows:
        about = "about " if row.estimated else ""
        click.echo(f"{row.model}: {about}{row.tokens} of {row.budget} tokens")
        if row.tokens > row.budget:
            click.echo(f"  the model sees the last {row.budget}: {row.seen}")


@prompts.command(cls=ConfigCommand)
@config_argument
@click.option("--prompt", "names", multiple=True, help="Only this prompt; may be repeated.")
@click.option("--recording", default="", help="Whose prompt; without it, the first one's.")
def terms(configfile: Path, names: tuple[str, ...], recording: str) -> None:
    """Show the terms of prompts: score, tokens, and whether they find a place in the prompt.

    \b
        snakescribe prompts terms config.yaml --prompt terms
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from snakescribe.transcribe.tokens import place_terms
    from snakescribe.workflow.read import read_run

    for places in place_terms(read_run(configfile), names, recording):
        table = Table("term", "score", "tokens", "place")
        for row in places.terms:
            score = "" if row.score is None else f"{row.score:g}"
            place = "kept" if row.kept else "dropped"
            table.add_row(Text(row.term), score, str(row.tokens), place)
        kept = sum(row.kept for row in places.terms)
        whose = f"{places.recording}, " if places.recording else ""
        click.echo(
            f"{places.prompt} ({whose}{places.model}): {kept} of {len(places.terms)} terms, "
            f"{places.tokens} of {places.budget} tokens"
        )
        Console().print(table)


@prompts.command(cls=ConfigCommand)
@config_argument
@click.option("--prompt", "names", multiple=True, help="Only this prompt; may be repeated.")
@click.option(
    "--limit", type=click.IntRange(1), default=20, show_default=True, help="Recordings to show."
)
def preview(configfile: Path, names: tuple[str, ...], limit: int) -> None:
    """Show each recording's prompts as the model will see them, with their token counts.

    The recordings must have been resolved (`snakemake acquire`); they may still be on their way.
    Where a prompt takes up the previous transcription, the room that is left for it is shown.

    \b
        snakescribe prompts preview config/demo.yaml --prompt names
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from snakescribe.transcribe.preview import find_gaps, preview_prompts
    from snakescribe.workflow.read import read_run

    config = read_run(configfile)
    table = Table("recording", "model", "prompt", "tokens", "text", "dropped")
    waiting: dict[str, None] = {}
    for row in preview_prompts(config, names, limit):
        if not row.acquired:
            waiting[row.recording] = None
        dropped = f"{len(row.dropped)} terms" if row.dropped else ""
        table.add_row(
            row.recording,
            row.model,
            row.prompt,
            f"{row.tokens} of {row.budget}",
            Text(row.text),
            "cut" if row.truncated else dropped,
        )
    Console().print(table)
    for line in find_gaps(config, names):
        click.echo(line)
    if waiting:
        click.echo(
            f"Not acquired yet, so what the site says of them is not known ({len(waiting)}): "
            f"{', '.join(waiting)}"
        )
