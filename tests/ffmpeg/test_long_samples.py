"""Long recordings are mapped from files, and do not fill the memory as they are read."""

from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
import psutil
import pytest

from snakescribe.ffmpeg.samples import SAMPLE_RATE, map_samples, sample_blocks


def resident_mb() -> float:
    """What this process holds in memory now."""
    return float(psutil.Process().memory_info().rss) / 1e6


@pytest.mark.slow
def test_five_hours_are_read_in_little_memory() -> None:
    with TemporaryFile() as stream:
        stream.truncate(4 * 5 * 3600 * SAMPLE_RATE)  # 1.15 GB, of which no disk holds a byte
        samples = map_samples(stream)
    before, most = resident_mb(), 0.0
    total = 0.0
    for block in sample_blocks(samples):
        total += float(np.square(block).sum())
        most = max(most, resident_mb())
    for start in range(0, len(samples), 30 * SAMPLE_RATE):
        total += float(samples[start : start + 30 * SAMPLE_RATE].max())
        most = max(most, resident_mb())
    assert total == 0
    assert most - before < 150


@pytest.mark.slow
def test_what_is_held_while_more_is_read_stays_what_it_was(tmp_path: Path) -> None:
    path = tmp_path / "samples"
    numbers = np.arange(40_000_000, dtype=np.float32)
    numbers.tofile(path)
    with path.open("rb") as stream:
        samples = map_samples(stream)
    first = samples[1000:2000]
    for start in range(0, len(samples), 1_000_000):
        np.testing.assert_array_equal(samples[start : start + 10], numbers[start : start + 10])
        samples[start : start + 1_000_000].max()
    np.testing.assert_array_equal(first, numbers[1000:2000])
