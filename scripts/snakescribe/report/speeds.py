"""The transcripts of an experiment -> how fast each condition was, where that can be compared.

A condition that was added when the machine was idle is not faster than those that were decoded
beside other work. So speeds stand beside each other only where the same jobs decoded all of them,
or where the jobs tell that their machines were alike: by the threads, the device, and a fixed piece
of work that each job times when it begins and again while it decodes (`transcribe/effort.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import quantiles

from snakescribe.tables import Row

# Times of the fixed work differ by so much on a machine that does nothing else.
ALIKE = 1.3
# Fewer recordings have no middle half worth the name.
FEWEST_RECORDINGS = 4


@dataclass(frozen=True)
class Speed:
    """Seconds of audio per second of compute; low and high hold the middle half of recordings."""

    rtfx: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Speeds:
    """Speeds by condition; where they cannot be compared none, and `why` says so."""

    by_condition: Mapping[str, Speed]
    why: str = ""

    def get(self, condition: str) -> Speed | None:
        """The speed of a condition, if it is known and can be compared."""
        return self.by_condition.get(condition)


@dataclass
class Stopwatch:
    """Seconds of audio and of compute, by condition and recording, and who decoded them."""

    _seconds: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    _jobs: dict[str, dict[str, Row]] = field(default_factory=dict)

    def add(self, condition: str, row: Row) -> None:
        """Count a transcript."""
        key = (condition, row["recording"])
        audio, compute = self._seconds.get(key, (0.0, 0.0))
        steps = (row["feature_seconds"], row["encode_seconds"], row["decode_seconds"])
        compute += sum(step or 0.0 for step in steps)
        self._seconds[key] = audio + (row["audio_seconds"] or 0.0), compute
        run = row["run"]
        self._jobs.setdefault(condition, {}).setdefault(run.get("job") or "", run)

    def read(self) -> Speeds:
        """All that was counted -> the speeds, if they can be compared."""
        known = {name: speed for name in self._jobs if (speed := self._speed(name))}
        why = _why_not([self._jobs[name] for name in known])
        return Speeds({} if why else known, why)

    def _speed(self, condition: str) -> Speed | None:
        times = [pair for (name, _), pair in self._seconds.items() if name == condition]
        audio, compute = (sum(column) for column in zip(*times, strict=True))
        if not compute or not audio:
            return None
        rates = [heard / took for heard, took in times if took > 0]
        if len(rates) < FEWEST_RECORDINGS:
            return Speed(audio / compute, None, None)
        low, _, high = quantiles(rates, n=4, method="inclusive")
        return Speed(audio / compute, low, high)


def _why_not(jobs: Sequence[Mapping[str, Row]]) -> str:
    """Each condition's jobs -> why speeds cannot be compared, in a sentence; empty if they can."""
    if len({frozenset(of_condition) for of_condition in jobs}) < 2:
        return ""
    everything = {job: run for of_condition in jobs for job, run in of_condition.items()}
    for name, what in (("device_name", "devices"), ("threads", "numbers of threads")):
        seen = sorted({str(run.get(name) or "unknown") for run in everything.values()})
        if len(seen) > 1:
            return f"The conditions were decoded on different {what}: {', '.join(seen)}."
    times: list[float] = []
    for run in everything.values():
        told = run.get("more") or {}
        try:
            times += [float(told["calibration_ms"]), float(told["calibration_slowest_ms"])]
        except (KeyError, ValueError):
            return (
                "The conditions were decoded by different jobs, and not all of these tell how busy "
                "their machine was: an earlier version decoded them."
            )
    ratio = max(times) / min(times)
    if ratio > ALIKE:
        return (
            "The conditions were decoded by different jobs while the machine was busy with other "
            f"work to a different degree: the same piece of work took {min(times):.1f} to "
            f"{max(times):.1f} ms, {ratio:.1f} times as long."
        )
    return ""
