"""Languages as people and programs write them -> their codes; and those that Whisper knows.

`en-US`, `EN`, `English`, `eng`, `en_US.UTF-8` are all English. Codes are those of ISO 639-1 where
it has one, as Whisper's are, but for three that Whisper writes in its own way.
"""

import re
from functools import cache

ORIGINAL = "-orig"  # behind the language that is spoken, where a site marks it
AUTO = "auto"  # the recording's own language, else what its chunks vote for

# As in openai-whisper, which says `haitian_creole` with a space.
_NAMES = (
    "en:english zh:chinese de:german es:spanish ru:russian ko:korean fr:french ja:japanese "
    "pt:portuguese tr:turkish pl:polish ca:catalan nl:dutch ar:arabic sv:swedish it:italian "
    "id:indonesian hi:hindi fi:finnish vi:vietnamese he:hebrew uk:ukrainian el:greek ms:malay "
    "cs:czech ro:romanian da:danish hu:hungarian ta:tamil no:norwegian th:thai ur:urdu "
    "hr:croatian bg:bulgarian lt:lithuanian la:latin mi:maori ml:malayalam cy:welsh sk:slovak "
    "te:telugu fa:persian lv:latvian bn:bengali sr:serbian az:azerbaijani sl:slovenian kn:kannada "
    "et:estonian mk:macedonian br:breton eu:basque is:icelandic hy:armenian ne:nepali "
    "mn:mongolian bs:bosnian kk:kazakh sq:albanian sw:swahili gl:galician mr:marathi pa:punjabi "
    "si:sinhala km:khmer sn:shona yo:yoruba so:somali af:afrikaans oc:occitan ka:georgian "
    "be:belarusian tg:tajik sd:sindhi gu:gujarati am:amharic yi:yiddish lo:lao uz:uzbek "
    "fo:faroese ht:haitian_creole ps:pashto tk:turkmen nn:nynorsk mt:maltese sa:sanskrit "
    "lb:luxembourgish my:myanmar bo:tibetan tl:tagalog mg:malagasy as:assamese tt:tatar "
    "haw:hawaiian ln:lingala ha:hausa ba:bashkir jw:javanese su:sundanese yue:cantonese "
)
WHISPER_LANGUAGES: dict[str, str] = {
    code: name.replace("_", " ") for code, name in (pair.split(":") for pair in _NAMES.split())
}

# Further names: openai-whisper's, and those of languages whose writing normalisers must know.
_OTHER_NAMES = {
    "burmese": "my", "valencian": "ca", "flemish": "nl", "haitian": "ht", "letzeburgesch": "lb",
    "pushto": "ps", "panjabi": "pa", "moldavian": "ro", "moldovan": "ro", "sinhalese": "si",
    "castilian": "es", "mandarin": "zh", "dhivehi": "dv", "maldivian": "dv", "dzongkha": "dz",
    "farsi": "fa", "kashmiri": "ks", "kurdish": "ku", "maithili": "mai", "oriya": "or",
    "odia": "or", "uyghur": "ug",
}  # fmt: skip
_BY_NAME = {name: code for code, name in WHISPER_LANGUAGES.items()} | _OTHER_NAMES
# As Whisper writes them; and one that is a part of another, which langcodes does not know.
_WHISPER_CODES = {"fil": "tl", "jv": "jw", "nb": "no", "pbt": "ps"}
# What most configs write is known without langcodes, whose tables take 40 ms to load: that is why
# functions import it here.
_PLAIN_CODES = frozenset(WHISPER_LANGUAGES) - {"tl", "jw"}
# What tables write where no language is told.
_UNTOLD = frozenset(("", "und", "mul", "mis", "zxx", "unknown", "none", "null", "n/a", "-", "?"))


def is_told(text: str) -> bool:
    """Whether a text says anything of a language: `und` and the like say nothing."""
    return text.strip().lower() not in _UNTOLD


@cache
def language_tag(text: str) -> str:
    """What somebody wrote for a language -> its tag, such as `en-US`; empty where it is none."""
    plain = re.split("[.@]", text.strip())[0].replace("_", "-")
    if code := _BY_NAME.get(plain.lower().replace("-", " ")):
        return code
    if plain in _PLAIN_CODES:
        return plain
    if plain == AUTO or not is_told(plain):
        return ""
    from langcodes import Language, standardize_tag, tag_is_valid
    from langcodes.tag_parser import LanguageTagError

    try:
        tag = standardize_tag(plain)
    except LanguageTagError:
        return ""
    code = Language.get(tag).language or ""
    is_code = 2 <= len(code) <= 3 and not "qaa" <= code <= "qtz"  # which are for private use
    return tag if is_code and is_told(code) and tag_is_valid(tag) else ""


@cache
def language_code(text: str) -> str:
    """What somebody wrote for a language -> its code, such as `en`; empty where it is none."""
    tag = language_tag(text)
    if not tag or tag in _PLAIN_CODES:
        return tag
    from langcodes import Language

    for language in (Language.get(tag), Language.get(tag).prefer_macrolanguage()):
        code = language.language or ""
        code = _WHISPER_CODES.get(code, code)
        if code in WHISPER_LANGUAGES:
            return code
    return code


def base_language(code: str | None) -> str:
    """A site's code such as `en-US-desc` -> its language, `en`; "" where none is told."""
    return language_code(re.split(r"[-_.]", str(code or "").strip())[0])


def is_of_language(tag: str, wanted: str) -> bool:
    """Whether a tag is of a wanted language: `en-US` is of `en`, `en` of `en-US`, `en-GB` not."""
    code = language_code(wanted)
    apart = "-" in language_tag(tag) and "-" in language_tag(wanted)
    return bool(code) and code == language_code(tag) and (not apart or tag == wanted)


def suggest_code(text: str) -> str:
    """What somebody wrote for a language, and is none -> a remedy for the error message."""
    first = language_code(re.split(r"[\s,;/|(]+", text.strip())[0])
    return f"write '{first}'" if first else "write a code such as 'en', 'de' or 'zh'"
