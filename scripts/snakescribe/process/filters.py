"""Filters of an audio variant by name: checked when the config is read, loaded when they run.

A filter is a function `(samples, sample_rate, **options)` that takes the whole recording, float32
in [-1, 1] and mapped from a file, and returns as many samples: an array, or an iterator of blocks
in order. Ours stand in `BUILT_IN`; others come as ``module:function`` or by an entry point in the
group ``snakescribe.filters``.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import ValidationError

from snakescribe.config.messages import mistake_lines
from snakescribe.config.process import FILTERS
from snakescribe.errors import UserError, did_you_mean
from snakescribe.process.ffmpeg_chain import chain_problems

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]


class AudioFilter(Protocol):
    """Whole recording -> as many samples, at once or block by block."""

    def __call__(
        self, samples: "Samples", sample_rate: int, **options: Any
    ) -> "Samples | Iterator[Samples]": ...


@dataclass(frozen=True)
class BuiltIn:
    """Where one of our filters stands; the version is raised when its output would change."""

    target: str
    version: int
    check: Callable[[Mapping[str, Any]], Iterator[str]] | None = None


@dataclass(frozen=True)
class Step:
    """A filter of a chain with all its options, defaults filled in."""

    name: str
    options: dict[str, Any]


def _check_wiener(options: Mapping[str, Any]) -> Iterator[str]:
    if options["size"] % 2 == 0:
        yield f"wiener.size: {options['size']} is even; the window needs a middle: make it odd"


def _check_ffmpeg(options: Mapping[str, Any]) -> Iterator[str]:
    for problem in chain_problems(options["filter"]):
        yield f"ffmpeg.filter: {problem}"


BUILT_IN = {
    "wiener": BuiltIn("snakescribe.process.denoise:wiener", 1, _check_wiener),
    "spectral_gate": BuiltIn("snakescribe.process.denoise:spectral_gate", 1),
    "ffmpeg": BuiltIn("snakescribe.process.denoise:ffmpeg", 1, _check_ffmpeg),
}


def check_chain(chain: list[Any]) -> list[str]:
    """An audio variant's chain, as the config has it -> what is wrong with it, a line each."""
    problems: list[str] = []
    if not isinstance(chain, list):
        return [f"chain: {chain!r} is no list; write [name, {{name: {{option: value}}}}, ...]"]
    for entry in chain:
        if not (isinstance(entry, str) or (isinstance(entry, dict) and len(entry) == 1)):
            problems.append(f"{entry!r} is neither a name nor {{name: {{option: value}}}}")
            continue
        name, options = _split(entry)
        if name in BUILT_IN:
            problems += _option_problems(name, options)
        else:
            problems += _unknown_problems(name)
    return problems


def parse_chain(chain: list[Any]) -> list[Step]:
    """An audio variant's chain -> its steps with the defaults filled in.

    Raises:
        UserError: an unknown filter or option, or a value that cannot be.
    """
    problems = check_chain(chain)
    if problems:
        raise UserError("\n".join(f"audio filter {problem}" for problem in problems))
    steps = []
    for entry in chain:
        name, options = _split(entry)
        steps.append(Step(name, {**_defaults(name), **options} if name in BUILT_IN else options))
    return steps


def load_filter(name: str) -> AudioFilter:
    """A filter's name -> its function.

    Raises:
        UserError: it cannot be imported.
    """
    module, _, attribute = _target(name).partition(":")
    try:
        return getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise UserError(f"audio filter '{name}': cannot import it: {error}") from error


def filter_version(name: str) -> int | str:
    """A filter's name -> what changes when its output may: a number, or its file's sha256."""
    if name in BUILT_IN:
        return BUILT_IN[name].version
    from snakescribe.store import file_sha256

    spec = find_spec(_target(name).partition(":")[0])
    return file_sha256(Path(spec.origin)) if spec and spec.has_location and spec.origin else 0


def _split(entry: Any) -> tuple[str, dict[str, Any]]:
    if isinstance(entry, str):
        return entry, {}
    [(name, options)] = entry.items()
    return name, options or {}


def _target(name: str) -> str:
    """A filter's name -> `module:function`; modules in the working directory are found, too."""
    if name in BUILT_IN:
        return BUILT_IN[name].target
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.append(here)
    return name if ":" in name else _added()[name]


def _added() -> dict[str, str]:
    from importlib.metadata import entry_points

    return {point.name: point.value for point in entry_points(group="snakescribe.filters")}


def _unknown_problems(name: str) -> Iterator[str]:
    if ":" not in name and name not in (added := _added()):
        yield f"'{name}' is unknown; {did_you_mean(name, {**BUILT_IN, **added})}"
        return
    module = _target(name).partition(":")[0]
    try:
        found = find_spec(module)
    except (ImportError, ValueError):
        found = None
    if found is None:
        yield (
            f"'{name}': there is no module '{module}'; install it, or run where "
            f"{module.partition('.')[0]}.py lies"
        )


def _defaults(name: str) -> dict[str, Any]:
    fields = FILTERS[name].model_fields
    return {key: field.default for key, field in fields.items() if not field.is_required()}


def _option_problems(name: str, options: Mapping[str, Any]) -> Iterator[str]:
    try:
        FILTERS[name].model_validate(options)
    except ValidationError as error:
        yield from mistake_lines(error, name)
        return
    if check := BUILT_IN[name].check:
        yield from check({**_defaults(name), **options})
