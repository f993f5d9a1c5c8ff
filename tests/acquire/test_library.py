"""The library: links or copies under names that people read and every disk takes."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from acquire_steps import FAST, run_cli, video, write_rows
from fault_server import FaultServer
from hypothesis import given
from hypothesis import strategies as st
from yt_dlp.utils import sanitize_filename

from snakescribe.acquire.readable_names import readable_name
from snakescribe.tables import LIBRARY, Row, read_table

Fetch = Callable[..., dict[str, Row]]
Resolve = Callable[..., list[Row]]
A, B = "A" * 11, "B" * 11


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNAKESCRIBE_PACE", json.dumps(FAST))


def lay(place: Path, files: str = "links") -> dict[str, str]:
    """The library's files with what they link to; of copies the size."""
    index = place / "results" / "library" / "index.tsv"
    run_cli("acquire", "describe", "--results", "results")
    run_cli("acquire", "library", "--results", "results", "--files", files, "--output", index)
    library = place / "results" / "library"
    found = [path for path in library.rglob("*") if path.is_symlink() or path.is_file()]
    assert {row["path"] for row in read_table(LIBRARY, index)} == {
        str(path.relative_to(library)) for path in found if path != index
    }
    return {
        str(path.relative_to(library)): str(path.readlink()) if path.is_symlink() else "a copy"
        for path in found
        if path != index
    }


@pytest.fixture
def downloaded(
    place: Path, resolve: Resolve, fetch: Fetch, site: dict[str, Any], server: FaultServer,
    media: Path,
) -> dict[str, Row]:  # fmt: skip
    """Two videos with titles of strangers, one with captions, and a local file."""
    for name in (A, B):
        server.serve(f"/{name}.m4a", (media / "tone.m4a").read_bytes())
    server.serve("/a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nHello there.\n")
    site[f"video/{A}"] = video(
        A, title="../../etc/passwd: “What?” \u202e\x1b[31m", channel="Talks / Shows",
        subtitles={"en": [{"url": "{BASE}/a.vtt", "ext": "vtt"}]},
    )  # fmt: skip
    site[f"video/{B}"] = video(B, title="", channel="CON", upload_date=None)
    (place / "old").mkdir()
    (place / "old" / "talk.wav").write_bytes((media / "tone.wav").read_bytes())
    resolve(
        {"source": "youtube", "videos": [A, B]}, {"source": "folder", "path": "old"},
        context=[{"provider": "event"}],
    )  # fmt: skip
    rows = fetch()
    assert {row["status"] for row in rows.values()} == {"ok"}
    return rows


@pytest.mark.usefixtures("downloaded")
def test_links_stand_by_source_channel_and_day(place: Path) -> None:
    links = lay(place)
    name = f"youtube/Talks _ Shows/2024/2024-05-01 - .._.._etc_passwd_ “What_” [31m [{A}]"
    made_up = f"youtube/CON_/undated/videosite video #{B} [{B}]"  # yt-dlp's title
    assert sorted(links) == sorted([
        f"{name}.m4a", f"{name}.en.vtt", f"{name}.info.json",
        f"{made_up}.m4a", f"{made_up}.info.json",
        "folder/old/undated/[talk].wav",
    ])  # fmt: skip
    assert links[f"{name}.m4a"].startswith("../../../../store/downloads/")
    assert links["folder/old/undated/[talk].wav"] == str(place / "old" / "talk.wav")
    library = place / "results" / "library"
    assert all((library / path).is_file() for path in links)  # none leads nowhere
    assert lay(place) == links
    (place / "results").rename(place / "moved")
    assert (place / "moved" / "library" / f"{name}.m4a").is_file()


@pytest.mark.usefixtures("downloaded")
def test_copies_take_the_place_of_links_and_what_left_is_taken_away(
    place: Path, resolve: Resolve, fetch: Fetch, caplog: pytest.LogCaptureFixture
) -> None:
    links = lay(place)
    copies = lay(place, "copies")
    assert copies.keys() - links.keys() == set()
    assert set(copies.values()) == {"a copy"}
    (place / "old" / "talk.wav").rename(place / "talk.wav")
    assert "folder/old/undated/[talk].wav" not in lay(place)
    assert "talk: its audio is no more where it was acquired" in caplog.text
    resolve({"source": "folder", "path": "talk.wav"})
    fetch()
    assert list(lay(place)) == ["folder/talk/undated/[talk].wav"]
    assert not (place / "results" / "library" / "youtube").exists()


def test_a_file_of_the_users_own_stays(
    place: Path, resolve: Resolve, fetch: Fetch, media: Path
) -> None:
    (place / "talk.wav").write_bytes((media / "tone.wav").read_bytes())
    (place / "other.wav").write_bytes((media / "tone.wav").read_bytes())
    title = "A" * 300 + "é" * 100
    write_rows(place / "list.tsv", [
        {"id": "a", "path": "talk.wav", "title": title, "show": "Séance", "published":
         "2019-04-01"},
        {"id": "A", "path": "other.wav", "title": title, "show": "séance", "published": "2019-4-1"},
    ])  # fmt: skip
    resolve({"source": "table", "path": "list.tsv"})
    fetch()
    first, second = sorted(lay(place))
    assert first == f"table/Séance/2019/2019-04-01 - {'A' * 107} [a].wav"
    # Another id than `a`, also on a disk that does not tell them apart.
    assert re.fullmatch(r"table/séance/undated/A{110,120} \[A-[0-9a-f]{8}\]\.wav", second)
    index = place / "results" / "library" / "index.tsv"
    mine = place / "results" / "library" / "table" / "mine.txt"
    mine.write_text("mine", encoding="utf-8")
    run_cli("acquire", "library", "--results", "results", "--files", "links", "--output", index)
    assert mine.read_text(encoding="utf-8") == "mine"


@given(st.text(), st.integers(1, 60))
def test_any_text_becomes_one_good_name(text: str, most: int) -> None:
    name = readable_name(text, most)
    assert len(name.encode()) <= most + 1
    assert name.isprintable()
    assert not set(name) & set('<>:"/\\|?*\0')
    assert name not in (".", "..")
    assert name == name.strip(" ")
    assert not name.startswith(("-", "~", "."))
    assert readable_name(name, most + 1) == name
    if name:  # yt-dlp would have nothing to change but its look-alikes of forbidden signs
        assert "/" not in sanitize_filename(name)
