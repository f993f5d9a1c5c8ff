"""The one plug-in loader: a name in the config -> what it stands for.

A name is one of ours, that of an entry point of an installed package, or ``module:attribute``;
modules in the working folder are found. Each stage declares its kinds of plug-in as `PluginKind`.
"""

from snakescribe.plugins.faults import class_fault, function_fault, instance_fault
from snakescribe.plugins.kind import PluginKind, find_overrides
from snakescribe.plugins.load import explain_error, load_own

__all__ = [
    "PluginKind",
    "class_fault",
    "explain_error",
    "find_overrides",
    "function_fault",
    "instance_fault",
    "load_own",
]
