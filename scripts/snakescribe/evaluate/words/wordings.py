"""References that allow several wordings, and what was heard -> the wording that fits best.

A reference is a row of parts: fixed words, alternatives, and wildcards that take any words. The
wording with the fewest errors is found in one pass over the parts by dynamic programming, for all
that was heard of the same reference at once, and then aligned like any other. Of several with
equally few errors the one with the fewest substitutions counts, then the one that is written first.
The number of errors is the least over all wordings. NIST's ``sclite`` weighs a substitution 4 and
other errors 3: it has the same number unless a few more of those weigh less.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

# A substitution weighs a little more than other errors, all of them together less than one more.
_ERROR = 1 << 24
_SUBSTITUTION = _ERROR + 1

Words = np.ndarray  # (words,) numbers


class Wording(NamedTuple):
    """For one text that was heard: of each part which wording, and which words wildcards took.

    `taken` are (first, stop) places in what was heard.
    """

    choices: list[int]
    taken: list[tuple[int, int]]


class _State(NamedTuple):
    """(texts, places + 1) up to each place of what was heard: the least cost, and where it began.

    `origin` is the place at which the part began.
    """

    cost: np.ndarray
    origin: np.ndarray


def choose_wordings(parts: Sequence[Sequence[Words]], heard: Sequence[Words]) -> list[Wording]:
    """The parts of a reference and what was heard, several times -> a wording for each time.

    Args:
        parts: of each its wordings; one where it is fixed, none where it is a wildcard.
        heard: rows of word numbers, with those of the parts in common.
    """
    texts = np.full((len(heard), max(map(len, heard), default=0)), -1)
    for row, words in enumerate(heard):
        texts[row, : len(words)] = words
    places = np.arange(texts.shape[1] + 1)
    cost = np.broadcast_to(places * _ERROR, (len(heard), len(places)))
    steps: list[tuple[np.ndarray, np.ndarray]] = []  # of each part: the choice, and where it began
    for wordings in parts:
        start = _State(cost, np.broadcast_to(places, cost.shape))
        ways = [_follow(start, words, texts) for words in wordings] or [_take_any(start)]
        costs = np.stack([way.cost for way in ways])
        choice = costs.argmin(axis=0)
        cost = costs.min(axis=0)
        origins = np.stack([way.origin for way in ways])
        steps.append((choice, np.take_along_axis(origins, choice[None], axis=0)[0]))
    return [_trace(parts, steps, row, len(words)) for row, words in enumerate(heard)]


def _follow(state: _State, words: Words, texts: np.ndarray) -> _State:
    """A state and the words of one wording -> the state after them."""
    for word in words.tolist():
        missed = state.cost + _ERROR
        paired = state.cost[:, :-1] + np.where(texts == word, 0, _SUBSTITUTION)
        is_paired = paired < missed[:, 1:]
        cost, origin = missed, state.origin.copy()
        cost[:, 1:] = np.where(is_paired, paired, missed[:, 1:])
        origin[:, 1:] = np.where(is_paired, state.origin[:, :-1], origin[:, 1:])
        state = _spread(_State(cost, origin), _ERROR)
    return state


def _take_any(state: _State) -> _State:
    """A state -> the state after a wildcard, which takes any words for nothing."""
    return _spread(state, 0)


def _spread(state: _State, price: int) -> _State:
    """A state -> the state after any number of further words that were heard, at a price each."""
    places = np.arange(state.cost.shape[1])
    level = state.cost - price * places
    least = np.minimum.accumulate(level, axis=1)
    better = np.ones(level.shape, bool)
    better[:, 1:] = level[:, 1:] < least[:, :-1]
    source = np.maximum.accumulate(np.where(better, places, 0), axis=1)
    return _State(least + price * places, np.take_along_axis(state.origin, source, axis=1))


def _trace(
    parts: Sequence[Sequence[Words]],
    steps: Sequence[tuple[np.ndarray, np.ndarray]],
    row: int,
    place: int,
) -> Wording:
    """Back from the end of what was heard -> what was chosen on the way."""
    choices: list[int] = []
    taken: list[tuple[int, int]] = []
    for wordings, (choice, origin) in zip(reversed(parts), reversed(steps), strict=True):
        choices.append(int(choice[row, place]))
        before = int(origin[row, place])
        if not wordings and before < place:
            taken.append((before, place))
        place = before
    return Wording(choices[::-1], taken[::-1])
