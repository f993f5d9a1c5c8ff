"""What a kind of notice is; the kinds themselves are `snakescribe.notices.kinds`."""

from enum import StrEnum
from typing import Self


class NoticeKind(StrEnum):
    """What a notice is about: its name, what it means, and what to do if `notify` says no more.

    `bears_on_results` tells notices that make the results another thing than was meant, which the
    report lists, from those that say how the run went.
    """

    meaning: str
    remedy: str
    bears_on_results: bool

    def __new__(cls, name: str, meaning: str, remedy: str, bears_on_results: bool = True) -> Self:
        """A member from its name, meaning and remedy."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.meaning, member.remedy = meaning, remedy
        member.bears_on_results = bears_on_results
        return member
