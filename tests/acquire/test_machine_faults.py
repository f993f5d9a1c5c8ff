"""What this machine is at fault for is no recording's status: the job stops, the next one works."""

import errno
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from acquire_steps import run_cli, video, write_rows
from fault_server import FaultServer
from yt_dlp.postprocessor import FFmpegPostProcessor

from snakescribe.acquire.failures import explain_failure
from snakescribe.acquire.outcomes import all_outcomes
from snakescribe.acquire.web import Web, WebError
from snakescribe.config.acquire import Pace
from snakescribe.errors import UserError
from snakescribe.machine import MachineError
from snakescribe.paths import REPOSITORY
from snakescribe.tables import Row

Fetch = Callable[..., dict[str, Row]]
Resolve = Callable[..., list[Row]]

A = "A" * 11


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file may grow beyond a size, as where the disk is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def talk(place: Path, resolve: Resolve, server: FaultServer, media: Path) -> Path:
    """A recording `talk` to be fetched; its sound."""
    url = server.serve("/talk.wav", (media / "tone.wav").read_bytes())
    write_rows(place / "list.tsv", [{"id": "talk", "url": url}])
    resolve({"source": "table", "path": "list.tsv"})
    return media / "tone.wav"


def nothing_is_kept(place: Path) -> bool:
    """Whether there is no outcome, no download and no table."""
    store = place / "results" / "store"
    tables = list((place / "results").glob("recordings/*.tsv"))
    return not (tables or list(all_outcomes(store)) or list(store.rglob("receipt.json")))


@pytest.mark.slow
@pytest.mark.parametrize("size", [0, 200, 100_000])
def test_a_full_disk_at_any_moment(talk: Path, fetch: Fetch, place: Path, size: int) -> None:
    """While the site's pace is noted, while the sound comes, while its digest is kept."""
    with files_up_to(size), pytest.raises(UserError, match=r"results/store.*nothing is lost"):
        fetch()
    assert nothing_is_kept(place)
    row = fetch()["talk"]
    assert Path(row["audio"]).read_bytes() == talk.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["sites", "downloads", "outcomes", "adopted", "rounds"])
def test_a_part_of_the_store_that_is_no_folder(
    resolve: Resolve, fetch: Fetch, server: FaultServer, media: Path, place: Path, folder: str
) -> None:
    (place / "own.wav").write_bytes((media / "tone.wav").read_bytes())
    rows = [
        {"id": "own", "url": "own.wav"},
        {"id": "gone", "url": f"{server.base}/gone.ogg"},
        {"id": "ill", "url": server.serve("/ill.ogg", "no sound")},
    ]
    write_rows(place / "list.tsv", rows)
    resolve({"source": "table", "path": "list.tsv"})
    path = place / "results" / "store" / folder
    path.touch()
    with pytest.raises(MachineError, match=f"results/store/{folder}.*nothing is lost"):
        fetch(tries=1)
    assert not list((place / "results").glob("recordings/*.tsv"))
    path.unlink()
    statuses = {name: row["status"] for name, row in fetch(tries=1).items()}
    assert statuses == {"own": "ok", "gone": "unavailable", "ill": "corrupt"}


@pytest.mark.slow
def test_captions_for_which_there_is_no_room(
    resolve: Resolve, fetch: Fetch, site: dict[str, Any], server: FaultServer, media: Path,
    place: Path,
) -> None:  # fmt: skip
    body = (media / "tone.m4a").read_bytes()
    server.serve(f"/{A}.m4a", body)
    cues = "".join(f"{n:02d}:00.000 --> {n:02d}:01.000\n{'word ' * 3000}\n\n" for n in range(20))
    server.serve("/long.vtt", f"WEBVTT\n\n{cues}")
    track = {"url": "{BASE}/long.vtt", "ext": "vtt"}
    site[f"video/{A}"] = video(A, subtitles={"en": [track]})
    resolve({"source": "youtube", "videos": [A]})
    with files_up_to(len(body) + 1000), pytest.raises(MachineError, match="store/captions"):
        fetch()
    assert not list((place / "results").glob("recordings/*.tsv"))
    assert len(fetch()[A]["captions"]) == 1


@pytest.mark.slow
def test_two_formats_to_merge_and_no_ffmpeg(
    resolve: Resolve, fetch: Fetch, site: dict[str, Any], place: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("PATH", str(place))
    # What another test of this process has found is not to be had here.
    monkeypatch.setattr(FFmpegPostProcessor, "_version_cache", {None: None})
    picture = {"url": "{BASE}/p.mp4", "format_id": "p", "vcodec": "avc1", "acodec": "none"}
    site[f"video/{A}"] = video(A)
    site[f"video/{A}"]["formats"].append({**picture, "ext": "mp4"})
    resolve({"source": "youtube", "videos": [A]})
    with pytest.raises(MachineError, match="ffmpeg is not installed"):
        fetch(settings={"format": "bestvideo+bestaudio"})
    assert nothing_is_kept(place)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO, errno.ESTALE, errno.EMFILE])
def test_a_file_that_is_there_and_cannot_be_read(
    resolve: Resolve, fetch: Fetch, media: Path, place: Path, monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:  # fmt: skip
    """Root may read everything, and a bad disk cannot be had: the error is made up."""
    for name in ("a.wav", "b.wav"):
        (place / name).write_bytes((media / "tone.wav").read_bytes())
    resolve({"source": "folder", "path": "*.wav"})
    real = Path.open

    def refuse(path: Path, *args: Any, **kwargs: Any) -> Any:
        if path.name == "b.wav":
            raise OSError(number, os.strerror(number), str(path))
        return real(path, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        with pytest.raises(MachineError, match=rf"b\.wav: {os.strerror(number)}"):
            fetch()
    assert nothing_is_kept(place)
    assert {row["status"] for row in fetch().values()} == {"ok"}


@pytest.mark.slow
def test_a_store_that_cannot_be_made_is_one_line(place: Path) -> None:
    """As where it is read-only: no traceback, and an exit code."""
    (place / "results").touch()
    (place / "a.wav").touch()
    command = [
        sys.executable, "-m", "snakescribe", "acquire", "resolve", "--sources",
        '[{"source": "folder", "path": "a.wav"}]', "--store", "results/store", "--output",
        "results/items.tsv",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "error: results/store: Not a directory; this machine is at fault and no recording: make "
        "room or mend the folder's permissions and run again, nothing is lost\n"
    )


@pytest.mark.slow
def test_a_full_disk_is_told_though_the_log_is_on_it(place: Path) -> None:
    (place / "file").touch()
    command = [
        sys.executable, "-m", "snakescribe", "acquire", "describe", "--results", "file/results",
    ]  # fmt: skip
    with Path("/dev/full").open("w") as log:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=log, text=True, timeout=60, check=False
        )
    assert done.returncode != 0
    assert done.stdout.startswith("error: file/results")


@pytest.mark.slow
def test_results_that_cannot_be_written_are_one_line(place: Path) -> None:
    """No traceback, though it is Snakemake's own process that makes the folder."""
    (place / "a.wav").touch()
    config = {"results": "/proc/results", "recordings": [{"source": "folder", "path": "."}]}
    (place / "mine.yaml").write_text(json.dumps(config), encoding="utf-8")
    command = [
        Path(sys.executable).with_name("snakemake"), "acquire", "--cores", "1", "-d", place, "-s",
        REPOSITORY / "workflow" / "Snakefile", "--configfile", place / "mine.yaml",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert "Traceback" not in said
    assert said.strip().splitlines()[-1].startswith("Error: /proc/results: No such file")


def test_a_listing_for_which_there_is_no_room_is_no_failed_listing(
    place: Path, server: FaultServer
) -> None:
    (place / "store").mkdir()
    (place / "store" / "sites").touch()
    web = Web(place / "store", Pace(tries=1))
    with pytest.raises(MachineError, match="store/sites"):
        web.read(f"{server.base}/feed.xml")
    (place / "store" / "sites").unlink()
    with pytest.raises(WebError, match="404"):
        web.read(f"{server.base}/feed.xml")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT])
def test_what_a_connection_says_is_not_about_this_machine(number: int) -> None:
    from yt_dlp.networking.exceptions import TransportError

    error = OSError(number, os.strerror(number))
    assert explain_failure(error).ours
    assert explain_failure(OSError(number, os.strerror(number), "store/a.part")).place
    failure = explain_failure(TransportError(cause=error))
    assert (failure.ours, failure.status) == (False, "network")
    assert not explain_failure(Exception(f"the site says: {os.strerror(number)}")).ours
    assert explain_failure(Exception(f"unable to write data: [Errno {number}]")).ours
    assert explain_failure(MemoryError()).ours


def test_a_results_folder_is_told_by_every_command(place: Path) -> None:
    (place / "file").touch()
    result = run_cli("acquire", "describe", "--results", "file/results")
    assert isinstance(result.exception, UserError)
