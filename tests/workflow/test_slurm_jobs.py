"""Jobs that a dead run gave to Slurm are ended before the next run works; Slurm is a script here.

`make test-slurm` does it with a real one.
"""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from snakescribe.errors import UserError
from snakescribe.results import Results
from snakescribe.workflow import slurm_jobs
from snakescribe.workflow.slurm_jobs import end_jobs, name_jobs

# Lists `queue`; what is cancelled leaves it after one more question.
SLURM = """#!{python}
import sys
from pathlib import Path

folder = Path(__file__).parent
queue, ending = folder / "queue", folder / "ending"
if Path(__file__).name == "scancel":
    ending.write_text("\\n".join(sys.argv[1:]))
else:
    print(queue.read_text())
    gone = ending.read_text().split() if ending.exists() else []
    lines = queue.read_text().splitlines()
    queue.write_text("\\n".join(line for line in lines if line.split()[0] not in gone))
"""


@pytest.fixture
def slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with `squeue`, `scancel` and the queue."""
    folder = tmp_path / "slurm"
    folder.mkdir()
    for name in ("squeue", "scancel"):
        (folder / name).write_text(SLURM.format(python=sys.executable), encoding="utf-8")
        (folder / name).chmod(0o755)
    (folder / "queue").write_text("", encoding="utf-8")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(slurm_jobs, "_POLL_SECONDS", 0.01)
    return folder


def submitted(folder: Path) -> tuple[Results, str]:
    """A results folder whose run gives jobs to Slurm -> it, and how its jobs' names begin."""
    settings = SimpleNamespace(jobname_prefix="")
    results = Results(folder)
    name_jobs(settings, results)
    return results, settings.jobname_prefix


def test_the_folders_jobs_are_ended_and_no_others(tmp_path: Path, slurm: Path) -> None:
    results, prefix = submitted(tmp_path / "results")
    _, another = submitted(tmp_path / "other")
    assert another != prefix
    (slurm / "queue").write_text(f"7 {prefix}_a-b\n8 {another}_c\n9 {prefix}_a-b\n10 bash\n")
    assert end_jobs(results) == 2
    assert (slurm / "ending").read_text().split() == ["7", "9"]
    assert end_jobs(results) == 0


def test_a_run_without_slurm_asks_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    results = Results(tmp_path / "results")
    name_jobs(None, results)
    name_jobs(SimpleNamespace(other="option"), results)
    assert end_jobs(results) == 0


def test_where_slurm_cannot_be_asked_nothing_is_taken_for_ended(
    tmp_path: Path, slurm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results, prefix = submitted(tmp_path / "results")
    (slurm / "squeue").write_text("#!/bin/sh\necho 'Unable to contact slurmctld' >&2; exit 1\n")
    with pytest.raises(UserError, match=r"squeue does not tell .*Unable to contact slurmctld"):
        end_jobs(results)
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(UserError, match=f"not on the path.*named {prefix}.* remove .*store/slurm"):
        end_jobs(results)


def test_jobs_that_do_not_end_are_named(
    tmp_path: Path, slurm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results, prefix = submitted(tmp_path / "results")
    (slurm / "queue").write_text(f"7 {prefix}_a\n")
    (slurm / "scancel").write_text("#!/bin/sh\n")
    monkeypatch.setattr(slurm_jobs, "_END_SECONDS", 0.1)
    with pytest.raises(UserError, match="still ends the jobs 7 "):
        end_jobs(results)
