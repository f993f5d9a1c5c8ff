"""A tiny corpus made in the test, and a Snakemake that runs the workflow on it for real."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from snakescribe.ffmpeg.command import ffmpeg_command
from snakescribe.paths import REPOSITORY

CLIPS = {"game": "baseball-herons-kites-1", "museum": "museum-clockmaker-1"}
REFERENCES = {
    "game": "Top of the third inning here at the ballpark",
    "museum": "Welcome to the museum",
}


@dataclass
class Run:
    """What one call of Snakemake said and did."""

    returncode: int
    output: str
    jobs: dict[str, int] = field(default_factory=dict)


@dataclass
class Study:
    """A folder with a config and a corpus, as a user would have it."""

    folder: Path
    config: dict[str, Any]

    def path(self, name: str) -> Path:
        return self.folder / "results" / name

    def snakescribe(self, *arguments: str) -> str:
        """Call the command line in the study's folder -> what it printed."""
        return subprocess.run(
            [sys.executable, "-m", "snakescribe", *arguments],
            cwd=self.folder,
            env={**os.environ, "SNAKESCRIBE_DATABASE_URL": ""},
            stdout=subprocess.PIPE,
            text=True,
            timeout=120,
            check=True,
        ).stdout.strip()

    def write(self) -> None:
        """Write the config."""
        (self.folder / "study.yaml").write_text(
            yaml.safe_dump(self.config, sort_keys=False), encoding="utf-8"
        )

    def snakemake(self, *arguments: str) -> Run:
        """Write the config and run the workflow on it."""
        self.write()
        done = subprocess.run(
            [
                *(sys.executable, "-m", "snakemake", *arguments),
                *("--snakefile", str(REPOSITORY / "workflow" / "Snakefile")),
                *("--workflow-profile", "none", "--scheduler", "greedy"),
                *("--configfile", "study.yaml", "--cores", "2"),
            ],
            cwd=self.folder,
            env={**os.environ, "SNAKESCRIBE_DATABASE_URL": ""},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            check=False,
        )
        jobs: dict[str, int] = {}
        for rule in re.findall(r"^(?:local)?(?:rule|checkpoint) (\w+):", done.stdout, re.MULTILINE):
            jobs[rule] = jobs.get(rule, 0) + 1
        return Run(done.returncode, done.stdout, jobs)


def cut(source: Path, target: Path, seconds: float) -> None:
    """The first seconds of a recording, as a file of its own."""
    subprocess.run(
        [ffmpeg_command(), "-v", "error", "-y", "-i", str(source), "-t", str(seconds), str(target)],
        check=True,
    )


@pytest.fixture(scope="session")
def make_study(
    tmp_path_factory: pytest.TempPathFactory, demo_audio: Path, tiny_en: dict[str, Any]
) -> Any:
    """A factory of studies, each in a folder of its own, that share the fetched weights."""

    def make(name: str) -> Study:
        folder = tmp_path_factory.mktemp(name)
        (folder / "talks").mkdir()
        for recording, clip in CLIPS.items():
            cut(demo_audio / f"{clip}.opus", folder / "talks" / f"{recording}.wav", 8)
        (folder / "talks" / "broken.wav").write_text("this is no audio", encoding="utf-8")
        rows = [f"{recording}\t{text}" for recording, text in REFERENCES.items()]
        (folder / "references.tsv").write_text(
            "\n".join(["id\treference", *rows]) + "\n", encoding="utf-8"
        )
        (folder / "context.tsv").write_text(
            "id\tnames\ngame\tPendry Herons, Kessock Kites\n", encoding="utf-8"
        )
        config = {
            "results": "results",
            "recordings": [
                {"source": "folder", "path": "talks/*.wav", "references": "references.tsv"}
            ],
            "context": [{"table": "context.tsv"}],
            "audio": {"raw": [], "denoised": ["wiener"]},
            "models": {"tiny-en": {"weights": tiny_en["weights"], "compute_type": "int8"}},
            "prompts": {"none": "", "names": "{names}."},
            "experiments": {
                "study": {"factors": {"audio": ["raw", "denoised"], "prompt": ["none", "names"]}}
            },
            "scoring": {"bootstrap_replicates": 200},
        }
        return Study(folder, config)

    return make
