"""How people name videos, playlists and channels of YouTube, and what each name means."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from acquire_steps import FAST, write_rows
from hypothesis import given
from hypothesis import strategies as st
from yt_dlp.extractor.youtube._base import YoutubeBaseInfoExtractor

from snakescribe.acquire.sources.youtube_names import SITE, channel_address, read_name
from snakescribe.errors import UserError
from snakescribe.tables import Row

Resolve = Callable[..., list[Row]]
V, P, C = "dQw4w9WgXcQ", "PL" + "1" * 16, "UC" + "c" * 22
HANDLE, ELEVEN = "@some.name-x", "elevenchars"


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNAKESCRIBE_PACE", json.dumps(FAST))


@pytest.mark.parametrize(
    ("text", "kind", "named"),
    [
        (V, "video", ("video", V)),
        (V, "", ("video", V)),
        (f"{SITE}/watch?v={V}&list={P}&t=3s", "", ("video", V)),
        (f"https://youtu.be/{V}?si=x", "video", ("video", V)),
        (f"youtube.com/shorts/{V}", "", ("video", V)),
        (f"https://m.youtube.com/live/{V}", "", ("video", V)),
        (f"https://www.youtube-nocookie.com/embed/{V}", "", ("video", V)),
        (P, "", ("playlist", P)),
        (f"https://music.youtube.com/playlist?list={P}", "playlist", ("playlist", P)),
        (f"{SITE}/embed/videoseries?list={P}", "", ("playlist", P)),
        (C, "channel", ("channel", C)),
        (C, "", ("channel", C)),
        (f"{SITE}/channel/{C}/videos", "", ("channel", C)),
        (HANDLE, "", ("channel", HANDLE)),
        (f"{SITE}/{HANDLE}", "channel", ("channel", HANDLE)),
        (f"{SITE}/{HANDLE}/streams?view=1", "", ("channel", HANDLE)),
        (f"{SITE}/@%E3%81%82%E3%81%84%E3%81%86", "", ("channel", "@あいう")),
        (f"{SITE}/user/{ELEVEN}", "", ("channel", ELEVEN)),
        (f"{SITE}/user/{ELEVEN}", "channel", ("channel", ELEVEN)),
        (f"http://youtube.com/c/{ELEVEN}/featured", "", ("channel", f"c/{ELEVEN}")),
        (f"c/{ELEVEN}", "", ("channel", f"c/{ELEVEN}")),
        (f"user/{ELEVEN}", "channel", ("channel", ELEVEN)),
        (f"{SITE}/{ELEVEN}", "channel", ("channel", f"/{ELEVEN}")),
        (f"{SITE}/{ELEVEN}/playlists", "", ("channel", f"/{ELEVEN}")),
        (f"{SITE}/attribution_link?a=x&u=%2Fwatch%3Fv%3D{V}%26feature%3Dshare", "", ("video", V)),
        (f"{SITE}/attribution_link?u=/{HANDLE}", "", ("channel", HANDLE)),
        (f"{SITE}/oembed?format=json&url=https%3A%2F%2Fyoutu.be%2F{V}", "video", ("video", V)),
        (f"https://consent.youtube.com/m?continue={SITE}/playlist?list={P}", "", ("playlist", P)),
        (ELEVEN, "channel", ("channel", ELEVEN)),
        ("MLB", "channel", ("channel", "MLB")),
    ],
)
def test_a_name_means(text: str, kind: str, named: tuple[str, str]) -> None:
    assert read_name(text, kind) == named


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("MLB", ""), ("", ""), ("two words", "channel"), (P, "video"), (V, "playlist"),
        ("https://vimeo.com/12345678901", ""), (f"https://evilyoutube.com/watch?v={V}", ""),
        (f"{SITE}/watch?v=short", ""), (f"{SITE}/feed/trending", ""), (f"{SITE}/watch", ""),
        (f"{SITE}/channel/{ELEVEN}", ""), ("file:///etc/passwd", "channel"), ("[::1", ""),
        (f"{SITE}/attribution_link?a=x", ""), (f"{SITE}/redirect?q=https%3A%2F%2Fa.example", ""),
        (f"{SITE}/attribution_link?u=" * 50, ""),
        ("https://[youtube.com/", ""), (f"{SITE}/playlist", "playlist"), ("../etc", "channel"),
    ],
)  # fmt: skip
def test_a_name_that_is_none_is_an_error(text: str, kind: str) -> None:
    with pytest.raises(UserError, match="is no YouTube"):
        read_name(text, kind)


def test_no_word_that_the_site_keeps_is_a_channel() -> None:
    """yt-dlp's list of them, other than the first steps of what has a name behind it."""
    words = {word.partition("/")[0] for word in YoutubeBaseInfoExtractor._RESERVED_NAMES.split("|")}
    for word in words:
        for address in (f"{SITE}/{word}", f"{SITE}/{word}/"):
            with pytest.raises(UserError, match="is no YouTube"):
                read_name(address, "")


@given(st.text(), st.sampled_from(["", "video", "playlist", "channel"]))
def test_every_text_is_named_or_refused(text: str, kind: str) -> None:
    try:
        read = read_name(text, kind)
    except UserError:
        return
    if read[0] == "channel":
        assert channel_address(read[1], "videos").startswith(f"{SITE}/")


def test_addresses_of_channels() -> None:
    assert [channel_address(name, "videos") for name in (C, HANDLE, "MLB", "c/MLB", "/MLB")] == [
        f"{SITE}/channel/{C}/videos", f"{SITE}/{HANDLE}/videos", f"{SITE}/user/MLB/videos",
        f"{SITE}/c/MLB/videos", f"{SITE}/MLB/videos",
    ]  # fmt: skip
    assert channel_address("MLB", "") == f"{SITE}/user/MLB"


def test_files_say_what_they_hold(place: Path, resolve: Resolve, site: dict[str, Any]) -> None:
    video = {"id": V, "title": "A talk"}
    site[f"user/{ELEVEN}"] = {"title": "Eleven", "videos": [video], "playlists": []}
    source = {"source": "youtube", "channel_lists": ["uploads"]}
    (place / "names.txt").write_text(f"{ELEVEN}\n", encoding="utf-8")
    for name, rows in {
        "channel.tsv": [{"channel": ELEVEN, "note": "x"}],
        "user.csv": None,
        "kind.tsv": [{"id": ELEVEN, "kind": "Channels"}],
    }.items():
        if rows:
            write_rows(place / name, rows)
        else:
            (place / name).write_text(f"user\n{ELEVEN}\n", encoding="utf-8")
        assert [row["recording"] for row in resolve({**source, "files": [name]})] == [V]
    held = {**source, "files": ["names.txt"], "files_hold": "channels"}
    assert [row["source"] for row in resolve(held)] == [f"youtube:{ELEVEN}/uploads"]
    (place / "names.txt").write_text("MLB\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"names.txt: line 1: 'MLB' is no YouTube .*files_hold"):
        resolve({**source, "files": ["names.txt"]})
