"""Python, the packages that are installed with this one, and Snakemake."""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from snakescribe.paths import REPOSITORY
from snakescribe.setup.doctor.examine import INSTALL
from snakescribe.setup.doctor.finding import Finding, fine, odd, wrong
from snakescribe.setup.doctor.needs import Needs

OLDEST, NEWEST_TESTED = (3, 11), (3, 13)
OLDEST_SNAKEMAKE = (9, 27)
_PACKAGE = "snakescribe"
_SHOWN = 5


def check_python(_: Needs) -> Iterator[Finding]:
    """The Python that runs this."""
    here = ".".join(map(str, sys.version_info[:3]))
    text = f"Python {here}, {sys.executable}"
    tested = f"{_dotted(OLDEST)} to {_dotted(NEWEST_TESTED)}"
    if sys.version_info[:2] < OLDEST:
        yield wrong("python", text, f"install Python {tested}, and make .venv anew with it")
    elif sys.version_info[:2] > NEWEST_TESTED:
        yield odd("python", f"{text}: newer than what is tested, {tested}", "take one of these")
    else:
        yield fine("python", text)


def check_packages(_: Needs) -> Iterator[Finding]:
    """The packages that this one needs: whether they are here, in the versions that are tested."""
    try:
        needed = [_name(line) for line in requires(_PACKAGE) or () if "extra ==" not in line]
    except PackageNotFoundError:
        yield odd("packages", f"{_PACKAGE} itself is not installed", "pip install --no-deps -e .")
        return
    there = {name: _installed(name) for name in needed}
    if missing := [name for name, installed in there.items() if not installed]:
        yield wrong("packages", f"missing: {', '.join(missing)}", INSTALL)
    pinned = _pins()
    other = [
        f"{name} {installed} (tested: {' or '.join(sorted(pinned[name]))})"
        for name, installed in there.items()
        if installed and name in pinned and installed not in pinned[name]
    ]
    if other:
        more = f" and {len(other) - _SHOWN} more" if len(other) > _SHOWN else ""
        text = f"other versions than those tested: {', '.join(other[:_SHOWN])}{more}"
        yield odd("packages", text, INSTALL)
    elif not missing:
        yield fine("packages", f"{len(needed)} are needed, and all are here")


def check_snakemake(_: Needs) -> Iterator[Finding]:
    """Snakemake beside this Python."""
    oldest = _dotted(OLDEST_SNAKEMAKE)
    cure = f"pip install 'snakemake>={oldest}'"
    installed = _installed("snakemake")
    if not installed:
        yield wrong("snakemake", "Snakemake is not installed beside this Python", cure)
    elif tuple(map(int, re.findall(r"\d+", installed)[:2])) < OLDEST_SNAKEMAKE:
        yield wrong("snakemake", f"Snakemake {installed}: too old, {oldest} is needed", cure)
    else:
        yield fine("snakemake", f"Snakemake {installed}")


def _dotted(parts: tuple[int, ...]) -> str:
    return ".".join(map(str, parts))


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement.strip(), maxsplit=1)[0].lower()


def _installed(name: str) -> str:
    """A package's name -> its installed version; "" where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _pins() -> dict[str, set[str]]:
    """The versions in the checkout's requirements.txt; several where they hang on the Python."""
    pinned: dict[str, set[str]] = {}
    path = REPOSITORY / "requirements.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for line in lines:
        name, _, rest = line.partition("==")
        pinned.setdefault(name.strip().lower(), set()).add(rest.partition(";")[0].strip())
    return pinned
