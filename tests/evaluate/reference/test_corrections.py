"""A user's table of corrections -> references as they should be, and what does not fit."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from snakescribe.cli import cli
from snakescribe.evaluate.reference.choose import SpokenReference
from snakescribe.evaluate.reference.corrections import correct, read_corrections
from snakescribe.notices import collected

HEAD = "recording\tbefore\treference\tafter\tcorrection\n"


def table(folder: Path, *rows: str) -> str:
    path = folder / "corrections.tsv"
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows))
    return str(path)


def reference(text: str, timed: bool = False, spaced: bool = True) -> SpokenReference:
    words = tuple(text.split() if spaced else text)
    times = tuple((float(place), place + 1.0) for place in range(len(words))) if timed else ()
    gaps = tuple(" " if spaced else "" for _ in words)
    return SpokenReference(words, times, timed, "human", spaced, gaps=gaps)


@pytest.mark.parametrize(
    ("row", "corrected"),
    [
        ("a\tthe cat\tsat\ton\tran", "The cat ran on the mat. The end"),
        ("a\tcat\tsat on\tthe mat\t", "The cat the mat. The end"),
        ("a\tcat\t\tsat\treally\n", "The cat really sat on the mat. The end"),
        ("a\t\tThe\tcat\tOne big", "One big cat sat on the mat. The end"),
        ("a\tthe\tMAT\t\tmats", "The cat sat on the mats The end"),
        ("a\tthe end\t\t\tnow", "The cat sat on the mat. The end now"),
    ],
)
def test_words_are_put_where_the_words_around_them_say(tmp_path, row, corrected):
    said = reference("The cat sat on the mat. The end", timed=True)
    rows = read_corrections([table(tmp_path, row)])["a"]
    with collected() as notices:
        done = correct(said, rows, "a")
    assert done.text(0, len(done.words)) == corrected
    assert len(done.times) == len(done.gaps) == len(done.words)
    starts = [start for start, _ in done.times]
    assert starts == sorted(starts)
    assert [notice.kind for notice in notices.counts()] == ["reference_corrected"]


def test_in_a_language_without_spaces(tmp_path):
    said = reference("今日は天気", spaced=False)
    rows = read_corrections([table(tmp_path, "a\t今日\tは\t天\tも大")])["a"]
    assert correct(said, rows, "a").text(0, 6) == "今日も大天気"


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        (["a\tthe\tdog\t\tcat"], "fits nowhere"),
        (["a\tthe\t\t\tbig"], "fits in 3 places"),
        (["a\tcat\tsat\t\tran", "a\tcat\tsat\ton\twalked"], "two corrections of the same words"),
    ],
)
def test_what_does_not_fit_is_told_and_left_out(tmp_path, rows, what):
    said = reference("The cat sat on the mat. The end")
    with collected() as notices:
        correct(said, read_corrections([table(tmp_path, *rows)])["a"], "a")
    (unfit,) = [one for one in notices.counts() if one.kind == "correction_unfit"]
    assert what in unfit.text


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("recording\tbefore\na\tx\n", "has the columns recording, before, reference"),
        (HEAD + "a\t\t\t\tword\n", "no words that tell the place"),
        (HEAD + "\tthe\tcat\t\tword\n", "no recording"),
    ],
)
def test_a_table_that_is_none_is_refused_by_the_check(tmp_path, text, what):
    bad = tmp_path / "bad.tsv"
    bad.write_text(text)
    for path, said in ((bad, what), (tmp_path / "gone.tsv", "no such file")):
        config = tmp_path / "config.yaml"
        recordings = [{"source": "folder", "path": str(tmp_path)}]
        settings = {"recordings": recordings, "scoring": {"corrections": [str(path)]}}
        config.write_text(json.dumps(settings))
        done = CliRunner().invoke(cli, ["config", "check", str(config)])
        assert done.exit_code != 0
        assert "scoring.corrections: " in str(done.exception)
        assert said in str(done.exception)


def test_rows_of_recordings_that_are_not_there_are_told(corpus, tmp_path):
    world = corpus(scoring={"corrections": [table(tmp_path, "stranger\tit\tis\tlate\twas")]})
    world.add("a", {"none": ["it is"], "names": ["it is"]}, reference="it is late")
    world.score()
    notices = (world.folder / "notices.tsv").read_text()
    assert "correction_unfit" in notices
    assert "stranger" in notices


def test_the_next_scoring_reads_them(corpus, tmp_path):
    path = table(tmp_path, "a\tit is\tlate\t\tearly")
    world = corpus(scoring={"corrections": [path]})
    world.add("a", {"none": ["it is early"], "names": ["it is late"]}, reference="it is late")
    scores = world.score().query("normalizer == 'whisper_english'").set_index("condition")
    assert scores["substitutions"].to_dict() == {"none": 0, "names": 1}
    assert set(scores["reference"]) == {"it is early"}
