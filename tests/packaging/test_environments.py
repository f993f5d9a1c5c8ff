"""The environments of the stages: what `snakemake --software-deployment-method conda` installs."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from snakescribe.paths import REPOSITORY

STAGES = sorted((REPOSITORY / "envs").glob("*.yaml"))

# Imports every module of a package, with only some distributions there, and prints what fails.
IMPORT_ALL = """
import importlib, pkgutil, re, sys
from importlib.machinery import PathFinder
from importlib.metadata import packages_distributions

distributions = packages_distributions()
package, *allowed = sys.argv[1:]

class Installed(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        names = distributions.get(name.partition(".")[0], [])
        if names and not {re.sub(r"[-_.]+", "-", name).lower() for name in names} & set(allowed):
            return None
        return super().find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = Installed
for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
    try:
        importlib.import_module(module.name)
    except ModuleNotFoundError as error:
        print(module.name, error.name.partition(".")[0])
"""


def distribution(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def with_what_they_need(names: list[str]) -> set[str]:
    """Names of distributions -> these and all that pip installs with them."""
    complete: set[str] = set()
    waiting = list(names)
    while waiting:
        name = distribution(waiting.pop())
        if name in complete:
            continue
        complete.add(name)
        try:
            needs = [Requirement(line) for line in requires(name) or ()]
        except PackageNotFoundError:  # for another system or Python than this one
            continue
        waiting += [
            need.name
            for need in needs
            if need.marker is None or need.marker.evaluate({"extra": ""})
        ]
    return complete


@pytest.mark.slow
@pytest.mark.parametrize("path", STAGES, ids=lambda path: path.stem)
def test_a_stage_finds_what_it_imports_in_its_environment(path: Path) -> None:
    *_, pip = yaml.safe_load(path.read_text(encoding="utf-8"))["dependencies"]
    allowed = with_what_they_need([pin.partition("==")[0] for pin in pip["pip"]])
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {name for names in project["optional-dependencies"].values() for name in names}
    stage = path.stem.partition("-")[0]
    result = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, f"snakescribe.{stage}", "snakescribe", *allowed],
        capture_output=True,
        text=True,
        check=True,
    )
    lacking = dict(line.split() for line in result.stdout.splitlines())
    needed = {module: name for module, name in lacking.items() if distribution(name) not in extras}
    assert needed == {}
