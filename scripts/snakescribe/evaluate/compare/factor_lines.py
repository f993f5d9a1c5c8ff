"""The main effects of ``factors.csv`` -> one line for each factor, the surest level first."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from snakescribe.evaluate.compare.answer import Name, Sentence
from snakescribe.evaluate.wording import NO_DIFFERENCE, NO_LARGER, UNREAD
from snakescribe.tables import Row

# What conditions are compared by (`silence.leading_figure`); factors.csv has one of them.
LEADING_FIGURES = ("wer", "silent_words_per_minute")


@dataclass(frozen=True)
class LevelLine:
    """What a level of a factor did against the baseline's: the row, and a sentence."""

    row: Row
    sentence: Sentence

    @property
    def state(self) -> str:
        """`better`, `worse`, `equal`, or `unclear`."""
        if self.row["real"]:
            return "better" if self.row["delta"] < 0 else "worse"
        verdict = self.row["verdict"]
        equal = verdict == UNREAD or verdict.startswith((NO_LARGER, NO_DIFFERENCE))
        return "equal" if equal else "unclear"


@dataclass(frozen=True)
class FactorLine:
    """A factor: the level that tells most, and all others."""

    factor: str
    first: LevelLine
    others: tuple[LevelLine, ...]

    @property
    def summary(self) -> str:
        """How the other levels fared, in words; empty where there is none."""
        if not self.others:
            return ""
        counts = Counter(level.state for level in self.others)
        words = {"better": "better", "worse": "worse", "equal": "no different"}
        told = [f"{counts[state]} {word}" for state, word in words.items() if counts[state]]
        told += [f"{counts['unclear']} we cannot tell"] if counts["unclear"] else []
        if len(self.others) == 1:
            return f"The other level: {told[0].removeprefix('1 ')}."
        return f"Of {len(self.others)} other levels: {', '.join(told)}."


def tell_factors(rows: Iterable[Row]) -> list[FactorLine]:
    """The rows of ``factors.csv`` -> a line for each factor, the surest first."""
    by_factor: dict[str, list[LevelLine]] = {}
    for row in rows:
        if row["effect"] == "main" and row["figure"] in LEADING_FIGURES:
            by_factor.setdefault(row["factor"], []).append(LevelLine(row, _sentence(row)))
    lines = []
    for factor, levels in by_factor.items():
        first, *others = sorted(levels, key=_rank)
        lines.append(FactorLine(factor, first, tuple(others)))
    return sorted(lines, key=lambda line: _rank(line.first))


def _rank(level: LevelLine) -> tuple[int, float]:
    """What is sure first; of these what lowers most, then what raises most."""
    delta = level.row["delta"] or 0.0
    place = ("better", "worse", "unclear", "equal").index(level.state)
    return place, delta if level.state == "better" else -abs(delta)


def _sentence(row: Row) -> Sentence:
    pairs = "" if row["matched"] == 1 else f", mean of {row['matched']} matched pairs"
    change = (Name(row["level"]), " instead of ", Name(row["other_level"]))
    return (*change, f"{pairs}: {row['verdict']}.")
