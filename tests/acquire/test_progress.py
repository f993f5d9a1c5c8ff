"""What is seen while a shard is fetched: lines on the terminal, and what the store has so far."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from acquire_steps import FAST, run_cli, video, write_rows
from fault_server import Fault, FaultServer

from snakescribe.acquire import progress
from snakescribe.tables import Row

pytestmark = pytest.mark.slow

Resolve = Callable[..., list[Row]]

A, B = "A" * 11, "B" * 11


def fetch_lines(items: str = "results/items.tsv", **pace: Any) -> list[str]:
    """What the job of the first shard says on the terminal."""
    result = run_cli(
        "acquire", "fetch", "--items", items, "--shard", "s00000", "--pace",
        json.dumps({**FAST, **pace}), "--store", "results/store", "--output",
        "results/recordings/s00000.tsv",
    )  # fmt: skip
    return result.stdout.splitlines()


def test_files_of_this_machine_are_seen_and_do_not_fill_the_terminal(
    place: Path, resolve: Resolve, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = (media / "tone.wav").read_bytes()
    size = f"{len(body) / 1000:.1f} kB"
    for number in range(3):
        (place / f"{number}.wav").write_bytes(body)
    (place / "ill.wav").write_bytes(b"no sound")
    resolve({"source": "folder", "path": "*.wav"})
    *lines, _ = fetch_lines()
    rest = f"{size}, 20.0 s, pcm_s16le 256 kbit/s, language not told"
    assert lines[:3] == [f"s00000: {number + 1} of 4: {number}: {rest}" for number in range(3)]
    assert lines[3].startswith("s00000: 4 of 4: ill: corrupt: ")
    assert fetch_lines() == ["results/recordings/s00000.tsv: 4 recordings"]
    for number in range(3, 12):
        (place / f"{number}.wav").write_bytes(body)
    resolve({"source": "folder", "path": "*.wav"})
    line, _ = fetch_lines()
    assert line.startswith("s00000: 13 of 13: 9 files of this machine: 9 ok; 5.8 MB; 180.0 s; ")
    assert line.endswith("; 9 pcm_s16le")
    monkeypatch.setattr(progress, "SECOND", 0)
    (place / "results" / "store" / "adopted" / "s00000.jsonl").unlink()
    *lines, sums, _ = fetch_lines()
    assert len(lines) == 13 - 5
    assert ": 13 files of this machine: 12 ok, 1 corrupt; " in sums


def test_a_line_for_each_download(
    place: Path, resolve: Resolve, site: dict[str, Any], server: FaultServer, media: Path
) -> None:
    body = (media / "tone.m4a").read_bytes()
    server.serve(f"/{A}.m4a", body)
    (place / "own.wav").write_bytes((media / "tone.wav").read_bytes())
    site[f"video/{A}"] = video(A)
    site[f"video/{A}"]["formats"][0]["language"] = "en-GB"
    urls = [f"{server.base}/gone.ogg", server.serve("/tone.ogg", (media / "tone.ogg").read_bytes())]
    resolve(
        {"source": "youtube", "videos": [A]},
        {"source": "url", "urls": urls},
        {"source": "folder", "path": "own.wav"},
    )
    *lines, last = fetch_lines(concurrent_downloads=1)
    assert last == "results/recordings/s00000.tsv: 4 recordings"
    assert sorted(re.sub(r"[\d.]+(?= (kB|s,|kbit))", "N", line) for line in lines) == [
        "s00000: 1 of 4: own: N kB, N s, pcm_s16le N kbit/s, language not told",
        f"s00000: 2 of 4: {A}: N kB, N s, format 140 (aac N kbit/s), language en-GB",
        "s00000: 3 of 4: gone: unavailable: [generic] gone: Unable to download webpage: "
        "HTTP Error 404: Not Found",
        "s00000: 4 of 4: tone: N kB, N s, format ogg (vorbis N kbit/s), language not told",
    ]
    assert f" {len(body) / 1000:.1f} kB, 20.0 s, " in lines[1]
    assert fetch_lines() == [last]  # what was there already stands in the log alone


def test_a_line_a_minute_for_what_is_running(
    place: Path, resolve: Resolve, server: FaultServer, media: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(progress, "MINUTE", 0.2)
    body = (media / "tone.wav").read_bytes()
    url = server.serve("/slow.wav", body, Fault(bytes_per_second=500_000))
    write_rows(place / "list.tsv", [{"id": "slow\x1b[2J", "url": url}])
    resolve({"source": "table", "path": "list.tsv"})
    *running, done, _ = fetch_lines(timeout_seconds=5)
    assert len(running) >= 3
    pattern = r"s00000: \S+: under way for 0 min, [\d.]+ (bytes|kB)( of 640.1 kB)?"
    assert all(re.fullmatch(pattern, line) for line in running), running
    assert " of 640.1 kB" in running[-1]
    assert "\x1b" not in "".join([*running, done])


def test_status_looks_into_the_store(
    place: Path, resolve: Resolve, server: FaultServer, media: Path
) -> None:
    body = (media / "tone.wav").read_bytes()
    (place / "own.wav").write_bytes(body)
    rows = [
        {"id": "own", "url": "own.wav"},
        {"id": "quick", "url": server.serve("/quick.wav", body)},
        {"id": "gone", "url": f"{server.base}/gone.wav"},
        {"id": "slow", "url": server.serve("/slow.wav", body, Fault(bytes_per_second=30_000))},
        {"id": "later", "url": server.serve("/later.wav", body, Fault(late=True, seconds=60))},
    ]
    write_rows(place / "list.tsv", rows)
    config = {
        "results": "results",
        "recordings": [{"source": "table", "path": "list.tsv"}],
        "models": {"tiny": {"weights": "tiny.en"}},
        "experiments": {"one": {}},
    }
    (place / "mine.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    resolve(*config["recordings"])
    pace = {**FAST, "timeout_seconds": 90, "concurrent_downloads": 2}
    command = [
        sys.executable, "-m", "snakescribe", "acquire", "fetch", "--items", "results/items.tsv",
        "--shard", "s00000", "--store", "results/store", "--output",
        "results/recordings/s00000.tsv", "--pace", json.dumps(pace),
    ]  # fmt: skip
    job = subprocess.Popen(
        command, env={**os.environ, "no_proxy": "127.0.0.1"}, stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not (server.count("/later.wav") and list(place.rglob("*.part"))):
            assert time.monotonic() < deadline, "the moment never came"
            assert job.poll() is None, "the job ended before its moment"
            time.sleep(0.05)
        text = run_cli("acquire", "status", "mine.yaml").output
    finally:
        job.kill()
        job.wait()
    assert "5 recordings, 2 there, 1 not\n2 not tried yet\n" in text
    assert "permanent: 1" in text
    running = re.search(r"2 being fetched now: (.*)", text)
    assert running
    shown = set(re.findall(r"(\w+) \([\d.]+ (?:bytes|kB)\)", running[1]))
    assert shown and shown <= {"slow", "later"}  # one that has written nothing is not always there
    text = run_cli("acquire", "status", "mine.yaml").output
    assert "2 there, 1 not" in text
    assert "being fetched" not in text
