"""What preparing, planning and cutting cost beside the bare libraries, on long recordings.

    .venv/bin/python benchmarks/process.py [MINUTES [ROUNDS]]

Wanted, on 2 cores: preparing, planning and cutting the variant `raw` in at most 1.3 times the
processor time of ffmpeg's decoding and Silero alone, and 150 times as fast as the recordings play;
denoisers at their library's own speed. Seconds of processors are compared, by turns, and the median
of the rounds is told, so that a machine that is busy with other things counts less.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import Any, NamedTuple

import numpy as np
from noisereduce import reduce_noise
from scipy.signal import wiener

from snakescribe.ffmpeg.command import ffmpeg_command
from snakescribe.ffmpeg.probe import list_tracks
from snakescribe.ffmpeg.samples import decode
from snakescribe.process.filters import parse_chain
from snakescribe.process.pipeline import apply_chain
from snakescribe.store import file_sha256
from snakescribe.tables import AUDIO, CHUNKS, RECORDINGS, read_table, write_table

REPOSITORY = Path(__file__).resolve().parents[1]
DEMO = REPOSITORY / "resources" / "demo" / "audio"
THREADS, LONGEST_SECONDS = 2, 480
MOST_RATIO, LEAST_SPEED = 1.3, 150.0


class Cost(NamedTuple):
    """Seconds by the clock and of the processors."""

    clock: float
    processors: float


def write_recordings(folder: Path, minutes: float) -> list[Path]:
    """Join the demo's recordings, each time in another order, to files of eight minutes or so."""
    parts = sorted(DEMO.glob("*.opus"))
    recordings: list[Path] = []
    wanted = 60 * minutes
    while wanted > 0:
        number = len(recordings)
        chosen, seconds = [], 0.0
        for part in parts[number % len(parts) :] + parts[: number % len(parts)]:
            if seconds < min(wanted, LONGEST_SECONDS):
                chosen.append(f"file '{part}'\n")
                seconds += list_tracks(part)[0].seconds or 0
        listed = folder / f"{number}.txt"
        listed.write_text("".join(chosen), encoding="utf-8")
        recordings.append(folder / f"talk-{number}.opus")
        join = ("-f", "concat", "-safe", "0", "-i", listed, "-c", "copy", recordings[-1])
        subprocess.run([ffmpeg_command(), "-v", "error", "-nostdin", *join], check=True)
        wanted -= seconds
    return recordings


def measure(*command: str | Path) -> Cost:
    """Run a program; return what it took."""
    began, before = time.perf_counter(), getrusage(RUSAGE_CHILDREN)
    subprocess.run([str(part) for part in command], cwd=REPOSITORY, check=True, capture_output=True)
    after = getrusage(RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(time.perf_counter() - began, busy)


def measure_steps(folder: Path, recordings: Sequence[Path]) -> Iterator[tuple[str, Cost]]:
    """Run the steps of the stage as the rules do; yield what each took."""
    rows = [
        {
            **dict.fromkeys(RECORDINGS.names), "recording": path.stem, "status": "ok",
            "audio": str(path), "sha256": file_sha256(path), "bytes": path.stat().st_size,
            "captions": [],
        }
        for path in recordings
    ]  # fmt: skip
    write_table(RECORDINGS, folder / "recordings.tsv", rows)
    common = ("--store", folder / "store", "--threads", str(THREADS), "--output")
    audio, plans, chunks = folder / "audio.tsv", folder / "plans.tsv", folder / "chunks.tsv"
    step = (sys.executable, "-m", "snakescribe", "process")
    recorded = ("--recordings", folder / "recordings.tsv")
    yield "prepare", measure(*step, "prepare", *recorded, *common, audio)
    yield "plan", measure(*step, "plan", "--audio", audio, *common, plans)
    cut = ("cut", "--audio", audio, "--plans", plans, "--raw", audio)
    yield "cut", measure(*step, *cut, *common, chunks)


def measure_call(function: Callable[[], Any]) -> float:
    """A call -> the seconds of processors that it took."""
    began = time.process_time()
    function()
    return time.process_time() - began


def compare_denoisers(path: Path) -> Iterator[tuple[str, float, float]]:
    """A recording -> by denoiser the seconds of ours and of the bare library on its samples."""
    samples, _ = decode(path)
    whole = np.array(samples)
    bare: dict[str, Callable[[], Any]] = {
        "wiener": lambda: wiener(whole.astype(np.float64), 3),
        "spectral_gate": lambda: reduce_noise(y=whole, sr=16_000),
        "spectral_gate stationary": lambda: reduce_noise(y=whole, sr=16_000, stationary=True),
    }
    for label, alone in bare.items():
        name, _, option = label.partition(" ")
        [step] = parse_chain([{name: {option: True}} if option else name])
        ours = [measure_call(lambda step=step: apply_chain(samples, [step])) for _ in range(2)]
        library = [measure_call(alone) for _ in range(2)]
        yield label, min(ours), min(library)


def measure_round(folder: Path, recordings: Sequence[Path]) -> tuple[float, Cost, dict[str, Cost]]:
    """Recordings -> what the stage takes over the floor; what the floor took, and each step."""
    folder.mkdir()
    floor = measure(sys.executable, REPOSITORY / "benchmarks" / "process_floor.py", *recordings)
    steps = dict(measure_steps(folder, recordings))
    return sum(step.processors for step in steps.values()) / floor.processors, floor, steps


def main() -> None:
    """Measure and print a table."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        recordings = write_recordings(folder, minutes)
        rounds = [measure_round(folder / f"round-{n}", recordings) for n in range(count)]
        seconds = sum(row["seconds"] for row in read_table(AUDIO, folder / "round-0" / "audio.tsv"))
        cut = sum(1 for _ in read_table(CHUNKS, folder / "round-0" / "chunks.tsv"))
        denoisers = list(compare_denoisers(recordings[0]))
    rounds.sort(key=itemgetter(0))
    ratio, floor, steps = rounds[count // 2]
    print(f"{len(recordings)} recordings, {seconds / 60:.0f} min, {cut} chunks, {THREADS} threads")
    print(f"ffmpeg + Silero alone: {floor.processors:.1f} s of processors")
    for step, cost in steps.items():
        print(f"{step}: {cost.processors:.1f} s of processors, {cost.clock:.1f} s by the clock")
    whole = Cost(*(sum(parts) for parts in zip(*steps.values(), strict=True)))
    speed, at_best = seconds / whole.clock, THREADS * seconds / whole.processors
    print(
        f"process raw: {ratio:.2f} x what they cost alone (wanted: {MOST_RATIO} at most; "
        f"{count} rounds: {', '.join(f'{of_round:.2f}' for of_round, _, _ in rounds)})"
    )
    print(
        f"process raw: {speed:.0f} x real time by the clock, {at_best:.0f} x with {THREADS} cores "
        f"for itself (wanted: {LEAST_SPEED:.0f} at least)"
    )
    for label, ours, library in denoisers:
        print(f"{label}: {ours:.2f} s, {ours / library:.2f} x the library alone")


if __name__ == "__main__":
    main()
