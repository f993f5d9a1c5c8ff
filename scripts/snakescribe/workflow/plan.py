"""A study before it is run: how much work it is, by the rates of earlier runs."""

import os
import socket
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from snakescribe.config.conditions import Pass
from snakescribe.config.root import Config
from snakescribe.config.transcribe import FILES
from snakescribe.results import Results
from snakescribe.spent import SECONDS_AN_HOUR, plan_file
from snakescribe.store import write_json
from snakescribe.workflow.corpus_length import Corpus
from snakescribe.workflow.fit import fit
from snakescribe.workflow.rates import (
    WHOLE_RUN,
    Rate,
    decoding_key,
    key_of,
    model_key,
    side_by_side,
)
from snakescribe.workflow.steps import Jobs, Step

MOST_RATES = 12
# To start a program and read its tables: where only one size was measured, the part of it that
# does not grow.
START_SECONDS = 1.0
# 16 kHz mono as FLAC, as measured on speech; downloads as sites give them; a new database.
AUDIO_BYTES_PER_SECOND = 20_000
DOWNLOAD_BYTES_PER_SECOND = 16_000
TRANSCRIPT_BYTES_PER_SECOND = 400
DATABASE_BYTES = 60_000_000


@dataclass(frozen=True)
class ModelPlan:
    """A model's share of a study.

    Attributes:
        model: its name in the config.
        kind: `GPU`, `CPU`, or `unknown`.
        hours: of a GPU, or of processor cores; None where it was never timed.
        sound_hours: that it hears, times conditions.
        basis: what that rests on, in words.
        price: by the config's `prices`; None without one, or without hours.
    """

    model: str
    kind: str
    hours: float | None
    sound_hours: float
    basis: str
    price: float | None


@dataclass(frozen=True)
class Plan:
    """A study before it is run, from nothing: what is in the store already is not done again."""

    results: str
    written: str
    conditions: dict[str, int]
    passes: dict[str, dict[str, Any]]
    jobs: int
    recordings: int
    sound_hours: float
    stated: int
    guess: str
    models: list[ModelPlan]
    elapsed_seconds: float | None
    elapsed_basis: str
    disk_bytes: dict[str, int]
    price: float | None

    def as_data(self) -> dict[str, Any]:
        """It as plain data; hours and bytes as they stand, what is not known is null."""
        return asdict(self)


@dataclass
class _Elapsed:
    """Seconds that pass, added up; what was never timed."""

    seconds: float = 0.0
    unknown: list[str] = field(default_factory=list)

    def add(self, what: str, seconds: float | None, side_by_side: int = 1) -> None:
        if seconds is None:
            self.unknown.append(what)
        else:
            self.seconds += seconds / side_by_side


class Planner:
    """Reckons with rates of earlier runs: this machine's, or where it has none, all others'."""

    def __init__(self, config: Config, corpus: Corpus, rates: Sequence[Rate]) -> None:
        self._config = config
        self._corpus = corpus
        self._jobs = Jobs(config)
        here = [rate for rate in rates if rate.host == socket.gethostname()]
        self._rates = here or list(rates)
        self._where = "this machine" if here else "another machine"

    def plan(self) -> Plan:
        """The study."""
        elapsed = _Elapsed()
        counts = {step.rule: self._count(step) for step in self._jobs.steps}
        for step in self._jobs.steps:
            if step.stage in ("acquire", "process") and "shard" in step.wildcards:
                self._add_step(step, elapsed)
        passes: dict[str, dict[str, Any]] = {}
        models: dict[str, list[tuple[Pass, float | None, float | None]]] = {}
        for name, planned in self._jobs.passes.items():
            seconds, wall = self._pass(planned)
            elapsed.add(f"model {planned.model}", wall)
            passes[name] = {"model": planned.model, "seconds": seconds}
            models.setdefault(planned.model, []).append((planned, seconds, wall))
        whole = 0.0
        for experiment in self._jobs.experiments.values():
            sound = self._corpus.seconds * len(experiment.conditions)
            whole += sound
            for rule in ("score_transcripts", "compare_conditions"):
                elapsed.add(rule, self._seconds(rule, "", sound, 1))
        if self._jobs.experiments:
            rest = self._select(WHOLE_RUN, "")
            line = fit([(rate.sound, rate.spent) for rate in rest], start=None)
            elapsed.add("a whole run", line and line[0] + line[1] * whole)
        plans = [self._model(name, parts) for name, parts in models.items()]
        prices = [plan.price for plan in plans if plan.price is not None]
        unknown = ", ".join(dict.fromkeys(elapsed.unknown))
        told = f"; at least, since never timed: {unknown}" if unknown else ""
        timed = all(plan.hours is not None for plan in plans)
        return Plan(
            results=self._config.results,
            written=datetime.now(UTC).isoformat(timespec="seconds"),
            conditions={
                name: len(experiment.conditions)
                for name, experiment in self._jobs.experiments.items()
            },
            passes=passes,
            jobs=sum(counts.values()),
            recordings=self._corpus.recordings,
            sound_hours=self._corpus.seconds / SECONDS_AN_HOUR,
            stated=self._corpus.stated,
            guess=self._corpus.guess,
            models=plans,
            elapsed_seconds=elapsed.seconds if timed else None,
            elapsed_basis=f"as on {self._where} before{told}"
            if timed
            else "its models never timed",
            disk_bytes=self._disk(),
            price=sum(prices) if prices else None,
        )

    def _count(self, step: Step) -> int:
        """How many jobs a step has, once the recordings are in so many shards."""
        if "shard" not in step.wildcards:
            return len(list(self._jobs.of(step)))
        return self._corpus.shards * len(list(self._jobs.of(step, shards=["s00000"])))

    def _add_step(self, step: Step, elapsed: _Elapsed) -> None:
        cores = os.cpu_count() or 1
        for job in self._jobs.of(step, shards=["s00000"]):
            key = key_of(self._config, step.rule, dict(job.wildcards))
            seconds = self._seconds(step.rule, key, self._corpus.seconds, self._corpus.shards)
            at_once = min(side_by_side(step.rule, cores), self._corpus.shards)
            elapsed.add(step.name, seconds, at_once)

    def _seconds(self, rule: str, key: str, sound: float, jobs: int) -> float | None:
        """What so many jobs of a rule take for so much sound in all; None if it was never timed."""
        rates = self._select(rule, key) or self._select(rule, None)
        line = fit([(rate.sound, rate.wall) for rate in rates], START_SECONDS)
        return line and line[0] * jobs + line[1] * sound

    def _select(self, rule: str, key: str | None) -> list[Rate]:
        """The last rates of a rule, with a key or (None) with any."""
        fitting = [rate for rate in self._rates if rate.rule == rule and key in (None, rate.key)]
        return fitting[-MOST_RATES:]

    def _pass(self, planned: Pass) -> tuple[float | None, float | None]:
        """A pass -> the seconds that its model is to work, and those that its jobs take in all."""
        if self._config.models[planned.model].engine == FILES:
            return 0.0, 0.0
        rates = self._model_rates(planned.model)
        sound = sum(rate.sound for rate in rates)
        if not sound:
            return None, None
        heard = self._corpus.seconds * min(1.0, self._jobs.decodings_of(planned))
        seconds = heard * sum(rate.encode for rate in rates) / sound
        for decoding, share in self._decodings(planned):
            timed = [rate for rate in rates if decoding in rate.decode]
            if timed:
                each = sum(rate.decode[decoding] for rate in timed)
                each /= sum(rate.sound for rate in timed)
            else:  # others of the same model; `_basis` says so
                each = sum(sum(rate.decode.values()) / len(rate.decode) for rate in rates) / sound
            seconds += self._corpus.seconds * share * each
        loading = median(max(rate.wall - rate.busy, 0.0) for rate in rates)
        pace = sum(rate.busy for rate in rates) / sum(rate.spent for rate in rates)
        return seconds, loading * self._corpus.shards + pace * seconds

    def _model_rates(self, model: str) -> list[Rate]:
        rates = self._select("transcribe_chunks", model_key(self._config, model))
        # A GPU that was given or taken away since: the last jobs say what there is now.
        return [rate for rate in rates if rate.device == rates[-1].device and rate.decode]

    def _decodings(self, planned: Pass) -> Iterator[tuple[str, float]]:
        """The decode options of a pass, each with its share of the sound, once a condition."""
        for _, decoding in planned.pairs:
            yield decoding_key(self._config.decoding[decoding]), 1.0
        for grouped in planned.grouped:
            cells = self._jobs.experiments[grouped].conditions
            for cell in cells:
                if cell.passname == planned.name:
                    yield decoding_key(self._config.decoding[cell.decoding]), 1 / len(cells)

    def _model(self, model: str, parts: list[tuple[Pass, float | None, float | None]]) -> ModelPlan:
        sound = sum(
            self._corpus.seconds * self._jobs.decodings_of(planned) for planned, _, _ in parts
        )
        seconds = _total(seconds for _, seconds, _ in parts)
        wall = _total(wall for _, _, wall in parts)
        rates = self._model_rates(model)
        kind = ("GPU" if rates[-1].gpu else "CPU") if rates else "unknown"
        price = None
        if asked := self._config.prices.get(model):
            by_hour = asked.per_hour * wall / SECONDS_AN_HOUR if wall is not None else None
            if not asked.per_hour:
                by_hour = 0.0
            price = None if by_hour is None else by_hour + asked.per_audio_minute * sound / 60
        return ModelPlan(
            model=model,
            kind=kind,
            hours=None if seconds is None else seconds / SECONDS_AN_HOUR,
            sound_hours=sound / SECONDS_AN_HOUR,
            basis=self._basis(model, rates, [planned for planned, _, _ in parts]),
            price=price,
        )

    def _basis(self, model: str, rates: list[Rate], passes: Iterable[Pass]) -> str:
        if self._config.models[model].engine == FILES:
            return "transcripts that exist already"
        if not rates:
            return "never timed: --calibrate does it with a minute of sound"
        asked = {decoding for planned in passes for decoding, _ in self._decodings(planned)}
        known = {decoding for rate in rates for decoding in rate.decode}
        lacks = len(asked - known)
        told = (
            f"{len(rates)} jobs on {self._where} ({rates[-1].device}), last {rates[-1].ended[:10]}"
        )
        return f"{told}; {lacks} of its decode options never timed" if lacks else told

    def _disk(self) -> dict[str, int]:
        variants = len(self._jobs.variants)
        cuts = sum(
            len(list(self._jobs.of(step, shards=["s00000"])))
            for step in self._jobs.steps
            if step.rule == "cut_chunks"
        )
        heard = sum(map(self._jobs.decodings_of, self._jobs.passes.values()))
        share = self._corpus.downloads / max(self._corpus.recordings, 1)
        seconds = self._corpus.seconds
        used = {
            "downloads": seconds * share * DOWNLOAD_BYTES_PER_SECOND,
            "audio": seconds * variants * AUDIO_BYTES_PER_SECOND if cuts else 0,
            "chunks": seconds * cuts * AUDIO_BYTES_PER_SECOND,
            "transcripts": seconds * heard * TRANSCRIPT_BYTES_PER_SECOND,
            "database": DATABASE_BYTES if cuts and not self._config.database.url else 0,
        }
        return {name: round(count) for name, count in used.items()}


def keep_plan(plan: Plan) -> None:
    """Keep a plan in its results folder, where the run's end and the report compare with it."""
    write_json(plan_file(Results(Path(plan.results))), plan.as_data())


def _total(parts: Iterable[float | None]) -> float | None:
    known = list(parts)
    return None if None in known else sum(part for part in known if part is not None)
