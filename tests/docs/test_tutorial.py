"""The first tutorial is done, command by command, and says what it says it would."""

import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from snakescribe.paths import REPOSITORY

PAGE = (REPOSITORY / "docs" / "tutorial" / "podcast.md").read_text(encoding="utf-8")
FEED = "http://127.0.0.1:8021"
COMMANDS = [
    line
    for block in re.findall(r"^```bash\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    for line in block.splitlines()
]
CONFIGS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
SAID = re.findall(r"^```text\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


class Quiet(SimpleHTTPRequestHandler):
    """What `python -m http.server` is, without its lines."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    """Where the feed is served, at a free port."""
    handler = partial(Quiet, directory=str(REPOSITORY / "resources" / "demo"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def _without_numbers(text: str) -> str:
    return re.sub(r"(?:[=<] )?[\d.]+", "0", text)


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_en")
def test_the_tutorial_goes_as_it_says(address: str, tmp_path: Path) -> None:
    def run(line: str) -> str:
        program, *words = shlex.split(line)
        if words[0] == "run":
            words += ["--cores", "2"]
        done = subprocess.run(
            [sys.executable, "-m", program, *words],
            cwd=tmp_path,
            env={**os.environ, "SNAKESCRIBE_DATABASE_URL": "", "COLUMNS": "200"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        return done.stdout

    serve, check, acquire, status, preview, whole = COMMANDS
    assert serve.startswith("python -m http.server 8021 ")
    config = CONFIGS[0].replace(FEED, address)
    (tmp_path / "podcast_study.yaml").write_text(config, encoding="utf-8")
    assert run(check) == SAID[0]
    run(acquire)
    assert "5 recordings, 5 there, 0 not" in run(status)
    assert "Quillfeather" in run(preview)
    told = run(whole)
    # Numbers may differ in a last digit on another processor (p = 0.001, p < 0.001); what is said
    # must not.
    for line in SAID[1].splitlines()[:3]:
        assert _without_numbers(line) in _without_numbers(told)
    assert (tmp_path / "results" / "podcast_study" / "report" / "names.html").is_file()

    for section in ("prompts", "experiments"):  # the last part of the tutorial
        config = re.sub(rf"^{section}:\n(?: .*\n)+", "", config, flags=re.MULTILINE)
    (tmp_path / "podcast_study.yaml").write_text(config + CONFIGS[1], encoding="utf-8")
    assert re.search(r"^other +[\d.]+ %", run(whole), re.MULTILINE)
