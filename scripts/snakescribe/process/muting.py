"""Samples that no microphone made: not finite, or louder than all others by orders of magnitude."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

# Full scale is 1; decoders and mixes go beyond it by a little.
SOUND_PEAK = 1.5
_ALWAYS_SOUND = 4.0
# How much louder than nearly all others a sample may be, where it is louder than that.
_MOST_TIMES, _NEARLY_ALL = 20.0, 0.999
_NEVER_SOUND = 1e10
_BLOCK = 1 << 22
_EXPONENTS = 256  # of float32, as `frexp` has them, moved to begin with 0

Samples = NDArray[np.float32]


def is_doubtful(peak: float) -> bool:
    """The largest absolute value of a recording -> whether its samples are to be looked at."""
    return not peak <= SOUND_PEAK  # nan is neither


def find_absurd(samples: Samples) -> tuple[float, int]:
    """(samples x channels) as they were decoded -> the largest that counts, and how many do not.

    Counted are moments in which any channel is not finite or beyond the limit. Recordings whose
    full scale is another one (integers written as floating point) have no such samples: what is
    absurd is so beside the rest.
    """
    counts = np.zeros(_EXPONENTS, np.int64)
    for block in _blocks(samples):
        sizes = np.abs(block[np.isfinite(block) & (np.abs(block) <= _NEVER_SOUND) & (block != 0)])
        counts += np.bincount(np.frexp(sizes)[1] + _EXPONENTS // 2, minlength=_EXPONENTS)
    limit = _ALWAYS_SOUND
    if total := int(counts.sum()):
        usual = int(np.searchsorted(np.cumsum(counts), _NEARLY_ALL * total)) - _EXPONENTS // 2
        limit = max(limit, min(_NEVER_SOUND, _MOST_TIMES * 2.0**usual))
    absurd = sum(
        int(np.count_nonzero(~(np.abs(block) <= limit).all(axis=1))) for block in _blocks(samples)
    )
    return limit, absurd


def _blocks(samples: Samples) -> Iterator[Samples]:
    for start in range(0, len(samples), _BLOCK):
        yield samples[start : start + _BLOCK]
