"""Every way in which a download fails, with the real yt-dlp against a faulty server."""

import fcntl
import hashlib
import json
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from acquire_steps import write_rows
from fault_server import Fault, FaultServer

from snakescribe.acquire.outcomes import all_outcomes
from snakescribe.acquire.rounds import current_round
from snakescribe.captions.read import read_reference
from snakescribe.errors import UserError
from snakescribe.tables import Row

pytestmark = pytest.mark.slow

Fetch = Callable[..., dict[str, Row]]
Resolve = Callable[..., list[Row]]

PAGE = (
    '<html><head><meta property="og:title" content="A talk"></head><body>'
    '<audio src="{BASE}/media.ogg"></audio></body></html>'
)


@pytest.fixture
def try_url(place: Path, resolve: Resolve, fetch: Fetch) -> Callable[..., Row]:
    """A URL -> its row of the recordings table."""

    def run(url: str, settings: dict[str, Any] | None = None, **pace: Any) -> Row:
        write_rows(place / "list.tsv", [{"id": "one", "url": url}])
        resolve({"source": "table", "path": "list.tsv"})
        return fetch(settings=settings, **pace)["one"]

    return run


def outcome_of(place: Path) -> Any:
    (found,) = [outcome for _, outcome in all_outcomes(place / "results" / "store")]
    return found


def leftovers(place: Path) -> list[str]:
    """Whatever lies where downloads are published."""
    return [str(path) for path in (place / "results" / "store" / "downloads").rglob("receipt.json")]


def test_direct_media_is_kept_as_it_came(
    try_url: Callable[..., Row], server: FaultServer, media: Path, place: Path
) -> None:
    body = (media / "tone.m4a").read_bytes()
    row = try_url(server.serve("/tone.m4a", body))
    assert row["status"] == "ok"
    assert Path(row["audio"]).read_bytes() == body
    assert row["sha256"] == hashlib.sha256(body).hexdigest()
    assert row["bytes"] == len(body)
    assert row["seconds"] == pytest.approx(20, abs=0.2)
    info = json.loads(Path(row["info"]).read_text(encoding="utf-8"))
    assert not {"url", "formats", "epoch", "http_headers"} & info.keys()
    assert server.count("/tone.m4a") == 2  # one look, one download
    assert not list(place.rglob("*.work"))


def test_a_second_run_asks_for_nothing(
    try_url: Callable[..., Row], fetch: Fetch, server: FaultServer, media: Path, place: Path
) -> None:
    url = server.serve("/tone.ogg", (media / "tone.ogg").read_bytes())
    first = try_url(url)
    table = (place / "results/recordings/s00000.tsv").read_bytes()
    asked = len(server.log)
    assert fetch() == {"one": first}
    assert (place / "results/recordings/s00000.tsv").read_bytes() == table
    assert len(server.log) == asked
    assert current_round(place / "results" / "store", "s00000") == 0


@pytest.mark.parametrize("damage", ["{", "null", '{"audio": "../a.wav"}', "\0" * 300])
def test_a_download_without_a_receipt_that_can_be_read_is_made_again(
    try_url: Callable[..., Row],
    server: FaultServer,
    media: Path,
    damage: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    url = server.serve("/tone.ogg", (media / "tone.ogg").read_bytes())
    first = try_url(url)
    Path(first["audio"]).with_name("receipt.json").write_text(damage, encoding="utf-8")
    again = try_url(url)
    assert f"{url}: the receipt of its download cannot be read" in caplog.text
    assert again | {"retrieved_at": first["retrieved_at"]} == first
    assert server.count("/tone.ogg") == 4  # one look, one download, twice


@pytest.mark.parametrize(
    ("fault", "kind", "status", "requests"),
    [
        (Fault(status=400), "permanent", "unavailable", 1),
        (Fault(status=404), "permanent", "unavailable", 1),
        (Fault(status=410), "permanent", "unavailable", 1),
        (Fault(status=451), "permanent", "unavailable", 1),
        (Fault(status=401), "blocked", "forbidden", 2),
        (Fault(status=403), "blocked", "forbidden", 2),
        (Fault(status=408), "transient", "server_error", 3),
        (Fault(status=429, retry_after="0"), "transient", "rate_limited", 3),
        (Fault(status=500), "transient", "server_error", 3),
        (Fault(status=503), "transient", "server_error", 3),
    ],
)
def test_status_of_the_page(
    try_url: Callable[..., Row],
    server: FaultServer,
    place: Path,
    fault: Fault,
    kind: str,
    status: str,
    requests: int,
) -> None:
    row = try_url(server.serve("/talk.ogg", b"", fault))
    outcome = outcome_of(place)
    assert (outcome.kind, row["status"], outcome.status) == (kind, status, status)
    assert str(fault.status) in row["reason"]
    assert server.count("/talk.ogg") == requests == outcome.tries
    assert current_round(place / "results" / "store", "s00000") == (kind != "permanent")
    assert leftovers(place) == []


@pytest.mark.parametrize(
    ("fault", "kind", "status"),
    [
        (Fault(status=404), "permanent", "unavailable"),
        (Fault(status=403), "blocked", "forbidden"),
        (Fault(status=503), "transient", "server_error"),
        (Fault(cut=1000), "transient", "network"),
        (Fault(cut=0), "transient", "network"),
        (Fault(cut=1000, reset=True), "transient", "network"),
        (Fault(stall=1000), "transient", "network"),
        (Fault(late=True), "transient", "network"),
        (Fault(trunc=0), "transient", "network"),
    ],
)
def test_status_of_the_media(
    try_url: Callable[..., Row],
    server: FaultServer,
    media: Path,
    place: Path,
    fault: Fault,
    kind: str,
    status: str,
) -> None:
    if fault.cut > 0:
        fault.no_range = True  # no progress at all: it stays transient
    server.serve("/media.ogg", (media / "tone.ogg").read_bytes(), fault)
    row = try_url(server.serve("/talk.html", PAGE), tries=2, timeout_seconds=0.5)
    assert (outcome_of(place).kind, row["status"]) == (kind, status)
    assert leftovers(place) == []


@pytest.mark.parametrize(
    ("name", "fault", "kind", "words"),
    [
        ("tone.ogg", Fault(trunc=3000, hide_length=True), "permanent", "same bytes"),
        ("tone.m4a", Fault(trunc=5000), "permanent", "cannot be read"),
        ("tone.webm", Fault(trunc=9000), "permanent", "can be decoded of the 20.0 s"),
        ("tone.mp3", Fault(cut=20000, hide_length=True), "permanent", "can be decoded"),
    ],
)
def test_what_yt_dlp_calls_success_is_looked_at(
    try_url: Callable[..., Row],
    server: FaultServer,
    media: Path,
    place: Path,
    name: str,
    fault: Fault,
    kind: str,
    words: str,
) -> None:
    page = (
        '<html><head><script type="application/ld+json">{"@context": "https://schema.org", '
        '"@type": "AudioObject", "name": "A talk", "duration": "PT20S", "contentUrl": "{BASE}/'
        + name + '"}</script></head></html>'
    )  # fmt: skip
    server.serve(f"/{name}", (media / name).read_bytes(), fault)
    row = try_url(server.serve("/talk.html", page))
    assert (outcome_of(place).kind, row["status"]) == (kind, "corrupt")
    assert words in row["reason"]
    assert leftovers(place) == []


def test_an_error_page_instead_of_media(try_url: Callable[..., Row], server: FaultServer) -> None:
    server.serve("/media.ogg", "<html>Please wait</html>", type="text/html")
    row = try_url(server.serve("/talk.html", PAGE))
    assert row["status"] == "corrupt"
    assert "the site sends the same bytes each time" in row["reason"]
    assert server.count("/media.ogg") == 2


def test_a_json_answer_is_no_recording(try_url: Callable[..., Row], server: FaultServer) -> None:
    row = try_url(server.serve("/talk", '{"error": "no such talk"}', type="application/json"))
    assert row["status"] == "corrupt"


def test_media_that_comes_right_the_second_time(
    try_url: Callable[..., Row], server: FaultServer, media: Path
) -> None:
    body = (media / "tone.webm").read_bytes()
    server.serve("/media.ogg", body, Fault(trunc=9000, times=1))
    row = try_url(server.serve("/talk.html", PAGE))
    assert row["status"] == "ok"
    assert row["bytes"] == len(body)


def test_a_page_without_a_recording(try_url: Callable[..., Row], server: FaultServer) -> None:
    row = try_url(server.serve("/about.html", "<html>About us</html>"))
    assert (row["status"], "Unsupported URL" in row["reason"]) == ("unsupported", True)


def test_a_page_with_several_recordings(
    try_url: Callable[..., Row], server: FaultServer, media: Path
) -> None:
    for name in ("a", "b"):
        server.serve(f"/{name}.ogg", (media / "tone.ogg").read_bytes())
    page = '<html><audio src="{BASE}/a.ogg"></audio><audio src="{BASE}/b.ogg"></audio></html>'
    row = try_url(server.serve("/list.html", page))
    assert row["status"] == "unsupported"
    assert "source `url`" in row["reason"]


@pytest.mark.parametrize("host", ["127.0.0.1:9", "no-such-host.invalid"])
def test_a_server_that_is_not_there(try_url: Callable[..., Row], place: Path, host: str) -> None:
    row = try_url(f"http://{host}/talk.ogg", tries=2)
    assert (outcome_of(place).kind, row["status"]) == ("transient", "network")


def test_a_cut_download_goes_on_where_it_stopped(
    try_url: Callable[..., Row], server: FaultServer, media: Path
) -> None:
    body = (media / "tone.ogg").read_bytes()
    server.serve("/media.ogg", body, Fault(cut=len(body) // 3, times=2))
    row = try_url(server.serve("/talk.html", PAGE))
    assert Path(row["audio"]).read_bytes() == body
    starts = [int(given[6:-1]) for given in server.ranges("/media.ogg") if given]
    assert len(starts) == 2
    assert 0 < starts[0] < starts[1]


def test_a_server_that_cannot_resume_begins_anew(
    try_url: Callable[..., Row], server: FaultServer, media: Path
) -> None:
    body = (media / "tone.ogg").read_bytes()
    server.serve("/media.ogg", body, Fault(cut=len(body) // 3, times=2, no_range=True))
    assert Path(try_url(server.serve("/talk.html", PAGE))["audio"]).read_bytes() == body


def test_a_format_that_is_not_there(
    try_url: Callable[..., Row], server: FaultServer, media: Path, place: Path
) -> None:
    url = server.serve("/tone.ogg", (media / "tone.ogg").read_bytes())
    assert try_url(url, settings={"format": "bestaudio[ext=flac]"})["status"] == "no_audio"
    assert outcome_of(place).kind == "permanent"


def test_the_next_run_goes_on_with_what_the_last_one_left(
    try_url: Callable[..., Row], fetch: Fetch, server: FaultServer, media: Path, place: Path
) -> None:
    body = (media / "tone.ogg").read_bytes()
    server.serve("/media.ogg", body, Fault(cut=4000, times=3))
    url = server.serve("/talk.html", PAGE)
    assert try_url(url, tries=1)["status"] == "network"
    assert current_round(place / "results" / "store", "s00000") == 1
    row = fetch()["one"]
    assert Path(row["audio"]).read_bytes() == body
    assert int((server.ranges("/media.ogg")[-1] or "")[6:-1]) > 8000
    assert list(all_outcomes(place / "results" / "store")) == []
    assert current_round(place / "results" / "store", "s00000") == 1


def test_a_part_that_is_whole_already(
    try_url: Callable[..., Row], fetch: Fetch, server: FaultServer, media: Path, place: Path
) -> None:
    """Killed between the last byte and the rename: the site answers 416 (yt-dlp issue #12994)."""
    body = (media / "tone.ogg").read_bytes()
    url = server.serve("/media.ogg", body, Fault(cut=4000, times=4))
    assert try_url(url, tries=1)["status"] == "network"
    (part,) = place.rglob("*.part")
    part.write_bytes(body)
    assert Path(fetch()["one"]["audio"]).read_bytes() == body


def test_retry_after_is_obeyed(
    try_url: Callable[..., Row], server: FaultServer, media: Path
) -> None:
    fault = Fault(status=429, retry_after="1", times=1)
    url = server.serve("/tone.ogg", (media / "tone.ogg").read_bytes(), fault)
    began = time.monotonic()
    assert try_url(url)["status"] == "ok"
    assert time.monotonic() - began >= 1


def test_a_rate_limit_stops_the_site_for_all(
    place: Path, resolve: Resolve, fetch: Fetch, server: FaultServer
) -> None:
    fault = Fault(429, retry_after="3600")
    rows = [{"id": f"talk{n}", "url": server.serve(f"/{n}.ogg", b"", fault)} for n in range(6)]
    write_rows(place / "list.tsv", rows)
    resolve({"source": "table", "path": "list.tsv"})
    found = fetch(concurrent_downloads=1)
    assert [row["status"] for row in found.values()] == ["rate_limited"] + ["postponed"] * 5
    assert len(server.log) == 1
    assert len(fetch(concurrent_downloads=1)) == 6
    assert len(server.log) == 1  # the next job knows it as well


def test_refusals_in_a_row_stop_the_site(
    place: Path, resolve: Resolve, fetch: Fetch, server: FaultServer
) -> None:
    rows = [{"id": f"talk{n}", "url": server.serve(f"/{n}.ogg", b"", Fault(403))} for n in range(6)]
    write_rows(place / "list.tsv", rows)
    resolve({"source": "table", "path": "list.tsv"})
    statuses = [row["status"] for row in fetch(concurrent_downloads=1).values()]
    assert statuses.count("postponed") >= 3


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault(status=404), "unavailable"),
        (Fault(status=503), "server_error"),
        (Fault(cut=5000, no_range=True), "network"),
        (Fault(status=503, times=1), "ok"),
        (Fault(cut=5000, times=1), "ok"),
    ],
)
def test_a_hole_in_a_stream_is_no_success(
    try_url: Callable[..., Row], server: FaultServer, media: Path, place: Path, fault: Fault,
    status: str,
) -> None:  # fmt: skip
    for path in media.glob("tone*.ts"):
        one = fault if path.name == "tone2.ts" else None
        server.serve(f"/{path.name}", path.read_bytes(), one)
    row = try_url(server.serve("/tone.m3u8", (media / "tone.m3u8").read_bytes()), tries=2)
    assert (row["status"], bool(leftovers(place))) == (status, status == "ok")
    assert row["seconds"] == (pytest.approx(20, abs=0.3) if status == "ok" else None)


def test_a_playlist_that_calls_itself_a_recording(
    try_url: Callable[..., Row], server: FaultServer, media: Path
) -> None:
    """Else ffmpeg would read other files of this machine, or ask other servers, for a stranger."""
    secret = server.serve("/secret.ts", (media / "tone0.ts").read_bytes())
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:4", "#EXTINF:4,", secret, "#EXT-X-ENDLIST"]
    row = try_url(server.serve("/talk.mp3", "\n".join(lines)))
    assert row["status"] == "corrupt"
    assert server.count("/secret.ts") == 0


def test_a_stream_of_fragments(
    try_url: Callable[..., Row], server: FaultServer, media: Path
) -> None:
    for path in media.glob("tone*.ts"):
        server.serve(f"/{path.name}", path.read_bytes())
    row = try_url(server.serve("/tone.m3u8", (media / "tone.m3u8").read_bytes()))
    assert row["status"] == "ok"
    assert row["seconds"] == pytest.approx(20, abs=0.3)


def test_a_folder_that_cannot_be_made_is_no_recordings_fault(
    try_url: Callable[..., Row], server: FaultServer, place: Path
) -> None:
    (place / "results" / "store").mkdir(parents=True)
    (place / "results" / "store" / "downloads").touch()
    with pytest.raises(UserError, match="mend the folder's permissions"):
        try_url(server.serve("/tone.ogg", b""))
    assert list(all_outcomes(place / "results" / "store")) == []


def test_a_full_disk_is_no_recordings_fault(
    try_url: Callable[..., Row], fetch: Fetch, server: FaultServer, media: Path, place: Path
) -> None:
    body = (media / "tone.wav").read_bytes()
    url = server.serve("/tone.wav", body)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))  # no file may grow beyond it
    try:
        with pytest.raises(UserError, match="nothing is lost"):
            try_url(url)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(all_outcomes(place / "results" / "store")) == []
    assert leftovers(place) == []
    assert Path(fetch()["one"]["audio"]).read_bytes() == body


FEED = """<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel><title>The Show</title>
<language>en-us</language><item><title>One</title><guid>one</guid>
<itunes:duration>%s</itunes:duration><enclosure url="{BASE}/one.ogg" type="audio/ogg"/>
%s</item></channel></rss>"""


@pytest.fixture
def try_episode(
    resolve: Resolve, fetch: Fetch, server: FaultServer, media: Path
) -> Callable[..., Row]:
    """An episode's stated duration, its transcript tags and a fault -> its row."""

    def run(duration: str, transcripts: str = "", fault: Fault | None = None, **pace: Any) -> Row:
        server.serve("/one.ogg", (media / "tone.ogg").read_bytes(), fault)
        resolve(
            {"source": "rss", "feeds": [server.serve("/f.xml", FEED % (duration, transcripts))]}
        )
        return fetch(**pace)["one"]

    return run


def test_a_feed_with_a_wrong_duration_costs_one_more_look(
    try_episode: Callable[..., Row], fetch: Fetch, server: FaultServer, place: Path
) -> None:
    row = try_episode("1:00:00")
    assert (row["status"], row["reason"]) == ("ok", "20 s long, 3600 s by its listing")
    assert server.count("/one.ogg") == 4
    assert fetch() == {"one": row}
    assert server.count("/one.ogg") == 4
    assert current_round(place / "results" / "store", "s00000") == 0


@pytest.mark.parametrize("duration", ["0:22", "15", "soon", ""])
def test_a_feed_that_is_roughly_right_is_believed(
    try_episode: Callable[..., Row], server: FaultServer, duration: str
) -> None:
    row = try_episode(duration)
    assert (row["status"], row["reason"]) == ("ok", None)
    assert server.count("/one.ogg") == 2


def test_a_feeds_duration_finds_what_was_cut_unseen(
    try_episode: Callable[..., Row], media: Path
) -> None:
    """An Ogg file states no duration, and this server hides its length: nobody else can tell."""
    fault = Fault(cut=3000, hide_length=True, no_range=True, after=1, times=1)
    row = try_episode("0:20", fault=fault)
    assert (row["status"], row["reason"]) == ("ok", None)
    assert row["bytes"] == (media / "tone.ogg").stat().st_size


@pytest.mark.parametrize(
    ("tags", "language"),
    [
        ('<podcast:transcript url="{BASE}/one.vtt" type="text/vtt" language="en-GB"/>', "en-gb"),
        ('<podcast:transcript url="one.json" type="application/json; charset=utf-8"/>', "en"),
        ('<podcast:transcript url="/one.srt" type="application/x-subrip" rel="captions"/>', "en"),
        ('<podcast:transcript url="/one.html" type="text/html"/>', None),
        ('<podcast:transcript url="/one.vtt" type="text/vtt" language="nl"/>', None),
        ('<podcast:transcript url="file:///etc/passwd" type="text/vtt"/>', None),
    ],
)
def test_transcripts_of_a_feed_are_captions(
    try_episode: Callable[..., Row], server: FaultServer, tags: str, language: str | None
) -> None:
    server.serve("/one.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nHello there.\n")
    server.serve("/one.srt", "1\n00:00:01,000 --> 00:00:02,000\nHello there.\n")
    segment = {"speaker": "Ann", "startTime": 1, "endTime": 2, "body": "Hello there."}
    server.serve("/one.json", json.dumps({"version": "1.0.0", "segments": [segment]}))
    row = try_episode("20", tags)
    assert row["status"] == "ok"
    found = [(one["language"], one["tier"]) for one in row["captions"]]
    assert found == ([(language, "manual_caption")] if language else [])
    for one in row["captions"]:
        (said,) = read_reference(Path(one["path"])).utterances
        assert (said.start, said.end, said.text) == (1, 2, "Hello there.")


def test_a_transcript_that_fails_never_costs_the_audio(
    try_episode: Callable[..., Row], fetch: Fetch, server: FaultServer, place: Path
) -> None:
    server.serve("/one.vtt", "WEBVTT\n", Fault(status=503, times=1))
    row = try_episode("20", '<podcast:transcript url="/one.vtt" type="text/vtt"/>')
    assert (row["status"], row["captions"]) == ("ok", [])
    assert current_round(place / "results" / "store", "s00000") == 1
    assert len(fetch()["one"]["captions"]) == 1
    assert server.count("/one.vtt") == 2


def test_a_rate_limit_on_transcripts_stops_the_site(
    try_episode: Callable[..., Row], fetch: Fetch, server: FaultServer
) -> None:
    server.serve("/one.vtt", "", Fault(status=429, retry_after="3600"))
    row = try_episode("20", '<podcast:transcript url="/one.vtt" type="text/vtt"/>')
    assert (row["status"], row["captions"]) == ("ok", [])
    assert fetch()["one"] == row
    assert server.count("/one.vtt") == 1


def test_what_a_killed_job_was_writing_is_removed(
    try_episode: Callable[..., Row], fetch: Fetch, place: Path
) -> None:
    assert try_episode("20", fault=Fault(status=404))["status"] == "unavailable"
    (outcome,) = (place / "results/store/outcomes").rglob("*.json")
    for folder in (outcome.parent, place / "results/recordings", place / "results/store/rounds"):
        folder.mkdir(exist_ok=True)
        for name in (".dead.part.json", ".living.part.json", ".new.part.json"):
            (folder / name).touch()
            if "new" not in name:
                os.utime(folder / name, (0, 0))
        with (folder / ".living.part.json").open(encoding="utf-8") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)  # as another job holds what it writes
            fetch()
        left = {path.name for path in folder.glob(".*.part*")}
        assert left == {".living.part.json", ".new.part.json"}
