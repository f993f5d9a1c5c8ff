"""How fast local recordings are acquired: 10,000 tiny files through the workflow, twice.

    .venv/bin/python benchmarks/acquire.py [NUMBER OF FILES]

Wanted, on 2 cores: at least 100 files a second, and a second run that does nothing in 5 s.
"""

import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path

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


def run_workflow(config: Path) -> float:
    """Run the target `acquire`; return the seconds it took."""
    snakemake = Path(sys.executable).with_name("snakemake")
    command = [str(snakemake), "acquire", "--configfile", str(config), "--cores", "2", "--quiet"]
    began = time.perf_counter()
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    """Measure and print a table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
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
                    "sharding": {"recordings_per_shard": 1000},
                }
            )
        )
        first, second = run_workflow(config), run_workflow(config)
    print(f"acquire {count} local files: {first:.1f} s, {count / first:.0f} files/s")
    print(f"acquire again, nothing to do: {second:.1f} s")


if __name__ == "__main__":
    main()
