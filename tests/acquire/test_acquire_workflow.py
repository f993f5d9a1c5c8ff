"""The target `acquire`, run by Snakemake: the next run tries what went wrong, and only that."""

import json
import os
import re
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import psycopg2
import pytest
import yaml
from acquire_steps import run_cli
from data_api import Api
from fault_server import Fault, FaultServer
from test_choose_recordings import EARLIER_CHOICE, VIDEOS, fill

from snakescribe.database.embedded import EmbeddedServer
from snakescribe.paths import REPOSITORY
from snakescribe.tables import AUDIO, RECORDINGS, Row, read_table
from snakescribe.workflow.ending import NOTHING_DONE

pytestmark = pytest.mark.slow


@pytest.fixture
def postgres() -> Iterator[str]:
    with (
        TemporaryDirectory(prefix="snakescribe-test-", dir="/tmp") as folder,  # any user may enter
        EmbeddedServer(Path(folder) / "postgres").use() as url,
    ):
        yield url


def run_target(
    target: str,
    config: dict[str, Any],
    folder: Path,
    *,
    code: int = 0,
    dry: bool = False,
    **variables: str,
) -> str:
    """Run a target; returns all that it says, which is kept in `said.txt` too."""
    path = folder / "config.yaml"
    path.write_text(
        yaml.safe_dump({**config, "results": str(folder / "results")}), encoding="utf-8"
    )
    command = [Path(sys.executable).with_name("snakemake"), target, "--cores", "1"]
    done = subprocess.run(
        [*command, *(["-n"] if dry else []), "--configfile", path], cwd=REPOSITORY,
        capture_output=True, text=True, timeout=300,
        env={**os.environ, "no_proxy": "127.0.0.1", **variables},
    )  # fmt: skip
    said = done.stdout + done.stderr
    (folder / "said.txt").write_text(said, encoding="utf-8")
    assert done.returncode == code, said
    return said


def run_acquire(config: dict[str, Any], folder: Path, **variables: str) -> list[Row]:
    """Run the target `acquire` -> what it gave."""
    run_target("acquire", config, folder, **variables)
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


def test_a_config_of_recordings_is_described_then_acquired(
    tmp_path: Path, server: FaultServer, media: Path, postgres: str
) -> None:
    """The choice of the earlier system, end to end: tags and days from the API, then the files."""
    api = Api(server, quota=9)
    fill(api)
    for name in VIDEOS:
        (tmp_path / "old").mkdir(exist_ok=True)
        (tmp_path / "old" / f"game {{yt-{name}}}.m4a").write_bytes(
            (media / "tone.m4a").read_bytes()
        )
    config: dict[str, Any] = {
        "recordings": [
            {"source": "folder", "path": str(tmp_path / "old"), "match_filters": EARLIER_CHOICE}
        ],
        "context": [{"provider": "event"}],
        "acquire": {"tries": 1, "requests_per_hour": 0, "youtube_api_url": api.url},
    }
    variables = {"YOUTUBE_API_KEY": "secret", "SNAKESCRIBE_DATABASE_URL": postgres}
    run_target("describe", config, tmp_path, **variables)
    assert not (tmp_path / "results" / "recordings").exists()
    assert api.calls == [list(VIDEOS)]
    connection = psycopg2.connect(postgres)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "select r.recording, r.status, r.context ->> 'event_date', v.title, v.category, "
            "array_agg(t.tag order by t.position), v.retrieved_at is not null "
            "from recordings r join videos v using (corpus, recording) "
            "join tags t using (corpus, recording) group by 1, 2, 3, 4, 5, 7 order by 1"
        )
        rows = cursor.fetchall()
    connection.close()
    assert rows == [
        ("AAAAAAAAAAA", "listed", "2019-04-01", "Herons at Kites 4/1/2019", "Sports",
         ["MLB", "full game"], True),
        ("BBBBBBBBBBB", "listed", "2019-04-30", "Herons at Kites", "Sports", ["baseball"], True),
    ]  # fmt: skip
    assert "Nothing to be done" in run_target("describe", config, tmp_path, **variables)
    rows = run_acquire(config, tmp_path, **variables)
    assert [(row["recording"], row["status"]) for row in rows] == [
        ("AAAAAAAAAAA", "ok"), ("BBBBBBBBBBB", "ok"),
    ]  # fmt: skip
    assert len(api.calls) == 1
    assert "Nothing to be done" in run_target("acquire", config, tmp_path, **variables)
    said = run_target("report", config, tmp_path, code=1, **variables)
    assert "experiments: there are none" in said
    assert "Traceback" not in said


def test_a_run_whose_only_download_failed_says_so(tmp_path: Path, server: FaultServer) -> None:
    gone = server.serve("/gone.ogg", b"", Fault(status=404))
    config = {
        "recordings": [{"source": "url", "urls": [gone]}],
        "acquire": {"tries": 1, "requests_per_hour": 0},
    }
    said = run_target("acquire", config, tmp_path, code=NOTHING_DONE)
    ending = "Nothing could be done: 1 of 1 recording could not be acquired: 1 unavailable."
    assert ending in said[said.index("100%") :]
    again = run_target("acquire", config, tmp_path, code=NOTHING_DONE)
    assert "The last run left undone: 1 of 1 recording could not be acquired" in again
    assert ending in again[again.index("Nothing to be done") :]
    command = f"snakescribe acquire status {tmp_path}/results"
    assert again.endswith(f"{ending}\nWhat to do: {command}\n")
    dry = run_target("acquire", config, tmp_path, dry=True)
    assert dry.endswith(f"{ending}\nWhat to do: {command}\n")


def test_a_run_that_could_do_a_part_says_at_its_end_what_is_undone(
    tmp_path: Path, server: FaultServer, media: Path
) -> None:
    (tmp_path / "a.wav").write_bytes((media / "tone.wav").read_bytes())
    (tmp_path / "b.wav").write_bytes(b"no sound")
    config = {
        "recordings": [
            {"source": "folder", "path": str(tmp_path / "*.wav")},
            {"source": "rss", "feeds": [f"{server.base}/gone.xml"]},
        ]
    }
    ending = (
        "Not all that was asked could be done: 1 of 2 recordings could not be acquired: 1 corrupt; "
        f"1 of 2 lists could not be listed: rss:{server.base}/gone.xml."
    )
    for _ in range(2):
        said = run_target("acquire", config, tmp_path)
        assert ending in said[-600:]


def test_a_run_in_which_no_list_answers_has_the_code_of_nothing_done(
    tmp_path: Path, server: FaultServer, media: Path
) -> None:
    feed = f"{server.base}/feed.xml"
    config = {
        "recordings": [{"source": "rss", "feeds": [feed]}],
        "acquire": {"tries": 1, "requests_per_hour": 0},
    }
    said = run_target("acquire", config, tmp_path, code=NOTHING_DONE)
    assert (
        "Nothing could be done: no list has a recording; 1 of 1 list could not be listed: "
        f"rss:{feed}."
    ) in said
    assert f"rss:{feed}: cannot be listed: unavailable: HTTP Error 404: Not Found" in said
    status = run_cli("acquire", "status", tmp_path / "results").output
    assert f"rss:{feed} (recordings.0) lists nothing: HTTP Error 404: Not Found" in status
    url = server.serve("/tone.ogg", (media / "tone.ogg").read_bytes())
    server.serve("/feed.xml", f"""<rss version="2.0"><channel><title>A</title><item><guid>1</guid>
        <enclosure url="{url}" type="audio/ogg"/></item></channel></rss>""")  # fmt: skip
    assert [row["status"] for row in run_acquire(config, tmp_path)] == ["ok"]
    assert "could be done" not in run_target("acquire", config, tmp_path)


@pytest.mark.parametrize("damage", ["changed", "shorter", "gone"])
def test_a_damaged_download_is_removed_told_and_fetched_anew(
    tmp_path: Path, server: FaultServer, media: Path, damage: str
) -> None:
    config: dict[str, Any] = {
        "recordings": [
            {"source": "url", "urls": [server.serve("/a.ogg", (media / "tone.ogg").read_bytes()),
                                       server.serve("/b.ogg", (media / "tone.ogg").read_bytes())]},
        ],
        "acquire": {"requests_per_hour": 0, "caption_languages": []},
        "chunking": {"method": "fixed"},
        "models": {"tiny": {"weights": "tiny.en"}},
        "experiments": {"one": {}},
    }  # fmt: skip
    audio = Path(run_acquire(config, tmp_path)[0]["audio"])
    whole = audio.read_bytes()
    if damage == "gone":
        audio.unlink()
    else:
        audio.write_bytes(whole[:-1] + (b"x" if damage == "changed" else b""))
    run_target("process", config, tmp_path)
    table = tmp_path / "results" / "audio" / "raw" / "s00000.tsv"
    assert [row["status"] for row in read_table(AUDIO, table)] == ["missing", "ok"]
    status = run_cli("status", tmp_path / "results").output
    assert "store_damaged: a: what was acquired is damaged and removed; the next run" in status
    assert not audio.exists()
    asked = server.count("/b.ogg")
    run_target("process", config, tmp_path)
    assert audio.read_bytes() == whole
    assert server.count("/b.ogg") == asked
    assert [row["status"] for row in read_table(AUDIO, table)] == ["ok", "ok"]
    assert "Nothing to be done" in run_target("process", config, tmp_path)
