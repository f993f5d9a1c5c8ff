"""The languages that Whisper knows, by code."""

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


# Further names that openai-whisper takes.
OTHER_NAMES = frozenset(
    [
        "burmese",
        "valencian",
        "flemish",
        "haitian",
        "letzeburgesch",
        "pushto",
        "panjabi",
        "moldavian",
        "moldovan",
        "sinhalese",
        "castilian",
        "mandarin",
    ]
)


def suggest_code(language: str) -> str:
    """What somebody wrote for a language -> a remedy to put behind an error message."""
    text = language.strip().lower().replace("_", "-")
    for code in (text, text.partition("-")[0]):
        if code in WHISPER_LANGUAGES:
            return f"write '{code}'"
    for code, name in WHISPER_LANGUAGES.items():
        if text == name:
            return f"write '{code}'"
    return "write a code such as 'en', 'de' or 'zh', or leave it to the model"
