"""The part of a config that each rule depends on: its params."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from snakescribe.config.experiments import Experiment, Pass
from snakescribe.store import file_sha256
from snakescribe.transcribe.weights.table import known_models

Config = dict[str, Any]

GPU_MEMORY_BESIDE_WEIGHTS_MB = 1000  # CUDA itself and a small batch


def as_json(value: Any) -> str:
    """Settings -> the one-line JSON that a step takes as an option."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def pass_settings(config: Config, planned: Pass, experiments: dict[str, Experiment]) -> Config:
    """What transcribing a pass depends on: its model, prompts, decode options and conditions."""
    grouped = [experiments[name] for name in planned.grouped]
    conditions = [
        condition
        for experiment in grouped
        for condition in experiment.conditions
        if (condition.model, condition.audio) == (planned.model, planned.audio)
    ]
    prompts = {prompt for prompt, _ in planned.pairs} | {one.prompt for one in conditions}
    decodings = {decoding for _, decoding in planned.pairs} | {one.decoding for one in conditions}
    return {
        "model": _without(config["models"][planned.model], "gpu_mem_mb"),
        "audio": planned.audio,
        "name": planned.name,
        "model_name": planned.model,
        "pairs": [list(pair) for pair in planned.pairs],
        "grouped": [asdict(experiment) for experiment in grouped],
        "prompts": {name: _prompt_settings(config["prompts"][name]) for name in sorted(prompts)},
        "decoding": {name: config["decoding"][name] for name in sorted(decodings)},
    }


def _without(settings: Config, key: str) -> Config:
    return {name: value for name, value in settings.items() if name != key}


def gpu_memory(config: Config, model: str) -> int:
    """A model's name in the config -> MB of GPU memory that a job asks for."""
    settings = config["models"][model]
    if settings["gpu_mem_mb"]:
        return int(settings["gpu_mem_mb"])
    if known := known_models().get(settings["weights"]):
        return known.gpu_mem_mb
    path = Path(settings["weights"])
    files = path.rglob("*") if path.is_dir() else [path]
    weights = sum(file.stat().st_size for file in files if file.is_file()) // 2**20
    return 2 * weights + GPU_MEMORY_BESIDE_WEIGHTS_MB if weights else 0


def _prompt_settings(prompt: Config) -> Config:
    terms = prompt["terms"]
    return {**prompt, "terms_sha256": file_sha256(Path(terms)) if terms else ""}


def experiment_settings(config: Config, experiment: Experiment) -> Config:
    """All that an experiment's results depend on: its conditions and the sections they use."""
    used = {
        section: {
            getattr(condition, factor): config[section][getattr(condition, factor)]
            for condition in experiment.conditions
        }
        for factor, section in (
            ("model", "models"),
            ("audio", "audio"),
            ("prompt", "prompts"),
            ("decoding", "decoding"),
        )
    }
    return {
        "experiment": asdict(experiment),
        "chunking": config["chunking"],
        "scoring": config["scoring"],
        **used,
    }


_SCORE_KEYS = ("normalizers", "metrics", "tiers", "terms", "strata")


def scoring_settings(config: Config, experiment: Experiment) -> Config:
    """What scoring depends on: which transcripts are which condition, and how errors count."""
    return {
        "experiment": {**asdict(experiment), "question": ""},
        "scoring": {key: config["scoring"][key] for key in _SCORE_KEYS},
    }


def comparison_settings(config: Config, experiment: Experiment) -> Config:
    """What comparing depends on: the same and the statistics."""
    return {**scoring_settings(config, experiment), "scoring": config["scoring"]}


_FETCH_KEYS = ("format", "caption_languages")
_ADDRESS_KEYS = ("youtube_api_url",)


def fetch_settings(config: Config) -> Config:
    """What the outcome of a download depends on."""
    return {key: config["acquire"][key] for key in _FETCH_KEYS}


def pace_settings(config: Config) -> Config:
    """How fast and how often sites are asked: a change of it makes nothing out of date."""
    others = _FETCH_KEYS + _ADDRESS_KEYS
    return {key: value for key, value in config["acquire"].items() if key not in others}
