"""The right sound track of a download, chosen by the real yt-dlp from lists as sites offer them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from acquire_steps import run_cli, video, write_rows
from fault_server import FaultServer
from yt_dlp.utils import FormatSorter

from snakescribe.config.acquire import SORT_FIELDS, Fetch
from snakescribe.config.block import Block
from snakescribe.errors import UserError
from snakescribe.tables import NOTICES, Row, read_table

Fetch_ = Callable[..., dict[str, Row]]
Resolve = Callable[..., list[Row]]
Formats = list[dict[str, Any]]


def sound(name: str, abr: float | None = 64, **fields: Any) -> dict[str, Any]:
    """A format of sound alone."""
    return {"url": f"{{BASE}}/sound/{name}.m4a", "format_id": name, "ext": "m4a",
            "acodec": "mp4a.40.2", "vcodec": "none", "abr": abr} | fields  # fmt: skip


def film(name: str, height: int | None, abr: float | None = None, **fields: Any) -> dict[str, Any]:
    """A format of sound and picture."""
    return {**sound(name, abr), "vcodec": "avc1", "height": height, **fields}


def track(code: str, preference: int | None = None, note: str = "") -> dict[str, Any]:
    """A sound track's language as yt-dlp's extractors give it."""
    return {"language": code, "language_preference": preference, "format_note": note}


ORIGINAL = track("en", 10, "English original (default), low")
DUB = track("es", -1, "Spanish, low")
DESCRIBED = track("en-desc", -10, "English descriptive, low")
STREAM = {"protocol": "m3u8_native", "url": "{BASE}/tone.m3u8"}

# By name: what is offered, the recording's language, and the format that is right.
CASES: dict[str, tuple[Formats, str, str]] = {
    "sizes": ([sound("s24", 24), sound("s48", 48), sound("s64"), sound("s160", 160)], "", "s48"),
    "all_small": ([sound("s24", 24), sound("s32", 32)], "", "s32"),
    "dub_smaller": ([sound("o128", 128, **ORIGINAL), sound("d48", 48, **DUB)], "", "o128"),
    "dub_adequate": ([sound("o32", 32, **ORIGINAL), sound("d64", **DUB)], "", "o32"),
    "dub_in_the_language_asked": ([sound("o", **ORIGINAL), sound("d", **DUB)], "es", "o"),
    "described": ([sound("a48", 48, **DESCRIBED), sound("o64", **ORIGINAL)], "", "o64"),
    "described_by_note": (
        [sound("a48", 48, format_note="Audio description"), sound("o64")], "", "o64"),
    "described_by_id": ([sound("eng-audiodescription", 48), sound("eng", 64)], "", "eng"),
    "described_with_the_best_bits": (
        [sound("a", 64, format_note="medium AD"), sound("o", 24, format_note="medium")], "", "o"),
    "described_in_brackets": ([sound("a", 48, format_note="English [AD]"), sound("o")], "", "o"),
    "described_by_part_of_an_id": ([sound("eng_ad_48", 48), sound("eng_main")], "", "eng_main"),
    "described_by_tag": ([sound("a", 48, language="en-x-ad"), sound("o", language="en")], "", "o"),
    "described_elsewhere": ([sound("a", 48, format_note="Syntolkat"), sound("b", 48,
                             format_note="For the visually impaired"), sound("o")], "", "o"),
    "no_description": ([sound("adult-load", 48), sound("o")], "", "adult-load"),
    "stable_volume": ([sound("s", 48, format_note="low, Stable volume"), sound("o")], "", "o"),
    "drc": ([sound("139-drc", 49, format_note="low, DRC"), sound("140", 129)], "", "140"),
    "only_drc": ([sound("139-drc", 49, format_note="low, DRC"),
                  sound("140-drc", 129, format_note="medium, DRC")], "", "139-drc"),
    "drc_original_or_dub": (
        [sound("140-drc", 129, **track("en", 10, "English original, DRC")),
         sound("139", 49, **DUB)], "", "140-drc"),
    "site_default": (
        [sound("en", 129, **track("en", 5, "English (default)")), sound("fr", 49, **track("fr", -1))
        ], "", "en"),
    "unmarked_and_known": ([sound("es", 64, language="es"), sound("en", 128, language="en-US")],
                           "en", "en"),
    "unmarked_and_the_site_says": (
        [sound("es", 64, language="es"), sound("en", 128, language="en")], "site says en", "en"),
    "unmarked_long_codes": ([sound("spa", 64, language="spa"), sound("ger", 128, language="ger")],
                            "de", "ger"),
    "dub_by_note": ([sound("d", 48, language="es", format_note="Spanish (dubbed)"),
                     sound("o", 96, language="en", format_note="English")], "", "o"),
    "original_by_note": ([sound("d", 48, language="ja", format_note="Japanese"),
                          sound("o", 96, language="en", format_note="English (original)")],
                         "", "o"),
    "an_original_file": ([sound("source", 320, format_note="Original"), sound("s64")], "", "s64"),
    "no_rates": ([sound("low", None, quality=1), sound("high", None, quality=2)], "", "high"),
    "sizes_only": ([sound("big", None, filesize=2_000_000), sound("fit", None, filesize=150_000),
                    sound("tiny", None, filesize=20_000)], "", "fit"),
    "rate_or_unknown": ([sound("s16", 16), sound("unknown", None)], "", "unknown"),
    "totals_only": ([sound("t24", None, tbr=24), sound("t70", None, tbr=70),
                     sound("t300", None, tbr=300)], "", "t70"),
    "muxed_only": ([film("18", 360, 96), film("22", 720, 192)], "", "18"),
    "muxed_no_rates": ([film("f144", 144), film("f480", 480), film("f1080", 1080)], "", "f480"),
    "muxed_tall": ([film("f720", 720), film("f1080", 1080)], "", "f720"),
    "muxed_unknown_heights": ([film("f", None)], "", "f"),
    "muxed_poor": ([film("f144", 144, 24), film("f240", 240, 64), film("f360", 360, 96)],
                   "", "f240"),
    "muxed_dub": ([film("d360", 360, 64, **DUB), film("o720", 720, 128, **ORIGINAL)], "", "o720"),
    "muxed_original_and_a_dub": ([film("o360", 360, 96, **ORIGINAL), sound("d64", **DUB)],
                                 "", "o360"),
    "stream_with_its_own_sound": (
        [film("720p", 360, **STREAM),
         sound("aud-es", None, language="es", source_preference=-2, **STREAM)], "", "720p"),
    "stream_renditions": (
        [film("v", 360, **STREAM, acodec="none"),
         sound("aud-en", None, language="en", **STREAM),
         sound("aud-es", None, language="es", source_preference=-2, **STREAM)], "", "aud-en"),
}  # fmt: skip


@pytest.fixture
def offer(
    place: Path, resolve: Resolve, fetch: Fetch_, site: dict[str, Any], server: FaultServer,
    media: Path,
) -> Callable[..., dict[str, Row]]:  # fmt: skip
    """Formats and the recording's language by name -> rows by name."""
    body = (media / "tone.m4a").read_bytes()
    server.answers["/sound/"] = lambda *_: (200, "audio/mp4", body)
    for path in media.glob("tone*"):
        server.serve(f"/{path.name}", path.read_bytes())

    def run(cases: dict[str, tuple[Formats, str]], **settings: Any) -> dict[str, Row]:
        rows = []
        for number, (name, (formats, language)) in enumerate(cases.items()):
            key = f"{number:011d}"
            streams = [{**one, "protocol": one.get("protocol", "http")} for one in formats]
            spoken, told, language = language.rpartition("site says ")
            site[f"video/{key}"] = video(key, formats=streams, language=language if told else None)
            language = spoken if told else language
            url = f"https://www.youtube.com/watch?v={key}"
            rows.append({"id": name, "url": url, "language": language})
        write_rows(place / "list.tsv", rows)
        resolve({"source": "table", "path": "list.tsv"}, per_shard=100)
        return fetch(settings={"caption_languages": [], **settings})

    return run


@pytest.mark.slow
def test_the_right_sound_of_every_list(offer: Callable[..., dict[str, Row]]) -> None:
    rows = offer({name: (formats, language) for name, (formats, language, _) in CASES.items()})
    assert {name: (row["status"], row["format"]) for name, row in rows.items()} == {
        name: ("ok", right) for name, (_, _, right) in CASES.items()
    }
    assert rows["dub_smaller"]["track_language"] == "en"
    assert rows["described"]["track_language"] == "en"
    assert {row["codec"] for row in rows.values()} == {"aac"}
    assert 30 < rows["sizes"]["bit_rate"] < 60
    doubtful = {name: row["reason"] for name, row in rows.items() if row["reason"]}
    assert doubtful == {
        "dub_in_the_language_asked": "its sound track is in 'en', the recording is in 'es'",
    }


@pytest.mark.slow
def test_what_is_doubtful_about_a_track_is_noticed(
    offer: Callable[..., dict[str, Row]], place: Path
) -> None:
    cases: dict[str, tuple[Formats, str]] = {
        "fine": ([sound("a", **track("en-GB"))], "en"),
        "other": ([sound("a", **track("es-419"))], "en"),
        "described": ([sound("a", **DESCRIBED)], "en"),
        "dubbed": ([sound("a", **track("en", None, "English (dubbed)"))], "en"),
        "guessed": ([sound("a", **track("nl")), sound("b", **track("fr"))], ""),
    }
    rows = offer(cases)
    assert {name: row["reason"] for name, row in rows.items()} == {
        "fine": None,
        "other": "its sound track is in 'es-419', the recording is in 'en'",
        "described": "its sound track is an audio description",
        "dubbed": "its sound track is a dub",
        "guessed": "it has sound tracks in fr, nl, and nothing says which was recorded; "
        f"'{rows['guessed']['track_language']}' was taken",
    }
    run_cli(
        "acquire", "fetch", "--items", "results/items.tsv", "--shard", "s00000", "--settings",
        '{"caption_languages": []}', "--store", "results/store", "--output", "again.tsv",
        "--notices", "notices.tsv",
    )  # fmt: skip
    told = {row["recording"]: row["kind"] for row in read_table(NOTICES, place / "notices.tsv")}
    assert told == dict.fromkeys(("other", "described", "dubbed", "guessed"), "track_doubtful")


@pytest.mark.slow
def test_a_language_given_later_takes_another_of_tracks_that_were_alike(
    offer: Callable[..., dict[str, Row]], server: FaultServer
) -> None:
    formats = [sound("a", 64, **track("nl")), sound("b", 96, **track("fr"))]
    taken = []
    for language in ("", "nl", "fr", "fr"):
        row = offer({"talk": (formats, language)})["talk"]
        taken.append((row["format"], row["reason"] is None))
    assert taken == [("a", False), ("a", True), ("b", True), ("b", True)]
    assert (server.count("/sound/a.m4a"), server.count("/sound/b.m4a")) == (1, 1)


@pytest.mark.slow
def test_what_a_site_makes_of_its_fields_costs_no_recording(
    offer: Callable[..., dict[str, Row]],
) -> None:
    odd: dict[str, Any] = {"language": ["en"], "language_preference": "10", "format_note": 7,
                           "filesize": "many", "source_preference": "x"}  # fmt: skip
    rows = offer(
        {
            "odd": ([sound("a", None, **odd), sound("b", 64)], "en"),
            "long": ([sound("x" * 3000)], ""),
            "path": ([sound("p", format_id="../../x/y")], ""),
        }
    )
    assert {name: row["status"] for name, row in rows.items()} == dict.fromkeys(rows, "ok")


@pytest.mark.slow
def test_a_format_of_ones_own_may_ask_for_the_dub(offer: Callable[..., dict[str, Row]]) -> None:
    formats = [sound("o", 128, **ORIGINAL), sound("d", 48, **DUB), sound("e", 96, **DUB)]
    row = offer({"talk": (formats, "")}, format="bestaudio[language=es]", format_sort=["abr"])
    assert (row["talk"]["format"], row["talk"]["track_language"]) == ("e", "es")
    assert row["talk"]["reason"] == "its sound track is in 'es', its site says 'en'"


@pytest.mark.slow
def test_a_format_that_cannot_be_parsed_is_no_recordings_fault(
    offer: Callable[..., dict[str, Row]], place: Path
) -> None:
    with pytest.raises(UserError, match=r"acquire\.format: .*bestaudio\[abr"):
        offer({"talk": ([sound("a")], "")}, format="bestaudio[abr")
    assert not list((place / "results" / "store").glob("outcomes/*/*"))


def test_fields_to_sort_by_are_those_of_yt_dlp() -> None:
    plain = {
        name for name, field in FormatSorter.settings.items() if not field.get("deprecated")
    }  # fmt: skip
    assert plain - {"codec"} <= SORT_FIELDS <= FormatSorter.settings.keys()


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("+abrr:48", "unknown field; did you mean 'abr'"),
        ("abr:", "write FIELD, "),
        ("-abr", "write FIELD, "),
        ("", "write FIELD, "),
        (3, "3 is no field to sort by"),
    ],
)
def test_fields_to_sort_by_that_are_none_are_refused(field: object, words: str) -> None:
    block: type[Block] = Fetch
    with pytest.raises(UserError, match=words):
        block.from_json(f'{{"format_sort": ["{field}"]}}'.replace('"3"', "3"), "--settings")


MASTER = """#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Español",LANGUAGE="es",DEFAULT=NO,{ES}
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Audio Description",LANGUAGE="en",DEFAULT=NO,{AD}
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English",LANGUAGE="en",DEFAULT=YES,{EN}
#EXT-X-STREAM-INF:BANDWIDTH=800000,CODECS="avc1.4d401f,mp4a.40.2",RESOLUTION=640x360,AUDIO="a"
film.m3u8
"""


@pytest.mark.slow
def test_the_sound_that_a_stream_plays_by_itself(
    place: Path, resolve: Resolve, fetch: Fetch_, server: FaultServer, media: Path
) -> None:
    """As yt-dlp's own reading of HLS gives them, from a page of any site."""
    for path in media.glob("tone*.ts"):
        server.serve(f"/{path.name}", path.read_bytes())
    for name in ("es", "ad", "en", "film"):
        server.serve(f"/{name}.m3u8", (media / "tone.m3u8").read_bytes())
    text = MASTER
    for name in ("es", "ad", "en"):
        text = text.replace(f"{{{name.upper()}}}", f'URI="{name}.m3u8"')
    write_rows(place / "list.tsv", [{"id": "talk", "url": server.serve("/all.m3u8", text)}])
    resolve({"source": "table", "path": "list.tsv"})
    row = fetch(settings={"caption_languages": []})["talk"]
    assert (row["status"], row["track_language"], row["reason"]) == ("ok", "en", None)
    assert row["format"].endswith("a-English")
