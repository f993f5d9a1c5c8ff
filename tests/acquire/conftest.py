"""Small media files, a faulty web server, and the steps of the stage from table to table."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from acquire_steps import FAST, run_cli
from fault_server import FaultServer
from imageio_ffmpeg import get_ffmpeg_exe

from snakescribe.errors import UserError
from snakescribe.tables import ITEMS, RECORDINGS, Row, read_table


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 20 s of a tone as tone.ogg, .m4a, .mp3, .wav, .webm and an HLS playlist."""
    folder = tmp_path_factory.mktemp("media")
    tone = ["-f", "lavfi", "-i", "sine=440:duration=20:sample_rate=16000"]
    kinds: dict[str, list[str]] = {
        "tone.ogg": ["-c:a", "libvorbis"],
        "tone.m4a": ["-c:a", "aac", "-b:a", "48k"],
        "tone.mp3": ["-b:a", "32k"],
        "tone.wav": [],
        "tone.webm": ["-c:a", "libopus", "-b:a", "24k"],
        "tone.m3u8": ["-c:a", "aac", "-b:a", "48k", "-hls_time", "4", "-hls_list_size", "0"],
    }
    for name, options in kinds.items():
        command = [get_ffmpeg_exe(), "-v", "error", "-y", *tone, *options, str(folder / name)]
        subprocess.run(command, check=True, timeout=60)
    return folder


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with FaultServer() as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def resolve(place: Path) -> Callable[..., list[Row]]:
    """Sources -> the rows of items.tsv."""

    def run(*sources: dict[str, Any], context: list[Any] = [], per_shard: int = 25) -> list[Row]:  # noqa: B006
        items = place / "results" / "items.tsv"
        items.unlink(missing_ok=True)  # as Snakemake does
        result = run_cli(
            "acquire", "resolve", "--sources", json.dumps(sources), "--context",
            json.dumps(context), "--recordings-per-shard", per_shard, "--store",
            place / "results" / "store", "--output", items,
        )  # fmt: skip
        if isinstance(result.exception, UserError):
            raise result.exception
        return list(read_table(ITEMS, items))

    return run


@pytest.fixture
def fetch(place: Path) -> Callable[..., dict[str, Row]]:
    """A shard of items.tsv -> its recordings by id."""

    def run(shard: str = "s00000", settings: dict[str, Any] | None = None, **pace: Any) -> Any:
        output = place / "results" / "recordings" / f"{shard}.tsv"
        result = run_cli(
            "acquire", "fetch", "--items", place / "results" / "items.tsv", "--shard", shard,
            "--settings", json.dumps(settings or {}), "--pace", json.dumps({**FAST, **pace}),
            "--store", place / "results" / "store", "--output", output,
        )  # fmt: skip
        if isinstance(result.exception, UserError):
            raise result.exception
        return {row["recording"]: row for row in read_table(RECORDINGS, output)}

    return run


@pytest.fixture
def site(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A video site: what its API answers, by path such as ``video/ID`` or ``playlist/ID``.

    ``{BASE}`` in an answer is the server; an answer that is a number is an HTTP status.
    """
    pages: dict[str, Any] = {}

    def answer(path: str, _: str) -> tuple[int, str, bytes]:
        page = pages.get(path.removeprefix("/api/"), 404)
        if isinstance(page, int):
            return page, "text/html", b"<html>an error</html>"
        return 200, "application/json", json.dumps(page).replace("{BASE}", server.base).encode()

    server.answers["/api/"] = answer
    monkeypatch.setenv("VIDEOSITE", server.base)
    return pages
