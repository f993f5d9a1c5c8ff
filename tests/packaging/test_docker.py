"""Docker's files agree with each other and with the code; building and running is tests/image."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from snakescribe.paths import REPOSITORY

COMPOSE = (REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8")
EXAMPLE = (REPOSITORY / ".env.example").read_text(encoding="utf-8")

# A double of Docker: it says what it was asked for, a word a line, and which values came with it.
DOCKER = """#!/bin/bash
[ "$1 $2" = "image inspect" ] && exit ${NO_IMAGE:-0}
printf '%s\\n' "$@"
"""


def test_settings_of_compose_are_those_of_the_example() -> None:
    services = yaml.safe_load(COMPOSE)["services"]
    passed = {name for name, value in services["workflow"]["environment"].items() if value is None}
    named = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE)) - {"SNAKESCRIBE_IMAGE"}
    assert passed | named == set(re.findall(r"^([A-Z_]+)=", EXAMPLE, re.MULTILINE))


def test_what_compose_passes_on_is_read_somewhere() -> None:
    environment = yaml.safe_load(COMPOSE)["services"]["workflow"]["environment"]
    libraries = {"PGPASSWORD", "HF_TOKEN", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"}
    pages = "".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "docs").glob("*.md"))
    for name in set(environment) - libraries:
        assert name in pages.replace("docs/docker.md", ""), name


def test_every_service_works_as_the_caller_in_the_mounted_folder() -> None:
    services = yaml.safe_load(COMPOSE)["services"]
    for name in ("workflow", "gpu"):
        assert services[name]["user"] == "${CALLER_UID:-1000}:${CALLER_GID:-1000}"
        assert services[name]["volumes"][0] == "${WORK_FOLDER:-.}:/work"
    (device,) = services["gpu"]["deploy"]["resources"]["reservations"]["devices"]
    assert device["capabilities"] == ["gpu"]


def run_in_docker(tmp_path: Path, *words: str, **environment: str) -> list[str]:
    """Call docker/run-in-docker.sh with the double -> the words that Docker was given."""
    program = tmp_path / "docker"
    program.write_text(DOCKER, encoding="utf-8")
    program.chmod(0o755)
    place = tmp_path / "a folder"
    place.mkdir()
    done = subprocess.run(
        [str(REPOSITORY / "docker" / "run-in-docker.sh"), *words],
        cwd=place, env={"PATH": "/usr/bin:/bin", "DOCKER": str(program), **environment},
        stdout=subprocess.PIPE, text=True, check=True, timeout=30,
    )  # fmt: skip
    return done.stdout.splitlines()


def test_the_script_runs_as_the_caller_in_this_folder(tmp_path: Path) -> None:
    words = run_in_docker(
        tmp_path, "snakemake", "--configfile", "my study.yaml",
        OPENAI_API_KEY="secret", SNAKESCRIBE_DATABASE_URL="postgresql://x/y", HTTPS_PROXY="p",
        UNRELATED="z", SNAKESCRIBE_MOUNTS="/data /music",
    )  # fmt: skip
    assert words[:3] == ["run", "--rm", "--init"]
    assert words[words.index("--user") + 1] == f"{os.getuid()}:{os.getgid()}"
    assert f"{tmp_path / 'a folder'}:/work" in words
    assert {"/data:/data:ro", "/music:/music:ro"} <= set(words)
    passed = {words[place + 1] for place, word in enumerate(words) if word == "--env"}
    assert passed == {"OPENAI_API_KEY", "SNAKESCRIBE_DATABASE_URL", "HTTPS_PROXY"}
    assert "secret" not in " ".join(words)  # every user of the machine sees arguments
    assert words[-4:] == ["snakescribe", "snakemake", "--configfile", "my study.yaml"]


@pytest.mark.parametrize("image", ["snakescribe", "other:1.0"])
def test_the_script_builds_what_is_not_there(image: str, tmp_path: Path) -> None:
    words = run_in_docker(tmp_path, "demo", NO_IMAGE="1", SNAKESCRIBE_IMAGE=image)
    assert words[:4] == ["build", "--tag", image, str(REPOSITORY)]
    assert words[-2:] == [image, "demo"]
