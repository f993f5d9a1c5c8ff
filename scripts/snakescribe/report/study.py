"""What an experiment asked and what came out of it: `Study`, values typed."""

from dataclasses import dataclass, replace
from functools import cached_property
from math import exp

from snakescribe.config.conditions import Levels, pass_name
from snakescribe.config.params import ExperimentParams
from snakescribe.evaluate.compare.answer import Answer
from snakescribe.evaluate.compare.factor_lines import FactorLine
from snakescribe.evaluate.wording import UNREAD, is_below

# A figure with the limits of its interval; None where there is none.
Estimate = tuple[float | None, float | None, float | None]


@dataclass(frozen=True)
class ConditionResult:
    """One row of conditions.csv. Rates are fractions; None where there is no reference."""

    name: str
    levels: Levels
    is_baseline: bool
    recordings: int
    chunks: int
    words: int
    wer: float | None
    wer_low: float | None
    wer_high: float | None
    cer: float | None
    substitutions: int | None
    deletions: int | None
    insertions: int | None
    rtfx: float | None
    flagged: int | None
    avg_logprob: float | None
    mean_confidence: float | None
    resampled_by: str | None
    word_unit: str | None
    more: dict[str, Estimate]
    wer_without_suspects: float | None = None
    heard_words: int = 0
    normalizer_version: str = ""
    normalizer_digest: str = ""

    @property
    def probability(self) -> float | None:
        """Geometric mean of the tokens' probabilities."""
        return None if self.avg_logprob is None else exp(self.avg_logprob)

    @property
    def silent_words(self) -> float | None:
        """Words written per minute of sound in which nothing was said."""
        value, _, _ = self.more.get("silent_words_per_minute", (None, None, None))
        return value

    @property
    def pass_name(self) -> str:
        """The pass that transcribed it."""
        return pass_name(*(self.levels[name] for name in ("model", "audio", "chunking")))


@dataclass(frozen=True)
class Comparison:
    """One row of comparisons.csv: `delta` is the WER of `condition` minus that of `other`.

    Where nobody says anything it is that of the words written a minute, as `figure` tells.
    """

    family: str
    condition: str
    other: str
    recordings: int
    delta: float | None
    low: float | None
    high: float | None
    improvement: float | None
    p: float | None
    p_adjusted: float | None
    verdict: str
    real: bool
    smallest_detectable: float | None = None
    p_mapsswe: float | None = None
    agreement: float | None = None
    resampled_by: str = "recording"
    units: int | None = None
    figure: str = "wer"

    @property
    def unread(self) -> bool:
        """Whether only prompts differ, and the engine seems not to have read them."""
        return self.verdict == UNREAD

    @property
    def tone(self) -> str:
        """`better` or `worse` where the difference is real, else `unclear`."""
        if self.delta is None or not self.real:
            return "unclear"
        return "better" if self.delta < 0 else "worse"


@dataclass(frozen=True)
class Outcome:
    """One row of factors.csv about a figure that needs no reference, such as confidence."""

    figure: str
    factor: str
    level: str
    instead_of: str
    by_factor: str
    by_level: str
    verdict: str


@dataclass(frozen=True)
class Effect:
    """One row of factors.csv: what a level of a factor did against the baseline's level.

    `delta` is the mean difference of WER over `matched` pairs of conditions that differ in this
    factor alone. An interaction has `by_factor` too: how much that changes with another factor.
    """

    factor: str
    level: str
    instead_of: str
    by_factor: str
    matched: int
    delta: float
    low: float | None
    high: float | None
    p_adjusted: float | None
    real: bool
    by_level: str = ""
    verdict: str = ""
    resampled_by: str = "recording"

    @property
    def tone(self) -> str:
        """`better` or `worse` where the difference is real, else `unclear`."""
        if not self.real:
            return "unclear"
        return "better" if self.delta < 0 else "worse"


@dataclass(frozen=True)
class Study:
    """What an experiment asked and what came out; conditions in the order of the config.

    `normalizers` has WER by normaliser and condition; `answer` is None where nothing has a WER,
    and `heard` says what there is instead, if there is anything.
    """

    params: ExperimentParams
    conditions: tuple[ConditionResult, ...]
    comparisons: tuple[Comparison, ...]
    effects: tuple[Effect, ...]
    normalizers: dict[str, dict[str, float]]
    outcomes: tuple[Outcome, ...] = ()
    answer: Answer | None = None
    factor_lines: tuple[FactorLine, ...] = ()
    heard: Answer | None = None

    @property
    def name(self) -> str:
        return self.params.experiment.name

    @property
    def question(self) -> str:
        return self.params.experiment.question.strip()

    @property
    def design(self) -> str:
        return self.params.experiment.design

    @property
    def factors(self) -> dict[str, list[str]]:
        """The factors that vary, with their levels."""
        return self.params.experiment.factors

    @property
    def normalizer(self) -> str:
        """The leading normaliser."""
        return self.params.scoring.normalizers[0]

    @property
    def confidence(self) -> float:
        return self.params.scoring.confidence

    @property
    def alpha(self) -> float:
        """The level that an adjusted p-value must be below."""
        return round(1 - self.confidence, 9)

    @property
    def recordings(self) -> int:
        """How many recordings were compared: those with a reference, if any has.

        In random groups a condition has some of them, and a comparison those of both.
        """
        counts = [condition.recordings for condition in self.conditions]
        return max(counts + [row.recordings for row in self.comparisons])

    def is_told_apart(self, row: Comparison | Effect) -> bool:
        """Whether a difference is real, or holds at least in these recordings."""
        return is_below(row.p_adjusted, self.alpha)

    @property
    def rates_words(self) -> bool:
        """Whether any condition has probabilities of words."""
        return any(condition.mean_confidence is not None for condition in self.conditions)

    def sureness(self, condition: ConditionResult) -> float | None:
        """How sure the model was: mean probability of words, if none has any that of tokens."""
        return condition.mean_confidence if self.rates_words else condition.probability

    @property
    def rate(self) -> str:
        """What the error rate is called: CER where all words are characters, else WER."""
        return "CER" if self.word_units == {"character"} else "WER"

    @property
    def rate_name(self) -> str:
        """The same in words."""
        return "character error rate" if self.rate == "CER" else "word error rate"

    @property
    def word_units(self) -> set[str | None]:
        """What the words of the conditions are: `word`, `character`, `mixed`."""
        return {condition.word_unit for condition in self.ranked}

    @cached_property
    def baseline(self) -> ConditionResult:
        return next(condition for condition in self.conditions if condition.is_baseline)

    @cached_property
    def ranked(self) -> list[ConditionResult]:
        """The conditions that have a WER, best first; the baseline leads where it ties."""
        scored = [condition for condition in self.conditions if condition.wer is not None]
        return sorted(scored, key=lambda condition: (condition.wer, not condition.is_baseline))

    @cached_property
    def silent(self) -> list[ConditionResult]:
        """Where all references say that nothing was said: the conditions, fewest words first."""
        scored = [condition for condition in self.conditions if condition.insertions is not None]
        if self.ranked:
            return []
        return sorted(
            scored, key=lambda condition: (condition.silent_words or 0.0, not condition.is_baseline)
        )

    def compare(self, condition: str, against: str) -> Comparison | None:
        """The comparison of two conditions, from either family, turned the right way round."""
        comparison = self._pairs.get((condition, against))
        if comparison or not (comparison := self._pairs.get((against, condition))):
            return comparison
        return replace(
            comparison,
            condition=condition,
            other=against,
            delta=_minus(comparison.delta),
            low=_minus(comparison.high),
            high=_minus(comparison.low),
            improvement=None if comparison.improvement is None else 1 - comparison.improvement,
            verdict=UNREAD if comparison.unread else "",
        )

    @cached_property
    def _pairs(self) -> dict[tuple[str, str], Comparison]:
        # The family `baseline` has fewer members, so its adjusted p-values are the sharper ones.
        rows = sorted(self.comparisons, key=lambda row: row.family == "baseline")
        return {(row.condition, row.other): row for row in rows}


def _minus(value: float | None) -> float | None:
    return None if value is None else -value
