"""Where a recording's reference may come from: its own text or file, or captions, by tier."""

from collections.abc import Sequence
from typing import NamedTuple

from snakescribe.errors import UserError
from snakescribe.languages import language_code
from snakescribe.tables import Row

HUMAN, MANUAL, AUTOMATIC, SYNTHETIC = "human", "manual_caption", "automatic_caption", "synthetic"
TIERS = (HUMAN, MANUAL, SYNTHETIC, AUTOMATIC)


class Source(NamedTuple):
    """Where a reference may come from: its tier, and its text or the path of its file."""

    tier: str
    text: str
    path: str


def list_sources(
    item: Row, recording: Row | None, tiers: Sequence[str], language: str
) -> list[Source]:
    """An item and what acquiring it gave -> the references that it names, best first.

    Args:
        item: a row of the items table.
        recording: the recording's row, with the captions found.
        tiers: the tiers that count, best first. A reference of the user's own is `human` unless
            the item has a context field `reference_tier`.
        language: the recording's language; captions in another one do not count.

    Raises:
        UserError: `reference_tier` names no tier.
    """
    own = item["context"].get("reference_tier") or HUMAN
    if own not in TIERS:
        raise UserError(
            f"reference_tier of recording {item['recording']}: unknown tier '{own}'; "
            f"known are: {', '.join(TIERS)}"
        )
    sources: list[Source] = []
    if item["reference_file"]:
        sources.append(Source(own, "", item["reference_file"]))
    if item["reference"]:
        sources.append(Source(own, item["reference"], ""))
    for caption in (recording or {}).get("captions") or ():
        if _same_language(caption.get("language") or "", language):
            sources.append(Source(caption["tier"], "", caption["path"]))
    ranked = (source for source in sources if source.tier in tiers)
    return sorted(ranked, key=lambda source: tiers.index(source.tier))


def _same_language(left: str, right: str) -> bool:
    """Two language codes -> whether they may be of one language; regions do not count."""
    left, right = (language_code(code) or code.lower().split("-")[0] for code in (left, right))
    return not left or not right or left == right
