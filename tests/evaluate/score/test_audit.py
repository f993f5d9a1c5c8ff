"""Scores are computed a second time by jiwer, at random, and the reader is told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from snakescribe.errors import UserError
from snakescribe.evaluate.audited import Audit, read_audit
from snakescribe.evaluate.metrics import error_rates
from snakescribe.evaluate.score.audit import MOST_ROWS, Auditor, MiscountedError

RIGHT = {
    "condition": "names", "chunk": "talk-0000", "normalizer": "basic", "language": "en",
    "reference": "The herons won!", "hypothesis": "the heron won",
    "reference_normalized": "the herons won", "hypothesis_normalized": "the heron won",
    "words": 3, "hits": 2, "substitutions": 1, "deletions": 0, "insertions": 0,
    "characters": 14, "character_errors": 1,
}  # fmt: skip
NOTHING = {
    **RIGHT, "chunk": "talk-0009", "reference": None, "reference_normalized": None,
    **dict.fromkeys(("words", "hits", "substitutions", "deletions", "insertions")),
    "characters": None, "character_errors": None,
}  # fmt: skip


def audit(*rows: dict[str, Any]) -> Audit:
    auditor = Auditor()
    for row in rows:
        auditor.see(pa.table({name: [row[name]] for name in RIGHT}))
    return auditor.check()


def test_right_counts_pass_and_rows_without_a_reference_are_no_rows() -> None:
    text_of_nothing = {name: pa.array([NOTHING[name]], pa.string()) for name in RIGHT}
    auditor = Auditor()
    auditor.see(pa.table(text_of_nothing))
    assert auditor.check() == Audit(0, 0, 0)
    assert str(audit(RIGHT, RIGHT)) == "audited: 2 of 2, no difference"


@pytest.mark.parametrize(
    "wrong",
    [
        {"substitutions": 0, "hits": 3},
        {"words": 4, "deletions": 1},
        {"character_errors": 2},
        {"characters": 13},
        {"hypothesis_normalized": "the heron won it"},
        {"reference_normalized": "herons won"},
        {"normalizer": "none"},
    ],
)
def test_a_difference_is_named_wherever_it_stands(wrong: dict[str, Any]) -> None:
    with pytest.raises(
        MiscountedError, match=r"condition names, chunk talk-0007, normaliser .* is"
    ):
        audit(RIGHT, {**RIGHT, "chunk": "talk-0007", **wrong}, RIGHT)


def test_alternatives_are_counted_in_the_wording_that_was_chosen() -> None:
    told = audit({**RIGHT, "reference": "the {heron|herons} won"}, RIGHT)
    assert str(told) == ("audited: 2 of 2, no difference; 1 in the wording that was chosen")
    with pytest.raises(MiscountedError):
        audit({**RIGHT, "reference": "the {heron|herons} won", "substitutions": 2})


def test_characters_of_languages_without_spaces() -> None:
    counts = {"words": 3, "hits": 2, "characters": 3}
    texts = {"reference": "你好吗", "hypothesis": "你号吗", "language": "zh"}
    spaced = {"reference_normalized": "你 好 吗", "hypothesis_normalized": "你 号 吗"}
    assert audit({**RIGHT, **counts, **texts, **spaced}).rows == 1


def test_every_row_is_as_likely_whatever_the_table_that_it_is_in() -> None:
    sizes = (500, 3000, 1, 4000, 2500)
    auditor = Auditor()
    for number, size in enumerate(sizes):
        row = {**RIGHT, "chunk": f"t{number}-0000"}
        auditor.see(pa.table({name: [row[name]] * size for name in RIGHT}))
    told = auditor.check()
    assert (told.rows, told.of) == (MOST_ROWS, sum(sizes))
    assert str(told) == "audited: 2,000 of 10,001, no difference"
    tables = np.array([row["chunk"] for _, row in auditor._drawn])
    for number, size in enumerate(sizes):
        drawn, expected = (tables == f"t{number}-0000").sum(), MOST_ROWS * size / sum(sizes)
        assert abs(drawn - expected) < 4 * np.sqrt(expected) + 1


def test_the_file_and_the_summary_say_so(corpus: Callable[..., Any]) -> None:
    world = corpus()
    for number in range(5):
        heard = {"none": ["red cars", "x"], "names": ["red car", "x"]}
        world.add(f"r{number}", heard, reference="{red|read} car", shard=number % 2)
    world.add("silent", {"none": ["a"], "names": ["a"]})
    world.compare()
    kept = read_audit(world.scores())
    assert kept is not None
    assert (kept.rows, kept.of) == (40, 40)  # 5 recordings, 2 chunks, conditions, normalisers
    arguments = "evaluate", "summary", "--results", str(world.folder), "--experiment", "study"
    assert "audited: 40 of 40, no difference" in world.call(*arguments).output


def test_a_fault_in_our_alignment_stops_the_job(
    corpus: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = corpus()
    world.add("a", {"none": ["red cars"], "names": ["red car"]}, reference="red car")
    hits, *_ = error_rates._OPERATIONS
    swapped = ("substitutions", "D"), ("deletions", "S"), ("insertions", "I")
    monkeypatch.setattr(error_rates, "_OPERATIONS", (hits, *swapped))
    world.write()
    with pytest.raises(MiscountedError, match="condition none, chunk a-0000, normaliser"):
        world.score_only()
    assert not world.scores().exists()


def test_a_normaliser_that_is_not_stable_is_named(
    corpus: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "from itertools import count\nmoods = count()\ndef f(text):\n"
    (tmp_path / "moody.py").write_text(source + "    return f'{text} {next(moods)}'\n")
    monkeypatch.chdir(tmp_path)
    world = corpus(scoring={"normalizers": ["moody:f"]})
    world.add("a", {"none": ["red"], "names": ["red"]}, reference="red")
    world.write()
    with pytest.raises(UserError, match=r"normaliser moody:f: .* must give the same"):
        world.score_only()


def test_a_file_of_an_older_version_has_none(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1]}), tmp_path / "a.parquet")
    assert read_audit(tmp_path / "a.parquet") is None
