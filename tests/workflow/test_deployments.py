"""The ways to run the workflow that Snakemake offers: every one that is declared works.

conda, Apptainer and environment modules are doubles that take the commands that Snakemake gives
to the real ones; the jobs that run in what they make are real.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from snakescribe.paths import REPOSITORY

pytestmark = pytest.mark.slow

PYTHON = f'exec "{sys.executable}" "$@"'

CONDA = """#!/bin/bash
case "$*" in
  --version) echo conda 25.1.0 ;;
  "info --json") echo '{{"conda_prefix": "{folder}", "platform": "linux-64"}}' ;;
  clean*) ;;
  config*) echo '{{"get": {{"channel_priority": "strict"}}}}' ;;
  "env create"*)
    while [ $# -gt 1 ]; do [ "$1" = --prefix ] && made=$2; shift; done
    case "$1" in --prefix=*) made=${{1#--prefix=}} ;; esac
    mkdir -p "$made/bin"
    printf '%s\\n' '#!/bin/bash' 'echo "$0" >>{folder}/used' '{python}' >"$made/bin/python"
    chmod +x "$made/bin/python" ;;
  *) echo "conda: $*" >&2; exit 2 ;;
esac
"""
ACTIVATE = 'export PATH="$1/bin:$PATH"\n'

# An image brings its own PATH and `snakescribe`.
APPTAINER = """#!/bin/bash
[ "$*" = --version ] && {{ echo apptainer version 1.3.4; exit; }}
while [ $# -gt 0 ] && [ "$1" != "{image}" ]; do shift; done
[ $# -gt 0 ] || {{ echo "apptainer: no image" >&2; exit 2; }}
shift
echo "$1" >>{folder}/used
exec env PATH="{folder}/image:/usr/bin:/bin" "$@"
"""
SNAKESCRIBE = """#!/bin/bash
echo "snakescribe $1" >>{folder}/used
exec "{python}" -P -m snakescribe "$@"
"""
MODULE = '() {{ [ "$1" = load ] && PATH="{folder}/image:$PATH"; true; }}'

MODULE_OF = """
configfile: "study.yaml"


module speech:
    snakefile: "{snakefile}"
    config: config["speech"]
    prefix: "part/of"


use rule * from speech as speech_*


rule all:
    default_target: True
    input: rules.speech_all.input
"""


def program(path: Path, text: str) -> None:
    """Write a program that runs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def doubles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with conda, Apptainer and `module`, first on the path."""
    names = {"folder": tmp_path, "python": PYTHON, "image": "snakescribe.sif"}
    program(tmp_path / "bin" / "conda", CONDA.format(**names))
    (tmp_path / "bin" / "activate").write_text(ACTIVATE, encoding="utf-8")
    program(tmp_path / "bin" / "apptainer", APPTAINER.format(**names))
    inside = SNAKESCRIBE.format(folder=tmp_path, python=sys.executable)
    program(tmp_path / "image" / "snakescribe", inside)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("BASH_FUNC_module%%", MODULE.format(folder=tmp_path))
    return tmp_path


DEPLOYMENTS = {
    "conda": {},
    "apptainer": {"container": "snakescribe.sif"},
    "env-modules": {"modules": ["audio/2026", "snakescribe/1.0"]},
}


@pytest.mark.parametrize("method", DEPLOYMENTS)
def test_every_job_runs_in_what_deploys_it(method: str, make_study: Any, doubles: Path) -> None:
    study = make_study(method)
    study.config["deployment"] = DEPLOYMENTS[method]
    (study.folder / "snakescribe.sif").touch()
    run = study.snakemake("--sdm", method)
    assert run.returncode == 0, run.output
    assert study.path("report/study.html").exists()
    used = (doubles / "used").read_text(encoding="utf-8").splitlines()
    jobs = sum(run.jobs.values()) - run.jobs["all"]
    if method == "conda":
        assert len(used) == jobs
        assert len(set(used)) == 6  # an environment for each stage
    else:
        commands = [line for line in used if line.startswith("snakescribe ")]
        assert len(commands) == jobs


@pytest.mark.parametrize("method", ["apptainer", "env-modules"])
def test_what_jobs_are_to_run_in_must_be_said(method: str, make_study: Any) -> None:
    run = make_study(f"no-{method}").snakemake("--sdm", method, "--dry-run")
    assert run.returncode == 1
    assert f"--sdm {method}: deployment." in run.output
    assert "Traceback" not in run.output


def snakemake(folder: Path, *arguments: str) -> str:
    """Snakemake in a folder, which must end well -> what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", *arguments],
        cwd=folder, env={**os.environ, "SNAKESCRIBE_DATABASE_URL": ""}, text=True, timeout=600,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_another_workflow_takes_it_in_with_a_prefix(make_study: Any) -> None:
    study = make_study("module")
    study.config = {"own": "key", "speech": study.config}
    study.write()
    snakefile = REPOSITORY / "workflow" / "Snakefile"
    (study.folder / "Snakefile").write_text(MODULE_OF.format(snakefile=snakefile), encoding="utf-8")
    snakemake(study.folder, "--cores", "2")
    made = study.folder / "part" / "of" / "results"
    assert (made / "report" / "study.html").exists()
    assert not study.path("").exists()
    assert "Nothing to be done" in snakemake(study.folder, "--cores", "2")
    assert "part/of/results: complete" in study.snakescribe("status", str(made))


def test_it_runs_from_anywhere_with_paths_from_its_folder(make_study: Any, tmp_path: Path) -> None:
    study = make_study("directory")
    study.write()
    arguments = [
        *("--snakefile", str(REPOSITORY / "workflow" / "Snakefile"), "--cores", "2"),
        *("--directory", str(study.folder), "--configfile", str(study.folder / "study.yaml")),
    ]
    snakemake(tmp_path, *arguments)
    assert study.path("report/study.html").exists()
    assert list(tmp_path.iterdir()) == []
    assert "Nothing to be done" in snakemake(tmp_path, *arguments)
