"""What a run was told, kept in its results: the config as merged, files and overrides.

`{results}/config.yaml` is for people, and for `snakescribe status RESULTS`; it has no passwords.
`{results}/store/run.json` says which files it was made of and what `--config` changed, so that
`snakescribe status CONFIG` shows the run that there was.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from snakescribe.errors import UserError
from snakescribe.results import Results
from snakescribe.store import write_json, write_text
from snakescribe.workflow.overrides import as_arguments

_PASSWORD = re.compile(r"(?<=://)([^/?#\s:@]*):[^/?#\s]*@")
_OPTION = re.compile(r"(?i)([?&][a-z_]*(?:password|token|secret|key)=)[^&#\s]*")
_SECRET_KEY = re.compile(r"(?i)password|passwd|token$|secret|api_?key")


@dataclass(frozen=True)
class RunRecord:
    """The config files of a run, in their order, and what `--config` changed."""

    configfiles: tuple[str, ...]
    overrides: Mapping[str, Any]


def merged_config(results: Results) -> Path:
    """Where the merged config of the last run into a folder lies."""
    return results.folder / "config.yaml"


def write_record(results: Results, merged: Mapping[str, Any], record: RunRecord) -> None:
    """Keep the merged config and what it was made of, without passwords."""
    public = without_secrets(record.overrides)
    head = [
        "# The config of the last run into this folder, as it was merged. Made by the workflow."
    ]
    head += [f"# From: {file}" for file in record.configfiles]
    if public:
        head.append(f"# Changed by: --config {' '.join(as_arguments(public).splitlines())}")
    plain = json.loads(json.dumps(without_secrets(merged), default=str))
    body = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True)
    write_text(merged_config(results), "\n".join(head) + "\n" + body)
    kept = {"configfiles": list(record.configfiles), "overrides": public}
    write_json(_record_file(results), kept)


def read_record(results: Results) -> RunRecord | None:
    """The record of the last run into a folder; None where there is none.

    Raises:
        UserError: it is damaged.
    """
    path = _record_file(results)
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return RunRecord(tuple(kept["configfiles"]), kept["overrides"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{path}: damaged ({error}); remove it, and the next run writes it anew"
        ) from None


def _record_file(results: Results) -> Path:
    return results.store / "run.json"


def without_secrets(value: Any) -> Any:
    """Plain data of a config -> the same without passwords, in URLs or under keys named so."""
    if isinstance(value, Mapping):
        return {
            key: "***" if inner and _SECRET_KEY.search(str(key)) else without_secrets(inner)
            for key, inner in value.items()
        }
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [without_secrets(inner) for inner in value]
    if isinstance(value, str):
        return _OPTION.sub(r"\1***", _PASSWORD.sub(r"\1@", value))
    return value
