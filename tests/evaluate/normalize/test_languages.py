"""Normalisers in other languages than English: right values made by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jiwer
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.cli import cli
from snakescribe.evaluate.normalize.languages import find_unsuited, unspaced_language
from snakescribe.evaluate.normalize.piecewise import Texts
from snakescribe.evaluate.normalize.registry import find_normalizer
from snakescribe.evaluate.words.vocabulary import Vocabulary
from snakescribe.tables import NOTICES, read_table

# Language, reference, hypothesis; errors and words, counted by hand.
PAIRS = [
    # Two of four words have another vowel.
    ("hi", "मैं घर जाता हूँ।", "मे घर जाती हूँ", (2, 4)),
    ("hi", "५ लोग", "5 लोग", (0, 2)),
    ("ta", "நான் வீட்டிற்கு போகிறேன்", "நான் வீட்டுக்கு போகிறேன்", (1, 3)),
    ("bn", "আমি ভাত খাই", "আমি ভাত খায়", (1, 3)),
    # I is the capital of ı and İ that of i, composed or not.
    ("tr", "İSTANBUL IŞIKLARI", "istanbul ışıkları", (0, 2)),
    ("tr", "I\u0307yi", "iyi", (0, 1)),
    ("az", "QIZIL", "qızıl", (0, 1)),
    ("en", "We flew to İstanbul", "we flew to istanbul", (0, 4)),
    ("de", "Flug nach İstanbul", "flug nach i\u0307stanbul", (0, 3)),
    # No filler, but a word.
    ("de", "Er kommt um acht.", "Er kommt acht.", (1, 4)),
    ("de", "Es geht um uns", "es geht um uns", (0, 4)),
    ("pt", "Quero um café", "quero café", (1, 3)),
    ("en", "I, um, want coffee", "I want coffee", (0, 3)),
    # Short vowels, the mark of a doubled letter, and the stroke are not written by most.
    ("ar", "ذَهَبَ الوَلَدُ إلى المَدرَسَةِ", "ذهب الولد إلى المدرسة", (0, 4)),
    ("ar", "محمّـد", "محمد", (0, 1)),
    ("ar", "كتاب جديد", "كتب جديد", (1, 2)),
    ("fa", "می‌خواهم بروم", "میخواهم بروم", (0, 2)),
    ("ur", "اُردو زبان", "اردو زبان", (0, 2)),
    ("he", "שָׁלוֹם עוֹלָם", "שלום עולם", (0, 2)),
    # Characters, vowels and tones among them: one tone of six is missing.
    ("th", "ที่นี่", "ทีนี่", (1, 6)),
    # The vowel am is one key, which Unicode divides; its tone stands on either side.
    ("th", "น้ำ", "นํ้า", (0, 3)),
    ("lo", "ນ້ຳ", "ນ້ຳ", (0, 3)),
    ("zh", "今天天气很好。", "今天天汽很好", (1, 6)),
    ("zh", "ＡＢＣ公司", "abc公司", (0, 5)),
    ("ja", "東京に行く", "東京へ行く", (1, 5)),
    # Decomposed letters, the stress of dictionaries, an accent in place of an apostrophe.
    ("ru", "за́мок стои́т", "замок стоит", (0, 2)),
    ("ru", "Мои\u0306 дом", "мой дом", (0, 2)),
    ("vi", "Tiếng Việt", "tie\u0302\u0301ng vie\u0323\u0302t", (0, 2)),
    ("fr", "l´homme", "l'homme", (0, 2)),
    ("ko", "한국어 공부", "한국어 공부", (0, 2)),
]  # fmt: skip


@pytest.mark.parametrize(("language", "reference", "hypothesis", "right"), PAIRS)
def test_errors_in_other_scripts_are_those_counted_by_hand(
    language: str, reference: str, hypothesis: str, right: tuple[int, int]
) -> None:
    normalise = find_normalizer("auto").words
    said, heard = normalise(reference, language), normalise(hypothesis, language)
    counted = jiwer.process_words(" ".join(said), " ".join(heard))
    errors = counted.substitutions + counted.deletions + counted.insertions
    assert (errors, len(said)) == right, (said, heard)


@pytest.mark.parametrize("language", ["hi", "tr", "ar", "ks", "yi", "de", "en", "th", ""])
@pytest.mark.parametrize("name", ["auto", "basic", "nemo_style"])
def test_many_texts_come_out_as_each_alone(name: str, language: str) -> None:
    texts = [text for _, *pair, _ in PAIRS for text in pair]
    raw, known = Vocabulary(), Vocabulary()
    normalizer = find_normalizer(name)
    rows = normalizer.for_many(language, raw, known)(Texts.cut(texts, raw))
    words = [[known.words[number] for number in rows[row].tolist()] for row in range(len(texts))]
    assert words == [normalizer.words(text, language) for text in texts]


@given(st.text(max_size=40), st.sampled_from(["hi", "tr", "ar", "yi", "de", ""]))
def test_what_is_normalised_stays(text: str, language: str) -> None:
    words = find_normalizer("basic").words(text, language)
    for word in words:
        assert word and not word.isspace()
    if text.isascii():
        again = find_normalizer("basic").words(" ".join(words), language)
        assert again == words


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("今天天气很好", "zh"), ("これは日本語です", "ja"), ("東京タワー", "ja"),
        ("สวัสดี ครับ", "th"), ("ສະບາຍດີ", "lo"), ("សួស្តី", "km"), ("မင်္ဂလာပါ", "my"), ("བཀྲ་ཤིས", "bo"),
        ("hello 世界", ""), ("한국어 공부", ""), ("Привет", ""), ("", ""), ("12 !", ""),
    ],
)  # fmt: skip
def test_the_script_of_a_text_tells_languages_without_spaces(text: str, language: str) -> None:
    assert unspaced_language(text) == language


@pytest.mark.parametrize("stated", ["", "en"])
def test_chinese_without_a_stated_language_is_scored_by_characters(
    corpus: Callable[..., Any], stated: str
) -> None:
    world = corpus(scoring={"normalizers": ["auto"]})
    heard = {"none": ["今天天气很好"], "names": ["今天天汽很好"]}
    world.add("a", heard, reference="今天天气很好", language="")
    for row in world.transcripts:
        row["language"] = stated  # as the engine says, which cannot tell
    conditions, _ = world.compare()
    assert conditions["words"].tolist() == [6, 6]
    assert conditions["wer"].tolist() == pytest.approx([0, 1 / 6])
    assert conditions["word_unit"].tolist() == ["character"] * 2


def test_a_recording_has_the_normaliser_of_its_language(corpus: Callable[..., Any]) -> None:
    world = corpus(scoring={"normalizers": ["auto"]})
    world.add("de", {"none": ["um acht"], "names": ["acht"]}, reference="um acht", language="de")
    world.add("en", {"none": ["um won't"], "names": ["will not"]}, reference="won't", shard=1)
    scores = world.score()
    assert len(set(scores["normalizer_digest"])) == 1
    errors = scores.set_index(["recording", "condition"])[["words", "deletions"]]
    assert errors.loc[("de", "names")].tolist() == [2, 1]
    assert errors.loc[("en", "none")].tolist() == [2, 0]


@pytest.mark.parametrize(
    ("name", "language", "why"),
    [
        ("whisper_english", "de", "for English"),
        ("whisper_english", "en-GB", ""),
        ("whisper_english", "English", ""),
        ("whisper_basic", "hin", "vowel signs"),
        ("whisper_basic", "ar_EG", "vowel points"),
        ("whisper_basic", "tr", "dotless"),
        ("whisper_basic", "fr", ""),
        ("auto", "hi", ""),
        ("my_rules:f", "hi", ""),
        ("whisper_english", "", ""),
    ],
)
def test_what_suits_which_language(name: str, language: str, why: str) -> None:
    reason = find_unsuited(name, language)
    assert why in reason
    assert bool(why) == bool(reason)


def test_an_unsuited_normaliser_is_told_in_the_check_and_in_the_summary(
    corpus: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "talks").mkdir()
    (tmp_path / "talks/a.wav").write_bytes(b"RIFF")
    config = {
        "recordings": [{"source": "folder", "path": "talks", "language": "hi"}],
        "models": {"tiny": {"weights": "tiny"}},
        "experiments": {"study": {"factors": {"model": ["tiny"]}}},
        "scoring": {"normalizers": ["auto", "whisper_basic"]},
    }
    Path("study.yaml").write_text(yaml.safe_dump(config))
    output = CliRunner().invoke(cli, ["config", "check", "study.yaml"]).output
    told = "scoring.normalizers: whisper_basic does not suit 'hi' (the source talks): it takes"
    assert told in " ".join(output.split())
    assert "auto does not" not in output

    world = corpus(scoring=config["scoring"])
    world.add("a", {"none": ["घर"], "names": ["घर"]}, reference="घर", language="hi")
    world.add("b", {"none": ["so"], "names": ["so"]}, reference="so", language="", shard=1)
    for row in world.transcripts:
        row["language"] = ""
    world.compare()
    notices = world.folder / "notices.tsv"
    rows = [row for row in read_table(NOTICES, notices) if row["kind"] == "normalizer_language"]
    assert [(row["recording"], row["text"].partition(":")[0]) for row in rows] == [
        ("a", "in 'hi', which the normaliser whisper_basic does not suit"),
        ("b", "its language is not known"),
    ]
    place = world.folder / "notices/score_transcripts/study.tsv"
    place.parent.mkdir(parents=True)
    notices.rename(place)
    arguments = "evaluate", "summary", "--results", str(world.folder), "--experiment", "study"
    summary = " ".join(world.call(*arguments).output.split())
    assert "a: in 'hi', which the normaliser whisper_basic does not suit: it takes" in summary
    assert "b: its language is not known" in summary
