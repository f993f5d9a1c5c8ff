"""Reference words and what was heard in each chunk -> where the cuts are most plausible.

All cuts of a recording are placed together (Viterbi's algorithm over the positions that each may
take). What a placing costs is counted in words that are wrong:

- for each text of a chunk's panel, its errors against the words that the chunk would get;
- `RUN_COST` for each run of missing words at the beginning or the end of such a text: what is
  missing between two chunks is more likely one loss than two;
- ln(1 + z²) for a chunk that would get an implausible number of words: z is the log ratio of that
  number to the chunk's seconds of speech times the recording's speaking rate, over its standard
  deviation. The logarithm bounds it, so that it decides where errors do not and hardly else;
- `SENTENCE_COST` for a cut that does not follow the end of a sentence;
- next to nothing for each word between a cut and where it was guessed.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

RUN_COST = 1.0
SENTENCE_COST = 1.25
DISTANCE_COST = 0.01
# Standard deviation of the log speaking rate between chunks of one recording, beside what comes
# from counting words.
RATE_DEVIATION = 0.3

_SENTENCE_ENDS = frozenset(".!?…。！？")


def place_cuts(
    words: str,
    raw: Sequence[str],
    guesses: Sequence[int],
    windows: Sequence[tuple[int, int]],
    panels: Sequence[Mapping[str, int]],
    expected: Sequence[float],
) -> list[int]:
    """Guessed cuts and the range of each -> the cuts that cost least together.

    Args:
        words: the reference, one character a word.
        raw: its words as they were written.
        guesses: where each cut between two chunks was guessed, ascending.
        windows: the first and last position that each may take, with its guess in between.
        panels: for each chunk, the texts heard in it, encoded as the reference is, and how many
            conditions heard each.
        expected: for each chunk, how many words its speech is likely to hold; none where the
            times of words are known.

    Returns:
        The cuts, ascending.
    """
    ranges = [range(low, high + 1) for low, high in windows]
    starts, best = range(1), np.zeros(1)
    steps: list[np.ndarray] = []
    for number, panel in enumerate(panels):
        last = number == len(ranges)
        stops = range(len(words), len(words) + 1) if last else ranges[number]
        total = best[:, None] + np.zeros((1, len(stops)))
        if len(starts) * len(stops) > 1:
            total += _errors(words, starts, stops, panel)
            if expected:
                total += _rate_costs(starts, stops, expected[number])
            total[np.array(starts)[:, None] > np.array(stops)[None]] = np.inf
        if not last:
            total += _cut_costs(raw, stops, guesses[number])
        steps.append(total.argmin(0))
        starts, best = stops, total.min(0)
    cuts: list[int] = []
    place = 0
    for step, stops in zip(reversed(steps[1:]), reversed(ranges), strict=True):
        place = int(step[place])
        cuts.append(stops[place])
    return cuts[::-1]


def _errors(words: str, starts: range, stops: range, panel: Mapping[str, int]) -> np.ndarray:
    """Ranges of cuts around a chunk -> errors and runs at the edges, shape [start, stop]."""
    total = np.zeros((len(starts), len(stops)))
    counts = np.array(list(panel.values()), float)[:, None, None]
    if not panel:
        return total
    texts = list(panel)
    # One more start and one end in front tell whether a text misses the words at its edges.
    ends = [max(end, 0) for end in range(stops[0] - 1, stops[-1] + 1)]
    distances = np.stack(
        [
            cdist(texts, [words[start:end] for end in ends], scorer=Levenshtein.distance)
            for start in range(starts[0], starts[-1] + 2)
        ],
        axis=1,
    )  # [text, start, end]
    errors = distances[:, :-1, 1:]
    leads = errors == distances[:, 1:, 1:] + 1
    trails = errors == distances[:, :-1, :-1] + 1
    silent = np.array([not text for text in texts])[:, None, None]
    runs = np.where(silent, errors > 0, leads.astype(int) + trails)
    costs: np.ndarray = (counts * (errors + RUN_COST * runs)).sum(0)
    return costs


def _rate_costs(starts: range, stops: range, expected: float) -> np.ndarray:
    """Ranges of cuts around a chunk, its likely words -> what implausible numbers cost."""
    count = np.maximum(np.array(stops)[None] - np.array(starts)[:, None], 0)
    variance = RATE_DEVIATION**2 + 1 / (expected + 0.5)
    costs: np.ndarray = np.log1p(np.log((count + 0.5) / (expected + 0.5)) ** 2 / variance)
    return costs


def _cut_costs(raw: Sequence[str], cuts: range, guess: int) -> np.ndarray:
    inside = [cut == 0 or raw[cut - 1][-1:] not in _SENTENCE_ENDS for cut in cuts]
    return SENTENCE_COST * np.array(inside) + DISTANCE_COST * abs(np.array(cuts) - guess)
