"""The transcripts of an experiment -> how its prompts were rendered, what ran, and how fast."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from snakescribe.report.speeds import Stopwatch
from snakescribe.report.study import Study
from snakescribe.results import Results
from snakescribe.spent import Spent
from snakescribe.tables import TRANSCRIPTS, Row, read_table

_COLUMNS = (
    *TRANSCRIPTS.key,
    *("prompt_text", "prompt_tokens", "prompt_kept", "prompt_dropped", "prompt_truncated", "run"),
    *("recording", "audio_seconds", "feature_seconds", "encode_seconds", "decode_seconds"),
)


@dataclass
class PromptUse:
    """How a prompt was rendered on `renderings` chunks; `example` is the first that is not empty.

    Tokens are those of the model; `truncated` counts the renderings that were cut to the budget,
    `terms` those of all renderings that found a place.
    """

    renderings: int = 0
    fewest_tokens: int = 0
    most_tokens: int = 0
    truncated: int = 0
    terms: int = 0
    example: Row | None = None

    @property
    def mean_terms(self) -> float:
        """How many terms a rendering has."""
        return self.terms / self.renderings if self.renderings else 0.0

    def add(self, row: Row) -> None:
        """Count a transcript's prompt."""
        tokens = row["prompt_tokens"]
        self.fewest_tokens = min(self.fewest_tokens, tokens) if self.renderings else tokens
        self.most_tokens = max(self.most_tokens, tokens)
        self.renderings += 1
        self.truncated += row["prompt_truncated"]
        self.terms += len(row["prompt_kept"] or ())
        if self.example is None or (not self.example["prompt_text"] and row["prompt_text"]):
            self.example = row


@dataclass
class Reading:
    """What one pass over the transcripts gives: uses by prompt, distinct provenances by pass,
    and how long everything took.
    """

    prompts: dict[str, PromptUse] = field(default_factory=dict)
    runs: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    stopwatch: Stopwatch = field(default_factory=Stopwatch)
    spent: Spent = field(default_factory=Spent)  # by pass


def rows_by_condition(
    results: Results, study: Study, condition_of: Mapping[str, str], shards: Iterable[str]
) -> Iterator[tuple[str, Row]]:
    """Shards -> (condition, what a transcript row says of its prompt and run) of the study.

    A pass may have rows of other experiments: with random groups, `condition_of` says which
    condition each chunk belongs to; it is empty for the other designs, which have all.
    """
    passes: dict[str, dict[tuple[str, str], str]] = {}
    for condition in study.conditions:
        key = (condition.levels["prompt"], condition.levels["decoding"])
        passes.setdefault(condition.pass_name, {})[key] = condition.name
    for shard in shards:
        for passname, names in passes.items():
            path = results.path(TRANSCRIPTS, passname=passname, shard=shard)
            for row in read_table(TRANSCRIPTS, path, _COLUMNS):
                name = names.get((row["prompt"], row["decoding"]))
                if name and condition_of.get(row["chunk"], name) == name:
                    yield name, row


def read_transcripts(results: Results, study: Study, condition_of: Mapping[str, str]) -> Reading:
    """A run's transcripts -> its prompts as they were rendered, and its provenance."""
    reading = Reading()
    passes = {condition.name: condition.pass_name for condition in study.conditions}
    for name, row in rows_by_condition(results, study, condition_of, results.shards()):
        reading.prompts.setdefault(row["prompt"], PromptUse()).add(row)
        reading.stopwatch.add(name, row)
        reading.spent.add(passes[name], row)
        runs = reading.runs.setdefault(passes[name], [])
        run = _flat(row["run"])
        if run not in runs:
            runs.append(run)
    return reading


def _flat(run: Row) -> Row:
    """What a transcript says of its job -> the same by name, without what is not known."""
    known = {name: value for name, value in run.items() if name != "more" and value is not None}
    return dict(sorted({**known, **run["more"]}.items()))
