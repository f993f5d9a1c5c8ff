"""Where a model's weights lie, as `snakescribe models fetch` writes it."""

from typing import NotRequired, TypedDict


class Receipt(TypedDict):
    """`weights` as the config names them; `path` is what the engine loads.

    `languages` is `en` for a model that knows English only, else `multilingual`; a folder of the
    user's own does not say.
    """

    weights: str
    path: str
    sha256: str
    source: str
    languages: NotRequired[str]
