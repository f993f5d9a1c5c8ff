"""Names in the config -> what they stand for: our own, an entry point's, or `module:attribute`."""

import sys
import traceback
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from operator import attrgetter
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
        UserError: there is no such name, module or attribute, or the module fails.
    """
    if name in known:
        return known[name]
    if ":" in name:
        module, _, attribute = name.partition(":")
        if not (module and attribute):
            raise UserError(
                f"scoring.{kind}: '{name}' lacks a name on one side of the colon; write "
                "my_module:my_name"
            )
        if (here := str(Path.cwd())) not in sys.path:
            sys.path.append(here)
        return _load(kind, name, module, attribute)
    found = {point.name: point for point in entry_points(group=f"snakescribe.{kind}")}
    if name in found:
        return _load(kind, name, found[name].module, found[name].attr)
    remedy = did_you_mean(name, {*known, *found})
    raise UserError(f"scoring.{kind}: unknown name '{name}'; {remedy}")


def _load(kind: str, name: str, module_name: str, attribute: str) -> Any:
    try:
        module = import_module(module_name)
    except ImportError as error:
        raise UserError(
            f"scoring.{kind}: cannot import '{module_name}' of '{name}': {error}; install it, or "
            f"run where {module_name}.py lies"
        ) from error
    except (Exception, SystemExit) as error:  # whatever a user's module raises
        raise UserError(
            f"scoring.{kind}: the module '{module_name}' of '{name}' fails when it is imported: "
            f"{type(error).__name__}: {error}{_place(error)}; mend it, "
            f"`python -c 'import {module_name}'` shows all of it"
        ) from error
    try:
        return attrgetter(attribute)(module)
    except AttributeError as error:
        raise UserError(
            f"scoring.{kind}: the module '{module_name}' has no '{attribute}'"
        ) from error


def _place(error: BaseException) -> str:
    """Where an error was raised; a SyntaxError says so itself."""
    if isinstance(error, SyntaxError):
        return ""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f" ({Path(frame.filename).name}, line {frame.lineno})"
