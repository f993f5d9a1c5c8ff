"""A config file, or the results folder of a run -> a checked configuration with all defaults."""

import sys
from pathlib import Path
from typing import Any

from snakescribe.config.root import Config
from snakescribe.config.yaml_file import read_yaml
from snakescribe.errors import UserError
from snakescribe.results import Results
from snakescribe.workflow.check import check_config
from snakescribe.workflow.overrides import as_arguments, merge
from snakescribe.workflow.run_record import merged_config, read_record


def read_config(path: Path) -> Config:
    """Read a YAML config file, check it and fill in the defaults.

    Raises:
        UserError: the file is missing, is not YAML, or says something that cannot be.
    """
    return check_config(read_written(path), str(path))


def read_run(place: Path) -> Config:
    """A config file or a results folder -> the config that its run had, `--config` and all.

    Where that is not what the file says, a line on standard error tells.

    Raises:
        UserError: as `read_config`; or no run has begun in the folder.
    """
    if place.is_dir():
        return read_config(config_file(place))
    config = read_config(place)
    record = read_record(Results(Path(config.results)))
    files = record.configfiles if record else ()
    if not record or place.resolve() not in [Path(file).resolve() for file in files]:
        return config
    written: dict[str, Any] = {}
    for file in files:
        written = merge(written, read_written(Path(file)))
    run = check_config(
        merge(written, record.overrides), ", ".join(files), overrides=record.overrides
    )
    if run != config:
        told = [f"beside {file}" for file in files if Path(file).resolve() != place.resolve()]
        if record.overrides:
            told.append(f"--config {as_arguments(record.overrides)}")
        print(
            f"{place}: the last run into {config.results} had {' and '.join(told)}; "
            "this is of that run",
            file=sys.stderr,
        )
    return run


def config_file(place: Path) -> Path:
    """A config file, or a results folder -> the config file, or that of the folder's last run.

    Raises:
        UserError: no run has begun in the folder.
    """
    if not place.is_dir():
        return place
    merged = merged_config(Results(place))
    if not merged.exists():
        raise UserError(
            f"{place}: no run has begun in this folder: it has no {merged.name}; name the "
            "config file in its place"
        )
    return merged


def read_written(path: Path) -> dict[str, Any]:
    """A YAML config file -> what is written there.

    Raises:
        UserError: the file is missing, is not YAML, or no map of keys.
    """
    written = read_yaml(path)
    if not isinstance(written, dict):
        what = "the file is empty; a" if written is None else "a"
        raise UserError(f"{path}: {what} config file is a map of keys, see config/README.md")
    return written
