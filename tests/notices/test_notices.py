"""Notices: collected from threads and processes, equal ones once, whole tables of every job."""

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from snakescribe.notices import Job, Kind, Notice, collected, collecting, notify, pass_on
from snakescribe.notices.groups import group_notices, printable, short_list
from snakescribe.notices.kinds import KINDS
from snakescribe.paths import REPOSITORY
from snakescribe.tables import NOTICES, Row, read_table
from snakescribe.workflow.notices import STEPS

JOB = Job("acquire", "fetch_recordings", "s00000")


def table(path: Path) -> list[Row]:
    return list(read_table(NOTICES, path))


def row(kind: Kind, text: str, recording: str | None = None, count: int = 1) -> Row:
    return {
        "stage": "acquire", "step": "fetch_recordings", "place": "s00000", "recording": recording,
        "source": None, "kind": str(kind), "count": count, "text": text, "remedy": kind.remedy,
    }  # fmt: skip


def test_threads_give_notices_and_equal_ones_are_counted(tmp_path: Path) -> None:
    def work(number: int) -> None:
        notify(Kind.RECORDING_FAILED, "gone", recording=f"r{number % 3}", count=2)
        notify(Kind.SITE_PAUSED, "left alone", source="example.org")

    with collecting(JOB, tmp_path / "n.tsv"), ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(300)))
    assert [(entry["kind"], entry["recording"], entry["source"], entry["count"])
            for entry in table(tmp_path / "n.tsv")] == [
        ("recording_failed", "r0", None, 200),
        ("recording_failed", "r1", None, 200),
        ("recording_failed", "r2", None, 200),
        ("site_paused", None, "example.org", 300),
    ]  # fmt: skip


def test_a_table_hangs_on_the_notices_alone_and_is_there_when_there_are_none(
    tmp_path: Path,
) -> None:
    orders = ("abc", "cab")
    for order in orders:
        with collecting(JOB, tmp_path / order):
            for name in order:
                notify(Kind.NOT_SCORED, "no reference", recording=name)
    first, second = ((tmp_path / order).read_bytes() for order in orders)
    assert first == second
    with collecting(JOB, tmp_path / "none.tsv"):
        pass
    assert table(tmp_path / "none.tsv") == []


def test_a_job_that_fails_leaves_its_notices_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(OSError, match="full"), collecting(JOB, tmp_path / "n.tsv"):
        notify(Kind.CLIP_MISSING, "no clip", source="a.flac")
        raise OSError("the disk is full")
    assert not (tmp_path / "n.tsv").exists()
    assert f"a.flac: no clip; {Kind.CLIP_MISSING.remedy}" in caplog.text
    with collecting(JOB, tmp_path / "m.tsv"):
        pass
    assert table(tmp_path / "m.tsv") == []  # of the next job, not of the one that failed


def test_what_workers_noticed_is_passed_on(tmp_path: Path) -> None:
    with collected() as of_worker:
        notify(Kind.NOT_SCORED, "no reference", recording="a", count=3)
    with collecting(JOB, tmp_path / "n.tsv"):
        pass_on(of_worker.counts())
        pass_on({Notice(Kind.NOT_SCORED, "no reference", Kind.NOT_SCORED.remedy, "a"): 1})
    assert [entry["count"] for entry in table(tmp_path / "n.tsv")] == [4]


def test_without_a_step_a_notice_is_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    notify(
        Kind.REFERENCE_UNREADABLE, "no\ntext\udcff", recording="a", source="a.vtt", remedy="mend"
    )
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.WARNING, "a: no text? (a.vtt); mend")
    ]


def test_groups_say_equal_things_once() -> None:
    rows = [
        row(Kind.SITE_PAUSED, "left alone"),
        *(row(Kind.PROMPT_EMPTY, "no word", name) for name in "edcba"),
        row(Kind.PROMPT_EMPTY, "no word", "a"),
        row(Kind.NOT_SCORED, "a chunk is not scored", "a", count=7),
    ]
    groups = group_notices(rows)
    assert [group.line for group in groups] == [
        "e, d, c and 2 more: no word (6 times)",
        "a: a chunk is not scored (7 times)",
        "left alone",
    ]
    assert short_list(groups, 1, "look") == [
        "3 things to know about this run:",
        "  prompt_empty: e, d, c and 2 more: no word (6 times)",
        "  and 2 more; what to do: look",
    ]
    assert short_list([], 1, "look") == []
    assert printable("a\x1b[31m") == "a\ufffd[31m"


def test_every_kind_says_what_it_means_and_what_to_do() -> None:
    for name, kind in KINDS.items():
        assert re.fullmatch("[a-z_]+", name)
        assert kind.meaning.endswith(".")
        assert kind.remedy
        assert not kind.remedy.endswith(".")


def test_warnings_are_notices() -> None:
    """What is logged as a warning anywhere else would be seen by nobody."""
    for path in (REPOSITORY / "scripts").rglob("*.py"):
        if path.name != "collect.py":
            assert not re.search(r"\b(logger|log|logging)\.warn", path.read_text()), path


def test_the_rules_declare_the_notices_of_the_steps_that_are_read() -> None:
    rules = "\n".join(path.read_text() for path in (REPOSITORY / "workflow").rglob("*.smk"))
    declared = re.findall(r'^ +notices="<results>/notices/(\w+)/.*\.tsv",$', rules, re.MULTILINE)
    assert sorted(declared) == sorted(STEPS)
    for step in declared:
        assert re.search(rf"^(rule|checkpoint) {step}:$", rules, re.MULTILINE)
