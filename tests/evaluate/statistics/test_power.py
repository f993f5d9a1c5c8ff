"""What a study can find, and how many units it would take."""

import numpy as np

from snakescribe.evaluate.statistics.power import smallest_detectable, units_needed


def test_a_corpus_of_the_size_needed_would_detect_the_difference():
    needed = units_needed(0.01, 0.01, 12, 0.05)
    before, after = (
        smallest_detectable(0.01 * (12 / count) ** 0.5, count, 0.05)
        for count in (needed - 1, needed)
    )
    assert after <= 0.01 < before
    assert np.isnan(units_needed(0.0, 0.01, 12, 0.05))


def test_fewer_than_five_recordings_are_never_enough():
    assert units_needed(0.1, 1e-6, 3, 0.05) == 5
    assert np.isnan(smallest_detectable(0.01, 4, 0.05))


def test_where_all_units_differ_alike_the_sign_test_says_how_many_are_needed():
    needed = units_needed(0.1, 0.0, 3, 0.05)
    assert 0.5 ** (needed - 1) < 0.05 <= 0.5 ** (needed - 2)
    assert np.isnan(smallest_detectable(0.0, 3, 0.05))
