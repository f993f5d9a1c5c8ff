"""A config file -> a checked configuration with all its defaults."""

from pathlib import Path

import yaml

from snakescribe.config.root import Config
from snakescribe.config.yaml_text import parse_yaml
from snakescribe.errors import UserError
from snakescribe.workflow.check import check_config


def read_config(path: Path) -> Config:
    """Read a YAML config file, check it and fill in the defaults.

    Raises:
        UserError: the file is missing, is not YAML, or says something that cannot be.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path}: cannot read the config file: {error.strerror}") from error
    try:
        raw = parse_yaml(text)
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        place = f"line {where.line + 1}" if where else "somewhere"
        raise UserError(f"{path}: {place}: this is not YAML: {error}") from error
    if not isinstance(raw, dict):
        raise UserError(f"{path}: a config file is a map of keys, see config/README.md")
    return check_config(raw, str(path))
