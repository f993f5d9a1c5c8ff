"""Which reference counts, and how its words are timed."""

import pytest

from snakescribe.errors import UserError
from snakescribe.evaluate.references import TIERS, find_reference

VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nhello big world\n"


def item(**fields):
    return {"recording": "a", "context": {}, "reference": None, "reference_file": None, **fields}


def captions(tmp_path, *kinds):
    found = []
    for tier, language in kinds:
        path = tmp_path / f"{tier}.{language}.vtt"
        path.write_text(VTT.replace("hello", f"{tier}-{language}"))
        found.append({"path": str(path), "language": language, "tier": tier})
    return {"captions": found}


def test_the_best_tier_counts(tmp_path):
    found = captions(tmp_path, ("automatic_caption", "en"), ("manual_caption", "en-GB"))
    best = find_reference(item(), found, TIERS, "en")
    assert best.tier == "manual_caption"
    assert best.words[0] == "manual_caption-en-GB"
    assert find_reference(item(reference="own words"), found, TIERS, "en").tier == "human"
    only = find_reference(item(reference="own words"), found, ["automatic_caption"], "en")
    assert only.tier == "automatic_caption"
    assert find_reference(item(), None, TIERS, "en") is None


def test_captions_in_another_language_do_not_count(tmp_path):
    found = captions(tmp_path, ("manual_caption", "de"), ("automatic_caption", "en"))
    assert find_reference(item(), found, TIERS, "en").tier == "automatic_caption"


def test_a_user_may_name_the_tier():
    one = item(reference="x", context={"reference_tier": "synthetic"})
    assert find_reference(one, None, TIERS, "en").tier == "synthetic"
    with pytest.raises(UserError, match="unknown tier 'good'"):
        find_reference(item(reference="x", context={"reference_tier": "good"}), None, TIERS, "en")


def test_words_of_a_cue_are_spread_over_it(tmp_path):
    path = tmp_path / "a.vtt"
    path.write_text(VTT)
    found = find_reference(item(reference_file=str(path)), None, TIERS, "en")
    assert found.words == ("hello", "big", "world")
    assert found.times[0][0] == 1
    assert found.times[-1][1] == 3
    assert not found.exact


def test_a_ctm_times_words(tmp_path):
    path = tmp_path / "a.ctm"
    path.write_text("a 1 0.50 0.40 hello\na 1 1.10 0.30 world\n")
    found = find_reference(item(reference_file=str(path)), None, TIERS, "en")
    assert found.exact
    assert found.times[1][0] == pytest.approx(1.1)


def test_a_damaged_file_is_no_reference(tmp_path, caplog):
    path = tmp_path / "a.vtt"
    path.write_text("not captions")
    assert find_reference(item(reference_file=str(path)), None, TIERS, "en") is None
    assert "a: no reference" in caplog.text
