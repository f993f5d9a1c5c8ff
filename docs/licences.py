"""Make the list of the dependencies' licences: `make licences`.

Asked of the metadata of what is installed, by pip-licenses; where a package states none there, of
the first line of its licence's text.
"""

import json
import subprocess
import sys
from pathlib import Path

from packaging.requirements import Requirement

from snakescribe.docs.generated import replace_generated

REPOSITORY = Path(__file__).resolve().parent.parent
PAGE = REPOSITORY / "docs" / "reference" / "licences.md"
PART = "licences"


def pinned() -> list[str]:
    """The packages that requirements.txt pins, of all systems and Pythons."""
    lines = (REPOSITORY / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line).name for line in lines if line and line[0] not in "#-"]


def licences() -> str:
    """A table of the packages that are installed here, as Markdown."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "piplicenses", "--format=json", "--from=mixed"),
            *("--with-license-file", "--no-license-path", "--packages", *pinned()),
        ],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    rows = sorted(json.loads(done.stdout), key=lambda row: row["Name"].lower())
    lines = ["| package | licence |", "| --- | --- |"]
    lines += [f"| {row['Name']} | {_licence(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _licence(row: dict[str, str]) -> str:
    if row["License"] != "UNKNOWN":
        return " ".join(row["License"].split())
    if row["LicenseText"] != "UNKNOWN":
        return row["LicenseText"].strip().splitlines()[0].strip()
    return "not stated"


if __name__ == "__main__":
    replace_generated(PAGE, PART, licences())
