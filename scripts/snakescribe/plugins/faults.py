"""What keeps an object that a user named from being a plug-in of a kind: in words, or nothing."""

import inspect
from collections.abc import Callable
from typing import Any

from snakescribe.plugins.load import load_own

Fault = Callable[[Any], str]


def class_fault(protocol: type, *methods: str) -> Fault:
    """A protocol and those of its methods that have no default -> the check for such classes.

    A class may be derived from the protocol or not; the bodies there do not count as methods.
    """
    defaults = [name for name in vars(protocol) if not name.startswith("_")]
    wanted = f"a class with {', '.join(methods)}, as {protocol.__module__}.{protocol.__name__} says"

    def fault(plugin: Any) -> str:
        if not inspect.isclass(plugin):
            return f"is {describe(plugin)}, not {wanted}"
        lacking = [
            name
            for name in (*methods, *(name for name in defaults if name not in methods))
            if not hasattr(plugin, name) or (name in methods and _is_same(plugin, protocol, name))
        ]
        return f"lacks {', '.join(lacking)}: it must be {wanted}" if lacking else ""

    return fault


def function_fault(signature: str) -> Fault:
    """What a function takes and gives, for messages -> the check for functions."""

    def fault(plugin: Any) -> str:
        return "" if callable(plugin) else f"is {describe(plugin)}, not a function {signature}"

    return fault


def instance_fault(target: str) -> Fault:
    """``module:Class`` of ours -> the check for its instances; imported when there is one."""

    def fault(plugin: Any) -> str:
        if isinstance(plugin, load_own(target)):
            return ""
        return f"is {describe(plugin)}, not a {target.replace(':', '.')}"

    return fault


def describe(plugin: Any) -> str:
    """An object -> what it is, in a few words."""
    if inspect.isclass(plugin):
        return f"the class {plugin.__name__}"
    if inspect.isroutine(plugin):
        return f"the function {plugin.__name__}"
    if isinstance(plugin, str | int | float | None):
        return repr(plugin)
    return f"an object of the class {type(plugin).__name__}"


def _is_same(plugin: type, protocol: type, name: str) -> bool:
    stub = inspect.getattr_static(protocol, name, None)
    return stub is not None and inspect.getattr_static(plugin, name) is stub
