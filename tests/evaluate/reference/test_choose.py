"""Which reference counts, and how its words are timed."""

import unicodedata

import pytest

from snakescribe.captions.sources import TIERS
from snakescribe.config.evaluate import Marks
from snakescribe.errors import UserError
from snakescribe.evaluate.plugins import NORMALIZERS
from snakescribe.evaluate.reference.choose import find_reference

VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nhello big world\n"


def item(**fields):
    return {"recording": "a", "context": {}, "reference": None, "reference_file": None, **fields}


def captions(tmp_path, *kinds):
    found = []
    for tier, language in kinds:
        path = tmp_path / f"{tier}.{language}.vtt"
        path.write_text(VTT.replace("hello", f"{tier}-{language}"), encoding="utf-8")
        found.append({"path": str(path), "language": language, "tier": tier})
    return {"captions": found}


def test_the_best_tier_counts(tmp_path):
    found = captions(tmp_path, ("automatic_caption", "en"), ("manual_caption", "en-GB"))
    best = find_reference(item(), found, TIERS, "en", Marks())
    assert best.tier == "manual_caption"
    assert best.words[0] == "manual_caption-en-GB"
    assert find_reference(item(reference="own words"), found, TIERS, "en", Marks()).tier == "human"
    only = find_reference(item(reference="own words"), found, ["automatic_caption"], "en", Marks())
    assert only.tier == "automatic_caption"
    assert find_reference(item(), None, TIERS, "en", Marks()) is None


def test_captions_in_another_language_do_not_count(tmp_path):
    found = captions(tmp_path, ("manual_caption", "de"), ("automatic_caption", "en"))
    assert find_reference(item(), found, TIERS, "en", Marks()).tier == "automatic_caption"


def test_a_user_may_name_the_tier():
    one = item(reference="x", context={"reference_tier": "synthetic"})
    assert find_reference(one, None, TIERS, "en", Marks()).tier == "synthetic"
    with pytest.raises(UserError, match="unknown tier 'good'"):
        find_reference(
            item(reference="x", context={"reference_tier": "good"}), None, TIERS, "en", Marks()
        )


def test_words_of_a_cue_are_spread_over_it(tmp_path):
    path = tmp_path / "a.vtt"
    path.write_text(VTT, encoding="utf-8")
    found = find_reference(item(reference_file=str(path)), None, TIERS, "en", Marks())
    assert found.words == ("hello", "big", "world")
    assert found.times[0][0] == 1
    assert found.times[-1][1] == 3
    assert not found.exact


def test_a_ctm_times_words(tmp_path):
    path = tmp_path / "a.ctm"
    path.write_text("a 1 0.50 0.40 hello\na 1 1.10 0.30 world\n", encoding="utf-8")
    found = find_reference(item(reference_file=str(path)), None, TIERS, "en", Marks())
    assert found.exact
    assert found.times[1][0] == pytest.approx(1.1)


def test_a_damaged_file_is_no_reference(tmp_path, caplog):
    path = tmp_path / "a.vtt"
    path.write_text("not captions", encoding="utf-8")
    assert find_reference(item(reference_file=str(path)), None, TIERS, "en", Marks()) is None
    assert "a: no reference" in caplog.text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "我 爱 rock 'n' roll"),
        ("ja", "今日は twenty five 人です"),
        ("ja", unicodedata.normalize("NFD", "がぎぐ です　ﾊﾟﾝ")),
        ("th", "เขา ทำ 5 km. ต่อ วัน"),
        ("en", "twenty  five\nO 'Brien"),
    ],
)
@pytest.mark.parametrize("timed", [False, True])
def test_a_text_equals_itself_under_every_normaliser(corpus, tmp_path, language, text, timed):
    world = corpus(scoring={"normalizers": list(NORMALIZERS.built_in)}, prompts=("none",))
    given = {"reference": f" {text}\n"}
    if timed:
        text = " ".join(text.split())
        path = tmp_path / "a.stm"
        path.write_text(f"a 1 x 0 5 {text}\na 1 x 5 10 {text}\n", encoding="utf-8")
        given, text = {"reference_file": path}, f"{text} {text}"
    world.add("a", {"none": [text]}, language=language, **given)
    scores = world.score()
    assert scores["reference"].tolist() == [text] * len(NORMALIZERS.built_in)
    for count in ("substitutions", "deletions", "insertions"):
        assert scores[count].tolist() == [0] * len(NORMALIZERS.built_in)


def test_a_piece_is_cut_from_the_text_as_it_was_written(corpus):
    said = [
        unicodedata.normalize("NFD", one) for one in ("がぎ rock 'n' roll", "が twenty five です。")
    ]
    world = corpus(scoring={"normalizers": ["none"]}, prompts=("none",))
    world.add("a", {"none": said}, language="ja", reference="  ".join(said))
    scores = world.score()
    assert scores["reference"].tolist() == said
    assert scores["hits"].sum() == scores["words"].sum()
