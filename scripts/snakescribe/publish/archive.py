"""A finished run -> one archive from which others can compute its scores again."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import yaml

from snakescribe.acquire.lock import lock_path
from snakescribe.config.block import as_json
from snakescribe.config.conditions import Experiment
from snakescribe.config.root import Config
from snakescribe.errors import UserError
from snakescribe.paths import SHIPPED
from snakescribe.publish.contents import Contents
from snakescribe.publish.crate import describe_crate
from snakescribe.publish.dataset import pack_audio
from snakescribe.publish.explorers import pack_explorer
from snakescribe.publish.hub import Hub, pack_eval_results
from snakescribe.publish.masks import Masks
from snakescribe.publish.portable import RESULTS, UserFiles, pack_tables
from snakescribe.publish.readme import write_readme
from snakescribe.publish.secret_values import find_secrets
from snakescribe.publish.story import Story
from snakescribe.report.publish import find_figures, without_sound
from snakescribe.results import Results
from snakescribe.store import scratch
from snakescribe.tables import RECORDINGS, TRANSCRIPTS
from snakescribe.workflow.params import compare_params, score_params
from snakescribe.workflow.read import read_written
from snakescribe.workflow.run_record import merged_config, read_record, without_secrets

SETTINGS = "settings"
USER_TABLES = "tables"


@dataclass(frozen=True)
class Wishes:
    """What is to be in an archive besides scores and what they are made of.

    Attributes:
        clips: whether pages keep their clips of sound.
        audio: whether the chunks that the baseline heard go with it, as data sets.
        licence: an SPDX id, an address or words; empty: none is stated.
        hub: for which data set of the hub results count, and where the archive will lie.
    """

    clips: bool = True
    audio: bool = False
    licence: str = ""
    hub: Hub = field(default_factory=Hub)


@dataclass(frozen=True)
class Published:
    """What went into an archive, what did not and why, and how often a secret was masked."""

    files: list[str]
    left_out: list[str]
    masked: dict[str, int]


def publish(
    config: Config,
    configfile: Path,
    experiments: Sequence[Experiment],
    output: Path,
    wishes: Wishes,
) -> Published:
    """A run -> a zip with all that its scores can be computed from again; equal runs, equal files.

    Args:
        config: of the run.
        configfile: where the user has it, or the results folder.
        experiments: those that are wanted.
        output: the zip to write.
        wishes: what else is wanted.

    Raises:
        UserError: an experiment has no page or scores yet; a table is damaged.
    """
    results = Results(Path(config.results))
    written = _written_configs(results, configfile)[-1]
    with scratch() as folder:
        contents = Contents(folder, make_masks(results, configfile))
        files = UserFiles(contents)
        left_out: list[str] = []
        pack_tables(results, experiments, contents, files)
        config = _with_own_tables(config, files)
        for experiment in experiments:
            _pack_scores(results, experiment, contents)
            _pack_settings(config, experiment, contents)
            if wishes.audio:
                left_out += pack_audio(results, experiment, config.scoring, contents)
        _pack_report(results, experiments, contents, wishes.clips)
        contents.add_text("config.yaml", _own_config(written, config))
        lock = lock_path(results.store)
        files.add(f"{RESULTS}/store/{lock.name}", lock)
        contents.add_text("environment/python-packages.txt", _installed())
        for name in ("Snakefile", *sorted(path.name for path in _rules())):
            place = "workflow" if name == "Snakefile" else "workflow/rules"
            contents.add_file(f"{place}/{name}", SHIPPED / place / name)
        left_out += pack_eval_results(results, experiments, contents, wishes.hub)
        left_out += _tell_left_out(results, files, wishes)
        left_out = [contents.masks.text(line, "README.md") for line in left_out]
        story = Story(config, experiments, _finished(results, experiments), wishes.licence)
        contents.add_text("README.md", write_readme(story, left_out, contents))
        describe_crate(results, story, contents, wishes.hub.url)
        masked = dict(contents.masks.counts)
        contents.pack(output)
        return Published(sorted(contents.files), left_out, masked)


def make_masks(results: Results, configfile: Path) -> Masks:
    """A run, and where the user has its config -> what is taken out of all that is published."""
    secrets = find_secrets(os.environ, _written_configs(results, configfile))
    return Masks(secrets, _places(results))


def _written_configs(results: Results, configfile: Path) -> list[dict[str, Any]]:
    """All configs of a run as they are written, for their secrets; the merged one comes last."""
    merged = merged_config(results)
    record = read_record(results)
    files = [Path(file) for file in record.configfiles] if record else []
    if configfile.is_file():
        files.append(configfile)
    if merged.is_file():
        files.append(merged)
    return [read_written(path) for path in files if path.is_file()]


def _places(results: Results) -> dict[str, str]:
    """Absolute folders of this run, and what stands for them."""
    places = {str(Path.cwd()): ".", str(results.folder.resolve()): RESULTS}
    home = str(Path.home())
    if len(home) > 1:
        places.setdefault(home, "~")
    given = str(results.folder)
    if len(results.folder.parts) > 1:
        places.setdefault(given, RESULTS)
    return {folder: instead for folder, instead in places.items() if len(folder) > 1}


def _with_own_tables(config: Config, files: UserFiles) -> Config:
    """A config -> the same with its tables of terms and corrections where the archive has them."""
    scoring = config.scoring
    terms = scoring.terms.model_copy(
        update={"tables": [files.pack(path, USER_TABLES) for path in scoring.terms.tables]}
    )
    corrections = [files.pack(path, USER_TABLES) for path in scoring.corrections]
    scoring = scoring.model_copy(update={"terms": terms, "corrections": corrections})
    return config.model_copy(update={"scoring": scoring})


def _own_config(written: dict[str, Any], config: Config) -> str:
    """The config as the user wrote it -> the same for the archive, without server and secrets."""
    own = dict(without_secrets(written))
    own.pop("database", None)
    own["results"] = RESULTS
    scoring = dict(own.get("scoring") or {})
    if scoring.get("corrections"):
        scoring["corrections"] = list(config.scoring.corrections)
    if (scoring.get("terms") or {}).get("tables"):
        scoring["terms"] = {**scoring["terms"], "tables": list(config.scoring.terms.tables)}
    if scoring:
        own["scoring"] = scoring
    head = "# The config of the run. Passwords and the section `database` are left out.\n"
    return head + yaml.safe_dump(own, sort_keys=False, allow_unicode=True)


def _pack_scores(results: Results, experiment: Experiment, contents: Contents) -> None:
    folder = results.folder / "scores" / experiment.name
    tables = sorted(path for path in folder.glob("*") if path.suffix in (".csv", ".parquet"))
    if not (folder / "chunks.parquet").is_file():
        raise UserError(f"{folder / 'chunks.parquet'} is not there; run the workflow first")
    for table in tables:
        contents.add_file(f"{RESULTS}/scores/{experiment.name}/{table.name}", table)


def _pack_settings(config: Config, experiment: Experiment, contents: Contents) -> None:
    params = {
        "score": score_params(config, experiment),
        "compare": compare_params(config, experiment),
    }
    contents.add_text(f"{SETTINGS}/{experiment.name}.json", as_json(params) + "\n")


def _pack_report(
    results: Results, experiments: Sequence[Experiment], contents: Contents, clips: bool
) -> None:
    """Add the pages, their figures as SVG, and their explorers."""
    folder = results.folder / "report"
    for experiment in experiments:
        page = folder / f"{experiment.name}.html"
        if not page.is_file():
            raise UserError(f"{page} is not there; run the workflow first")
        text = page.read_text(encoding="utf-8")
        own = text if clips else without_sound(text)
        contents.add_text(f"{RESULTS}/report/{page.name}", own)
        for figure, drawing in find_figures(text).items():
            contents.add_text(f"figures/{experiment.name}/{figure}.svg", drawing)
        name = f"{RESULTS}/report/{experiment.name}"
        pack_explorer(folder / experiment.name, name, contents, clips)


def _rules() -> list[Path]:
    return list((SHIPPED / "workflow" / "rules").glob("*.smk"))


def _installed() -> str:
    """Name and version of every package in this Python, a line each, as pip reads them."""
    lines = {f"{package.metadata['Name']}=={package.version}" for package in distributions()}
    return "".join(f"{line}\n" for line in sorted(lines, key=str.lower))


def _finished(results: Results, experiments: Sequence[Experiment]) -> datetime:
    """When the last of the transcripts was written (UTC): what the archive is dated by."""
    times = [
        results.path(TRANSCRIPTS, shard=shard, passname=cell.passname).stat().st_mtime
        for experiment in experiments
        for cell in experiment.conditions
        for shard in results.shards()
    ]
    return datetime.fromtimestamp(int(max(times, default=0)), UTC)


def _tell_left_out(results: Results, files: UserFiles, wishes: Wishes) -> list[str]:
    sounds = [row for row in results.rows(RECORDINGS) if row["status"] == "ok"]
    size = sum(row["bytes"] or 0 for row in sounds) / 1e6
    lines = [f"recordings as they were acquired: {len(sounds)} files, {size:.1f} MB"]
    if not wishes.audio:
        lines.append(
            "the sound that models heard, and with it AudioFolder, NeMo manifest and Lhotse cuts "
            "(--audio packs them)"
        )
    if not wishes.clips:
        lines.append("the clips of sound on the pages")
    lines += [f"a file that was not there any more: {path}" for path in files.absent]
    lines.append("weights of models (their digests are in results/models), logs, store, database")
    return lines
