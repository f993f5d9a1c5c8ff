"""``module:attribute`` -> the object, or what is wrong with the name, the module or the object."""

import sys
import traceback
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from snakescribe.errors import UserError, did_you_mean

_OURS = Path(__file__).parent


class Target(NamedTuple):
    """A module, an attribute of it, and the subject of all messages about the two."""

    module: str
    attribute: str
    subject: str


def load_own(target: str) -> Any:
    """``module:attribute`` of snakescribe itself -> the object.

    For what is too heavy to be imported at the top of a module that seldom needs it.
    """
    module, _, attribute = target.partition(":")
    return getattr(import_module(module), attribute)


def parse_target(text: str, subject: str) -> Target:
    """``module:attribute`` -> its parts; nothing is imported.

    Args:
        text: what the user or a package wrote.
        subject: how a message about it begins: the key in the config, and the name there.

    Raises:
        UserError: it is not written so.
    """
    module, _, attribute = text.partition(":")
    if not (module and attribute):
        raise UserError(f"{subject} lacks a name on one side of the colon; write my_module:my_name")
    if module.startswith(".") or module.endswith(".py") or "/" in module or "\\" in module:
        raise UserError(
            f"{subject} names a file, not a module; write it as for Python's import: "
            "my_module:my_name"
        )
    return Target(module, attribute, subject)


def load_target(target: Target) -> Any:
    """A target -> the object; modules in the working folder are found.

    Raises:
        UserError: there is no such module or attribute, or the module fails.
    """
    module = load_module(target)
    try:
        return attrgetter(target.attribute)(module)
    except AttributeError as error:
        public = [name for name in vars(module) if not name.startswith("_")]
        remedy = did_you_mean(target.attribute, public)
        raise UserError(
            f"{target.subject}: the module '{target.module}' ({_place(module)}) has no "
            f"'{target.attribute}'; {remedy}"
        ) from error


def _place(module: ModuleType) -> str:
    """Where a module lies: an installed one may stand before the file that the user means."""
    file = getattr(module, "__file__", None)
    if not file:
        return "a part of Python"
    path = Path(file)
    return path.name if path.parent == Path.cwd() else file


def load_module(target: Target) -> ModuleType:
    """A target -> its module.

    Raises:
        UserError: there is none, or it fails when it is imported.
    """
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.append(here)  # at the end: no file there hides an installed package
    name = target.module
    try:
        return import_module(name)
    except (Exception, SystemExit) as error:  # whatever a user's module raises
        absent = error.name if isinstance(error, ModuleNotFoundError) else None
        if absent and f"{name}.".startswith(f"{absent}."):
            file = f"{absent.partition('.')[0]}.py"
            raise UserError(
                f"{target.subject}: there is no module '{absent}'; install it, or run where "
                f"{file} lies"
            ) from error
        remedy = f"install '{absent}'" if absent else "mend it"
        raise UserError(
            f"{target.subject}: the module '{name}' fails when it is imported: "
            f"{explain_error(error)}; {remedy}, `python -c 'import {name}'` shows all of it"
        ) from error


def explain_error(error: BaseException) -> str:
    """An error of a user's code -> what it is, with file and line: the last ones in their folder.

    Where no part of it lies in the working folder, the last ones of all.
    """
    said = f"{type(error).__name__}: {error}"
    if isinstance(error, SyntaxError):  # says so itself
        return said
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith("<frozen") and Path(frame.filename).parent != _OURS
    ]
    here = [frame for frame in frames if Path(frame.filename).is_relative_to(Path.cwd())]
    if not frames:
        return said
    last = (here or frames)[-1]
    return f"{said} ({Path(last.filename).name}, line {last.lineno})"
