"""Whole bytes are believed over a stated duration; missing bytes are found all the same."""

import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from acquire_steps import run_cli, write_rows
from fault_server import FaultServer
from imageio_ffmpeg import get_ffmpeg_exe

from results_folder import recording_row
from snakescribe.acquire.outcomes import all_outcomes
from snakescribe.ffmpeg.whole import decode_audio, probe_audio
from snakescribe.store import file_sha256
from snakescribe.tables import AUDIO, ITEMS, RECORDINGS, Row, read_table, write_table

pytestmark = pytest.mark.slow

Fetch = Callable[..., dict[str, Row]]
Resolve = Callable[..., list[Row]]

SECONDS = 30
# 15 s of a tone and 15 s of silence: of a variable bit rate no second is like the other.
HALF = "aevalsrc='lt(t,15)*0.5*sin(2000*t*(1+sin(t)))':s=16000:d=30"


def encode(target: Path, *options: str | Path, source: str = HALF) -> Path:
    """30 s of sound that is loud and then silent, by ffmpeg."""
    command = [get_ffmpeg_exe(), "-v", "error", "-y", "-f", "lavfi", "-i", source, *options, target]
    subprocess.run([str(part) for part in command], check=True, timeout=60)
    return target


def without_header(folder: Path) -> bytes:
    """A VBR MP3 without a Xing header, and with a tag before and one behind."""
    path = encode(folder / "a.mp3", "-q:a", "4", "-write_xing", "0", "-id3v2_version", "3",
                  "-metadata", "title=A talk", "-write_id3v1", "1")  # fmt: skip
    return path.read_bytes()


def wrong_header(folder: Path) -> bytes:
    """A VBR MP3 whose Xing header counts five times the frames that there are."""
    data = bytearray(encode(folder / "a.mp3", "-q:a", "4", "-id3v2_version", "0").read_bytes())
    place = max(data.find(b"Xing"), data.find(b"Info"))
    frames = int.from_bytes(data[place + 8 : place + 12], "big")
    data[place + 8 : place + 12] = (5 * frames).to_bytes(4, "big")
    return bytes(data)


def wrong_header_and_filling(folder: Path) -> bytes:
    """The same, with a tag behind it that ffmpeg does not know."""
    return wrong_header(folder) + b"LYRICSBEGIN" + b"la " * 200 + b"LYRICSEND" + bytes(500)


def flac_of_a_longer_one(folder: Path) -> bytes:
    """A FLAC whose header counts five times the samples that there are (RFC 9639, section 8.2)."""
    data = bytearray(encode(folder / "a.flac").read_bytes())
    head = int.from_bytes(data[18:26], "big")  # the rate and such, and then 36 bits of a count
    count = head & (1 << 36) - 1
    data[18:26] = (head - count + 5 * count).to_bytes(8, "big")
    return bytes(data)


def webm_of_a_longer_one(folder: Path) -> bytes:
    """A WebM whose header states a hundred seconds (RFC 9559, Duration)."""
    data = encode(folder / "a.webm", "-c:a", "libopus").read_bytes()
    place = data.index(b"\x44\x89\x88") + 3
    return data[:place] + struct.pack(">d", 100_000.0) + data[place + 8 :]


def piped(folder: Path) -> bytes:
    """A WAV as SoX writes it to a pipe: its lengths are made up."""
    data = encode(folder / "a.wav").read_bytes()
    place = data.index(b"data") + 4
    made_up = [(0x7FFFF000 + more).to_bytes(4, "little") for more in (36, 0)]
    return data[:4] + made_up[0] + data[8:place] + made_up[1] + data[place + 4 :]


def header_without_frames(folder: Path) -> bytes:
    """A VBR MP3 whose Xing header counts nothing."""
    data = bytearray(encode(folder / "a.mp3", "-q:a", "4").read_bytes())
    place = max(data.find(b"Xing"), data.find(b"Info"))
    data[place + 4 : place + 8] = bytes(4)
    return bytes(data)


def later_than_the_picture(suffix: str, seconds: float = 8) -> Callable[[Path], bytes]:
    """Sound that begins seconds after the picture."""

    def make(folder: Path) -> bytes:
        sound = encode(folder / "a.wav", source="sine=440:sample_rate=16000:duration=22")
        codecs = ["-c:v", "libvpx", "-c:a", "libopus"] if suffix == "webm" else ["-c:v", "mpeg4"]
        options = ["-itsoffset", str(seconds), "-i", sound, "-map", "0:v", "-map", "1:a", *codecs]
        picture = "color=black:s=64x64:r=5:d=30"
        return encode(folder / f"a.{suffix}", *options, source=picture).read_bytes()

    return make


def hole(folder: Path) -> bytes:
    """A WebM with ten seconds of packets that were never sent."""
    full = encode(folder / "full.webm", "-c:a", "libopus", "-b:a", "32k")
    with av.open(full) as source, av.open(folder / "a.webm", "w", format="webm") as target:
        stream = source.streams.audio[0]
        copy = target.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.dts is None or 10 < packet.pts * packet.time_base < 20:
                continue
            packet.stream = copy
            target.mux(packet)
    return (folder / "a.webm").read_bytes()


def adts(folder: Path) -> bytes:
    """Raw AAC, of which ffmpeg can only guess the duration, with a tag behind it."""
    return encode(folder / "a.aac", "-b:a", "48k").read_bytes() + b"TAG" + bytes(125)


WHOLE = {
    "no_header.mp3": (without_header, None),
    "no_frames.mp3": (header_without_frames, None),
    "wrong_header.mp3": (wrong_header, "the same whole bytes came twice"),
    "longer.flac": (flac_of_a_longer_one, "the same whole bytes came twice"),
    "longer.webm": (webm_of_a_longer_one, None),  # its track says how long it is
    "filled.mp3": (wrong_header_and_filling, "the same whole bytes came twice"),
    "piped.wav": (piped, None),
    "late.mkv": (later_than_the_picture("mkv"), None),
    "late.webm": (later_than_the_picture("webm"), None),
    "late.mp4": (later_than_the_picture("mp4"), None),
    "hole.webm": (hole, None),
    "guessed.aac": (adts, None),
}


@pytest.fixture
def try_media(
    place: Path, resolve: Resolve, fetch: Fetch, server: FaultServer
) -> Callable[..., dict[str, Row]]:
    """Media by name -> their rows; each promised as 30 s by a page of its own."""

    def run(media: dict[str, bytes], promise: str = "", **pace: float) -> dict[str, Row]:
        rows = []
        for name, body in media.items():
            url = server.serve(f"/{name}", body)
            if promise:
                page = (
                    '<html><head><script type="application/ld+json">{"@context": '
                    '"https://schema.org", "@type": "AudioObject", "name": "A talk", "duration": "'
                    + promise + '", "contentUrl": "' + url + '"}</script></head></html>'
                )  # fmt: skip
                url = server.serve(f"/{name}.html", page)
            rows.append({"id": name.replace(".", "-"), "url": url})
        write_rows(place / "list.tsv", rows)
        resolve({"source": "table", "path": "list.tsv"})
        fetched = fetch(**pace)
        return {name: fetched[name.replace(".", "-")] for name in media}

    return run


def test_whole_bytes_are_ok(
    try_media: Callable[..., dict[str, Row]], server: FaultServer, tmp_path: Path
) -> None:
    media = {}
    for name, (make, _) in WHOLE.items():
        folder = tmp_path / "made" / name
        folder.mkdir(parents=True)
        media[name] = make(folder)
    rows = try_media(media, "PT30S")
    assert {name: row["status"] for name, row in rows.items()} == dict.fromkeys(WHOLE, "ok")
    assert {name: row["seconds"] for name, row in rows.items()} == {
        name: pytest.approx(SECONDS, abs=0.3) for name in WHOLE
    }
    for name, (_, note) in WHOLE.items():
        assert (rows[name]["reason"] is None) == (note is None)
        assert (note or "") in (rows[name]["reason"] or "")
        assert server.count(f"/{name}") == (4 if note else 2)  # a look and a download each time


def test_a_preview_of_a_longer_talk_is_taken_with_a_note(
    try_media: Callable[..., dict[str, Row]], server: FaultServer, media: Path
) -> None:
    row = try_media({"a.ogg": (media / "tone.ogg").read_bytes()}, "PT1H")["a.ogg"]
    assert (row["status"], row["seconds"]) == ("ok", pytest.approx(20, abs=0.1))
    assert row["reason"] == (
        "20.0 s can be decoded of the 3600.0 s that the site promises; the same whole bytes came "
        "twice"
    )
    assert server.count("/a.ogg") == 4  # a look and a download, twice


def test_one_try_a_run_is_enough_in_two_runs(
    try_media: Callable[..., dict[str, Row]], fetch: Fetch, tmp_path: Path
) -> None:
    body = wrong_header(tmp_path)
    assert try_media({"a.mp3": body}, tries=1)["a.mp3"]["status"] == "corrupt"
    row = fetch(tries=1)["a-mp3"]
    assert (row["status"], "came twice" in row["reason"]) == ("ok", True)


FORMATS: dict[str, list[str]] = {
    "a.mp3": ["-b:a", "32k"], "vbr.mp3": ["-q:a", "4"], "a.ogg": ["-c:a", "libvorbis"],
    "a.opus": ["-c:a", "libopus"], "a.webm": ["-c:a", "libopus"], "a.mka": ["-c:a", "libvorbis"],
    "fast.m4a": ["-movflags", "+faststart"], "slow.m4a": [], "dash.mp4": ["-movflags", "+dash"],
    "a.flac": [], "a.wav": [], "a.aiff": [], "a.au": [], "a.flv": ["-c:a", "aac"], "a.wma": [],
    "a.aac": [],
}  # fmt: skip


@pytest.fixture(scope="module")
def formats(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the same sound in all of `FORMATS`."""
    folder = tmp_path_factory.mktemp("formats")
    for name, options in FORMATS.items():
        encode(folder / name, *options)
    return folder


def test_truncated_bytes_are_corrupt_however_often_they_come(
    try_media: Callable[..., dict[str, Row]], place: Path, formats: Path
) -> None:
    whole = {name: (formats / name).read_bytes() for name in FORMATS}
    media = {name: body[: int(len(body) * 0.6)] for name, body in whole.items()}
    rows = try_media(media, "PT30S")
    assert {name: row["status"] for name, row in rows.items()} == dict.fromkeys(FORMATS, "corrupt")
    assert {outcome.kind for _, outcome in all_outcomes(place / "results/store")} == {"permanent"}


def cut(share: float) -> Callable[[Path, Path], dict[str, bytes]]:
    """Files of all formats, cut at a share of their bytes."""

    def make(_: Path, formats: Path) -> dict[str, bytes]:
        whole = {name: (formats / name).read_bytes() for name in FORMATS}
        return {name: body[: int(len(body) * share)] for name, body in whole.items()}

    return make


def with_odd_headers(folder: Path, _: Path) -> dict[str, bytes]:
    """The files of `WHOLE`."""
    media = {}
    for name, (make, _) in WHOLE.items():
        (folder / name).mkdir()
        media[name] = make(folder / name)
    return media


@pytest.mark.parametrize(
    ("make", "corrupt"),
    [
        (cut(0.6), {"a.webm", "a.mka", "fast.m4a", "slow.m4a", "dash.mp4", "a.flac", "a.flv",
                    "a.mp3", "vbr.mp3", "a.wav", "a.aiff", "a.au"}),
        (cut(0.996), {"fast.m4a", "slow.m4a", "dash.mp4", "a.flac"}),  # silence has few bytes
        (with_odd_headers, set()),
    ],
)  # fmt: skip
def test_processing_judges_files_as_downloading_does(
    try_media: Callable[..., dict[str, Row]], tmp_path_factory: pytest.TempPathFactory,
    formats: Path, make: Callable[[Path, Path], dict[str, bytes]], corrupt: set[str],
) -> None:  # fmt: skip
    """By nothing but their bytes: no site promises a duration."""
    folder = tmp_path_factory.mktemp("local")
    media = make(tmp_path_factory.mktemp("made"), formats)
    came = try_media(media)
    downloaded = {name: row["status"] for name, row in came.items()}
    rows = []
    for name, body in media.items():
        path = folder / name
        path.write_bytes(body)
        cells = {"recording": name, "audio": str(path), "sha256": file_sha256(path)}
        rows.append({**recording_row(name), **cells})
    write_table(RECORDINGS, folder / "local.tsv", rows)
    write_table(ITEMS, folder / "items.tsv", [])
    run_cli(
        "process", "prepare", "--recordings", folder / "local.tsv", "--items",
        folder / "items.tsv", "--store", folder / "store", "--output", folder / "audio.tsv",
    )  # fmt: skip
    audio = {row["recording"]: row for row in read_table(AUDIO, folder / "audio.tsv")}
    prepared = {name: row["status"] for name, row in audio.items()}
    assert prepared == downloaded
    for name in {"a.ogg", "a.opus"} & audio.keys():  # states nothing, and says that it is cut
        assert all("its last page" in row[name]["reason"] for row in (came, audio))
    assert {name for name, status in prepared.items() if status == "corrupt"} == corrupt


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_is_missing_in_what_is_whole(formats: Path, name: str) -> None:
    path = formats / name
    probe = decode_audio(path)
    assert (probe.status, probe.damage) == ("ok", "")
    assert probe.seconds == pytest.approx(SECONDS, abs=0.2)
    assert probe_audio(path).seconds == pytest.approx(SECONDS, abs=0.2)


@pytest.mark.parametrize("name", ["a.flac", "fast.m4a"])
def test_garbage_in_the_middle_is_not_counted(formats: Path, tmp_path: Path, name: str) -> None:
    """The last packet is in its place, and half of those before it are not."""
    path = tmp_path / name
    body = bytearray((formats / name).read_bytes())
    middle = slice(len(body) // 5, len(body) * 8 // 10)
    body[middle] = bytes(len(body[middle]))
    path.write_bytes(body)
    probe = decode_audio(path)
    assert (probe.damage != "") == (name == "fast.m4a")  # in FLAC it is passed over
    assert probe.reach < SECONDS - 5
