"""What a source is: a few listings, each of which finds recordings."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from snakescribe.acquire.answers import ContextFields, InfoDict

if TYPE_CHECKING:
    from snakescribe.acquire.web import Web
else:
    Web = Any  # sources only name it; importing it takes time that local sources do not have

__all__ = ["LIST", "Find", "Found", "Listing", "Part", "Skipped", "Source", "Web", "entry_details"]

LIST = "list"  # the `kind` of what a listing finds and is to be listed in turn


@dataclass(frozen=True)
class Part:
    """A part of a file: from `start` to `end`, in seconds on the file's clock."""

    start: float
    end: float

    @property
    def mark(self) -> str:
        """What tells it from other parts of the same file, as in a URL."""
        return f"#t={self.start:g},{self.end:g}"

    @property
    def label(self) -> str:
        """The same for an id: where it begins and ends, in hundredths of seconds, as in corpora."""
        return f"{round(self.start * 100):07d}-{round(self.end * 100):07d}"


@dataclass(frozen=True)
class Found:
    """A recording as a source found it.

    `identity` says what makes it the same recording when it is listed again, or by another
    source; `id` is the name it would like to have. `exact` ids come from the user or the site:
    two of them that are equal are one recording, two equal file names are not. `kind` is `file`,
    `url`, or `LIST`: a list that is to be listed in turn (see `Listing.open`). `metadata` is what
    a list says of the recording for the tables of metadata, where that counts more than what its
    site says: columns of `videos`, and `tags` and `thumbnails` (addresses). `part` is where in
    `locator` it lies, if it is not all of it.
    """

    identity: str
    id: str
    kind: str
    locator: str
    exact: bool = True
    title: str = ""
    language: str = ""
    speaker: str = ""
    reference: str = ""
    reference_file: str = ""
    context: ContextFields = field(default_factory=dict)
    metadata: ContextFields = field(default_factory=dict)
    part: Part | None = None

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> "Found":
        """The reverse of `as_dict`; what an older version did not keep is empty."""
        part = fields.get("part")
        return cls(**{**fields, "part": Part(**part) if part else None})

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON, for a listing that is kept."""
        return asdict(self)


@dataclass(frozen=True)
class Skipped:
    """An entry of a list that is no recording: its name, and why, the same words for all such."""

    name: str
    reason: str

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON, for a listing that is kept."""
        return asdict(self)


Find = Callable[["Web"], Iterable[Found | Skipped]]


@dataclass(frozen=True)
class Listing:
    """One thing that is listed as a whole: a pattern, a table, a playlist.

    `name` is what `items.tsv` shows as the source; `find` asks the web where it must. A `remote`
    listing is asked for once and then kept until ``resolve --update``; a local one is read every
    time. `asked` is what `sources.tsv` shows, where several listings make one row of it. `open`
    makes a listing of what is found with the kind `LIST`.
    """

    name: str
    find: Find
    remote: bool = False
    asked: str = ""
    open: Callable[[Found], "Listing"] | None = None


class Source(Protocol):
    """An entry of `recordings` in the config: made from it, gives listings.

    Ours are made from their class of `snakescribe.config.sources`, a user's own from a map of the
    keys that were written.
    """

    def __init__(self, entry: Any) -> None: ...

    def listings(self) -> Iterator[Listing]:
        """The listings of this entry, in the order written."""


def entry_details(entry: InfoDict) -> ContextFields:
    """yt-dlp's entry -> the details that prompts, filters and strata may use, where it has them."""
    details: ContextFields = {}
    if entry.get("duration"):
        details["duration_seconds"] = entry["duration"]
    if entry.get("timestamp"):
        details["published"] = datetime.fromtimestamp(entry["timestamp"], UTC).strftime("%Y-%m-%d")
    elif date := entry.get("upload_date"):
        details["published"] = f"{date[:4]}-{date[4:6]}-{date[6:]}"
    for name in ("description", "channel"):
        if entry.get(name):
            details[name] = entry[name]
    if tags := entry.get("tags"):
        details["tags"] = ", ".join(map(str, tags))
    if categories := entry.get("categories"):
        details["category"] = str(categories[0])
    return details
