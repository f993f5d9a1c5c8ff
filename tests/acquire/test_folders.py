"""What a folder or a pattern takes: sound by ending or first bytes, links, names of any bytes."""

import os
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from imageio_ffmpeg import get_ffmpeg_exe

from snakescribe.acquire.sources import find_audio
from snakescribe.acquire.sources.files import RESULTS, SEEN, find_files, has_audio
from snakescribe.errors import UserError
from snakescribe.tables import SOURCES, Row, read_table
from snakescribe.workflow.fingerprints import listing_fingerprint
from snakescribe.workflow.read import read_run

Resolve = Callable[..., list[Row]]
# Containers that ffmpeg writes and reads again, with options where it needs any.
KINDS = {
    "wav": "", "w64": "", "aiff": "", "au": "", "caf": "", "flac": "", "mp3": "", "mp2": "",
    "ogg": "", "oga": "", "opus": "", "spx": "", "m4a": "", "mp4": "", "mov": "", "3gp": "",
    "aac": "", "ac3": "", "eac3": "", "dts": "", "mka": "", "mkv": "", "webm": "-c:a libopus",
    "avi": "", "flv": "-ar 44100", "asf": "", "wma": "", "mpg": "", "ts": "-f mpegts",
    "mts": "-f mpegts", "vob": "", "wv": "", "tta": "", "voc": "", "rm": "-c:a ac3",
    "rf64": "-f wav -rf64 always",
}  # fmt: skip


def names(pattern: str) -> list[str]:
    found = [str(path) for path in find_audio(pattern)]
    assert has_audio(pattern) == bool(found)
    return found


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of sound in every container, in a folder."""
    folder = tmp_path_factory.mktemp("sounds")
    for kind, options in KINDS.items():
        command = [
            get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", "sine=440:duration=0.3:r=48000",
            "-strict", "-2", *options.split(), str(folder / f"x.{kind}"),
        ]  # fmt: skip
        subprocess.run(command, check=False, capture_output=True, timeout=60)
    return folder


@pytest.mark.slow
def test_all_sound_that_ffmpeg_reads_is_taken_whatever_its_ending(
    sounds: Path, place: Path
) -> None:
    made = sorted(path for path in sounds.iterdir() if path.stat().st_size)
    assert len(made) > 25, [path.name for path in made]
    assert names(str(sounds)) == [str(path) for path in made]
    for path in made:
        for name in (f"{path.suffix[1:]}.unknown", f"{path.suffix[1:]}-none"):
            (place / name).write_bytes(path.read_bytes())
    bare = Counter(path.name.partition(".")[0].partition("-")[0] for path in find_audio("."))
    assert {kind for kind in bare if bare[kind] == 2} == {path.suffix[1:] for path in made}


def test_what_is_no_sound_is_counted_by_its_ending(place: Path, resolve: Resolve) -> None:
    for name in ("a.wav", "a.txt", "b.TXT", "c.dat", "README", ".a.wav", "d.g722"):
        (place / name).write_bytes(b"some text, long enough to be looked at\n")
    (place / "loop.wav").symlink_to("nowhere.wav")
    assert [row["recording"] for row in resolve({"source": "folder", "path": "*"})] == ["a"]
    [row] = read_table(SOURCES, place / "results" / "sources.tsv")
    assert row["skipped"] == {
        "ends in .txt": 2, "ends in .dat": 1, "ends in .g722": 1, "hidden": 1,
        "has no ending, and no sound's first bytes": 1, "a link that leads nowhere": 1,
    }  # fmt: skip
    assert names("*.g722") == ["d.g722"], "who asks for an ending means it"
    assert names("*.txt") == []
    assert names("README") == ["README"], "and who names a file"


@pytest.mark.parametrize("pattern", ["talks", "talks/**/*.wav", "talks/**"])
def test_links_are_followed_and_each_folder_is_taken_once(place: Path, pattern: str) -> None:
    for name in ("talks/a/1.wav", "talks/2.wav", "elsewhere/in/3.wav", "else2/4.wav"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).touch()
    for link, target in {
        "talks/0-back": "../talks", "talks/0-same": "a", "talks/a/up": "..",
        "talks/far": "../elsewhere", "talks/further": "../elsewhere",
        "elsewhere/in/round": "../../elsewhere",
    }.items():  # fmt: skip
        (place / link).symlink_to(target)
    (place / "talks/linked.wav").symlink_to("../else2/4.wav")
    assert names(pattern) == [
        "talks/2.wav", "talks/a/1.wav", "talks/far/in/3.wav", "talks/linked.wav",
    ]  # fmt: skip
    others = find_files(pattern).others
    assert sorted(path for path, reason in others.items() if reason == SEEN) == [
        "talks/0-back", "talks/0-same", "talks/a/up", "talks/far/in/round", "talks/further",
    ]  # fmt: skip


def test_patterns(place: Path) -> None:
    for name in ("a/1.wav", "a/b/2.wav", "a/b/c/3.wav", "a [x]/4.wav", "5.wav", ".h/6.wav"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).touch()
    for pattern, found in {
        "*/*.wav": ["a/1.wav", "a [x]/4.wav"],
        "a/**/3.wav": ["a/b/c/3.wav"],
        "a/**/b/*.wav": ["a/b/2.wav"],
        "**/[0-4].wav": ["a/1.wav", "a/b/2.wav", "a/b/c/3.wav", "a [x]/4.wav"],
        "a [x]": ["a [x]/4.wav"],
        "./*.wav": ["5.wav"],
        ".h/*.wav": [".h/6.wav"],
        f"{place}/?.wav": [f"{place}/5.wav"],
        "gone/*.wav": [],
        "*.wav/*": [],
    }.items():
        assert names(pattern) == found, pattern


def test_a_folder_that_cannot_be_read_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "talks" / "locked").mkdir(parents=True)
    (place / "talks" / "a.wav").touch()
    real = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert find_files("talks").others == {
        "talks/locked": "a folder that cannot be read: Permission denied"
    }
    assert names("talks") == ["talks/a.wav"]


def test_a_name_that_is_not_utf8_costs_only_its_own_file(
    place: Path, resolve: Resolve, fetch: Callable[..., dict[str, Row]], media: Path
) -> None:
    talks = place / "talks"
    talks.mkdir()
    sound = (media / "tone.wav").read_bytes()
    (talks / "good.wav").write_bytes(sound)
    for name in (b"caf\xe9.wav", b"\xff\xfe.wav"):
        with open(os.fsencode(talks) + b"/" + name, "wb") as stream:  # noqa: PTH123
            stream.write(sound)
    (place / "mine.yaml").write_text(
        "results: results\nrecordings: [{source: folder, path: talks}]\n"
        "models: {tiny: {weights: tiny.en}}\nexperiments: {one: {}}\n",
        encoding="utf-8",
    )
    assert listing_fingerprint(read_run(Path("mine.yaml")))
    items = resolve({"source": "folder", "path": "talks"})
    assert {row["locator"] for row in items} == {
        "talks/good.wav", r"talks/caf\xe9.wav", r"talks/\xff\xfe.wav",
    }  # fmt: skip
    rows = fetch()
    assert Counter(row["status"] for row in rows.values()) == {"ok": 1, "unsupported": 2}
    reasons = {row["reason"] for row in rows.values() if row["status"] != "ok"}
    assert r"the name of talks/caf\xe9.wav is not UTF-8; rename it" in reasons


def test_a_folder_by_another_name_is_the_same(
    place: Path, resolve: Callable[..., list[Row]]
) -> None:
    """However its path is written, each file of it is one recording, and the second is counted."""
    (place / "talks").mkdir()
    for name in ("a", "b"):
        (place / "talks" / f"{name}.wav").touch()
    (place / "link").symlink_to("talks")
    names = ["talks", str(place / "talks"), "./talks/../talks", "link"]
    rows = resolve(*({"source": "folder", "path": name} for name in names))
    assert [row["recording"] for row in rows] == ["a", "b"]
    sources = list(read_table(SOURCES, place / "results" / "sources.tsv"))
    assert [row["taken"] for row in sources] == [2, 0, 0, 0]
    assert [row["skipped"] for row in sources[1:]] == [{"named before": 2}] * 3


def test_what_runs_made_is_no_recording(place: Path, resolve: Resolve) -> None:
    """Of this results folder or another one, below the folder that is looked through."""
    source = {"source": "folder", "path": "."}
    (place / "a.wav").touch()
    assert [row["recording"] for row in resolve(source)] == ["a"]
    (place / "results" / "library").mkdir()
    (place / "results" / "library" / "b.flac").touch()
    assert [row["recording"] for row in resolve(source)] == ["a"]
    [row] = read_table(SOURCES, place / "results" / "sources.tsv")
    assert row["skipped"][RESULTS] == 1
    (place / "results" / "store" / "items.lock.jsonl").unlink()
    assert len(resolve(source)) == 2  # it was no folder of results


@pytest.mark.parametrize("path", ["~/no such folder", "$HOME/no such folder/**/*.wav"])
def test_what_only_a_shell_writes_out_is_told(path: str, resolve: Resolve) -> None:
    with pytest.raises(UserError, match=rf"are not written out here: write {Path.home()}/no such"):
        resolve({"source": "folder", "path": path})
