"""What is known of languages: how words are written in them, and which normaliser suits them.

Names and sets alone, so that a config is checked in milliseconds. Codes are those of
`snakescribe.languages.language_code`.
"""

import unicodedata
from collections import Counter

from snakescribe.languages import language_code

# Written without spaces: their words are single characters here, so that "WER" is CER for them,
# as in the Whisper paper (appendix C).
_UNSPACED = frozenset({"bo", "dz", "ja", "km", "lo", "my", "th", "yue", "zh"})

# Capital I is the dotless one in these, and the dotted i has a capital of its own.
DOTLESS = frozenset({"az", "crh", "gag", "tr"})

# Vowels are signs of their own on, under or beside the consonants.
_INDIC = {"as", "bn", "bho", "doi", "gu", "hi", "hne", "kn", "kok", "mag", "mai", "ml", "mni", "mr"}
_INDIC |= {"ne", "new", "or", "pa", "raj", "sa", "si", "ta", "te"}
_VOWEL_SIGNS = frozenset({*_INDIC, "bo", "dv", "dz", "km", "lo", "my", "th"})
# Vowels are marks that most writers leave out.
_VOWEL_POINTS = frozenset({"ar", "ckb", "fa", "he", "ks", "ku", "ps", "sd", "ug", "ur", "yi"})
# They are no points but letters in these.
POINTED = frozenset({"ks", "yi"})

# The first letters of names of Unicode's letters in scripts without spaces -> the language that a
# text in them is taken for where nobody says which it is.
_LANGUAGE_OF = {
    "CJK": "zh",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "THAI": "th",
    "LAO": "lo",
    "KHMER": "km",
    "MYANMAR": "my",
    "TIBETAN": "bo",
}


def is_spaced(language: str) -> bool:
    """A language code -> whether words are written with spaces between them."""
    return language_code(language) not in _UNSPACED


def word_unit(language: str) -> str:
    """A language code -> what its words are here: `word` or `character`."""
    return "word" if is_spaced(language) else "character"


def unspaced_language(text: str) -> str:
    """A text -> the language that its script tells, if that is one without spaces; else empty.

    More than half of its letters are of such scripts. Chinese characters with one kana in ten
    letters are Japanese; without, they are taken for Chinese.
    """
    if text.isascii():
        return ""
    letters = [letter for letter in text if letter.isalpha()]
    counts = Counter(
        language
        for letter in letters
        if (language := _LANGUAGE_OF.get(unicodedata.name(letter, "").split(" ")[0].split("-")[0]))
    )
    if 2 * counts.total() <= len(letters):
        return ""
    if counts["ja"] * 10 >= counts["ja"] + counts["zh"] > 0:
        counts["ja"] += counts.pop("zh", 0)
    return counts.most_common(1)[0][0]


def find_unsuited(normalizer: str, language: str) -> str:
    """A normaliser's name and a language code -> why it does not suit; empty where it does.

    Nothing is known of users' own normalisers, and of recordings whose language nobody knows.
    """
    code = language_code(language)
    if not code:
        return ""
    if normalizer in ("whisper_english", "open_asr_leaderboard"):
        return "" if code == "en" else "it is for English"
    if normalizer == "whisper_basic":
        if code in _VOWEL_SIGNS:
            return "it takes the vowel signs out, and cuts words there"
        if code in _VOWEL_POINTS:
            return "it cuts words at vowel points"
        if code in DOTLESS:
            return "it knows no dotless i"
    return ""
