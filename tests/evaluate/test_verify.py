"""Scores are held against jiwer before they are written."""

import pyarrow as pa
import pytest

from snakescribe.evaluate.score.verify import MiscountedError, verify_sample


def table(*rows: tuple[str | None, str, int | None, int]) -> pa.Table:
    """Rows of (reference, hypothesis, words, substitutions) -> a table of scores."""
    return pa.table(
        {
            "chunk": [f"talk-{number:04d}" for number in range(len(rows))],
            "reference_normalized": pa.array([row[0] for row in rows], pa.string()),
            "hypothesis_normalized": pa.array([row[1] for row in rows], pa.string()),
            "words": pa.array([row[2] for row in rows], pa.int32()),
            "substitutions": pa.array([row[3] for row in rows], pa.int32()),
            "deletions": pa.array([0] * len(rows), pa.int32()),
            "insertions": pa.array([0] * len(rows), pa.int32()),
        }
    )


RIGHT = ("the herons won", "the heron won", 3, 1)


def test_right_counts_pass_with_rows_that_have_no_reference() -> None:
    verify_sample(table(RIGHT, (None, "nobody knows", None, 0), ("", "", 0, 0)))
    verify_sample(table((None, "nobody knows", None, 0)))


@pytest.mark.parametrize("wrong", [("a b", "a c", 2, 0), ("a b", "a b", 3, 0)])
def test_a_wrong_count_is_named_wherever_it_stands(wrong: tuple[str, str, int, int]) -> None:
    with pytest.raises(MiscountedError, match=r"talk-0001: .* by jiwer"):
        verify_sample(table(RIGHT, wrong))
