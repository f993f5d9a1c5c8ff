"""Logs of jobs and stages: dated, appended, a header for each run, and of long ones the last."""

import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import ffmpeg
from snakescribe.cli import cli
from snakescribe.errors import UserError
from snakescribe.ffmpeg.command import FFmpegError, run_graph
from snakescribe.logs import JOB_MARK, RUN_MARK, STAGES, begin_logs, chosen_level, last_start

CALL = "import sys; from snakescribe.cli import main; sys.argv[0] = 'snakescribe'; main()"
DATED = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
LINE = rf"{DATED} INFO \[\d+\] snakescribe\.acquire\.lock: 0 recordings are new"


def list_recordings(folder: Path, **environment: str) -> str:
    """List the recordings of a folder as the rule does -> all that the job's log holds then."""
    log = folder / "logs" / "resolve_items.log"
    log.parent.mkdir(exist_ok=True)
    source = json.dumps([{"source": "folder", "path": str(folder)}])
    with log.open("ab") as stream:
        subprocess.run(
            [
                *(sys.executable, "-c", CALL, "acquire", "resolve", "--sources", source),
                *("--store", str(folder / "store"), "--output", str(folder / "items.tsv")),
            ],
            env={**os.environ, "SNAKESCRIBE_LOGS": str(log.parent), **environment},
            stderr=stream,
            check=False,
        )
    return log.read_text(encoding="utf-8")


def test_runs_and_starts_are_appended_each_with_a_header(tmp_path: Path) -> None:
    (tmp_path / "talk.wav").write_bytes(b"RIFF")
    logs = tmp_path / "logs"
    list_recordings(tmp_path)
    (logs / "resolve_items.log").unlink()
    begin_logs(logs, 10, "study.yaml")
    first = list_recordings(tmp_path)
    assert re.fullmatch(rf"{JOB_MARK}{DATED} [+-]\d{{4}} on .+, process \d+:\n{LINE}.*\n", first)
    begin_logs(logs, 10, "study.yaml")
    both = list_recordings(tmp_path)
    assert both.startswith(first)
    assert both.count(JOB_MARK) == 2
    stage = (logs / "acquire.log").read_text(encoding="utf-8")
    assert stage.count(RUN_MARK) == 2
    assert re.search(LINE, stage)
    assert [f"{stage}.log" for stage in sorted(STAGES)] == sorted(
        path.name for path in logs.glob("*.log") if path.name != "resolve_items.log"
    )


def test_the_level_is_chosen_and_a_wrong_one_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "talk.wav").write_bytes(b"RIFF")
    assert "INFO" not in list_recordings(tmp_path, SNAKESCRIBE_LOG_LEVEL="warning")
    told = list_recordings(tmp_path, SNAKESCRIBE_LOG_LEVEL="loud")
    assert "error: SNAKESCRIBE_LOG_LEVEL: 'loud' is none of debug, info, warning, error" in told
    assert "Traceback" not in told
    assert chosen_level({}, "debug") == "debug"
    assert chosen_level({"SNAKESCRIBE_LOG_LEVEL": " Error "}, "debug") == "error"
    with pytest.raises(UserError, match="none of"):
        chosen_level({"SNAKESCRIBE_LOG_LEVEL": "9"})


@pytest.mark.parametrize(
    ("name", "mark"), [("acquire.log", RUN_MARK), ("cut_chunks/raw/s00000.log", JOB_MARK)]
)
def test_a_long_file_keeps_its_last_runs(tmp_path: Path, name: str, mark: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    runs = [f"{mark}{number}\n" + "a line\n" * 1_000 for number in range(20)]
    path.write_text("".join(runs), encoding="utf-8")
    begin_logs(tmp_path, 3, "study.yaml")
    assert path.read_text(encoding="utf-8").startswith("".join(runs[-3:]))
    path.write_text("".join(runs[:5]), encoding="utf-8")
    begin_logs(tmp_path, 3, "study.yaml")
    assert path.read_text(encoding="utf-8").startswith("".join(runs[:5])), "it is short"


def test_what_failed_is_looked_for_in_the_last_start_alone() -> None:
    lines = [f"{JOB_MARK}1", "error: the disk is full", f"{JOB_MARK}2", "all is well"]
    assert last_start(lines) == ["all is well"]
    assert last_start(lines[1:2]) == lines[1:2]


def test_outside_of_a_run_nothing_is_written_beside(tmp_path: Path) -> None:
    result = CliRunner(env={"SNAKESCRIBE_LOGS": str(tmp_path)}).invoke(cli, ["acquire", "--help"])
    assert result.exit_code == 0
    assert list(tmp_path.iterdir()) == []


def test_ffmpegs_warnings_are_for_debugging(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    silence = ffmpeg.input("anullsrc=d=0.1", f="lavfi")
    too_many = silence.output(str(tmp_path / "out.aac"), acodec="aac", audio_bitrate="999k")
    failing = silence.output(str(tmp_path / "out.wav"), af="nosuch")
    for level, warned in (("INFO", 0), ("DEBUG", 1)):
        caplog.clear()
        with caplog.at_level(level):
            assert run_graph(too_many) == ""
            assert ["Too many bits" in line for line in caplog.messages] == warned * [True]
            with pytest.raises(FFmpegError, match=r"^No such filter: 'nosuch'"):
                run_graph(failing)
    assert {record.levelno for record in caplog.records} == {logging.DEBUG}
