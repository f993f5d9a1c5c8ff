"""Languages as tables and configs have them -> codes. Oracles: yt-dlp's table of ISO 639."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langcodes import standardize_tag
from yt_dlp.utils import ISO639Utils

from snakescribe.languages import (
    WHISPER_LANGUAGES,
    base_language,
    is_of_language,
    is_told,
    language_code,
    language_tag,
    suggest_code,
)


@pytest.mark.parametrize(
    ("text", "tag", "code"),
    [
        ("en", "en", "en"), ("EN", "en", "en"), (" en-us ", "en-US", "en"), ("English", "en", "en"),
        ("ENGLISH", "en", "en"), ("eng", "en", "en"), ("en_US.UTF-8", "en-US", "en"),
        ("de_DE", "de-DE", "de"), ("deu", "de", "de"), ("ger", "de", "de"),
        ("de_DE@euro", "de-DE", "de"),
        ("zh_TW", "zh-TW", "zh"), ("zh-Hans", "zh-Hans", "zh"), ("cmn", "cmn", "zh"),
        ("yue", "yue", "yue"), ("nb", "nb", "no"), ("no", "no", "no"), ("nn", "nn", "nn"),
        ("iw", "he", "he"), ("fil", "fil", "tl"), ("tl", "fil", "tl"), ("jv", "jv", "jw"),
        ("jw", "jv", "jw"), ("arb", "arb", "ar"), ("pes", "pes", "fa"), ("pbt", "pbt", "ps"),
        ("ckb", "ckb", "ckb"), ("Farsi", "fa", "fa"), ("pt-BR", "pt-BR", "pt"),
        ("Haitian Creole", "ht", "ht"), ("haitian_creole", "ht", "ht"), ("Mandarin", "zh", "zh"),
        ("tlh", "tlh", "tlh"), ("gsw", "gsw", "gsw"),
    ],
)  # fmt: skip
def test_a_language_is_understood_however_it_is_written(text: str, tag: str, code: str) -> None:
    assert (language_tag(text), language_code(text)) == (tag, code)


@pytest.mark.parametrize(
    "text",
    ["", "xx", "Klingonish", "en, de", "en/de", "English (US)", "c", "und", "x-own", "qaa", "12"],
)
def test_what_is_no_language_has_no_code(text: str) -> None:
    assert (language_tag(text), language_code(text)) == ("", "")


def test_codes_of_whisper_are_its_own_and_long_codes_lead_to_them() -> None:
    for code, name in WHISPER_LANGUAGES.items():
        assert language_code(code) == language_code(name) == language_code(code.upper()) == code
        if len(code) == 2 and (long := ISO639Utils.short2long(code)):
            assert language_code(long) == code


def test_what_is_known_without_langcodes_is_what_it_says() -> None:
    for code in WHISPER_LANGUAGES:
        assert language_tag(code) == standardize_tag(code)


def test_what_most_configs_write_is_known_without_langcodes() -> None:
    code = (
        "import sys; from snakescribe.languages import language_code;"
        "print([language_code(text) for text in ('en', 'auto', '', 'English')],"
        "'langcodes' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['en', '', '', 'en'] False\n"


@given(st.text(max_size=30))
def test_any_text_is_a_code_or_none(text: str) -> None:
    code = language_code(text)
    assert code == language_code(code)
    assert code == "" or (code.isalpha() and code.islower() and len(code) in (2, 3))


def test_remedies_name_a_code_where_one_can_be_meant() -> None:
    assert suggest_code("English (US)") == "write 'en'"
    assert suggest_code("de, en") == "write 'de'"
    assert suggest_code("Klingonish").startswith("write a code such as")


def test_tables_write_in_many_ways_that_they_do_not_know() -> None:
    assert not any(map(is_told, ["", "und", " MUL", "unknown", "N/A", "-"]))
    assert is_told("en")


@pytest.mark.parametrize(
    ("tag", "wanted", "is_of"),
    [
        ("en", "English", True), ("en-US", "en", True), ("en", "en-US", True), ("iw", "he", True),
        ("en-GB", "en-US", False), ("zh-Hans", "zh-Hant", False), ("de", "en", False),
        ("en-en-US", "en", False), ("", "", False),
    ],
)  # fmt: skip
def test_a_tag_is_of_a_language_however_the_two_are_written(
    tag: str, wanted: str, is_of: bool
) -> None:
    assert is_of_language(tag, wanted) is is_of


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("en-US", "en"), ("eng", "en"), ("GER", "de"), ("deu", "de"), ("zh_Hans", "zh"),
        ("en.4", "en"), ("und", ""), ("", ""), (None, ""), ("haw", "haw"),
        ("iw", "he"), ("en-desc", "en"),
    ],
)  # fmt: skip
def test_languages_of_sites_codes(code: str | None, language: str) -> None:
    assert base_language(code) == language
