"""Do two states of the code give the same outputs? Hashes of all that a run makes.

    python tests/outputs/outputs.py run FOLDER --repository OLD --listing old.txt
    python tests/outputs/outputs.py run FOLDER2 --listing new.txt
    python tests/outputs/outputs.py compare old.txt new.txt

`run` makes a study with every design, source, engine, filter, context provider, metric and export
format in FOLDER, runs the workflow of a checkout on it and on the demo, and lists a hash of every
output file, of every table of the database, of every file of the store and of the journals' keys.
What the study asks of the web comes from local servers. `compare` names what differs and ends with
exit code 1 if anything does; what was hashed lies in FOLDER/texts (`diff -r` shows the difference).

Both runs must be made on one machine with one set of packages: weights, decoded words and audio may
differ between others. What is masked, because it differs between two runs of the same code, stands
in masks.py. `make outputs BEFORE=OLD` does all three steps for another checkout and this one.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import psycopg2
import yaml
from listing import Listing, compare
from sites import serve_sites
from study import build, set_times, write_archive, write_tuned_model

HERE = Path(__file__).resolve()
_ARCHIVE = {"results": "archive", "recordings": [{"source": "folder", "path": "talks"}],
            "models": {"tiny": {"weights": "tiny.en"}}, "experiments": {"none": {}}}  # fmt: skip


@dataclass(frozen=True)
class Checkout:
    """A state of the code, called as a user calls it, from a folder of its own."""

    repository: Path
    folder: Path
    variables: dict[str, str]

    @property
    def _environment(self) -> dict[str, str]:
        modules = [self.repository / "scripts", HERE.parents[1] / "acquire", self.folder]
        own = ("SNAKESCRIBE_", "OPENAI_", "YOUTUBE_")
        kept = {
            name: value
            for name, value in os.environ.items()
            if name == "SNAKESCRIBE_CACHE" or not name.startswith(own)
        }
        binaries = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        fixed = {"PYTHONPATH": os.pathsep.join(map(str, modules)), "PATH": binaries, "TZ": "UTC",
                 "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip
        return {**kept, **fixed, **self.variables}

    def snakescribe(self, *arguments: str) -> str:
        """Call the command line; return what it printed."""
        return subprocess.run(
            [sys.executable, "-m", "snakescribe", *arguments], cwd=self.folder, check=True,
            env=self._environment, stdout=subprocess.PIPE, text=True, timeout=600,
        ).stdout.strip()  # fmt: skip

    def snakemake(self, config: str, *arguments: str) -> None:
        """Run the whole workflow, exports included; all that it says goes to `snakemake.log`."""
        snakefile = self.repository / "workflow" / "Snakefile"
        with (self.folder / "snakemake.log").open("w", encoding="utf-8") as log:
            done = subprocess.run(
                [
                    *(sys.executable, "-m", "snakemake", "all", "export"),
                    *("--snakefile", snakefile, "--configfile", config, "--cores", "2"),
                    *("--workflow-profile", "none", "--scheduler", "greedy", *arguments),
                    *("--resources", "gpu=0", "database=1"),
                ],
                cwd=self.folder, env=self._environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, check=False, timeout=1800,
            )  # fmt: skip
        if done.returncode:
            raise click.ClickException(f"the workflow failed; see {self.folder}/snakemake.log")

    @contextmanager
    def database(self, config: str) -> Iterator[tuple[str, Any]]:
        """The embedded database of a config's results folder: its URL and a connection."""
        url = self.snakescribe("db", "url", "--configfile", config).splitlines()[-1]
        try:
            with closing(psycopg2.connect(url)) as connection:
                yield url, connection
        finally:
            self.snakescribe("db", "stop", "--configfile", config)


def run_study(repository: Path, folder: Path) -> None:
    """Make the study in a folder and run it."""
    build(folder, repository / "resources" / "demo")
    served = {f"/{path.name}": path for path in (folder / "served").iterdir()}
    (folder / "archive.yaml").write_text(yaml.safe_dump(_ARCHIVE), encoding="utf-8")
    plain = Checkout(repository, folder, {})
    plain.snakescribe("models", "fetch", "tiny.en", "--receipt", "weights.json")
    weights = json.loads((folder / "weights.json").read_text("utf-8"))
    write_tuned_model(Path(weights["path"]), folder / "tuned.pt")
    with serve_sites(served) as variables, plain.database("archive.yaml") as (url, archive):
        write_archive(archive)
        variables["SNAKESCRIBE_SOURCE_URL"] = url
        checkout = Checkout(repository, folder, variables)
        checkout.snakemake("config.yaml")
        preview = checkout.snakescribe("prompts", "preview", "config.yaml")
    (folder / "results" / "preview.txt").write_text(preview, encoding="utf-8")


def run_demo(repository: Path, folder: Path) -> None:
    """Run the demo of a checkout in a folder of its own."""
    shutil.copytree(repository / "resources" / "demo", folder / "resources" / "demo")
    set_times(folder)
    config = yaml.safe_load((repository / "config" / "demo.yaml").read_text("utf-8"))
    text = yaml.safe_dump({**config, "results": "results"}, sort_keys=False)
    (folder / "config.yaml").write_text(text, encoding="utf-8")
    Checkout(repository, folder, {}).snakemake("config.yaml")


_RUNS = {"study": run_study, "demo": run_demo}


def list_outputs(repository: Path, folder: Path, target: Path) -> None:
    """List the outputs of the runs in a folder."""
    shutil.rmtree(folder / "texts", ignore_errors=True)
    places = {str(folder): "FOLDER", str(repository): "REPOSITORY"}
    listing = Listing(folder / "texts", places)
    for name in _RUNS:
        results = folder / name / "results"
        if not results.exists():
            continue
        for path in (results / "models").glob("*.json"):
            weights = json.loads(path.read_text("utf-8"))["path"]
            if Path(weights).is_dir():
                places[weights] = "WEIGHTS"
        listing.add_results(name, results)
        with Checkout(repository, folder / name, {}).database("config.yaml") as (_, connection):
            listing.add_database(f"{name} (database)", connection)
    listing.write(target)
    click.echo(f"{target}: {len(listing.hashes)} outputs; what was hashed: {listing.texts}")


_REPOSITORY = click.option(
    "--repository", default=HERE.parents[2], help="The checkout whose code runs (default: this).",
    type=click.Path(path_type=Path, exists=True, file_okay=False, resolve_path=True),
)  # fmt: skip
_LISTING = click.option(
    "--listing", "target", required=True, help="Where to write the listing.",
    type=click.Path(path_type=Path, dir_okay=False),
)  # fmt: skip


@click.group(help=__doc__.partition("\n")[0])
def main() -> None:
    """The command line."""


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, resolve_path=True))
@_REPOSITORY
@_LISTING
@click.option("--only", type=click.Choice(list(_RUNS)), help="One of the two.")
def run(folder: Path, repository: Path, target: Path, only: str | None) -> None:
    """Run the study and the demo anew in FOLDER and list their outputs."""
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(f"{folder}: it is not empty; remove it, or name a new folder")
    for name in [only] if only else _RUNS:
        begin = time.monotonic()
        (folder / name).mkdir(parents=True)
        _RUNS[name](repository, folder / name)
        click.echo(f"{name}: {time.monotonic() - begin:.0f} s")
    list_outputs(repository, folder, target)


@main.command("list")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, resolve_path=True))
@_REPOSITORY
@_LISTING
def list_again(folder: Path, repository: Path, target: Path) -> None:
    """List the outputs of a run in FOLDER again, after a change of the masks."""
    list_outputs(repository, folder, target)


@main.command("compare")
@click.argument("before", type=click.Path(path_type=Path, exists=True))
@click.argument("after", type=click.Path(path_type=Path, exists=True))
def compare_listings(before: Path, after: Path) -> None:
    """Name what differs between two listings; exit code 1 if anything does."""
    lines = compare(before, after)
    for line in lines:
        click.echo(line)
    click.echo(f"{len(lines)} of the outputs differ" if lines else "all outputs are the same")
    sys.exit(bool(lines))


if __name__ == "__main__":
    main()
