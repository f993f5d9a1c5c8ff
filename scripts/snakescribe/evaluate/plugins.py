"""Names in the config -> what they stand for: our own, an entry point's, or `module:attribute`."""

import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from snakescribe.errors import UserError, did_you_mean


def find_plugin(kind: str, name: str, known: Mapping[str, Any]) -> Any:
    """A name -> the object.

    Args:
        kind: the entry point group after ``snakescribe.``: `normalizers` or `metrics`.
        name: a name of `known`, of an entry point, or ``module:attribute``; modules in the
            working directory are found too.
        known: what ships with snakescribe, by name.

    Raises:
        UserError: there is no such name, module or attribute.
    """
    if name in known:
        return known[name]
    if ":" in name:
        return _import(kind, name)
    found = {point.name: point for point in entry_points(group=f"snakescribe.{kind}")}
    if name in found:
        return found[name].load()
    remedy = did_you_mean(name, {*known, *found})
    raise UserError(f"scoring.{kind}: unknown name '{name}'; {remedy}")


def _import(kind: str, name: str) -> Any:
    module_name, _, attribute = name.partition(":")
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.append(here)
    try:
        return getattr(import_module(module_name), attribute)
    except ImportError as error:
        raise UserError(
            f"scoring.{kind}: cannot import '{module_name}' of '{name}': {error}; install it, or "
            f"run where {module_name}.py lies"
        ) from error
    except AttributeError as error:
        raise UserError(
            f"scoring.{kind}: the module '{module_name}' has no '{attribute}'"
        ) from error
