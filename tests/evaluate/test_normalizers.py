"""Normalisers: named, versioned, and the same as those they are named after."""

import importlib.util
import random
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snakescribe.errors import UserError
from snakescribe.evaluate.normalizers import NORMALIZERS, find_normalizer

PHRASES = (
    "Mr. O'Brien won't pay $20 million, or £3.50!", "It's the 21st of May, nineteen ninety-nine.",
    "colour, grey and theatre [laughter] (applause) uh, hmm", "twenty five and a half per cent",
    "one oh one", "three point one four", "they've gone; she'd said so", "ABC 3,000 km/h — 50%",
    "double oh seven", "Ünïcödé naïveté ß", "I'm gonna wanna", "the 1960s and the 90s",
)  # fmt: skip


def openai_rules():
    """The normalisers of openai-whisper, loaded without the rest of it (which loads torch)."""
    folder = Path(importlib.util.find_spec("whisper").origin).parent / "normalizers"
    spec = importlib.util.spec_from_file_location(
        "openai_rules", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules["openai_rules"] = module
    spec.loader.exec_module(module)
    return module


def test_whisper_normalisers_equal_those_of_openai_whisper():
    rules = openai_rules()
    pairs = (
        ("whisper_english", rules.EnglishTextNormalizer()),
        ("basic", rules.BasicTextNormalizer()),
    )
    rng = random.Random(5)
    words = " ".join(PHRASES).split()
    texts = [*PHRASES, *(" ".join(rng.choices(words, k=12)) for _ in range(150))]
    for name, theirs in pairs:
        ours = find_normalizer(name)
        for text in texts:
            assert ours.words(text) == theirs(text).split(), (name, text)


@pytest.mark.parametrize("name", NORMALIZERS)
def test_every_normaliser_says_what_it_is(name):
    found = find_normalizer(name)
    assert found.name == name
    assert found.version
    assert len(found.digest) == 64


def test_nemo_style_keeps_numbers_and_contractions():
    words = find_normalizer("nemo_style").words("Don’t pay $20 — it's 'free', O'Brien!")
    assert words == ["don't", "pay", "$20", "it's", "free", "o'brien"]


def test_languages_without_spaces_have_characters_for_words():
    assert find_normalizer("basic").words("你好, 世界。", "zh") == ["你", "好", "世", "界"]
    assert find_normalizer("basic").words("你好 世界", "en") == ["你好", "世界"]


@settings(deadline=None)
@given(st.sampled_from(sorted(NORMALIZERS)), st.text(max_size=60))
def test_any_text_has_normalised_words(name, text):
    assert all(word and not word.isspace() for word in find_normalizer(name).words(text))


def test_users_bring_their_own(tmp_path, monkeypatch):
    (tmp_path / "my_rules.py").write_text(
        "__version__ = '2'\ndef shout(text):\n    return text.upper()\n"
    )
    monkeypatch.chdir(tmp_path)
    found = find_normalizer("my_rules:shout")
    assert found.words("a b") == ["A", "B"]
    assert found.version == "2"
    assert len(found.digest) == 64


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("whisper_englsh", "did you mean 'whisper_english'"),
        ("no_such_module:f", "cannot import 'no_such_module'"),
        ("json:f", "has no 'f'"),
        ("json:__name__", "not a function"),
    ],
)
def test_a_wrong_name_is_explained(name, message):
    with pytest.raises(UserError, match=message):
        find_normalizer(name)
