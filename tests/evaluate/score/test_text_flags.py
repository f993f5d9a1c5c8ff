"""Signs in the text alone that nobody said it."""

import csv
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from snakescribe.evaluate.normalize.piecewise import Texts
from snakescribe.evaluate.score.text_flags import TextFlagger, is_long
from snakescribe.evaluate.words.vocabulary import Vocabulary
from snakescribe.paths import UNSAID_PHRASES

SPEECH = (
    "And I said thank you to the man who had waited for us in the rain for more than an hour, "
    "because you know how it is when a train is late and nobody tells you why."
)


def flags(*texts: str, language: str = "en", seconds: float = 30.0) -> list[list[str]]:
    """Texts of chunks -> their flags."""
    raw = Vocabulary()
    heard: Any = SimpleNamespace(
        texts=Texts.cut(list(texts), raw),
        heard={"audio_seconds": pa.array(np.full(len(texts), seconds))},
    )
    return TextFlagger(raw).find(heard, language)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you.",
        " Thank you. Thank you! Thank you very much.",
        "SUBTITLES BY THE AMARA.ORG COMMUNITY",
        "and that was it. Thanks for watching!",
        "Sous-titres réalisés par la communauté d’Amara.org",
        "Untertitelung aufgrund der Amara.org-Community",
        "Untertitel im Auftrag des ZDF für funk, 2017",
        "Редактор субтитров А.Синецкая Корректор А.Егорова",
        "ご視聴ありがとうございました。",
        "皆さんご視聴ありがとうございました",
        "MBC 뉴스 이덕영입니다.",
        "字幕由Amara.org社区提供",
        "Υπότιτλοι AUTHORWAVE",
    ],
)
def test_phrases_that_models_write_in_silence_are_known(text):
    assert flags(text) == [["known_phrase"]]


@pytest.mark.parametrize(
    "text", ["", "...", SPEECH, "thank you all", "the Amara community", "bye bye love", "You know."]
)
def test_what_people_say_is_not_flagged(text):
    assert flags(text) == [[]]


def test_more_than_anybody_says_in_the_time_is_flagged():
    words = SPEECH[:160]
    assert flags(words, seconds=3.9) == [["too_fast"]]
    assert flags(words, seconds=4.1) == [[]]
    syllables = "今日は大変よい天気なので近くの公園まで散歩に出かけました"
    assert flags(syllables, language="ja", seconds=len(syllables) / 21) == [["too_fast"]]
    assert flags(syllables, language="ja", seconds=len(syllables) / 10) == [[]]


def test_a_loop_has_few_words_and_long_speech_has_not():
    assert flags("I'm going to the " * 6) == [["few_words"]]
    assert flags("no no no no") == [[]]  # people do say that
    # Over an hour, people use the same words again: pieces of it are looked at.
    known = [f"w{number}" for number in range(300)]
    rng = np.random.default_rng(4)
    hour = [known[int(place)] for place in rng.integers(0, 300, 9000)]
    assert flags(" ".join(hour), seconds=3600) == [[]]
    hour[5000:5200] = ["la", "di", "da"] * 66 + ["la", "la"]
    assert flags(" ".join(hour), seconds=3600) == [["few_words"]]


def test_a_word_longer_than_can_be():
    assert flags("a" + "ha" * 20) == [["long_word"]]
    assert not is_long("Donaudampfschifffahrtsgesellschaft")
    assert not is_long("https://example.org/a/very/long/path/that/nobody/says/aloud")
    assert not is_long("e\u0301" * 30)  # thirty letters, each with its accent
    assert flags(
        "今日は大変よい天気なので近くの公園まで散歩に出かけましたとさ今日は大変よい天気",
        language="ja",
    ) == [[]]


def test_every_phrase_has_a_source_and_is_found_as_it_is_written():
    with UNSAID_PHRASES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len({row["language"] for row in rows}) >= 15
    assert len({row["phrase"] for row in rows}) == len(rows)
    assert all(row["source"] and row["where"] in {"anywhere", "alone"} for row in rows)
    assert flags(*(row["phrase"] for row in rows)) == [["known_phrase"]] * len(rows)
    beside = [f"well {row['phrase']} well" for row in rows]
    wanted = [["known_phrase"] if row["where"] == "anywhere" else [] for row in rows]
    assert flags(*beside) == wanted


def test_flags_of_the_text_stand_beside_those_of_the_decoder(corpus):
    world = corpus()
    heard = {"none": ["Thank you.", ""], "names": ["it is late", "it is late"]}
    world.add("a", heard, reference="it is late it is late", flags=["fallback"])
    scores = world.score()
    leading = scores[scores["normalizer"] == "whisper_english"].set_index(["condition", "chunk"])
    assert list(leading.loc[("none", "a-0000"), "flags"]) == ["fallback", "known_phrase"]
    assert list(leading.loc[("none", "a-0001"), "flags"]) == ["fallback"]
    conditions, _ = world.compare()
    assert conditions.set_index("condition").loc["none", "flags"] == "fallback 2; known_phrase 1"
