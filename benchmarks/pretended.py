"""An engine that hears nothing: it says the references of `benchmarks/scale.py`, some cut short."""

from typing import Any

from snakescribe.transcribe.engines import TextEngine

SAID = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


class Pretended(TextEngine):
    """Takes no time, so that all time that is spent is the workflow's own; prompts are not read."""

    READS_PROMPTS = True

    def transcribe(self, samples: Any) -> str:
        """Samples -> ten words, or nine for a tenth of the sounds."""
        first = int(abs(samples[0]) * 32768)
        return " ".join(SAID[: 9 if first % 10 == 0 else 10])
