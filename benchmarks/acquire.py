"""How fast local recordings are acquired: 10,000 tiny files through the workflow, twice.

    .venv/bin/python benchmarks/acquire.py [NUMBER OF FILES [RECORDINGS IN A SHARD]]

Wanted, on 2 cores: at least 100 files a second, and a second run that does nothing in 5 s.
"""

import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import yaml

REPOSITORY = Path(__file__).resolve().parents[1]


def write_files(folder: Path, count: int) -> None:
    """Write that many different WAV files of 0.1 s."""
    folder.mkdir()
    for number in range(count):
        with wave.open(str(folder / f"{number:06d}.wav"), "wb") as stream:
            stream.setnchannels(1)
            stream.setsampwidth(2)
            stream.setframerate(16000)
            stream.writeframes((number % 30000).to_bytes(2, "little") * 1600)


def run_workflow(config: Path) -> tuple[float, float]:
    """Run the target `acquire`; return the seconds it took, by the clock and of the processors."""
    snakemake = Path(sys.executable).with_name("snakemake")
    command = [str(snakemake), "acquire", "--configfile", str(config), "--cores", "2", "--quiet"]
    began, before = time.perf_counter(), getrusage(RUSAGE_CHILDREN)
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    after = getrusage(RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - began, busy


def main() -> None:
    """Measure and print a table."""
    given = dict(enumerate(map(int, sys.argv[1:])))
    count, per_shard = given.get(0, 10_000), given.get(1, 1000)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder / "audio", count)
        config = folder / "config.yaml"
        config.write_text(
            yaml.safe_dump(
                {
                    "results": str(folder / "results"),
                    "recordings": [{"source": "folder", "path": str(folder / "audio")}],
                    "models": {"tiny-en": {"weights": "tiny.en"}},
                    "experiments": {"none": {}},
                    "sharding": {"recordings_per_shard": per_shard},
                }
            ),
            encoding="utf-8",
        )
        first, first_busy = run_workflow(config)
        second, second_busy = run_workflow(config)
    print(
        f"acquire {count} local files: {first:.1f} s, {count / first:.0f} files/s "
        f"(processors: {first_busy:.1f} s)"
    )
    print(f"acquire again, nothing to do: {second:.1f} s (processors: {second_busy:.1f} s)")


if __name__ == "__main__":
    main()
