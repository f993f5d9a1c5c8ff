"""A job that is killed at any moment leaves nothing half-published, and the next one goes on."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from acquire_steps import FAST, write_rows
from fault_server import Fault, FaultServer

from snakescribe.store import file_sha256
from snakescribe.tables import RECORDINGS, Row, read_table

FETCH = [
    sys.executable, "-m", "snakescribe", "acquire", "fetch", "--items", "results/items.tsv",
    "--shard", "s00000", "--store", "results/store", "--output", "results/recordings/s00000.tsv",
    "--pace", json.dumps({**FAST, "timeout_seconds": 20}),
]  # fmt: skip


def kill_when(happened: Callable[[], bool]) -> None:
    """Start the job; kill it with SIGKILL as soon as it has come so far."""
    job = subprocess.Popen(FETCH, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 120
        while not happened():
            assert time.monotonic() < deadline, "the moment never came"
            assert job.poll() is None, "the job ended before its moment"
            time.sleep(0.005)
    finally:
        job.kill()
        job.wait()
    assert job.returncode == -signal.SIGKILL


@pytest.mark.slow
def test_killed_at_five_moments_and_byte_identical_in_the_end(
    place: Path, resolve: Callable[..., list[Row]], server: FaultServer, media: Path
) -> None:
    body = (media / "tone.wav").read_bytes()
    url = server.serve("/tone.wav", body, Fault(bytes_per_second=250_000))
    write_rows(place / "list.tsv", [{"id": "one", "url": url}])
    resolve({"source": "table", "path": "list.tsv"})

    def part_bytes() -> int:
        return max((path.stat().st_size for path in place.rglob("*.part")), default=0)

    moments: list[Callable[[], bool]] = [
        lambda: server.count("/tone.wav") >= 1,  # yt-dlp looks at the URL
        lambda: part_bytes() > 50_000,
        lambda: part_bytes() > 250_000,
        lambda: part_bytes() > 450_000,
        lambda: any(place.rglob("home/audio.*")),  # all has come; it is being verified
    ]
    for moment in moments:
        kill_when(moment)
        assert not list(place.rglob("receipt.json"))
        assert not (place / "results" / "recordings" / "s00000.tsv").exists()
    asked = server.count("/tone.wav")
    environment = {**os.environ, "no_proxy": "127.0.0.1"}
    subprocess.run(FETCH, check=True, env=environment, stderr=subprocess.DEVNULL, timeout=120)
    (row,) = read_table(RECORDINGS, place / "results" / "recordings" / "s00000.tsv")
    assert row["sha256"] == file_sha256(Path(row["audio"])) == file_sha256(media / "tone.wav")
    assert [path.suffix for path in place.rglob("*.work")] == []
    assert server.count("/tone.wav") == asked + 1  # a look: all had come
    resumed = [
        int(given[6:-1]) for given in server.ranges("/tone.wav") if given and given > "bytes=0-"
    ]
    assert resumed == sorted(resumed)
    assert len(resumed) >= 2
