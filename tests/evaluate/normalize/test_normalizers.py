"""Normalisers: named, versioned, and the same as those they are named after."""

import importlib.util
import random
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whisper_normalizer.english import EnglishTextNormalizer

from snakescribe.errors import UserError
from snakescribe.evaluate.normalize.piecewise import Texts
from snakescribe.evaluate.normalize.registry import find_normalizer
from snakescribe.evaluate.plugins import NORMALIZERS
from snakescribe.evaluate.words.vocabulary import Vocabulary

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
        ("whisper_basic", rules.BasicTextNormalizer()),
    )
    rng = random.Random(5)
    words = " ".join(PHRASES).split()
    texts = [*PHRASES, *(" ".join(rng.choices(words, k=12)) for _ in range(150))]
    for name, theirs in pairs:
        ours = find_normalizer(name)
        for text in texts:
            assert ours.words(text) == theirs(text).split(), (name, text)


RULES = EnglishTextNormalizer()
# What the rules treat specially, and words that they leave alone.
SPECIAL = """
    um uh hmm mm mhm mmm the cat Sat on and a half an hour been gone done got gotta st nd rd th s
    's 'd n't he's she'd won won't 't let's imma cause mr. dr colour grey wanna ma'am y'all's 5 10
    1,000 $5 $0 50% % $ £3 3.14 .5 1990s 21st 1s . .. ... - -- well-known [a] (b) ü’s
"""
TOKENS = [*sorted(RULES.standardize_numbers.words), *SPECIAL.split()]
TEXTS = st.lists(
    st.tuples(
        st.sampled_from(TOKENS),
        st.sampled_from(["", "", "", ".", ",", "?", "'s", "'"]),
        st.sampled_from([" ", " ", " ", " ", "  ", "-", "_", "\n"]),
    ),
    max_size=12,
).map(lambda parts: "".join(part for one in parts for part in one))


def normalise(name, texts):
    """What scoring does: many texts, in pieces."""
    raw, known = Vocabulary(), Vocabulary()
    rows = find_normalizer(name).for_many("en", raw, known)(Texts.cut(texts, raw))
    return [[known.words[number] for number in rows[row].tolist()] for row in range(len(texts))]


@pytest.mark.slow
@settings(max_examples=3 * settings().max_examples)
@given(st.lists(TEXTS, min_size=1, max_size=3), st.lists(st.text(max_size=30), max_size=3))
def test_normalising_in_pieces_equals_normalising_the_whole(texts, others):
    every = [*texts, *others, *(f"{one} {two}" for one in texts for two in others)]
    for name in NORMALIZERS.built_in:
        whole = find_normalizer(name)
        assert normalise(name, every) == [whole.words(text, "en") for text in every], name


@pytest.mark.slow
def test_whisper_english_equals_the_package_on_every_word_of_its_rules():
    replaced = re.findall("[a-z]+", " ".join(RULES.replacers).replace(r"\b", " "))
    spelt = list(RULES.standardize_spellings.mapping)
    for word in {*replaced, *spelt[::20], *RULES.standardize_numbers.words}:
        texts = [word, f"{word}.", f"Well, {word} so", f"he's {word} 5, {word}"]
        assert normalise("whisper_english", texts) == [RULES(text).split() for text in texts]


@pytest.mark.parametrize(
    "text", ["so it is...", "so … it is", "so it is .", "so it is…", "so. . . it is...."]
)
def test_dots_are_no_words_under_auto(text):
    assert find_normalizer("auto").words(text, "en") == ["so", "it", "is"]
    assert normalise("auto", [text]) == [["so", "it", "is"]]


def test_auto_is_otherwise_whisper_english():
    texts = [*PHRASES, "3.5 $.50 a.m. 5. 50% $ - no. 7 he's"]
    for text in texts:
        theirs = [word for word in find_normalizer("whisper_english").words(text) if word != "."]
        assert find_normalizer("auto").words(text, "en") == theirs


@pytest.mark.parametrize("name", NORMALIZERS.built_in)
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


@given(st.sampled_from(sorted(NORMALIZERS.built_in)), st.text(max_size=60))
def test_any_text_has_normalised_words(name, text):
    assert all(word and not word.isspace() for word in find_normalizer(name).words(text))


def test_users_bring_their_own(tmp_path, monkeypatch):
    (tmp_path / "my_rules.py").write_text(
        "__version__ = '2'\ndef shout(text):\n    return text.upper()\n", encoding="utf-8"
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
        ("no_such_module:f", "there is no module 'no_such_module'"),
        ("json:f", "has no 'f'"),
        ("json:__name__", "is 'json', not a function from text to text"),
    ],
)
def test_a_wrong_name_is_explained(name, message):
    with pytest.raises(UserError, match=message):
        find_normalizer(name)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("math:sqrt", "'math:sqrt' failed with TypeError.*the text was 'a b'"),
        ("builtins:list", "'builtins:list' gave list and not a text; the text was 'a b'"),
    ],
)
def test_a_function_that_is_no_normaliser_is_named(name, message):
    with pytest.raises(UserError, match=message):
        find_normalizer(name).words("a b")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def f(text) return text", "fails when it is imported: SyntaxError: .*line 1.; mend it"),
        ("x = 1\n1 / 0", r"imported: ZeroDivisionError: division by zero \(\w+.py, line 2\)"),
        ("import os\nos.nope", r"imported: AttributeError: .*'nope' \(\w+.py, line 2\)"),
        ("import sys\nsys.exit(3)", "imported: SystemExit: 3"),
        (
            "import no_such_package",
            "No module named 'no_such_package' .* install 'no_such_package'",
        ),
        ("f = 1", "is 1, not a function from text to text"),
        ("g = 1", "has no 'f'"),
    ],
)
def test_a_module_that_fails_is_explained(source, message, tmp_path, monkeypatch):
    name = f"broken_{abs(hash(source))}"
    (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=message) as caught:
        find_normalizer(f"{name}:f")
    assert f"'{name}" in str(caught.value)


@pytest.mark.parametrize("name", [":f", "my_module:", ":"])
def test_a_name_with_nothing_beside_the_colon_is_explained(name):
    with pytest.raises(UserError, match=f"'{name}' lacks a name on one side of the colon"):
        find_normalizer(name)


def test_half_a_character_is_refused(tmp_path, monkeypatch):
    source = "def halve(text):\n    return text.replace('b', '\\ud83d')\n"
    (tmp_path / "halving_rules.py").write_text(source, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = find_normalizer("halving_rules:halve")
    assert found.words("a c") == ["a", "c"]
    with pytest.raises(
        UserError, match=r"halve' gave 'a .ud83d', .*surrogate.; the text was 'a b'"
    ):
        found.words("a b")
