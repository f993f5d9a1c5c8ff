"""MAPSSWE, against NIST's sc_stats."""

import json
from pathlib import Path

import numpy as np
import pytest

from snakescribe.evaluate.statistics.mapsswe import compare_matched_pairs, locate_errors

CASES = json.loads((Path(__file__).parent / "sctk_mapsswe.json").read_text(encoding="utf-8"))[
    "cases"
]


def compare(one, other):
    """Alignments of two conditions -> the test."""
    one, other = locate_errors(one), locate_errors(other)
    slots = np.flatnonzero(one | other)
    return compare_matched_pairs(slots, one[slots], other[slots])


@pytest.mark.parametrize("case", CASES, ids=["1", "2", "3"])
def test_equals_sc_stats(case):
    test = compare(*case["alignments"])
    assert test.segments == case["segments"]
    assert test.mean == pytest.approx(case["mean"], abs=0.0005)
    assert test.z == pytest.approx(case["z"], abs=0.0005)


@pytest.mark.parametrize(
    ("one", "other", "segments"),
    [
        (["=S=S="], ["====="], 1),  # one good word between does not part segments
        (["=S==S="], ["======"], 2),  # two do
        (["=S=", "S=="], ["===", "==="], 2),  # and so does the end of a chunk
        (["=S=I=="], ["====="], 1),  # an insertion between two good words breaks the run
        (["==I"], ["=="], 1),  # an insertion at the end counts
        (["=S=="], ["==S="], 1),  # errors of both systems belong together
    ],
)
def test_segments(one, other, segments):
    assert compare(one, other).segments == segments


def test_equal_transcripts_are_not_different():
    assert compare(["S==S==S"], ["S==S==S"]).p == 1


def test_segments_that_all_differ_alike_give_no_deviation_to_test_by():
    test = compare(["S==S==S"], ["======="])
    assert (test.segments, test.mean) == (3, 1)
    assert np.isnan([test.z, test.p]).all()
