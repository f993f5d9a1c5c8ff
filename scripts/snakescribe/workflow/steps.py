"""The steps of a run, and the jobs of each: what a config names once its recordings are listed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path

from snakescribe.config.conditions import Pass, cut_of
from snakescribe.config.experiments import expand_experiments, plan_passes
from snakescribe.config.root import Config
from snakescribe.config.used import chunkings_in_use, variants_in_use
from snakescribe.results import Results
from snakescribe.tables import ITEMS


@dataclass(frozen=True)
class Step:
    """A rule: the stage it belongs to, what a person calls its work, and its main output."""

    stage: str
    name: str
    rule: str
    output: str

    @property
    def wildcards(self) -> list[str]:
        """The names in its output that a job gives values to."""
        return re.findall(r"{(\w+)}", self.output)

    @property
    def log(self) -> str:
        """Where the rule writes its log, below the folder of logs."""
        parts = "/".join([self.rule, *(f"{{{name}}}" for name in self.wildcards)])
        return parts.replace("{cut}/", "{cut}") + ".log"  # which brings its slash


STEPS = (
    Step("acquire", "recordings listed", "resolve_items", "items.tsv"),
    Step("acquire", "recordings fetched", "fetch_recordings", "recordings/{shard}.tsv"),
    Step("process", "audio prepared", "prepare_audio", "audio/{variant}/{shard}.tsv"),
    Step("process", "chunks planned", "plan_chunks", "plans/{cut}{shard}.tsv"),
    Step("process", "chunks cut", "cut_chunks", "chunks/{cut}{variant}/{shard}.tsv"),
    Step("transcribe", "models fetched", "fetch_model", "models/{model}.json"),
    Step(
        "transcribe", "transcripts", "transcribe_chunks", "transcripts/{passname}/{shard}.parquet"
    ),
    Step("evaluate", "scored", "score_transcripts", "scores/{experiment}/chunks.parquet"),
    Step("evaluate", "compared", "compare_conditions", "scores/{experiment}/comparisons.csv"),
    Step("evaluate", "cuts measured", "measure_chunkings", "scores/{experiment}/chunkings.csv"),
    Step("load", "in the database", "load_experiment", "load/{experiment}.json"),
    Step("report", "reports", "build_report", "report/{experiment}.html"),
)
# What rules beside these do, which no stage waits for.
ASIDE = {
    "look_up_recordings": ("acquire", "recordings looked up"),
    "describe_recordings": ("acquire", "recordings described"),
    "lay_library": ("acquire", "library laid"),
    "load_recordings": ("load", "recordings in the database"),
    "export_transcripts": ("transcribe", "transcripts exported"),
}
# Those that go through the sound of recordings, so that their work is told in seconds of it.
OF_SOUND = (
    "fetch_recordings", "prepare_audio", "plan_chunks", "cut_chunks", "transcribe_chunks",
)  # fmt: skip


@dataclass(frozen=True)
class Job:
    """One job of a step: its wildcards, and where its main output and its log lie."""

    step: Step
    wildcards: Mapping[str, str]
    output: Path
    log: Path

    @property
    def name(self) -> str:
        """What tells it from others of its step: `tiny-en.raw, s00000`."""
        return ", ".join(value.rstrip("/") for value in self.wildcards.values() if value)


class Jobs:
    """All jobs of a config's run, as far as the lock file names their shards.

    Args:
        config: the config.
        results: where its run lies, if that is not its `results`: part of another workflow.
    """

    def __init__(self, config: Config, results: Results | None = None) -> None:
        self._repeats = {name: options.repeats for name, options in config.decoding.items()}
        self.results = results or Results(Path(config.results))
        self.experiments = expand_experiments(config)
        self.passes = plan_passes(self.experiments.values())
        self._repeats = {name: entry.repeats for name, entry in config.decoding.items()}
        self.chunkings = [name for name, _ in chunkings_in_use(config, self.passes)]
        self.variants = sorted(variants_in_use(config, self.passes))
        self._cut = {(planned.cut, planned.audio) for planned in self.passes.values()}

    @property
    def steps(self) -> list[Step]:
        """The steps that the config asks for; without experiments those of acquiring."""
        return [step for step in STEPS if self.experiments or step.stage == "acquire"]

    @property
    def shards(self) -> list[str]:
        """The shards that are listed; none while nothing is."""
        return self.results.shards() if self.results.path(ITEMS).exists() else []

    @cached_property
    def _names(self) -> dict[str, Sequence[str]]:
        return {
            "variant": self.variants,
            "cut": list(map(cut_of, self.chunkings)),
            "model": list(dict.fromkeys(planned.model for planned in self.passes.values())),
            "passname": list(self.passes),
            "experiment": list(self.experiments),
        }

    def of(self, step: Step, shards: Sequence[str] | None = None) -> Iterator[Job]:
        """The jobs of a step, of all shards or of some."""
        if shards is None:
            shards = self.shards if "shard" in step.wildcards else []
        names = {**self._names, "shard": shards}
        for values in product(*(names[key] for key in step.wildcards)):
            chosen = dict(zip(step.wildcards, values, strict=True))
            both = {"cut", "variant"} <= chosen.keys()
            if both and (chosen["cut"], chosen["variant"]) not in self._cut:
                continue
            output = self.results.folder / step.output.format_map(chosen)
            log = self.results.folder / "logs" / step.log.format_map(chosen)
            yield Job(step, chosen, output, log)

    def decodings_of(self, planned: Pass) -> float:
        """How often a pass decodes each chunk: under its conditions, each with its repeats.

        Of random groups it has its share.
        """
        each = float(sum(self._repeats[decoding] for _, decoding in planned.pairs))
        for grouped in planned.grouped:
            conditions = self.experiments[grouped].conditions
            own = [cell for cell in conditions if cell.passname == planned.name]
            each += sum(self._repeats[cell.decoding] for cell in own) / len(conditions)
        return each
