"""The target `acquire`, run by Snakemake: the next run tries what went wrong, and only that."""

import json
import os
import re
import subprocess
import sys
import time
from base64 import b64encode
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from fault_server import Fault, FaultServer

from snakescribe.paths import REPOSITORY
from snakescribe.tables import RECORDINGS, Row, read_table

pytestmark = pytest.mark.slow


def run_acquire(config: dict[str, Any], folder: Path, **variables: str) -> list[Row]:
    """Run the target; all that it says is kept in `said.txt`."""
    path = folder / "config.yaml"
    path.write_text(
        yaml.safe_dump({**config, "results": str(folder / "results")}), encoding="utf-8"
    )
    command = [Path(sys.executable).with_name("snakemake"), "acquire", "--cores", "1"]
    done = subprocess.run(
        [*command, "--configfile", path], cwd=REPOSITORY, capture_output=True, text=True,
        timeout=300, env={**os.environ, "no_proxy": "127.0.0.1", **variables},
    )  # fmt: skip
    (folder / "said.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    return list(read_table(RECORDINGS, folder / "results" / "recordings" / "s00000.tsv"))


def test_the_next_run_tries_again_what_is_open(
    tmp_path: Path, server: FaultServer, media: Path
) -> None:
    body = (media / "tone.ogg").read_bytes()
    urls = [
        server.serve("/fine.ogg", body),
        server.serve("/gone.ogg", b"", Fault(status=404)),
        server.serve("/ill.ogg", body, Fault(status=503, times=2)),
    ]
    config = {
        "recordings": [{"source": "url", "urls": urls}],
        "acquire": {"tries": 1, "requests_per_hour": 0, "caption_languages": []},
        "models": {"tiny": {"weights": "tiny.en"}},
        "experiments": {"one": {}},
    }
    for statuses, asked, new in (
        (["ok", "unavailable", "server_error"], (2, 1, 1), {"fine", "gone", "ill"}),
        (["ok", "unavailable", "server_error"], (2, 1, 2), {"ill"}),
        (["ok", "unavailable", "ok"], (2, 1, 4), {"ill"}),
        (["ok", "unavailable", "ok"], (2, 1, 4), set()),
    ):
        assert [row["status"] for row in run_acquire(config, tmp_path)] == statuses
        assert tuple(map(server.count, ("/fine.ogg", "/gone.ogg", "/ill.ogg"))) == asked
        said = (tmp_path / "said.txt").read_text(encoding="utf-8")
        told = re.findall(r"^s00000: \d of 3: (\w+): ", said, re.MULTILINE)  # on the terminal
        assert set(told) == new


def test_secrets_are_used_and_stand_nowhere(
    tmp_path: Path, server: FaultServer, media: Path
) -> None:
    secret = uuid4().hex
    server.serve("/fine.ogg", (media / "tone.ogg").read_bytes())
    resource = {"id": "A" * 11, "snippet": {"title": "One"}}
    answer = json.dumps({"items": [resource]}).encode()
    server.answers["/youtube/v3/videos"] = lambda *_: (200, "application/json", answer)
    cookies = tmp_path / "cookies.txt"
    expires = int(time.time()) + 3600
    cookies.write_text(
        "# Netscape HTTP Cookie File\n"
        f"media.example\tFALSE\t/\tFALSE\t{expires}\tsession\t{secret}\n",
        encoding="utf-8",
    )
    before = cookies.read_bytes()
    config = {
        "recordings": [
            {"source": "url", "urls": ["http://media.example/fine.ogg"]},
            {"source": "youtube", "videos": ["A" * 11]},
        ],
        "acquire": {"tries": 1, "requests_per_hour": 0, "youtube_api_url":
                    "http://media.example/youtube/v3"},
        "models": {"tiny": {"weights": "tiny.en"}},
        "experiments": {"one": {}},
    }  # fmt: skip
    rows = run_acquire(
        config,
        tmp_path,
        SNAKESCRIBE_COOKIES=str(cookies),
        SNAKESCRIBE_PROXY=server.base.replace("//", f"//joe:{secret}@"),
        YOUTUBE_API_KEY=secret,
    )
    assert [row["status"] for row in rows] == ["network", "ok"]  # the proxy takes no https
    basic = b64encode(f"joe:{secret}".encode()).decode()
    assert server.secrets == {f"session={secret}", f"Basic {basic}"}
    assert [secret in query for path, _, query in server.log if "videos" in path] == [True]
    assert "One" in (tmp_path / "results" / "metadata" / "videos.tsv").read_text(encoding="utf-8")
    assert cookies.read_bytes() == before
    places = [tmp_path / "said.txt", REPOSITORY / ".snakemake", tmp_path / "results"]
    files = [path for place in places for path in [place, *place.rglob("*")] if path.is_file()]
    assert len(files) > 10
    for word in (secret, basic):
        assert [path for path in files if word.encode() in path.read_bytes()] == []
