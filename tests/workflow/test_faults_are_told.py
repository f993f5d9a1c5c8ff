"""A study with several faults that stop nothing: everywhere a person looks, they are told."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import psycopg2
import pytest

from snakescribe.notices import Kind
from snakescribe.workflow.notices import STEPS

pytestmark = pytest.mark.slow

NAMES = "prompt 'names' is empty: nothing in 'names'"
TOLD = {
    (Kind.LISTING_FAILED, None),
    (Kind.REFERENCE_UNMATCHED, None),
    (Kind.CONTEXT_UNMATCHED, None),
    (Kind.RECORDING_FAILED, "broken"),
    (Kind.PROMPT_EMPTY, "museum"),
    (Kind.PROMPT_EMPTY, "rede"),
    (Kind.LANGUAGE_UNSUPPORTED, "rede"),
    (Kind.NORMALIZER_LANGUAGE, "rede"),
    (Kind.NOT_SCORED, "rede"),
}


class NotThere(BaseHTTPRequestHandler):
    """A site that has nothing any more."""

    def do_GET(self) -> None:
        self.send_error(410)

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), NotThere) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/feed.xml"
        server.shutdown()


@pytest.fixture(scope="module")
def study(make_study: Any, address: str) -> Iterator[Any]:
    """A study with one fault of each kind that has run once."""
    made = make_study("faults")
    folder = made.folder
    (folder / "german").mkdir()
    (folder / "german" / "rede.wav").write_bytes((folder / "talks" / "museum.wav").read_bytes())
    with (folder / "references.tsv").open("a") as stream:
        stream.write("<i>nobody</i>\tSomething that was never said\n")
    with (folder / "context.tsv").open("a") as stream:
        stream.write("gaem\tA name with a slip in it\n")
    # A language in a table beside a filter: only the run knows whether it is a recording's.
    (folder / "languages.tsv").write_text("id\tlanguage\nrede\tde\n")
    made.config["context"].append({"table": "languages.tsv"})
    made.config["recordings"] += [
        {"source": "folder", "path": "german/*.wav", "match_filters": {"min_seconds": 1}},
        {"source": "rss", "feeds": [address]},
    ]
    made.config["experiments"]["study"]["factors"]["audio"] = ["raw"]
    made.config["scoring"]["normalizers"] = ["whisper_english", "basic"]
    made.first = made.snakemake()
    assert made.first.returncode == 0, made.first.output
    yield made
    made.snakescribe("db", "stop", "--configfile", "study.yaml")


def rows(study: Any) -> list[dict[str, Any]]:
    notices = json.loads(study.snakescribe("status", "study.yaml", "--json"))["notices"]
    # Root has to open folders for the database server, others need not.
    return [row for row in notices if row["kind"] != Kind.FOLDER_OPENED]


def test_status_has_them_all(study: Any) -> None:
    assert {(row["kind"], row["recording"]) for row in rows(study)} == TOLD
    (listing,) = [row for row in rows(study) if row["kind"] == Kind.LISTING_FAILED]
    assert (listing["stage"], listing["step"]) == ("acquire", "resolve_items")
    assert "/feed.xml" in listing["source"]
    text = study.snakescribe("status", "study.yaml")
    assert f"prompt_empty: museum, rede: {NAMES}. What to do: check the field's name" in text
    assert "1 of 3 references match no recording: <i>nobody</i>" in text
    assert "1 id matches no recording: gaem" in text


def test_the_end_of_a_run_and_the_summary_tell_the_first_of_them(study: Any) -> None:
    for output in (study.first.output, study.snakescribe("summary", "study.yaml")):
        assert re.search("^(8|9) things to know about this run:$", output, re.MULTILINE)
        assert f"  listing_failed: {rows(study)[0]['source']}: cannot be listed: " in output
        assert f"  prompt_empty: museum, rede: {NAMES}\n" in output
        assert re.search(
            "^  and (3|4) more; what to do: snakescribe status (study.yaml|results)$",
            output,
            re.MULTILINE,
        )


def test_a_run_that_fails_tells_what_its_jobs_knew(study: Any) -> None:
    normalizers = study.config["scoring"]["normalizers"]
    study.config["scoring"]["normalizers"] = ["auto"]
    study.config["database"] = {"url": "postgresql://nobody@127.0.0.1:9/nothing"}
    failed = study.snakemake("load")
    del study.config["database"]
    study.config["scoring"]["normalizers"] = normalizers
    assert failed.returncode != 0
    assert re.search("^7 things to know about this run:$", failed.output, re.MULTILINE)
    assert study.snakemake().returncode == 0


def test_the_page_says_them_before_it_is_believed(study: Any) -> None:
    page = study.path("report/study.html").read_text()
    box = page.partition("Before you believe this</h2>")[2].partition("</aside>")[0]
    assert "museum, rede: prompt &#39;names&#39; is empty" in box
    assert "&lt;i&gt;nobody&lt;/i&gt;" in box
    assert "<i>nobody" not in page
    assert "What to do: check the field&#39;s name" in box
    for word in ("cannot be listed", "hears English only", "whisper_english", "gaem"):
        assert word in box


def test_the_database_has_them_once_however_often_it_is_loaded(study: Any) -> None:
    def ask(query: str) -> list[tuple[Any, ...]]:
        url = study.snakescribe("db", "url", "--configfile", "study.yaml")
        with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def load() -> list[tuple[Any, ...]]:
        assert study.snakemake("load", "--forcerun", "load_experiment").returncode == 0
        return ask("select xmin::text, kind, recording, text from notices")

    first = load()
    assert {(kind, recording) for _, kind, recording, _ in first} == TOLD
    assert sorted(load()) == sorted(first)  # not written anew: the same transaction made them
    about = ask("select about, times from what_to_know where kind = 'prompt_empty'")
    assert about == [(["museum", "rede"], 2)]


def test_every_rule_that_declares_notices_has_written_them(study: Any) -> None:
    folder = study.path("notices")
    written = {path.relative_to(folder).parts[0] for path in folder.rglob("*.tsv")}
    others = {"look_up_recordings", "load_recordings", "lay_library"}  # for targets of their own
    assert written == set(STEPS) - others
