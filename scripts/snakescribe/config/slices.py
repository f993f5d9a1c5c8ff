"""The slices of a config that single rules need, and fingerprints of what they cannot declare."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from snakescribe.config.sweep import Experiment, Pass
from snakescribe.models.table import known_models
from snakescribe.store import digest, file_sha256
from snakescribe.tables import Row
from snakescribe.transcribe.engines import engine_class

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


def weights_state(config: Config, model: str) -> str:
    """Changes when a model changes under the same name: a program's files, an endpoint."""
    settings = config["models"][model]
    return engine_class(settings["engine"]).weights_state(settings["weights"])


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


def context_fingerprint(items: Iterable[Row]) -> str:
    """Changes when a field changes that prompts may use."""
    return digest([[row["recording"], row["title"], row["context"]] for row in items])


def public_address(url: str) -> str:
    """A database URL -> host, port and database name, without user, password or options."""
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        return "not a Postgres URL"  # it may be a connection string with a password
    options = dict(parse_qsl(parts.query))
    places = [parts.netloc, *(options.get(key, "") for key in ("host", "port"))]
    host = ":".join(place.rpartition("@")[2] for place in places if place.rpartition("@")[2])
    return f"{host}/{options.get('dbname') or parts.path.rpartition('@')[2].lstrip('/')}"


def listing_fingerprint(config: Config) -> str:
    """Changes when the files that local sources name change: new files, edited tables."""
    parts: list[Any] = []
    for entry in config["recordings"]:
        if entry["source"] == "folder":
            from snakescribe.acquire.sources import find_audio

            parts.append([str(path) for path in find_audio(entry["path"])])
        elif entry["source"] == "table":
            parts.append(_stamp(Path(entry["path"])))
        parts += [_stamp(Path(path)) for path in entry.get("files", [])]
        if entry.get("references"):
            parts.append(_stamp(Path(entry["references"])))
        if entry.get("query", "").endswith(".sql"):
            parts.append(_stamp(Path(entry["query"])))
    for entry in config["context"]:
        parts += [_stamp(Path(entry[key])) for key in ("table", "teams") if entry.get(key)]
    return digest(parts)


_FETCH_KEYS = ("format", "caption_languages")
_ADDRESS_KEYS = ("youtube_api_url",)


def fetch_settings(config: Config) -> Config:
    """What the outcome of a download depends on."""
    return {key: config["acquire"][key] for key in _FETCH_KEYS}


def pace_settings(config: Config) -> Config:
    """How fast and how often sites are asked: a change of it makes nothing out of date."""
    others = _FETCH_KEYS + _ADDRESS_KEYS
    return {key: value for key, value in config["acquire"].items() if key not in others}


def shard_fingerprint(items: Iterable[Row]) -> str:
    """Changes when what there is to fetch changes: the items, or local files behind them."""
    parts = [
        [row["recording"], row["locator"], _stamp(Path(row["locator"]))]
        if row["kind"] == "file"
        else [row["recording"], row["locator"], *row["context"].get("feed_transcripts", [])]
        for row in items
    ]
    return digest(parts)


def references_fingerprint(items: Iterable[Row]) -> str:
    """Changes when a reference file changes."""
    return digest([_stamp(Path(row["reference_file"])) for row in items if row["reference_file"]])


def _stamp(path: Path) -> list[Any]:
    """A path -> something that changes when the file does, without reading it."""
    if path.is_dir():
        return [str(path), sorted(child.name for child in path.iterdir())]
    try:
        stat = path.stat()
    except OSError:
        return [str(path), None]
    return [str(path), stat.st_size, stat.st_mtime_ns]
