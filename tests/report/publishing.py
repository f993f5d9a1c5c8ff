"""A made run as a user has it: its config beside it; and the parts of an archive."""

import io
from pathlib import Path
from zipfile import ZipFile

import pyarrow.parquet as pq
import yaml
from click.testing import CliRunner, Result
from report_study import Made

from snakescribe.cli import cli
from snakescribe.report.reproduce import rebuild_config


def write_config(made: Made, path: Path, **changes: object) -> Path:
    """A made results folder -> the config that its run would have had."""
    config = yaml.safe_load(rebuild_config(made.params))
    config |= {"results": str(made.folder), "recordings": [{"source": "folder", "path": "talks"}]}
    path.write_text(yaml.safe_dump({**config, **changes}, sort_keys=False), encoding="utf-8")
    return path


def call(*arguments: str | Path) -> Result:
    """Call the command line; a user's mistake is raised."""
    return CliRunner().invoke(cli, [str(part) for part in arguments], catch_exceptions=False)


def publish(config: Path, output: Path, *options: str) -> dict[str, bytes]:
    """Publish by the command line -> what is in the zip, by name."""
    ran = call("publish", config, "--output", output, *options)
    assert ran.exit_code == 0, ran.output
    return read_parts(output)


def read_parts(archive: Path) -> dict[str, bytes]:
    with ZipFile(archive) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def write_parts(archive: Path, parts: dict[str, bytes]) -> Path:
    """The reverse of `read_parts`."""
    with ZipFile(archive, "w") as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return archive


def all_texts(parts: dict[str, bytes]) -> dict[str, str]:
    """The files of an archive as text, Parquet with all its cells."""
    texts = {}
    for name, data in parts.items():
        if name.endswith(".parquet"):
            texts[name] = repr(pq.read_table(io.BytesIO(data)).to_pylist())
        else:
            texts[name] = data.decode("utf-8", "replace")
    return texts
