"""What several engines give together, against the best single one."""

import pytest
from click.testing import CliRunner

from snakescribe.cli import cli

pytestmark = pytest.mark.slow

SAID = ["the old clock strikes nine", "and the dog barks at the door"]
# Each engine errs where the two others do not.
HEARD = {
    "a": ["the cold clock strikes nine", "and the dog barks at the door"],
    "b": ["the old clock strikes wine", "and the dog parks at the door"],
    "c": ["the old clock strikes nine", "and the fog barks at the floor"],
}


def three_engines(corpus, recordings=6, **extra):
    world = corpus(models=tuple(HEARD))
    for number in range(recordings):
        world.add(f"r{number}", HEARD, reference=" ".join(SAID), **extra)
    world.compare()
    return world.table("combinations").set_index("combination")


def test_a_vote_mends_what_each_engine_hears_wrongly_alone(corpus):
    rows = three_engines(corpus, probability=0.9)
    assert list(rows.index) == ["rover_votes", "rover_confidence", "oracle"]
    assert rows["wer"].tolist() == [0, 0, 0]
    assert set(rows["other"]) == {"a"}
    assert rows["other_wer"].tolist() == pytest.approx([1 / 12] * 3)
    assert rows["delta"].tolist() == pytest.approx([-1 / 12] * 3)
    assert set(rows["conditions"]) == {"a, b, c"}
    assert set(rows["words"]) == {72}


def test_the_oracle_takes_the_best_text_of_each_chunk(corpus):
    world = corpus(models=("a", "b"))
    for number in range(3):
        heard = {"a": [SAID[0], "dog"], "b": ["clock", SAID[1]]}
        world.add(f"r{number}", heard, reference=" ".join(SAID))
    world.compare()
    rows = world.table("combinations").set_index("combination")
    assert rows.loc["oracle", "wer"] == 0
    assert "rover_confidence" not in rows.index  # no probabilities
    # Of two votes that tie the first one wins: what only one of two engines wrote is kept.
    assert rows.loc["rover_votes", "wer"] == 0


def test_the_summary_names_them(corpus):
    world = corpus(models=tuple(HEARD))
    world.add("r", HEARD, reference=" ".join(SAID))
    world.compare()
    args = ["evaluate", "summary", "--results", str(world.folder), "--experiment", "study"]
    output = CliRunner().invoke(cli, args).output
    assert "rover_votes of a, b, c: 0.0 %" in output
    assert "the best single one, a, has 8.3 %" in output


def test_one_engine_is_not_combined(corpus):
    world = corpus()
    world.add("r", {"none": SAID, "names": SAID}, reference=" ".join(SAID))
    world.compare()
    assert world.table("combinations").empty


def test_a_copy_of_an_engine_has_no_vote_of_its_own(corpus, caplog):
    twice = {**HEARD, "again": HEARD["a"]}
    world = corpus(models=tuple(twice))
    for number in range(6):
        world.add(f"r{number}", twice, reference=" ".join(SAID))
    world.compare()
    assert "again and a wrote the same words in every chunk" in caplog.text
    rows = world.table("combinations").set_index("combination")
    assert set(rows["conditions"]) == {"a, b, c"}
    # With two votes for what `a` writes, its errors would stay.
    assert rows.loc["rover_votes", "wer"] == 0


def test_the_same_few_words_are_no_sign_of_a_copy(corpus):
    world = corpus(models=("a", "b"))
    for number in range(3):
        world.add(f"r{number}", {"a": ["yes indeed"], "b": ["yes indeed"]}, reference="yes")
    world.compare()
    assert set(world.table("combinations")["conditions"]) == {"a, b"}


def test_a_model_under_two_names_is_nothing_to_combine(corpus):
    world = corpus(models=("a", "b"))
    for number in range(6):
        world.add(f"r{number}", {"a": SAID, "b": SAID}, reference=" ".join(SAID))
    world.compare()
    assert world.table("combinations").empty
    assert world.table("suspects").empty
