"""Rows of scores, drawn at random -> nothing, or an error: they are computed again, plainly.

Our own normalising goes piece by piece and our alignment works on whole numbers, many rows at a
time. A fault in either would be a wrong number with a green light. So the texts of up to
`MOST_ROWS` rows are normalised once more as a whole, and counted by jiwer, which the field uses.
"""

from collections.abc import Collection, Iterator
from typing import Any

import jiwer
import kaldialign
import numpy as np
import pyarrow as pa

from snakescribe.captions.alternatives import WILDCARD, has_alternatives
from snakescribe.errors import UserError
from snakescribe.evaluate.audited import Audit
from snakescribe.evaluate.normalize.base import Normalizer
from snakescribe.evaluate.normalize.languages import is_spaced
from snakescribe.evaluate.normalize.registry import find_rules
from snakescribe.evaluate.plugins import CONVENTIONS, NORMALIZERS
from snakescribe.plugins import PluginKind
from snakescribe.tables import Row

MOST_ROWS = 2000
SEED = 18

_COUNTS = ("words", "hits", "substitutions", "deletions", "insertions")
_CHARACTERS = ("characters", "character_errors")
_TEXTS = ("reference", "hypothesis", "reference_normalized", "hypothesis_normalized")
_PLACE = ("condition", "chunk", "normalizer", "language")


class MiscountedError(Exception):
    """Our counts are not jiwer's: a fault of snakescribe, never of the user."""


class Auditor:
    """Draws rows while tables of scores go by: each row is as likely as any other."""

    def __init__(self, conventions: Collection[str] = ()) -> None:
        """Start with no rows, and the names of conventions."""
        self._conventions = conventions
        self._random = np.random.default_rng(SEED)
        self._drawn: list[tuple[float, Row]] = []
        self._of = 0

    def see(self, scores: pa.Table) -> None:
        """Take what is drawn of a table of scores."""
        known = scores["reference_normalized"].combine_chunks().is_valid()
        scored = np.flatnonzero(known.to_numpy(zero_copy_only=False))
        self._of += len(scored)
        keys = self._random.random(len(scored))
        limit = self._drawn[-1][0] if len(self._drawn) == MOST_ROWS else 1.0
        low = np.flatnonzero(keys < limit)
        low = low[np.argsort(keys[low])][:MOST_ROWS]
        columns = scores.select([*_PLACE, *_TEXTS, *_COUNTS, *_CHARACTERS])
        rows = columns.take(scored[low]).to_pylist()
        self._drawn += zip(keys[low].tolist(), rows, strict=True)
        self._drawn.sort(key=lambda drawn: drawn[0])
        del self._drawn[MOST_ROWS:]

    def check(self) -> Audit:
        """Compute what was drawn again.

        Raises:
            MiscountedError: a row comes out otherwise.
            UserError: a normaliser of the user's gives other words the second time.
        """
        chosen = 0
        for _, row in self._drawn:
            chosen += has_alternatives(row["reference"])
            rules = find_rules(row["normalizer"], self._conventions)
            kind = CONVENTIONS if row["normalizer"] in self._conventions else NORMALIZERS
            for name, ours, theirs in _compare(row, rules):
                if ours != theirs:
                    raise _fault(row, name, f"is {ours!r}, and computed again {theirs!r}", kind)
        return Audit(len(self._drawn), self._of, chosen)


def _fault(row: Row, name: str, what: str, kind: PluginKind[Any]) -> Exception:
    """A row of which a value comes out otherwise the second time -> the error to raise.

    Args:
        row: of the table of scores.
        name: of the value.
        what: both outcomes, in words.
        kind: of plug-in that the row's normaliser is.
    """
    place = f"condition {row['condition']}, chunk {row['chunk']}, normaliser {row['normalizer']}"
    texts = f"{row['reference']!r}, {row['hypothesis']!r}"
    if name.endswith("_normalized") and row["normalizer"] not in kind.built_in:
        remedy = f"a {kind.noun} must give the same for the same text"
        return UserError(f"{kind.place}: {place}: {name} {what}; {remedy}; the texts are {texts}")
    return MiscountedError(f"{place}: {name} {what}; please report it with these texts: {texts}")


def _compare(row: Row, normalizer: Normalizer) -> Iterator[tuple[str, object, object]]:
    """A row -> what it says, by name, and the same computed again."""
    said, heard = row["reference_normalized"], row["hypothesis_normalized"]
    if normalizer.merges_compounds:
        yield from _compare_by_convention(row, normalizer)
        return
    if not has_alternatives(row["reference"]):
        words = normalizer.words
        said, heard = (
            " ".join(words(row[side], row["language"])) for side in ("reference", "hypothesis")
        )
        yield "reference_normalized", row["reference_normalized"], said
        yield "hypothesis_normalized", row["hypothesis_normalized"], heard
    counted = jiwer.process_words(said, heard)
    names = ("hits", "substitutions", "deletions", "insertions")
    for name in names:
        yield name, row[name], getattr(counted, name)
    reference = counted.hits + counted.substitutions + counted.deletions
    yield "words", row["words"], reference
    if not is_spaced(row["language"]):
        said, heard = (text.replace(" ", "") for text in (said, heard))
    letters = jiwer.process_characters(said, heard)
    yield "characters", row["characters"], len(said)
    wrong = letters.substitutions + letters.deletions + letters.insertions
    yield "character_errors", row["character_errors"], wrong


def _compare_by_convention(
    row: Row, normalizer: Normalizer
) -> Iterator[tuple[str, object, object]]:
    """The same for a convention that merges compounds: its words, and kaldialign's errors."""
    if has_alternatives(row["reference"]):
        said = row["reference_normalized"].split()
    else:
        said = normalizer.words(row["reference"], row["language"])
    heard = normalizer.words(row["hypothesis"], row["language"]) if said else []
    yield "words", row["words"], len(said)
    if WILDCARD not in row["reference"]:  # what a wildcard takes is not counted
        counted = kaldialign.edit_distance(said, heard, merge_compounds=True)
        ours = row["substitutions"] + row["deletions"] + row["insertions"]
        yield "substitutions, deletions and insertions", ours, counted["total"]
