"""The examples of the documentation, written into a working folder, and calls from there."""

import os
import re
import subprocess
import sys
from pathlib import Path

from snakescribe.paths import REPOSITORY

_BLOCK = re.compile(
    r"^```(?:python|yaml)\n# (\S+\.(?:py|yaml))\n(.*?)^```$", re.DOTALL | re.MULTILINE
)
PROGRAMS = Path(sys.executable).parent


def documented_files() -> dict[str, str]:
    """The files that code blocks of docs/*.md are: the first line of each is its name."""
    return {
        name: text
        for page in sorted((REPOSITORY / "docs").glob("*.md"))
        for name, text in _BLOCK.findall(page.read_text(encoding="utf-8"))
    }


def call(folder: Path, *command: str, path: str = "") -> subprocess.CompletedProcess[str]:
    """Call a program as a user does, in a folder that is not on `sys.path`.

    Args:
        folder: the working folder.
        command: `snakescribe` or `snakemake` and its arguments.
        path: a folder of installed packages, beside those of the environment.
    """
    ours = os.environ.get("PYTHONPATH", "")
    return subprocess.run(
        [str(PROGRAMS / command[0]), *command[1:]],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, [ours, path])),
            "SNAKESCRIBE_DATABASE_URL": "",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def install(site: Path, package: str, points: str) -> None:
    """Leave in a folder what installing a package with these entry points leaves."""
    info = site / f"{package}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n", encoding="utf-8"
    )
    (info / "entry_points.txt").write_text(points, encoding="utf-8")
