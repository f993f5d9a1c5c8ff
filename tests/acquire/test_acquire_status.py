"""What came of it, in words; opening failures again; local files that are no good."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from acquire_steps import run_cli, write_rows
from fault_server import Fault, FaultServer

from snakescribe.acquire.rounds import current_round
from snakescribe.errors import UserError
from snakescribe.tables import Row

Fetch = Callable[..., dict[str, Row]]
Resolve = Callable[..., list[Row]]


@pytest.mark.slow
def test_status_and_retry(
    place: Path, resolve: Resolve, fetch: Fetch, server: FaultServer, media: Path
) -> None:
    (place / "bad.wav").write_bytes(b"nothing")
    rows = [
        {"id": "fine", "url": server.serve("/fine.ogg", (media / "tone.ogg").read_bytes())},
        {"id": "gone", "url": server.serve("/gone.ogg", b"", Fault(status=404))},
        {"id": "ill", "url": server.serve("/ill.ogg", b"", Fault(status=503))},
        {"id": "broken", "url": "bad.wav"},
    ]
    write_rows(place / "list.tsv", rows)
    config = {
        "results": "results",
        "recordings": [
            {"source": "table", "path": "list.tsv"},
            {"source": "rss", "feeds": [f"{server.base}/no-such-feed"]},
        ],
        "models": {"tiny": {"weights": "tiny.en"}},
        "experiments": {"one": {}},
    }
    (place / "mine.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    resolve(*config["recordings"])
    fetch(tries=1)
    text = run_cli("acquire", "status", "mine.yaml").output
    assert "4 recordings, 1 there, 3 not" in text
    assert "permanent: 1" in text
    assert "unavailable: 1" in text
    assert "HTTP Error 404" in text
    assert "server_error: 1" in text
    assert "(1 tries, last 2" in text
    assert "local file: 1" in text
    assert "broken: " in text
    assert f"rss:{server.base}/no-such-feed (recordings.1) lists nothing: HTTP Error 404" in text

    asked = server.count("/gone.ogg")
    fetch(tries=1)
    assert server.count("/gone.ogg") == asked  # a tombstone
    rounds = current_round(place / "results" / "store", "s00000")
    result = run_cli("acquire", "status", "mine.yaml", "--retry-failed", "unavailable")
    assert "1 failures are open again" in result.output
    assert current_round(place / "results" / "store", "s00000") == rounds + 1
    text = run_cli("acquire", "status", "mine.yaml").output
    assert "open again: 1 (tried by the next run)\n  unavailable: 1\n    gone: " in text
    server.serve("/gone.ogg", (media / "tone.ogg").read_bytes())
    assert fetch(tries=1)["gone"]["status"] == "ok"
    result = run_cli("acquire", "status", "mine.yaml", "--retry-failed", "transient")
    assert "1 failures are open again" in result.output
    result = run_cli("acquire", "status", "mine.yaml", "--retry-failed", "nonsense")
    assert isinstance(result.exception, UserError)
    assert "'nonsense'" in str(result.exception)


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("a.wav", b"", "empty"),
        ("a.wav", b"RIFF but not really", "corrupt"),
        ("a.mp4", b"<html>an error</html>", "corrupt"),
        ("gone.wav", None, "missing"),
    ],
)
def test_local_files_that_are_no_good_have_a_status(
    place: Path, resolve: Resolve, fetch: Fetch, name: str, content: bytes | None, status: str
) -> None:
    if content is not None:
        (place / name).write_bytes(content)
    write_rows(place / "list.tsv", [{"id": "one", "path": name}])
    resolve({"source": "table", "path": "list.tsv"})
    row = fetch()["one"]
    assert (row["status"], row["audio"], bool(row["reason"])) == (status, None, True)


def test_names_that_look_like_addresses_are_files(
    place: Path, resolve: Resolve, fetch: Fetch, media: Path
) -> None:
    for name in ("12:30.wav", "-talk.wav", "concat:x|y.wav"):
        (place / name).write_bytes((media / "tone.wav").read_bytes())
    resolve({"source": "folder", "path": "*.wav"})
    assert {row["status"] for row in fetch().values()} == {"ok"}


def test_local_files_are_adopted_and_looked_at_once(
    place: Path, resolve: Resolve, fetch: Fetch, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve({"source": "folder", "path": str(media / "tone.*")})
    rows = fetch()
    assert {row["status"] for row in rows.values()} == {"ok"}
    assert all(abs(row["seconds"] - 20) < 0.2 for row in rows.values())
    assert not list((place / "results").rglob("*.wav"))
    monkeypatch.setattr("snakescribe.acquire.local_files.file_sha256", None)  # not read again
    assert fetch() == rows
