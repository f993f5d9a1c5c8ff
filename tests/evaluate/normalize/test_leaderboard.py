"""The leaderboard's convention, beside ours and never mixed with it.

`leaderboard.json` has texts and what the leaderboard's own normaliser made of them (its code of
March 2026, as asr-consilium 1.0.6 ships it).
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kaldialign
import numpy as np
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.cli import cli
from snakescribe.evaluate.normalize.leaderboard import merge_compounds
from snakescribe.evaluate.normalize.piecewise import Texts
from snakescribe.evaluate.normalize.registry import find_convention, find_normalizer
from snakescribe.evaluate.words.ragged import Ragged
from snakescribe.evaluate.words.vocabulary import Vocabulary

NAME = "open_asr_leaderboard"
RIGHT = json.loads((Path(__file__).parent / "leaderboard.json").read_text(encoding="utf-8"))


def test_texts_come_out_as_the_leaderboards_own_code_has_them() -> None:
    normalizer = find_convention(NAME)
    assert len(RIGHT) == 260
    for text, right in RIGHT:
        assert " ".join(normalizer.words(text, "en")) == right
    unlike_whisper = find_normalizer("whisper_english").words
    others = sum(" ".join(unlike_whisper(text, "en")) != right for text, right in RIGHT)
    assert others > 20


def test_many_texts_come_out_as_each_alone() -> None:
    raw, known = Vocabulary(), Vocabulary()
    rows = find_convention(NAME).for_many("en", raw, known)(
        Texts.cut([text for text, _ in RIGHT], raw)
    )
    words = [" ".join(known.words[number] for number in row.tolist()) for row in rows]
    assert words == [right for _, right in RIGHT]


def test_it_says_which_rules_it_has() -> None:
    normalizer = find_convention(NAME)
    assert "rules of 2026-03" in normalizer.version
    assert f"kaldialign {kaldialign.__version__}" in normalizer.version
    assert len(normalizer.digest) == 64
    assert normalizer.digest != find_normalizer("whisper_english").digest


WORDS = st.lists(st.text("ab", min_size=1, max_size=3), max_size=7)


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=4))
def test_errors_are_kaldialigns(pairs: list[tuple[list[str], list[str]]]) -> None:
    known = Vocabulary()
    said, heard = (
        Ragged.from_rows([known.encode_words(words) for words in side])
        for side in zip(*pairs, strict=True)
    )
    merged = merge_compounds(said, heard, known)
    for row, (reference, hypothesis) in enumerate(pairs):
        operations = merged.operations[row].tobytes().decode()
        words = [known.words[number] for number in merged.heard[row].tolist()]
        counted = kaldialign.edit_distance(reference, hypothesis, merge_compounds=True)
        right = counted["total"] if reference else 0
        assert len(operations) - operations.count("=") == right
        assert len(operations.replace("D", "")) == len(words)
        assert len(operations.replace("I", "")) == len(reference)
        places = np.cumsum([letter != "I" for letter in operations]) - 1
        heard_at = iter(words)
        for letter, place in zip(operations, places.tolist(), strict=True):
            word = next(heard_at) if letter != "D" else None
            assert letter != "=" or word == reference[place]


def test_it_stands_beside_ours_and_changes_nothing_there(corpus: Callable[..., Any]) -> None:
    def fill(world: Any) -> Any:
        for number in range(5):
            heard = {"none": ["the whitepaper is kinda in"], "names": ["a white paper is in hmm"]}
            world.add(f"r{number}", heard, reference="the white paper is kinda in", probability=0.5)
        world.add("quiet", {"none": ["thank you"], "names": [""]}, reference="uh")
        world.compare()
        return world.table("metrics").set_index(["normalizer", "figure", "condition"])["value"]

    alone = fill(corpus())
    both = fill(corpus(scoring={"conventions": [NAME]}))
    assert set(both.index.get_level_values(0)) == {"whisper_english", "basic", NAME}
    assert both.drop(NAME).equals(alone)
    words = 5 * 6  # "kinda" is one word there; the quiet recording is left out
    assert both[NAME, "wer", "none"] == 0
    assert both[NAME, "wer", "names"] == pytest.approx(5 * 2 / words)
    assert both["basic", "wer", "none"] == pytest.approx((5 * 2 + 2) / (words + 1))


def test_scores_under_it_are_audited_and_stamped(corpus: Callable[..., Any]) -> None:
    world = corpus(scoring={"normalizers": ["basic"], "conventions": [NAME]})
    for number in range(4):
        heard = {"none": ["ice cream any way"], "names": ["icecream anyway x"]}
        world.add(f"r{number}", heard, reference="icecream {any way|<*>} anyway", shard=number % 2)
    scores = world.score()
    own = scores[scores["normalizer"] == NAME]
    assert own["normalizer_version"].str.contains("kaldialign").all()
    assert own["normalizer_digest"].nunique() == 1
    summed = own.groupby("condition", observed=True)[["substitutions", "insertions"]].sum()
    assert summed.sum(axis=1).to_dict() == {"none": 0, "names": 4}


def test_other_code_of_the_leaderboard_is_a_convention_too(
    corpus: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "newer.py").write_text("def english(text):\n    return text.lower()\n")
    monkeypatch.chdir(tmp_path)
    world = corpus(scoring={"normalizers": ["basic"], "conventions": ["newer:english"]})
    for number in range(4):
        heard = {"none": ["white paper"], "names": ["whitepaper !"]}
        world.add(f"r{number}", heard, reference="Whitepaper")
    world.compare()
    values = world.table("metrics").set_index(["normalizer", "figure", "condition"])["value"]
    assert values["newer:english", "wer"].to_dict() == {"none": 0, "names": 1}
    assert values["basic", "wer"].to_dict() == {"none": 2, "names": 0}


@pytest.mark.parametrize(
    ("scoring", "language", "told"),
    [
        ({"normalizers": [NAME]}, "en", "is a convention, which counts errors by rules of its own"),
        ({"conventions": ["open_asr"]}, "en", f"'open_asr' is unknown; known are: {NAME}"),
        ({"conventions": ["basic"]}, "en", "scoring.conventions: 'basic' is a normaliser"),
        ({"conventions": ["no_module:f"]}, "en", "there is no module 'no_module'"),
        ({"conventions": [NAME]}, "de", f"scoring.conventions: {NAME} does not suit 'de'"),
    ],
)
def test_what_cannot_be_meant_is_told_before_a_run(
    scoring: dict[str, Any],
    language: str,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "talks").mkdir()
    (tmp_path / "talks/a.wav").write_bytes(b"RIFF")
    config = {
        "recordings": [{"source": "folder", "path": "talks", "language": language}],
        "models": {"tiny": {"weights": "tiny"}},
        "experiments": {"study": {"factors": {"model": ["tiny"]}}},
        "scoring": scoring,
    }
    Path("study.yaml").write_text(yaml.safe_dump(config))
    output = CliRunner().invoke(cli, ["config", "check", "study.yaml"])
    assert told in " ".join((output.output + str(output.exception or "")).split())
