"""Filters of an audio variant by name: checked when the config is read, loaded when they run.

Ours are transformers of scikit-learn (`transformer.py`), and so may a user's be; or a function
`(samples, sample_rate, **options)` that takes the whole recording, float32 in [-1, 1] and mapped
from a file, and returns as many samples: an array, or an iterator of blocks in order. Filters of
your own: docs/process.md, docs/plugins.md.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

from pydantic import ValidationError

from snakescribe.config.messages import mistake_lines
from snakescribe.config.process import FILTER_OPTIONS, Chain
from snakescribe.errors import UserError
from snakescribe.plugins import PluginKind, function_fault
from snakescribe.process.ffmpeg_chain import chain_problems

# A function `(samples, sample_rate, **options)`, or a class or object with `fit` and `transform`.
AudioFilter = Any


@dataclass(frozen=True)
class BuiltIn:
    """Where one of our filters stands; the version is raised when its output would change.

    `packages` are those that do the work.
    """

    target: str
    version: int
    packages: tuple[str, ...]
    check: Callable[[Mapping[str, Any]], Iterator[str]] | None = None


@dataclass(frozen=True)
class Step:
    """A filter of a chain with all its options, defaults filled in."""

    name: str
    options: Mapping[str, Any]


def _check_wiener(options: Mapping[str, Any]) -> Iterator[str]:
    if options["size"] % 2 == 0:
        yield f"wiener.size: {options['size']} is even; the window needs a middle: make it odd"


def _check_ffmpeg(options: Mapping[str, Any]) -> Iterator[str]:
    for problem in chain_problems(options["filter"]):
        yield f"ffmpeg.filter: {problem}"


BUILT_IN = {
    "wiener": BuiltIn("snakescribe.process.wiener:Wiener", 1, ("scipy", "numpy"), _check_wiener),
    "spectral_gate": BuiltIn(
        "snakescribe.process.spectral_gate:SpectralGate", 1, ("noisereduce", "scipy", "numpy")
    ),
    "highpass": BuiltIn("snakescribe.process.highpass:Highpass", 1, ("scipy", "numpy")),
    "loudnorm": BuiltIn("snakescribe.process.loudnorm:Loudnorm", 1, ("scipy", "numpy")),
    "ffmpeg": BuiltIn("snakescribe.process.ffmpeg_filter:Ffmpeg", 1, (), _check_ffmpeg),
    "silence_terms": BuiltIn("snakescribe.process.term_silence:SilenceTerms", 1, ("numpy",)),
}

_function_fault = function_fault(
    "from samples, sample_rate and options to samples, nor a transformer with fit and transform"
)


def _filter_fault(plugin: Any) -> str:
    """What keeps an object from being a filter; empty: nothing."""
    return "" if hasattr(plugin, "transform") else _function_fault(plugin)


FILTERS: PluginKind[AudioFilter] = PluginKind(
    noun="filter",
    group="filters",
    place="audio",
    built_in={name: ours.target for name, ours in BUILT_IN.items()},
    fault=_filter_fault,
)


def check_chain(chain: Chain, place: str = FILTERS.place) -> list[str]:
    """An audio variant's chain, as the config has it -> what is wrong with it, a line each.

    Args:
        chain: names of filters, each alone or with its options.
        place: the variant's key in the config, with which each line begins.
    """
    problems: list[str] = []
    if not isinstance(chain, list):
        wanted = "write [name, {name: {option: value}}, ...]"
        return [f"{place}: the chain {chain!r} is no list; {wanted}"]
    for entry in chain:
        if not (isinstance(entry, str) or (isinstance(entry, dict) and len(entry) == 1)):
            wanted = "neither a name nor {name: {option: value}}"
            problems.append(f"{place}: {entry!r} is {wanted}")
            continue
        name, options = _split(entry)
        if name in BUILT_IN:
            problems += (f"{place}: {problem}" for problem in _option_problems(name, options))
        else:
            problems += FILTERS.problems(name, place)
    return problems


def parse_chain(chain: Chain) -> list[Step]:
    """An audio variant's chain -> its steps with the defaults filled in.

    Raises:
        UserError: an unknown filter or option, or a value that cannot be.
    """
    problems = check_chain(chain)
    if problems:
        raise UserError("\n".join(problems))
    steps = []
    for entry in chain:
        name, options = _split(entry)
        steps.append(Step(name, {**_defaults(name), **options} if name in BUILT_IN else options))
    return steps


@cache  # asked for each recording
def load_filter(name: str) -> AudioFilter:
    """A filter's name -> the class of ours, or what the user named.

    Raises:
        UserError: it cannot be loaded.
    """
    return FILTERS.find(name)


def filter_version(name: str) -> int | str:
    """A filter's name -> what changes when its output may: a number, or its file's sha256."""
    if name in BUILT_IN:
        return BUILT_IN[name].version
    return FILTERS.source_digest(name) or 0


def describe_chain(steps: Iterable[Step]) -> Chain:
    """Steps -> the chain as a config may have it, with all options; `parse_chain` reads it."""
    return [{step.name: dict(step.options)} for step in steps]


def chain_versions(steps: Iterable[Step]) -> dict[str, str]:
    """Steps -> the versions of our filters and their packages, the digests of users' modules."""
    versions = {step.name: str(filter_version(step.name)) for step in steps}
    packages = {name for step in steps for name in ("scikit-learn", *_packages(step.name))}
    return versions | {name: version(name) for name in sorted(packages)}


def _packages(name: str) -> tuple[str, ...]:
    return BUILT_IN[name].packages if name in BUILT_IN else ()


def _split(entry: str | Mapping[str, Mapping[str, Any]]) -> tuple[str, Mapping[str, Any]]:
    if isinstance(entry, str):
        return entry, {}
    [(name, options)] = entry.items()
    return name, options or {}


def _defaults(name: str) -> Mapping[str, Any]:
    fields = FILTER_OPTIONS[name].model_fields
    return {key: field.default for key, field in fields.items() if not field.is_required()}


def _option_problems(name: str, options: Mapping[str, Any]) -> Iterator[str]:
    try:
        FILTER_OPTIONS[name].model_validate(options)
    except ValidationError as error:
        yield from mistake_lines(error, name)
        return
    if check := BUILT_IN[name].check:
        yield from check({**_defaults(name), **options})
