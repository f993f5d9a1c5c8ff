"""The target `acquire`, run by Snakemake: the next run tries what went wrong, and only that."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from fault_server import Fault, FaultServer

from snakescribe.paths import REPOSITORY
from snakescribe.tables import RECORDINGS, Row, read_table

pytestmark = pytest.mark.workflow


def run_acquire(config: dict[str, Any], folder: Path) -> list[Row]:
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump({**config, "results": str(folder / "results")}))
    command = [Path(sys.executable).with_name("snakemake"), "acquire", "--cores", "1"]
    done = subprocess.run(
        [*command, "--configfile", path], cwd=REPOSITORY, capture_output=True, text=True,
        timeout=300, env={**os.environ, "no_proxy": "127.0.0.1"},
    )  # fmt: skip
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
    for statuses, asked in (
        (["ok", "unavailable", "server_error"], (2, 1, 1)),
        (["ok", "unavailable", "server_error"], (2, 1, 2)),
        (["ok", "unavailable", "ok"], (2, 1, 4)),
        (["ok", "unavailable", "ok"], (2, 1, 4)),
    ):
        assert [row["status"] for row in run_acquire(config, tmp_path)] == statuses
        assert tuple(map(server.count, ("/fine.ogg", "/gone.ogg", "/ill.ogg"))) == asked
