"""What the workflow costs beside sound and models: corpora of growing size, a pretended engine.

    .venv/bin/python benchmarks/scale.py [--plot FILE] [RECORDINGS ...]

Each corpus goes through the whole workflow with 20 conditions, then once more with nothing to do,
and grows by 100 recordings. A corpus of 100,000 recordings is listed and planned only, for 50
conditions. Wanted: the same cost for each recording whatever their number; at most 15 s and 0.6 GB
to plan 100,000; at most 10 s where nothing is to be done with 10,000; where a corpus grows, work in
new shards alone.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path

import yaml
from pretended import SAID

REPOSITORY = Path(__file__).resolve().parents[1]
SIZES = (100, 1000, 10_000)
CONDITIONS = 20
PLANNED, PLANNED_CONDITIONS = 100_000, 50
GROWTH = 100
SOUNDS = 50  # files that differ; the others are copies, whose sound is prepared once


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds of processors, the largest of its processes, its words."""

    seconds: float
    megabytes: float
    output: str


def write_corpus(folder: Path, count: int, *, fetched: bool) -> None:
    """Write a table of recordings; where they are to be fetched from a site, there is no sound."""
    (folder / "talks").mkdir(parents=True, exist_ok=True)
    lines = ["id\taudio\treference\tspeaker\n"]
    for number in range(count):
        place = f"https://example.org/{number}.mp3"
        if not fetched:
            place = f"talks/r{number:06d}.wav"
            write_sound(folder / place, number)
        lines.append(f"r{number:06d}\t{place}\t{' '.join(SAID)}\tspeaker {number % 500}\n")
    (folder / "recordings.tsv").write_text("".join(lines), encoding="utf-8")


def write_sound(path: Path, number: int) -> None:
    """Write half a second that is the same for every fiftieth recording."""
    if path.exists():
        return
    with wave.open(str(path), "wb") as stream:
        stream.setnchannels(1)
        stream.setsampwidth(2)
        stream.setframerate(16000)
        stream.writeframes((1000 + number % SOUNDS).to_bytes(2, "little") * 8000)


def write_config(folder: Path, conditions: int) -> None:
    """Write a config with that many prompts for the pretended engine."""
    prompts = {f"p{number:02d}": f"prompt {number}" for number in range(conditions)}
    config = {
        "results": "results",
        "recordings": [{"source": "table", "path": "recordings.tsv"}],
        "chunking": {"method": "none"},
        "models": {"m": {"engine": "pretended:Pretended", "weights": "none"}},
        "prompts": prompts,
        "experiments": {"scale": {"factors": {"prompt": list(prompts)}}},
        "scoring": {"bootstrap_replicates": 200},
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")


def snakemake(folder: Path, *arguments: str) -> Cost:
    """Run Snakemake in a folder."""
    command = [
        *(sys.executable, "-m", "snakemake", *arguments, "--configfile", "config.yaml"),
        *("--snakefile", str(REPOSITORY / "workflow" / "Snakefile"), "--cores", "2"),
        *("--workflow-profile", "none", "--scheduler", "greedy"),
    ]
    places = [str(REPOSITORY / "benchmarks"), os.environ.get("PYTHONPATH", "")]
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(process.pid, 0)  # of this command and its children alone
        output.seek(0)
        text = output.read()
    if code := os.waitstatus_to_exitcode(status):
        sys.exit(f"snakemake {' '.join(arguments)} ended with {code}:\n{text[-3000:]}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, text)


def shards_to_do(output: str) -> set[str]:
    """What a dry run says -> the shards that it would work on."""
    return set(re.findall(r"wildcards: .*\bshard=(s\d+)", output))


def measure(folder: Path, count: int) -> dict[str, float]:
    """Put a corpus through the workflow -> its figures; printed as they come."""
    write_corpus(folder, count, fetched=False)
    write_config(folder, CONDITIONS)
    first = snakemake(folder, "load", "report")
    idle = snakemake(folder, "load", "report")
    if "Nothing to be done" not in idle.output:
        sys.exit(f"a second run over {count} recordings did something:\n{idle.output[-3000:]}")
    before = {path.stem for path in (folder / "results" / "recordings").glob("*.tsv")}
    write_corpus(folder, count + GROWTH, fetched=False)
    snakemake(folder, "results/items.tsv")
    touched = shards_to_do(snakemake(folder, "--dry-run", "load", "report").output)
    if old := touched & before:
        sys.exit(f"{GROWTH} recordings more, and old shards are done again: {sorted(old)}")
    each = 1000 * first.seconds / count
    print(
        f"{count:7d} recordings x {CONDITIONS}: {first.seconds:7.1f} s, {each:6.1f} ms each, "
        f"{first.megabytes:4.0f} MB; nothing to do {idle.seconds:4.1f} s, "
        f"{idle.megabytes:4.0f} MB; "
        f"{GROWTH} more touch {len(touched)} new shards and none of {len(before)}",
        flush=True,
    )
    return {"recordings": count, "each": each}


def plan(folder: Path) -> None:
    """List a large corpus, then plan its run."""
    write_corpus(folder, PLANNED, fetched=True)
    write_config(folder, PLANNED_CONDITIONS)
    listed = snakemake(folder, "results/items.tsv")
    planned = snakemake(folder, "--dry-run", "--quiet")
    print(
        f"{PLANNED} recordings x {PLANNED_CONDITIONS}: listed in {listed.seconds:.1f} s, "
        f"{listed.megabytes:.0f} MB; snakemake -n {planned.seconds:.1f} s, "
        f"{planned.megabytes:.0f} MB"
    )


def draw(figures: list[dict[str, float]], path: Path) -> None:
    """Draw the cost of a recording over their number."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot([row["recordings"] for row in figures], [row["each"] for row in figures], marker="o")
    axes.set(
        xscale="log", xlabel="recordings", ylabel="processor ms for a recording", ylim=(0, None)
    )
    axes.grid(alpha=0.3)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--plot", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        plan(Path(name, "planned"))
        figures = [measure(Path(name, str(size)), size) for size in given.sizes]
    if given.plot:
        draw(figures, given.plot)


if __name__ == "__main__":
    main()
