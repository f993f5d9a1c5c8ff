"""The rows of an experiment's tables -> its answer: a headline and what stands behind it.

There are three kinds: it is answered; there is no difference larger than so much; or we cannot
tell, with how many recordings it would take. The page and the console say the same words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from snakescribe.evaluate.compare.sample import Sample
from snakescribe.evaluate.compare.verdict import show_count, show_points
from snakescribe.evaluate.statistics.units import CHUNK, ENOUGH_UNITS, RECORDING, outer_unit
from snakescribe.evaluate.wording import CANNOT_TELL, UNREAD, Conclusion, only_here, too_few
from snakescribe.tables import Row

NAMES_SHOWN = 3
_CANNOT_TELL = CANNOT_TELL.capitalize()


class Name(str):
    """A condition's name within a sentence."""


# What a sentence is made of; joined it is the text.
Sentence = tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """What an experiment found, in sentences.

    Attributes:
        kind: `answered`, `no_larger` (equivalent) or `cannot_tell`.
        headline: the answer.
        lines: what it rests on.
        leader: the condition that is really best; empty where nobody can tell.
    """

    kind: str
    headline: Sentence
    lines: tuple[Sentence, ...] = ()
    leader: str = ""


@dataclass(frozen=True)
class _Study:
    """Rows of conditions with a rate, best first; each rival's comparison with the baseline."""

    ranked: list[Row]
    baseline: Row
    rivals: list[Row]
    all_rows: Sequence[Row]
    sample: Sample

    def rate(self, row: Row) -> str:
        return f"{100 * row['wer']:.1f}%"

    @property
    def unit(self) -> str:
        units = {row["word_unit"] for row in self.ranked}
        return "characters" if units == {"character"} else "words"

    def row(self, name: str) -> Row:
        return next(row for row in self.ranked if row["condition"] == name)

    def count(self, *conclusions: Conclusion) -> int:
        return sum(row["conclusion"] in conclusions for row in self.rivals)

    @property
    def size(self) -> str:
        recordings = self.sample.recordings
        noun = "recording" if recordings == 1 else "recordings"
        return f"{recordings:,} {noun}, {self.sample.words:,} {self.unit}"


def find_answer(
    conditions: Sequence[Row], comparisons: Sequence[Row], sample: Sample
) -> Answer | None:
    """The rows of ``conditions.csv`` and ``comparisons.csv``, and what was scored -> the answer.

    None where no condition has an error rate.
    """
    ranked = [row for row in conditions if row["wer"] is not None]
    ranked.sort(key=lambda row: (row["wer"], not row["is_baseline"]))
    if not ranked:
        return None
    baseline = next((row for row in ranked if row["is_baseline"]), None)
    if len(conditions) == 1 or baseline is None:
        best = ranked[0]
        low, high = best["wer_low"], best["wer_high"]
        limits = "" if low is None else f" (interval {100 * low:.1f}% to {100 * high:.1f}%)"
        study = _Study(ranked, best, [], comparisons, sample)
        said = f"{study.rate(best)} of the {study.unit} were wrong{limits}."
        if len(conditions) == 1:
            return Answer("answered", (said,))
        return Answer(
            "cannot_tell",
            (f"{_CANNOT_TELL}: the baseline has no {study.unit} to compare with.",),
            (("With ", Name(best["condition"]), f", {said}"),),
        )
    rates = {row["condition"]: row["wer"] for row in ranked}
    rivals = [row for row in comparisons if row["family"] == "baseline"]
    rivals.sort(key=lambda row: rates.get(row["condition"], 2.0))
    study = _Study(ranked, baseline, rivals, comparisons, sample)
    answer = _better(study) or _baseline_stands(study) or _undecided(study)
    more = [line for line in (_unread_line(rivals),) if line]
    return Answer(answer.kind, answer.headline, (*answer.lines, *more), answer.leader)


def _better(study: _Study) -> Answer | None:
    """The condition with the lowest rate of those that differ from the baseline for the better."""
    winner = next(
        (row for row in study.rivals if _differs(row) and (row["delta"] or 0.0) < 0), None
    )
    if winner is None:
        return None
    name = winner["condition"]
    headline: Sentence = (
        Name(name), " made fewer errors than the baseline"
        if _lower_unclear(study, name) else " made the fewest errors",
        f": {study.rate(study.row(name))} of the {study.unit} were wrong, "
        f"{study.rate(study.baseline)} with ", Name(study.baseline["condition"]),
    )  # fmt: skip
    headline = (*headline, _where(winner), ".")
    lines = [_compared(winner)]
    if unclear := _unclear_beside(study, name):
        lines.append((f"{_CANNOT_TELL} apart from it: ", *unclear, "."))
    return Answer("answered", headline, tuple(lines), name)


def _baseline_stands(study: _Study) -> Answer | None:
    """Nothing is better: where no condition is left that may be."""
    name, rate = Name(study.baseline["condition"]), study.rate(study.baseline)
    worse = [row for row in study.rivals if _differs(row)]
    equal = [
        row for row in study.rivals if row["conclusion"] in (Conclusion.NO_LARGER, Conclusion.SAME)
    ]
    if len(worse) + len(equal) < len(study.rivals) or not study.rivals:
        return None
    wrong = f"{rate} of the {study.unit} were wrong"
    if not equal:
        headline: Sentence = ("The baseline, ", name, f", made the fewest errors: {wrong}")
        headline = (*headline, _where(worse[0]), ".")
        lines = tuple(_compared(row) for row in worse[:NAMES_SHOWN])
        return Answer("answered", headline, lines, name)
    bounds = [row["no_larger_than"] or 0.0 for row in equal if row["conclusion"] == "no_larger"]
    differs = f"by more than {show_points(max(bounds))} points" if bounds else "at all"
    if worse:
        headline = (
            "Nothing beats the baseline, ", name, f": {wrong}; {len(worse)} of the "
            f"{len(study.rivals)} other conditions made more errors, the others do not differ "
            f"{differs}", _where(worse[0]), ".",
        )  # fmt: skip
        return Answer("answered", headline, tuple(map(_compared, worse[:NAMES_SHOWN])))
    headline = (f"No condition differs {differs} from the baseline, ", name, f": {wrong}.")
    if len(equal) == 1:
        headline = (f"The two conditions do not differ {differs}: with ", name, f", {wrong}.")
    lines = tuple(_compared(row) for row in equal[:NAMES_SHOWN] if row["verdict"] != UNREAD)
    return Answer("no_larger", headline, lines)


def _undecided(study: _Study) -> Answer:
    """Nobody can tell: how much was heard, what stays hidden, and what it would take."""
    open_rows = [row for row in study.rivals if row["conclusion"] == Conclusion.CANNOT_TELL]
    if not open_rows:
        why = study.rivals[0]["verdict"] if study.rivals else "there is nothing to compare"
        return Answer("cannot_tell", (f"{_CANNOT_TELL}: {why}.",), (_lowest(study),))
    leading = open_rows[0]
    headline = f"{_CANNOT_TELL}: {study.size}{_fewer(study, leading)}; {_hidden(leading)}."
    lines = [_lowest(study), _compared(leading)]
    if worse := study.count(Conclusion.REAL, Conclusion.HERE):
        lines.append((f"{worse} of the {len(study.rivals)} other conditions made more errors.",))
    if equal := study.count(Conclusion.NO_LARGER):
        lines.append((f"{equal} of the {len(study.rivals)} other conditions are the baseline's "
                      "equals.",))  # fmt: skip
    return Answer("cannot_tell", (headline,), tuple(lines))


def _fewer(study: _Study, row: Row) -> str:
    """How many recordings a comparison rests on, where some lack one of its transcripts."""
    compared = row["recordings"]
    if row["design"] != "paired" or not compared or compared >= study.sample.recordings:
        return ""
    return f", of which {compared:,} recording{'s' * (compared > 1)} can be compared"


def _hidden(row: Row) -> str:
    """What stays hidden in a comparison that came to nothing, and what would show it."""
    unit = outer_unit(row["resampled_by"])
    if unit == CHUNK:
        return "resampled by chunk, which says nothing about other recordings"
    detectable, needed = row["smallest_detectable"], row["recordings_needed"]
    parts = []
    if detectable is None:
        if (row["units"] or 0) < ENOUGH_UNITS:
            parts.append(too_few(unit))
    else:
        parts.append(f"differences under about {100 * detectable:.2g} points stay hidden")
    if unit == RECORDING and needed is not None:
        parts.append(
            f"{show_count(needed)} recordings would be needed to settle what was seen here"
        )
    return "; ".join(parts) or "nothing shows"


def _lowest(study: _Study) -> Sentence:
    best, baseline = study.ranked[0], study.baseline
    wrong = f"{study.rate(best)} of the {study.unit} wrong"
    if best is baseline:
        return ("Lowest here is the baseline, ", Name(best["condition"]), f": {wrong}.")
    told = ("Lowest here is ", Name(best["condition"]), f": {wrong}, {study.rate(baseline)} with ")
    return (*told, Name(baseline["condition"]), ".")


def _compared(row: Row) -> Sentence:
    """A comparison's verdict, as the table has it."""
    return (Name(row["condition"]), " against ", Name(row["other"]), f": {row['verdict']}.")


def _differs(row: Row) -> bool:
    return str(row["conclusion"]) in (Conclusion.REAL, Conclusion.HERE)


def _where(row: Row) -> str:
    """What a finding is limited to."""
    if row["conclusion"] == Conclusion.HERE:
        return f", {only_here(row['recordings'])}"
    return ""


def _lower_unclear(study: _Study, name: str) -> bool:
    """Whether another condition has a lower rate, of which we cannot tell."""
    return bool(study.ranked[0]["condition"] != name)


def _unclear_beside(study: _Study, name: str) -> Sentence:
    """The conditions, the baseline aside, that cannot be told apart from one (family `pairs`)."""
    others = []
    for row in study.all_rows:
        pair = [row["condition"], row["other"]]
        if row["family"] != "pairs" or name not in pair or _differs(row):
            continue
        pair.remove(name)
        if pair[0] != study.baseline["condition"] and row["verdict"] != UNREAD:
            others.append(pair[0])
    places = {row["condition"]: place for place, row in enumerate(study.ranked)}
    others.sort(key=lambda other: places.get(other, len(places)))
    return _listed(others, NAMES_SHOWN)


def _unread_line(rivals: Sequence[Row]) -> Sentence:
    """Which conditions are the same to the letter, whatever their prompts say."""
    names: dict[str, None] = {}
    for row in rivals:
        if row["verdict"] == UNREAD:
            names |= {row["other"]: None, row["condition"]: None}
    return ("With ", *_listed(list(names), 2 * NAMES_SHOWN), f" {UNREAD}.") if names else ()


def _listed(names: Sequence[str], shown: int) -> Sentence:
    parts: list[str] = []
    for name in islice(names, shown):
        parts += [", ", Name(name)] if parts else [Name(name)]
    more = len(names) - shown
    return (*parts, f" and {more} more") if more > 0 else tuple(parts)
