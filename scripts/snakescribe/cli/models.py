"""``snakescribe models``: list, fetch and verify model weights."""

from itertools import groupby
from pathlib import Path
from typing import Any

import click

from snakescribe.cli.options import Json, OutputFile, json_option, notices_option, print_json


@click.group()
def models() -> None:
    """List, fetch and verify model weights.

    \b
        snakescribe models list
        snakescribe models fetch base.en
    """


@models.command("list")
@json_option
def list_models(as_json: bool) -> None:
    """Show the models known by name: their size and licence, and which are here already.

    \b
        snakescribe models list
        snakescribe models list --json | jq -r '.[] | select(.here) | .name'
    """
    from dataclasses import asdict

    from snakescribe.transcribe.weights.fetch import cached_model
    from snakescribe.transcribe.weights.table import known_models

    if as_json:
        rows = []
        for model in known_models().values():
            files = [cached_model(model.name) / name for name in model.files]
            here = all(file.exists() for file in files)
            size = sum(file.stat().st_size for file in files) if here else None
            rows.append({**asdict(model), "here": here, "bytes": size})
        print_json(rows)
        return
    # Not a table of rich, which cuts what a narrow terminal has no room for.
    line = "{:25} {:12} {:>6} {:>5} {:>6} {:9} {}".format
    click.echo(line("name", "languages", "params", "MB", "GPU MB", "licence", "from"))
    for engine, models in groupby(known_models().values(), lambda model: model.engine):
        click.echo(f"\n{engine}:")
        for model in models:
            sources = ["hub" if "hub" in source else "wheels" for source in model.sources]
            files = [cached_model(model.name) / name for name in model.files]
            here = all(file.exists() for file in files)
            shown = line(
                model.name,
                model.languages,
                f"{model.parameters_millions} M",
                sum(file.stat().st_size for file in files) // 10**6
                if here
                else f"~{model.megabytes}",
                model.gpu_mem_mb,
                model.licence,
                "here" if here else ", ".join(sources),
            )
            click.echo(shown)


@models.command()
@click.argument("weights")
@click.option("--engine", default="faster-whisper", show_default=True, help="What will run it.")
@click.option("--options", type=Json, default="{}", help='Further keys of the model, {"url": ...}.')
@click.option("--receipt", type=OutputFile, help="Write where the weights lie to this JSON file.")
@notices_option
def fetch(
    weights: str,
    engine: str,
    options: dict[str, Any],
    receipt: Path | None,
    notices: Path | None,
) -> None:
    """Fetch the weights of a model and verify them.

    \b
        snakescribe models fetch tiny.en
        snakescribe models fetch small --engine openai-whisper
    """
    from snakescribe.config.block import as_json
    from snakescribe.config.transcribe import Weights
    from snakescribe.notices import Job, collecting
    from snakescribe.store import write_json
    from snakescribe.transcribe.engines import engine_class

    place = receipt.stem if receipt else weights
    entry = as_json({"engine": engine, "weights": weights, **options})
    model = Weights.from_json(entry, "--options")
    with collecting(Job("transcribe", "fetch_model", place), notices):
        fetched = {**engine_class(engine).fetch_model(model), "engine": engine}
    if receipt:
        write_json(receipt, fetched)
    else:
        click.echo(f"{weights}: {fetched['path']} (sha256 {fetched['sha256']})")


@models.command()
@click.argument("weights", type=click.Path(exists=True))
@click.option(
    "--engine",
    type=click.Choice(["faster-whisper", "openai-whisper", "transformers"]),
    default="faster-whisper",
    show_default=True,
    help="What will run it.",
)
@click.option("--output", type=click.Path(path_type=Path), required=True, help="What to make.")
def convert(weights: str, engine: str, output: Path) -> None:
    """Write a Whisper model in the form that an engine reads.

    It takes a .pt file of openai-whisper or a folder of transformers, fine-tuned or not. A run
    does the same by itself, and keeps what it made in the cache.

    \b
        snakescribe models convert tuned.pt --output tuned-ct2
    """
    from snakescribe.errors import UserError
    from snakescribe.transcribe.weights.convert import convert as convert_weights
    from snakescribe.transcribe.weights.convert import needs_conversion, source_digest

    if output.exists():
        raise UserError(f"{output} is there already; remove it, or name another")
    if not needs_conversion(weights, engine):
        raise UserError(f"{weights}: no Whisper in another form than {engine}'s")
    convert_weights(weights, engine, output)
    click.echo(f"{output}: for {engine}, made of {weights} (sha256 {source_digest(weights)})")


@models.command()
@click.argument("names", nargs=-1)
def verify(names: tuple[str, ...]) -> None:
    """Check the sha256 of the weights in the cache (all, or those named).

    \b
        snakescribe models verify
        snakescribe models verify tiny.en base.en
    """
    from snakescribe.errors import UserError
    from snakescribe.store import file_sha256
    from snakescribe.transcribe.weights.fetch import cached_model
    from snakescribe.transcribe.weights.table import known_models

    known = known_models()
    unknown = [name for name in names if name not in known]
    wrong = [f"{name} is not a name in resources/models.yaml" for name in unknown]
    for model in (known[name] for name in names or known if name not in unknown):
        for file, expected in model.files.items():
            path = cached_model(model.name) / file
            if not path.exists():
                if names:
                    wrong.append(f"{model.name} is not in the cache")
                continue
            sha256 = file_sha256(path)
            verdict = "as it should be" if sha256 == expected else expected or "no value known"
            click.echo(f"{model.name}: {file}: {sha256} {verdict}")
            if expected and sha256 != expected:
                wrong.append(f"{model.name} is damaged")
    if wrong:
        raise UserError(f"{'; '.join(dict.fromkeys(wrong))}; `snakescribe models fetch` mends it")
