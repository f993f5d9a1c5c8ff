"""What a word is in a language: what lies between spaces, or a character."""

# Written without spaces: their words are single characters here, so that "WER" is CER for them,
# as in the Whisper paper (appendix C). Codes of ISO 639-1 and 639-3, and Whisper's names.
UNSPACED_LANGUAGES = frozenset(
    [
        "bo",
        "bod",
        "tib",
        "tibetan",
        "ja",
        "jpn",
        "japanese",
        "km",
        "khm",
        "khmer",
        "lo",
        "lao",
        "my",
        "mya",
        "bur",
        "myanmar",
        "burmese",
        "th",
        "tha",
        "thai",
        "yue",
        "cantonese",
        "zh",
        "zho",
        "chi",
        "cmn",
        "chinese",
        "mandarin",
    ]
)


def is_spaced(language: str) -> bool:
    """A language code -> whether words are written with spaces between them."""
    return language.replace("_", "-").split("-")[0].lower() not in UNSPACED_LANGUAGES


def word_unit(language: str) -> str:
    """A language code -> what its words are here: `word` or `character`."""
    return "word" if is_spaced(language) else "character"
