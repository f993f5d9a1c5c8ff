"""Words of references that engines agree against."""

import csv
from pathlib import Path

import pytest

SAID = "the old clock in the hall strikes nine and the dog barks at the door"


def two_engines(corpus, reference, first, second, **extra):
    """A recording heard by two engines (and by more conditions of the second one)."""
    world = corpus(models=("tiny", "base"), scoring={"normalizers": ["basic"]})
    world.add("a", {"tiny": [first], "base": [second]}, reference=reference, **extra)
    world.compare()
    return world


def suspects(world):
    return world.table("suspects").fillna("")[
        ["kind", "before", "reference", "after", "correction", "engines", "engines_asked"]
    ].to_numpy().tolist()  # fmt: skip


@pytest.mark.parametrize(
    ("reference", "row"),
    [
        (SAID.replace("dog", "Frog,"),
         ["otherwise", "strikes nine and the", "Frog,", "barks at the door", "dog", 2, 2]),
        (SAID.replace("strikes", "loudly strikes"),
         ["unheard", "clock in the hall", "loudly", "strikes nine and the", "", 2, 2]),
        (SAID.replace("nine ", ""),
         ["left_out", "in the hall strikes", "", "and the dog barks", "nine", 2, 2]),
        (SAID.replace(" door", ""),
         ["left_out", "dog barks at the", "", "", "door", 2, 2]),
    ],
)  # fmt: skip
def test_what_all_engines_hear_otherwise_is_suspect(corpus, reference, row):
    world = two_engines(corpus, reference, SAID, SAID)
    assert suspects(world) == [row]
    rates = world.table("conditions")
    assert (rates["wer"] > 0).all()
    assert (rates["wer_without_suspects"] == 0).all()


def test_what_one_engine_hears_as_it_is_written_is_not(corpus):
    wrong = SAID.replace("dog", "frog")
    world = two_engines(corpus, wrong, SAID, wrong)
    assert suspects(world) == []
    rates = world.table("conditions")
    assert rates["wer"].tolist() == rates["wer_without_suspects"].tolist()


def test_engines_that_err_each_in_its_own_way_accuse_nobody(corpus):
    heard = (SAID.replace("dog", "dock"), SAID.replace("dog", "duck"))
    assert suspects(two_engines(corpus, SAID, *heard)) == []


def test_one_engine_is_no_witness(corpus):
    world = corpus()
    heard = {"none": [SAID], "names": [SAID]}
    world.add("a", heard, reference=SAID.replace("dog", "frog"))
    world.compare()
    assert suspects(world) == []


def test_rows_that_are_right_make_a_table_of_corrections(corpus, tmp_path):
    wrong = SAID.replace("dog", "frog").replace("nine ", "")
    world = two_engines(corpus, wrong, SAID, SAID)
    path: Path = tmp_path / "corrections.csv"
    rows = world.table("suspects").fillna("").astype(str).to_dict("records")
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    world.scoring["corrections"] = [str(path)]
    world.compare()
    assert suspects(world) == []
    assert world.table("conditions")["wer"].tolist() == [0, 0]
