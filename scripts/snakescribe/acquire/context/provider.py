"""What a provider of context is: asked about each recording, it gives fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from snakescribe.acquire.answers import ContextFields

if TYPE_CHECKING:
    from snakescribe.acquire.context.games import Game
    from snakescribe.acquire.web import Web


@dataclass(frozen=True)
class About:
    """What is known about a recording: texts, and the day of publication (YYYY-MM-DD or empty).

    `known` are the fields that its source and earlier entries of `context` gave; `path` is where a
    local file lies.
    """

    title: str
    description: str
    published: str
    known: Mapping[str, Any] = field(default_factory=dict)
    path: str = ""


class Provider(Protocol):
    """An entry of `context` in the config: made from it, gives the fields of a recording.

    Ours are made from their class of `snakescribe.config.context`, a user's own from a map of the
    keys that were written.
    """

    def __init__(self, entry: Any) -> None: ...

    def fields(self, about: About, web: "Web") -> ContextFields:
        """What is known about a recording -> fields to add: names and values that JSON can hold.

        Raises:
            WebError: the site that it asks does not answer; the next run asks again.
        """
        ...


@runtime_checkable
class GameProvider(Protocol):
    """A provider that tells games: they become rows of the tables of games, and fields."""

    def game(self, about: About, web: "Web") -> "Game | None":
        """What is known about a recording -> its game; raises as `fields`."""
        ...


# What is known about a recording, and how its dates are meant (`MDY`, `DMY`) -> fields to add.
Extract = Callable[[About, str], ContextFields]
