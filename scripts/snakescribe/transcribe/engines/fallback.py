"""openai-whisper's rules for trying again at a higher temperature."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from snakescribe.transcribe.engines.protocol import Options


@dataclass(frozen=True)
class Attempt:
    """What a search at one temperature gave."""

    tokens: Sequence[int]
    text: str
    avg_logprob: float
    no_speech_prob: float
    temperature: float
    capped: bool
    tries: int = 1

    def is_silent(self, options: Options) -> bool:
        """Whether this counts as no speech: the model thinks so and is not sure of its text."""
        return (
            self.no_speech_prob > options.no_speech_threshold
            and self.avg_logprob < options.logprob_threshold
        )

    def is_looped(self, options: Options) -> bool:
        """Whether the text repeats itself more than speech does."""
        return compression_ratio(self.text) > options.compression_ratio_threshold

    def passes(self, options: Options) -> bool:
        """Whether no higher temperature need be tried."""
        unsure = self.avg_logprob < options.logprob_threshold
        return self.is_silent(options) or not (unsure or self.is_looped(options))


Search = Callable[[Sequence[int], float], Sequence[Attempt]]


def search_with_fallback(count: int, search: Search, options: Options) -> list[Attempt]:
    """Decode `count` chunks at each temperature in turn, as long as some do not pass.

    Args:
        search: from positions and a temperature to an attempt for each.

    Returns:
        For each chunk the last attempt if it passed, else the most probable one, those without
        loops first.
    """
    tried: list[list[Attempt]] = [[] for _ in range(count)]
    pending = list(range(count))
    for temperature in options.temperatures:
        for index, attempt in zip(pending, search(pending, temperature), strict=True):
            tried[index].append(attempt)
        pending = [index for index in pending if not tried[index][-1].passes(options)]
        if not pending:
            break
    return [_choose(attempts, options) for attempts in tried]


def _choose(attempts: list[Attempt], options: Options) -> Attempt:
    best = attempts[-1]
    if not best.passes(options):
        calm = [attempt for attempt in attempts if not attempt.is_looped(options)]
        best = max(calm or attempts, key=lambda attempt: attempt.avg_logprob)
    return replace(best, tries=len(attempts))


def compression_ratio(text: str) -> float:
    """Bytes of a text by bytes of it compressed: speech is below 2.4, a loop above."""
    data = text.encode()
    return len(data) / len(zlib.compress(data))
