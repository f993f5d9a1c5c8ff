"""Results of a function kept in a dict: what is known costs no call."""

from collections.abc import Callable, Hashable
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

# A million words of speech have some tens of thousands of different ones.
KEPT = 300_000


class Memo(dict[Key, Value]):
    """`memo[key]` is the function's value, computed once while at most `KEPT` are kept.

    `map(memo.__getitem__, keys)` is several times as fast as to call a function that
    `functools.lru_cache` remembers.
    """

    def __init__(self, function: Callable[[Key], Value]) -> None:
        """Take the function."""
        super().__init__()
        self._function = function

    def __missing__(self, key: Key) -> Value:
        if len(self) >= KEPT:
            self.clear()
        found = self[key] = self._function(key)
        return found
