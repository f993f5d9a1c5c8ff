"""The Docker image, built and run for real: buildah needs no daemon, debootstrap no registry.

`make test-image` calls it, as root; `buildah` and `debootstrap` must be there (make installs them).
IMAGE_WORK keeps the base image for the next time. No layer is kept: this storage copies each whole.
"""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from snakescribe.paths import REPOSITORY

pytestmark = pytest.mark.image

BASE, TAG = "localhost/snakescribe-base", "localhost/snakescribe"
CALLER = 4321  # no user of the image, nor of this machine
PASSED_ON = re.compile(r"PIP_|SSL_|REQUESTS_|https?_proxy|HTTPS?_PROXY|no_proxy|NO_PROXY")


def call(*command: Any, folder: Path | None = None) -> str:
    """Run a command, which must end well -> what it printed."""
    done = subprocess.run(
        [str(word) for word in command], cwd=folder, text=True, timeout=1_500, check=False,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8_000:]
    return done.stdout


class Image:
    """The image of the Dockerfile."""

    def __init__(self, work: Path) -> None:
        self.buildah = [
            *("buildah", "--storage-driver", "vfs"),
            *("--root", str(work / "storage"), "--runroot", str(work / "run")),
        ]
        self.environment = [
            word
            for name, value in os.environ.items()
            if PASSED_ON.match(name)
            for word in ("--env", f"{name}={value}")
        ]
        script = REPOSITORY / "tests" / "image" / "base_image.sh"
        call(script, work / "base", BASE, *self.buildah)
        call(
            *self.buildah, "bud", "--isolation", "chroot", "--pull-never", "--format", "docker",
            "--build-arg", f"BASE={BASE}", *self.environment, "--tag", TAG, REPOSITORY,
        )  # fmt: skip

    def run(self, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
        """What `docker run --user CALLER --volume FOLDER:/work IMAGE WORDS` does."""
        container = call(*self.buildah, "from", "--pull-never", TAG).strip()
        try:
            return subprocess.run(
                [
                    *self.buildah, "run", "--isolation", "chroot", "--user", f"{CALLER}:{CALLER}",
                    *self.environment, "--volume", f"{folder}:/work", container,
                    "--", "docker-entrypoint.sh", *words,
                ],
                text=True, timeout=600, check=False, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
        finally:
            call(*self.buildah, "rm", container)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image, built."""
    kept = os.environ.get("IMAGE_WORK")
    return Image(Path(kept) if kept else tmp_path_factory.mktemp("image"))


@pytest.fixture
def folder(open_folder: Path) -> Path:
    """A folder of the caller's."""
    place = Path(mkdtemp(dir=open_folder))
    os.chown(place, CALLER, CALLER)
    return place


def word_errors(folder: Path) -> dict[str, list[str]]:
    """What the demo found for each condition: its WER and kinds of errors."""
    figures = ("wer", "substitutions", "deletions", "insertions")
    path = folder / "results" / "demo" / "scores" / "prompt_and_denoise" / "conditions.csv"
    with path.open(encoding="utf-8") as stream:
        return {
            row["condition"]: [row[figure] for figure in figures] for row in csv.DictReader(stream)
        }


def test_the_image_says_what_it_is(image: Image) -> None:
    told = json.loads(call(*image.buildah, "inspect", "--type", "image", TAG))["Docker"]["config"]
    assert told["User"] == "1000"
    assert told["Entrypoint"] == ["docker-entrypoint.sh"]
    assert told["WorkingDir"] == "/work"
    assert told["Healthcheck"]["Test"] == ["CMD", "snakescribe", "--version"]


def test_the_demo_runs_in_it_as_outside(image: Image, folder: Path, tmp_path: Path) -> None:
    done = image.run(folder, "demo", "--cores", "2")
    assert done.returncode == 0, done.stdout[-8_000:]
    assert (folder / "results" / "demo" / "report" / "prompt_and_denoise.html").stat().st_size
    assert (folder / ".snakemake").is_dir()
    assert {path.stat().st_uid for path in folder.rglob("*")} == {CALLER}
    again = image.run(folder, "--configfile", "config/demo.yaml")
    assert "Nothing to be done" in again.stdout, again.stdout
    summary = image.run(folder, "snakescribe", "summary", "config/demo.yaml")
    assert summary.returncode == 0
    assert "audited" in summary.stdout
    call(
        *(sys.executable, "-m", "snakemake", "--cores", "2", "--configfile", "config/demo.yaml"),
        *("--config", f"results={tmp_path / 'results' / 'demo'}"),
        folder=REPOSITORY,
    )
    assert word_errors(folder) == word_errors(tmp_path)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["snakescribe", "--version"], "snakescribe"),
        (["snakemake", "--version"], "9."),
        (["--version"], "9."),
        (["id", "-u"], str(CALLER)),
        (["id", "-un"], "caller"),
        (["snakescribe", "config", "check", "absent.yaml"], "absent.yaml"),
    ],
)
def test_each_program_is_one_word_away(
    words: list[str], says: str, image: Image, folder: Path
) -> None:
    assert says in image.run(folder, *words).stdout
