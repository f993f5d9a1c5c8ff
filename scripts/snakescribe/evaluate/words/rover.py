"""Several hypotheses of the same speech -> one, by votes (ROVER; Fiscus, ASRU 1997).

Word for word what NIST's ``rover`` (SCTK) gives for the same words, with ``-m meth1`` and the same
``-a`` and ``-c``: its costs, its ties, and its sums in single precision, which decide some ties.
"""

from collections.abc import Sequence
from ctypes import c_float

Word = tuple[str, float]  # and its confidence, from 0 to 1

_NULL = "\0"  # no word; SCTK writes `@`, which may be one
_EDIT, _OTHER, _WITH_NULL = 3.0, 4.0, 1.0


def _single(value: float) -> float:
    """A number -> the nearest one of single precision."""
    return c_float(value).value


_DROP_NULL = _single(0.001)

# A place of the network: what each hypothesis has there, in order; or nothing (`_NULL`).
_Slot = list[Word]


def combine(hypotheses: Sequence[Sequence[Word]], alpha: float, null: float) -> list[str]:
    """Hypotheses, each as words with confidences -> the words that win.

    Args:
        hypotheses: the order matters: of words with equal scores the one that came first wins.
        alpha: the weight of votes against that of the mean confidence; 1 counts votes alone.
        null: the confidence of no word.
    """
    network: list[_Slot] = [[word] for word in hypotheses[0]]
    for done, words in enumerate(hypotheses[1:], start=1):
        network = _merge(network, words, done)
    winners = (_vote(slot, alpha, null) for slot in network)
    return [word for word in winners if word != _NULL]


def _vote(slot: _Slot, alpha: float, null: float) -> str:
    votes: dict[str, int] = {}
    sure: dict[str, float] = {}
    for word, confidence in slot:
        votes[word] = votes.get(word, 0) + 1
        sure[word] = sure.get(word, 0.0) + (null if word == _NULL else confidence)
    scores = {
        word: alpha * (count / len(slot)) + (1 - alpha) * (sure[word] / count)
        for word, count in votes.items()
    }
    return max(scores, key=lambda word: scores[word])


class _Grid:
    """Costs of aligning the arcs of a network, one for each word of a slot, with words."""

    def __init__(self, network: Sequence[_Slot], words: Sequence[Word]) -> None:
        """Fill it; row 0 and column 0 stand before the first ones."""
        self.slot_of = [-1]
        rows_of: list[list[int]] = []
        self.costs = [[0.0]]
        self.back: list[list[tuple[int, int]]] = [[(0, 0)]]
        for place in range(1, len(words) + 1):
            self.costs[0].append(_single(self.costs[0][-1] + _EDIT))
            self.back[0].append((0, place - 1))
        for slot_number, slot in enumerate(network):
            before = rows_of[-1] if rows_of else [0]
            rows_of.append([])
            for arc in dict.fromkeys(word for word, _ in slot):
                rows_of[-1].append(len(self.costs))
                self.slot_of.append(slot_number)
                self._add(arc, before, words)
        last = rows_of[-1] if rows_of else [0]
        self.end = min(last, key=lambda row: self.costs[row][-1])

    def _add(self, arc: str, before: Sequence[int], words: Sequence[Word]) -> None:
        """Add the row of an arc, which follows those of the slot before."""
        row = len(self.costs)
        costs: list[float] = []
        back: list[tuple[int, int]] = []
        drop = _DROP_NULL if arc == _NULL else _EDIT
        diagonal = before[0]
        for place in range(len(words) + 1):
            above = min(before, key=lambda other: self.costs[other][place])
            deletion = _single(self.costs[above][place] + drop)
            best, came = deletion, (above, place)
            if place:
                word = words[place - 1][0]
                change = 0.0 if word == arc else _WITH_NULL if arc == _NULL else _OTHER
                substitution = _single(self.costs[diagonal][place - 1] + change)
                insertion = _single(costs[-1] + _EDIT)
                if substitution <= deletion and substitution <= insertion:
                    best, came = substitution, (diagonal, place - 1)
                elif deletion >= insertion:
                    best, came = insertion, (row, place - 1)
            costs.append(best)
            back.append(came)
            diagonal = above
        self.costs.append(costs)
        self.back.append(back)


def _merge(network: Sequence[_Slot], words: Sequence[Word], done: int) -> list[_Slot]:
    """A network of so many hypotheses and the words of one more -> the network of all."""
    grid = _Grid(network, words)
    slots = [list(slot) for slot in network]
    added: dict[int, list[Word]] = {}
    row, place = grid.end, len(words)
    while row or place:
        came = grid.back[row][place]
        slot = grid.slot_of[row]
        if came[0] == row:
            added.setdefault(slot, []).append(words[place - 1])
        else:
            slots[slot].append((_NULL, 0.0) if came[1] == place else words[place - 1])
        row, place = came
    merged: list[_Slot] = []
    for number in range(-1, len(slots)):
        merged += [slots[number]] if number >= 0 else []
        nothing = [(_NULL, 0.0)] * done
        merged += [[word, *nothing] for word in reversed(added.get(number, []))]
    return merged
