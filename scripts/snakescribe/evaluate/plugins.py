"""Normalisers and metrics by name. Your own: docs/evaluate.md, docs/plugins.md.

Names alone, so that a config is checked without numpy.
"""

from typing import Any

from snakescribe.plugins import PluginKind, function_fault, instance_fault

# Ours are functions that make a `Normalizer`, a user's is a function from text to text.
NORMALIZERS: PluginKind[Any] = PluginKind(
    noun="normaliser",
    group="normalizers",
    place="scoring.normalizers",
    built_in={
        "none": "snakescribe.evaluate.normalize.plain:make_none",
        "auto": "snakescribe.evaluate.normalize.whisper:make_auto",
        "basic": "snakescribe.evaluate.normalize.whisper:make_basic",
        "whisper_basic": "snakescribe.evaluate.normalize.whisper:make_whisper_basic",
        "whisper_english": "snakescribe.evaluate.normalize.whisper:make_whisper_english",
        "nemo_style": "snakescribe.evaluate.normalize.plain:make_nemo_style",
    },
    fault=function_fault("from text to text"),
)

# Normalisers that come with rules of counting: conventions of others, beside ours.
CONVENTIONS: PluginKind[Any] = PluginKind(
    noun="convention",
    group="conventions",
    place="scoring.conventions",
    built_in={
        "open_asr_leaderboard": "snakescribe.evaluate.normalize.leaderboard:make_leaderboard",
    },
    fault=function_fault("from text to text"),
)

# `Metric`s, ours and users'.
METRICS: PluginKind[Any] = PluginKind(
    noun="metric",
    group="metrics",
    place="scoring.metrics",
    built_in={
        "wer": "snakescribe.evaluate.metrics.error_rates:WER",
        "accuracy": "snakescribe.evaluate.metrics.error_rates:ACCURACY",
        "cer": "snakescribe.evaluate.metrics.error_rates:CER",
        "mer": "snakescribe.evaluate.metrics.error_rates:MER",
        "wil": "snakescribe.evaluate.metrics.error_rates:WIL",
        "wip": "snakescribe.evaluate.metrics.error_rates:WIP",
        "ser": "snakescribe.evaluate.metrics.sentence_errors:SER",
        "terms": "snakescribe.evaluate.metrics.terms:TERMS",
        "prompt_leak": "snakescribe.evaluate.metrics.hallucination:PROMPT_LEAK",
        "hallucination": "snakescribe.evaluate.metrics.hallucination:HALLUCINATION",
        "calibration": "snakescribe.evaluate.metrics.confidence:CALIBRATION",
        "timing": "snakescribe.evaluate.metrics.timing:TIMING",
        "outcomes": "snakescribe.evaluate.metrics.outcomes:OUTCOMES",
        "copied": "snakescribe.evaluate.metrics.copied:COPIED",
    },
    fault=instance_fault("snakescribe.evaluate.metrics:Metric"),
)
