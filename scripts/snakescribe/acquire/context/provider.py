"""What a provider of context is: asked about each recording, it gives fields."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from snakescribe.acquire.answers import ContextFields

if TYPE_CHECKING:
    from snakescribe.acquire.web import Web


@dataclass(frozen=True)
class About:
    """What is known about a recording: texts, and the day of publication (YYYY-MM-DD or empty)."""

    title: str
    description: str
    published: str


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


# What is known about a recording, and how its dates are meant (`MDY`, `DMY`) -> fields to add.
Extract = Callable[[About, str], ContextFields]
