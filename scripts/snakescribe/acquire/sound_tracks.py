"""Which formats of a download hold the sound that was recorded: no dub, no description, no DRC.

yt-dlp's `format` and `format_sort` choose among formats whose sound is equally right; which that
is, is told here. By themselves they cannot: a selector that leaves out what is compressed takes the
dub where the original is there compressed only, and `bestaudio/best` takes a dub that is sound
alone where the original comes with its picture.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from snakescribe.acquire.receipt import SoundTrack
from snakescribe.languages import base_language

Format = dict[str, Any]
Standing = tuple[bool, int, float, int, bool, bool]

# What sites write into names and notes; they have no field for it.
_DESCRIBED = re.compile(
    r"(?i:descri(?:bed|ptive|ption)|audio.?des[ck]ri|audiobeschrijving|-desc\b|(?:visu\w+|vision)."
    r"impair|sehbehind|hörfilm|malvoyant|syns?tolk|kuvailutulk)|(?:^|[ _(\[-])AD(?:$|[)\]])"
)
# The same in ids and tags of languages: `eng_ad_64`, `en-x-ad`.
_DESCRIBED_ID = re.compile(r"(?:^|[_-])ad(?:[_-]|$)")
_DUBBED = re.compile(r"(?i)\b(?:auto.?)?dub(?:bed)?\b|doublage|doublée?\b|doblad[ao]")
_ORIGINAL = re.compile(r"(?i)\boriginal\b")
_COMPRESSED = re.compile(r"(?i)(?<![a-z])drc(?![a-z])|dynamic range compress|stable volume")
_UNSTATED = -1.0  # yt-dlp's own default of `language_preference`
_MARKED = 5.0  # from here on yt-dlp means a site's default (5) or original language (10)


def prepare_formats(info: dict[str, Any]) -> None:
    """Complete an extractor's info, before yt-dlp chooses: what it says is spoken, and bit rates.

    `audio_language` is the language of the whole, which yt-dlp replaces by that of the format that
    it takes. A format of sound alone, of which only the size is known, gets its mean bit rate.
    """
    formats = info.get("formats") or ()
    if "audio_language" not in info:
        best: Format = max(formats, key=_preference, default={})
        marked = best.get("language") if best and _preference(best) >= _MARKED else None
        info["audio_language"] = _text(info.get("language")) or _text(marked)
    for form in formats:
        alone = form.get("vcodec") == "none" and form.get("acodec") != "none"
        size = _number(form.get("filesize")) or _number(form.get("filesize_approx"))
        seconds = _number(info.get("duration"))
        if alone and size and seconds and not (form.get("abr") or form.get("tbr")):
            form["abr"] = round(size * 8 / seconds / 1000, 3)


def _number(value: object) -> float | None:
    """What an extractor gives for a number -> the number, if it is one."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _preference(form: Format) -> float:
    preference = _number(form.get("language_preference"))
    return _UNSTATED if preference is None else float(preference)


class TrackSelector:
    """A format selector for yt-dlp: another one, asked about the right sound first.

    Where it finds nothing there it is asked again with the next best, until all formats are in.
    """

    def __init__(self, selector: Callable[[Format], Iterable[Format]]) -> None:
        self.selector = selector
        self.spoken: Sequence[str] = ()

    def __call__(self, context: Format) -> list[Format]:
        """yt-dlp's context with its `formats` -> those to download."""
        formats = list(context["formats"])
        standings = rank_formats(formats, self.spoken)
        ranks: list[Standing | None] = [*sorted({rank for rank in standings if rank})]
        for worst in ranks or [None]:
            within = [
                form
                for form, rank in zip(formats, standings, strict=True)
                if rank is None or worst is None or rank <= worst
            ]
            if chosen := list(self.selector({**context, "formats": within})):
                return chosen
        return []


def rank_formats(formats: Sequence[Format], spoken: Sequence[str]) -> list[Standing | None]:
    """Formats -> how far the sound of each is from what was recorded; None where it has none.

    The least is the best. In this order count: no audio description; marked as original, else not
    as a dub; yt-dlp's `language_preference`; the first of the languages `spoken` (language codes)
    that is there, then sound whose language is not told; in HLS, what is not an alternative; no
    DRC.
    """
    several = len({base_language(form.get("language")) for form in formats} - {""}) > 1
    wanted = [base for base in map(base_language, spoken) if base]
    return [
        None if form.get("acodec") == "none" else _standing(form, wanted, several)
        for form in formats
    ]


def _standing(form: Format, wanted: Sequence[str], several: bool) -> Standing:
    words = [str(form.get(key) or "") for key in ("format_note", "format_id", "language")]
    language = base_language(form.get("language"))
    # "Original" alone may as well be a file as it was uploaded.
    original = several and bool(language) and any(map(_ORIGINAL.search, words))
    dubbed = any(map(_DUBBED.search, words))
    distance = wanted.index(language) if language in wanted else len(wanted) + bool(language)
    described = any(map(_DESCRIBED.search, words)) or any(map(_DESCRIBED_ID.search, words[1:]))
    return (
        described,
        dubbed - (original and not dubbed),
        -_preference(form),
        distance,
        _is_alternative(form),
        any(map(_COMPRESSED.search, words)),
    )


def _is_alternative(form: Format) -> bool:
    """Whether a stream's playlist offers it beside the sound that is played by itself."""
    preference = _number(form.get("source_preference"))
    return (
        str(form.get("protocol")).startswith("m3u8") and preference is not None and preference < -1
    )


def describe_track(info: dict[str, Any], spoken: Sequence[str]) -> SoundTrack:
    """yt-dlp's info of a download, the languages that may be spoken -> its sound track."""
    formats = info.get("formats") or [info]
    taken = {form["format_id"] for form in info.get("requested_formats") or [info]}
    ranked = list(zip(formats, rank_formats(formats, spoken), strict=True))
    sound, rank = next(
        ((form, rank) for form, rank in ranked if rank and form["format_id"] in taken), (info, None)
    )
    equals = {
        base_language(form.get("language"))
        for form, other in ranked
        if rank and other and other[:5] == rank[:5]
    } - {""}
    flaw = None
    if rank and rank[0]:
        flaw = "its sound track is an audio description"
    elif rank and rank[1] > 0:
        flaw = "its sound track is a dub"
    return SoundTrack(
        format=info["format_id"],
        language=_text(sound.get("language")) or info.get("audio_language"),
        site_language=info.get("audio_language"),
        flaw=flaw,
        guessed=sorted(equals) if len(equals) > 1 else [],
    )


def track_doubts(track: SoundTrack, language: str | None) -> list[str]:
    """A download's sound track and the recording's language -> what is doubtful, in words."""
    doubts = [track.flaw] if track.flaw else []
    own = base_language(track.language)
    told = [(language, "the recording is in"), (track.site_language, "its site says")]
    others = [f"{words} '{code}'" for code, words in told if base_language(code) not in ("", own)]
    if own and others:
        doubts.append(f"its sound track is in '{track.language}', {' and '.join(others)}")
    if track.guessed and base_language(language) != own:
        doubts.append(
            f"it has sound tracks in {', '.join(track.guessed)}, and nothing says which was "
            f"recorded; '{track.language}' was taken"
        )
    return doubts
