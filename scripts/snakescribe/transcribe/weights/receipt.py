"""Where a model's weights lie, as `snakescribe models fetch` writes it."""

from typing import NotRequired, TypedDict


class Receipt(TypedDict):
    """`weights` as the config names them; `path` is what the engine loads.

    `languages` is `en` for a model that knows English only, else `multilingual`; a folder of the
    user's own does not say. `files` are all that the engine reads, by path with the sha256 of each:
    jobs compare them before they load them. Engines that are given no files have none.
    `converted_from` is the digest of what came in, where an engine reads another form of it.
    """

    weights: str
    path: str
    sha256: str
    source: str
    languages: NotRequired[str]
    files: NotRequired[dict[str, str]]
    converted_from: NotRequired[str]
