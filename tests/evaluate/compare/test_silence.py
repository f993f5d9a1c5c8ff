"""Silence is a result: references that say that nothing was said are references."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from snakescribe.cli import cli

CHATTER = "thanks for watching and please subscribe"  # six words


def fill(world, folder: Path, recordings: int = 6, **kinds: str) -> None:
    """Recordings of two silent chunks of 10 s: `none` writes words in all, `names` in none."""
    for number in range(recordings):
        name = f"r{number}"
        path = folder / f"{name}.stm"
        path.write_text(f"{name} 1 nobody 0.00 20.00\n")
        extra = CHATTER if number % 2 else f"{CHATTER} again"
        heard = {"none": [CHATTER, extra], "names": ["", ""]}
        world.add(name, heard, reference_file=path, flags=["silence"], **kinds)


def test_the_condition_that_stays_silent_wins(corpus, tmp_path):
    world = corpus()
    fill(world, tmp_path)
    conditions, comparisons = world.compare()
    by_name = conditions.set_index("condition")
    assert by_name["wer"].isna().all()
    assert by_name["silent_words_per_minute"].tolist() == pytest.approx([37.5, 0.0])
    assert by_name["insertions"].tolist() == [75, 0]
    (row,) = comparisons[comparisons["family"] == "baseline"].to_dict("records")
    assert row["figure"] == "silent_words_per_minute"
    assert row["delta"] == pytest.approx(-37.5)
    assert row["relative_delta"] == pytest.approx(-1)
    assert row["real"]
    assert row["verdict"].startswith("lower by 37.5 words per minute (")
    effects = world.table("factors").set_index("figure")
    assert "wer" not in effects.index
    effect = effects.loc["silent_words_per_minute"]
    assert (effect["factor"], effect["level"]) == ("prompt", "names")
    assert effect["unit"] == "words per minute"
    assert effect["delta"] == row["delta"]
    assert effect["verdict"] == row["verdict"]
    # To be silent there is right, and no sign of hallucination.
    assert by_name["flagged_chunks"].tolist() == [12, 0]


def test_the_summary_tells_who_made_words_up(corpus, tmp_path):
    world = corpus()
    fill(world, tmp_path)
    world.compare()
    args = ["evaluate", "summary", "--results", str(world.folder), "--experiment", "study"]
    done = CliRunner().invoke(cli, args)
    assert done.exit_code == 0, done.output
    assert "The references say that nothing was said" in done.output
    assert "No references" not in done.output
    assert "37.5" in done.output
    assert "words a minute" in done.output


@pytest.mark.parametrize(
    "mark", ["[silence]", "(music)", "♪ ♪", "*applause*", "[music]\n[applause]"]
)
def test_a_text_of_marks_says_that_nothing_was_said(corpus, mark):
    world = corpus()
    world.add("a", {"none": ["you"], "names": [""]}, reference=mark)
    scores = world.score().query("normalizer == 'whisper_english'").set_index("condition")
    assert scores["words"].tolist() == [0, 0]
    assert scores["insertions"].to_dict() == {"none": 1, "names": 0}


def test_no_text_is_no_reference(corpus, tmp_path):
    world = corpus()
    empty = tmp_path / "a.txt"
    empty.write_text(" \n")
    world.add("a", {"none": ["you"], "names": [""]}, reference_file=empty)
    assert world.score()["words"].isna().all()


def test_words_lead_where_anybody_says_some(corpus, tmp_path):
    world = corpus()
    fill(world, tmp_path, recordings=3)
    world.add("said", {"none": ["it is late"], "names": ["it is"]}, reference="it is late")
    conditions, comparisons = world.compare()
    assert conditions.set_index("condition")["wer"].to_dict() == pytest.approx(
        {"none": 38 / 3, "names": 1 / 3}
    )
    assert set(comparisons["figure"]) == {"wer"}


def test_the_same_silence_is_no_difference(corpus):
    world = corpus()
    for number in range(3):
        world.add(f"r{number}", {"none": [""], "names": [""]}, reference="[silence]")
    _, comparisons = world.compare()
    assert set(comparisons["verdict"]) == {"no difference at all"}
