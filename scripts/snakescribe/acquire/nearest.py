"""Names that match nothing -> a text that names them, each with the one that may be meant."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

MOST_NAMED = 5
# To look for a near name takes time in proportion to their number.
MOST_COMPARED = 20_000


def name_with_nearest(strangers: Sequence[str], known: Iterable[str]) -> str:
    """Names that match nothing, and those that there are -> the first ones, with near ones.

    >>> name_with_nearest(["talk01", "x"], ["talk1", "talk2"])
    'talk01 (is talk1 meant?), x'
    """
    candidates = {name.casefold(): name for name in sorted(known)[:MOST_COMPARED]}
    named: list[str] = []
    for name in strangers[:MOST_NAMED]:
        near = get_close_matches(name.rpartition("/")[2].casefold(), candidates, n=1)
        others = [candidates[other] for other in near]
        named.append(name + "".join(f" (is {other} meant?)" for other in others if other != name))
    return ", ".join(named) + (" ..." if len(strangers) > MOST_NAMED else "")
