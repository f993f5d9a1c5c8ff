"""A kind of plug-in: what finds its names, ours, those of packages and those of users."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, distributions, entry_points
from pathlib import Path
from typing import Any, Generic, TypeVar

from snakescribe.errors import UserError, did_you_mean
from snakescribe.plugins.load import (
    Target,
    explain_error,
    load_module,
    load_own,
    load_target,
    parse_target,
)

Plugin = TypeVar("Plugin")

GUIDE = "docs/plugins.md"


@dataclass(frozen=True)
class PluginKind(Generic[Plugin]):
    """A kind of plug-in. To look at names imports nothing; a plug-in is imported when found.

    Attributes:
        noun: what one is called in messages: `metric`.
        group: packages add theirs as entry points of the group ``snakescribe.`` and this.
        place: the key of the config where names stand, for messages.
        built_in: our own by name, as ``module:attribute``; nobody else's can have these names.
        fault: what keeps an object that a user named from being one, in words; empty: nothing.
    """

    noun: str
    group: str
    place: str
    built_in: Mapping[str, str]
    fault: Callable[[Any], str]

    def find(self, name: str, place: str = "") -> Plugin:
        """A name -> the object.

        Args:
            name: one of `built_in`, the name of an entry point, or ``module:attribute``.
            place: the key in the config where the name stands, where that is known better.

        Raises:
            UserError: the name is unknown or ambiguous, the module is missing or fails, the
                attribute is missing or something else.
        """
        if name in self.built_in:
            plugin: Plugin = load_own(self.built_in[name])
            return plugin
        target = self._target(name, place)
        plugin = load_target(target)
        if fault := self.fault(plugin):
            raise UserError(f"{target.subject} {fault}; {GUIDE} shows how one is made")
        return plugin

    def make(self, name: str, place: str, *arguments: Any) -> Any:
        """The name of a class, and what it is made with -> an instance.

        Raises:
            UserError: as `find`, or a user's class fails to start.
        """
        factory: Any = self.find(name, place)
        if name in self.built_in:
            return factory(*arguments)
        try:
            return factory(*arguments)
        except UserError:
            raise
        except Exception as error:  # whatever a user's class raises
            given = ", ".join(map(repr, arguments))
            raise UserError(
                f"{self._subject(name, place)} fails to start with {given}: "
                f"{explain_error(error)}; mend the class, or what the config gives it"
            ) from error

    def problems(self, name: str, place: str = "") -> Iterator[str]:
        """A name -> what is wrong with it, as `find` says it; of ours nothing is imported."""
        if name not in self.built_in:
            try:
                self.find(name, place)
            except UserError as error:
                yield str(error)

    def installed(self) -> list[EntryPoint]:
        """The entry points of this kind that packages have, by name; nothing is imported."""
        points = entry_points(group=f"snakescribe.{self.group}")
        return sorted(points, key=lambda point: (point.name, point.value))

    def source_digest(self, name: str) -> str:
        """The name of a user's plug-in -> the sha256 of its module's file; empty: it has none.

        Raises:
            UserError: as `find`.
        """
        source = getattr(load_module(self._target(name, "")), "__file__", None)
        return hashlib.sha256(Path(source).read_bytes()).hexdigest() if source else ""

    def _subject(self, name: str, place: str, owner: str = "") -> str:
        return f"{place or self.place}: the {self.noun} '{name}'{owner}"

    def _target(self, name: str, place: str) -> Target:
        subject = self._subject(name, place)
        if ":" in name:
            return parse_target(name, subject)
        points = entry_points(group=f"snakescribe.{self.group}")
        by_value = {point.value: point for point in points if point.name == name}
        if not by_value:
            known = {*self.built_in, *(point.name for point in points)} - {""}
            remedy = did_you_mean(name, known)
            hint = "" if remedy.endswith("?") else "; your own is written module:name"
            raise UserError(f"{subject} is unknown; {remedy}{hint}")
        if len(by_value) > 1:
            packages = " and ".join(sorted(map(_package, by_value.values())))
            raise UserError(
                f"{subject} is ambiguous: the packages {packages} both have it; uninstall one, "
                f"or write {' or '.join(sorted(by_value))}"
            )
        ((value, point),) = by_value.items()
        owner = f" of the package {_package(point)}"
        return parse_target(value.partition("[")[0].strip(), self._subject(name, place, owner))


def find_overrides(kinds: Iterable[PluginKind[Any]]) -> Iterator[str]:
    """Kinds of plug-in -> a line for each entry point of a package that has one of our names.

    Steps take ours without looking; this is asked where a config is checked, before any step.
    """
    ours = {f"snakescribe.{kind.group}": kind for kind in kinds}
    for package in distributions():
        # Few packages have plug-ins for us: looking at the text costs a third of parsing all.
        if "[snakescribe." not in (package.read_text("entry_points.txt") or ""):
            continue
        for point in package.entry_points:
            kind = ours.get(point.group)
            if kind and point.name in kind.built_in:
                yield (
                    f"{kind.place}: the {kind.noun} '{point.name}' is one of ours, and the package "
                    f"{_package(point)} has another of that name; uninstall the package, or have "
                    f"its entry point in {point.group} renamed"
                )


def _package(point: EntryPoint) -> str:
    return f"'{point.dist.name}'" if point.dist else "of an unknown name"
