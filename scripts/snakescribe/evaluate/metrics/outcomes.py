"""What a transcript says of itself: confidence, speed of speech, signs of hallucination, noise.

These need no reference: they are counted in every chunk that was heard, whatever metrics are asked
for.
"""

import numpy as np

from snakescribe.evaluate.metrics.base import Metric
from snakescribe.evaluate.metrics.sample import Samples
from snakescribe.evaluate.statistics.figure import Figure, ratio

COUNTS = (
    "heard_chunks",
    "heard_seconds",
    "heard_words",
    "confident_words",
    "confidence_sum",
    "logprob_chunks",
    "logprob_sum",
    "flagged",
    "snr_chunks",
    "snr_sum",
)


def count_outcomes(samples: Samples) -> dict[str, np.ndarray]:
    """Samples -> for each how much was heard, and the sums of what is known of it."""
    rated = samples.probabilities
    known = np.isfinite(rated.values)
    logprob_known, snr_known = np.isfinite(samples.avg_logprob), np.isfinite(samples.snr_db)
    return {
        "heard_chunks": np.ones(len(samples)),
        "heard_seconds": samples.audio_seconds,
        "heard_words": samples.hypothesis.lengths,
        "confident_words": rated.sums(known),
        "confidence_sum": rated.sums(np.where(known, rated.values, 0)),
        "logprob_chunks": logprob_known,
        "logprob_sum": np.where(logprob_known, samples.avg_logprob, 0),
        "flagged": samples.flagged,
        "snr_chunks": snr_known,
        "snr_sum": np.where(snr_known, samples.snr_db, 0),
    }


def _figure(name: str, description: str, parts: tuple[str, str], unit: str = "rate") -> Figure:
    return Figure(name, description, ratio(*parts), unit, False, needs_reference=False)


OUTCOMES = Metric(
    "outcomes",
    COUNTS,
    count_outcomes,
    (
        _figure(
            "mean_confidence",
            "mean probability of the words written",
            ("confidence_sum", "confident_words"),
        ),
        _figure(
            "avg_logprob",
            "mean over chunks of their tokens' mean log probability",
            ("logprob_sum", "logprob_chunks"),
            "log probability",
        ),
        _figure(
            "words_per_second",
            "words written per second of audio",
            ("heard_words", "heard_seconds"),
            "words per second",
        ),
        Figure(
            "flagged_share",
            "share of chunks with signs of hallucination",
            ratio("flagged", "heard_chunks"),
            needs_reference=False,
        ),
        _figure(
            "mean_snr_db",
            "mean over chunks of speech against the noise in its pauses, in the audio heard",
            ("snr_sum", "snr_chunks"),
            "dB",
        ),
    ),
    needs_reference=False,
)
