"""An archive's provenance as an RO-Crate: which program made which file of which.

Profiles: Workflow Run Crate 0.5 and Process Run Crate 0.5 on RO-Crate 1.1
(https://w3id.org/ro/wfrun/workflow), which say what an action, its instrument, objects and
results are.
"""

import json
import mimetypes
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.model.data_entity import DataEntity
from rocrate.rocrate import ROCrate

from snakescribe import __version__
from snakescribe.config.conditions import Experiment
from snakescribe.publish.contents import SOUNDS, SUMS, Contents
from snakescribe.publish.portable import RESULTS
from snakescribe.publish.story import NO_LICENCE, Story
from snakescribe.results import Results
from snakescribe.store import file_sha256
from snakescribe.tables import TRANSCRIPTS, Row, read_table

METADATA = "ro-crate-metadata.json"
WORKFLOW = "workflow/Snakefile"
_PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}
_FORMATS = {
    ".parquet": "application/vnd.apache.parquet",
    ".tsv": "text/tab-separated-values",
    ".jsonl": "application/jsonl",
    ".yaml": "application/yaml",
    ".md": "text/markdown",
    ".smk": "text/plain",
    ".flac": "audio/flac",
}
_SNAKESCRIBE = "#snakescribe"


def describe_crate(results: Results, story: Story, contents: Contents, url: str) -> None:
    """Add `ro-crate-metadata.json`, which tells of all files that are there by now.

    Args:
        results: of the run, whose transcripts say what made them.
        story: of the run.
        contents: what is told of, and where it goes.
        url: where the archive will lie; empty: that is not known.
    """
    crate = ROCrate(version="1.1")
    root = crate.root_dataset
    root["name"] = story.title
    root["description"] = " ".join(story.questions) or f"Speech recognition: {story.title}"
    root["datePublished"] = story.finished.isoformat()
    root["license"] = _licence(crate, story.licence)
    if url:
        root["url"] = url
    files = _add_files(crate, contents)
    root["conformsTo"] = [_add_profile(crate, address) for address in _PROFILES]
    made_by = _add_software(crate, _SNAKESCRIBE, "snakescribe", __version__)
    _add_action(
        crate, "#run", crate.mainEntity, story,
        name=f"Run of the workflow: {story.title}",
        description="From a list of recordings to transcripts, scores and pages",
        object=[files[name] for name in ("config.yaml", f"{RESULTS}/items.tsv")],
        result=[files[name] for name in sorted(files) if name.startswith(f"{RESULTS}/scores/")],
    )  # fmt: skip
    for experiment in story.experiments:
        heard = _add_passes(crate, results, experiment, story, files)
        said = [files[name] for name in sorted(files) if name.startswith("references/")]
        scores = f"{RESULTS}/scores/{experiment.name}/"
        _add_action(
            crate, f"#score-{experiment.name}", made_by, story,
            name=f"Scoring and comparing of {experiment.name}",
            description="Transcripts aligned with references, errors counted, conditions compared",
            object=[*heard, *said, files[f"settings/{experiment.name}.json"]],
            result=[files[name] for name in sorted(files) if name.startswith(scores)],
        )  # fmt: skip
    text = json.dumps(crate.metadata.generate(), indent=1, ensure_ascii=False)
    contents.add_text(METADATA, text + "\n")


def _add_files(crate: ROCrate, contents: Contents) -> dict[str, DataEntity]:
    """Add an entity for each file; what is of one chunk is told of by its folder."""
    files: dict[str, DataEntity] = {}
    for name, path in sorted(contents.files.items()):
        of_a_chunk = path.suffix in SOUNDS or ".transcripts/" in name
        if of_a_chunk or name in (METADATA, SUMS):
            continue
        properties: dict[str, Any] = {
            "name": name.rpartition("/")[2],
            "encodingFormat": _format(name),
            "contentSize": str(path.stat().st_size),
            "sha256": file_sha256(path),
        }
        if name == WORKFLOW:
            properties |= {"name": "snakescribe", "version": __version__}
            files[name] = crate.add_workflow(
                dest_path=name, main=True, lang="snakemake", lang_version=version("snakemake"),
                properties=properties,
            )  # fmt: skip
        else:
            files[name] = crate.add_file(dest_path=name, properties=properties)
    files["README.md"]["about"] = crate.root_dataset
    sounds = {name.rpartition("/")[0] for name in contents.files if name.endswith(".flac")}
    for folder in sorted(sounds):
        told = {
            "name": folder,
            "description": "16 kHz mono sound of the chunks, as models heard it",
        }
        crate.add_dataset(dest_path=f"{folder}/", properties=told)
    return files


def _add_passes(
    crate: ROCrate,
    results: Results,
    experiment: Experiment,
    story: Story,
    files: Mapping[str, DataEntity],
) -> list[DataEntity]:
    """Add an action for each pass of a model over an audio variant -> the transcripts."""
    heard: dict[str, DataEntity] = {}
    for cell in experiment.conditions:
        identifier = f"#transcribe-{cell.passname}"
        folder = f"{RESULTS}/transcripts/{cell.passname}/"
        own = {name: files[name] for name in sorted(files) if name.startswith(folder)}
        heard |= own
        if crate.get(identifier) is not None:
            continue
        made = {_engine(run): run for run in _runs(results, cell.passname)}
        engines = [
            _add_software(crate, f"#{engine}", run["engine"], run["engine_version"] or "unknown")
            for engine, run in made.items()
        ]
        chunks = f"{RESULTS}/chunks/{cell.place}/"
        receipt = files.get(f"{RESULTS}/models/{cell.model}.json")
        _add_action(
            crate, identifier, engines, story,
            name=f"Transcribing of {cell.audio} with {cell.model}",
            description="; ".join(_tell(run) for run in made.values()),
            object=[*(files[name] for name in sorted(files) if name.startswith(chunks)),
                    *([receipt] if receipt else [])],
            result=list(own.values()),
        )  # fmt: skip
    return list(heard.values())


def _runs(results: Results, passname: str) -> Iterable[Row]:
    """What the first row of each shard says of the job that made it."""
    for shard in results.shards():
        path = results.path(TRANSCRIPTS, passname=passname, shard=shard)
        for row in read_table(TRANSCRIPTS, path, only=["run"]):
            yield row["run"]
            break


def _engine(run: Row) -> str:
    return f"engine-{run['engine']}-{run['engine_version']}".replace(" ", "_")


def _tell(run: Row) -> str:
    """What a job was -> words: weights, number format, device."""
    parts = {
        "weights": run["weights"],
        "sha256": run["model_sha256"],
        "compute type": run["compute_type"],
        "device": run.get("device_name") or run["device"],
    }
    return ", ".join(f"{what} {value}" for what, value in parts.items() if value)


def _add_action(
    crate: ROCrate, identifier: str, instrument: Any, story: Story, **properties: Any
) -> None:
    ends = {name: _plain(properties.pop(name)) for name in ("object", "result")}
    told = {"endTime": story.finished.isoformat(), **properties}
    action = crate.add_action(_plain(instrument), identifier=identifier, properties=told, **ends)
    crate.root_dataset.append_to("mentions", action)


def _plain(value: Any) -> Any:
    """A list of one entity -> the entity, as the profiles want it."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _add_software(crate: ROCrate, identifier: str, name: str, made: str) -> ContextEntity:
    told = {"@type": "SoftwareApplication", "name": name, "softwareVersion": made}
    return crate.get(identifier) or crate.add(ContextEntity(crate, identifier, properties=told))


def _add_profile(crate: ROCrate, address: str) -> ContextEntity:
    name, number = _PROFILES[address]
    told = {"@type": "CreativeWork", "name": name, "version": number}
    return crate.add(ContextEntity(crate, address, properties=told))


def _licence(crate: ROCrate, licence: str) -> ContextEntity:
    """An SPDX id, an address or words -> the entity that stands for them."""
    if not licence:
        identifier, told = "#licence", {"name": "none stated", "description": NO_LICENCE}
    elif licence.startswith(("http://", "https://")):
        identifier, told = licence, {"name": licence}
    elif " " in licence:
        identifier, told = "#licence", {"name": licence, "description": licence}
    else:
        identifier, told = f"https://spdx.org/licenses/{licence}", {"name": licence}
    return crate.add(ContextEntity(crate, identifier, properties={"@type": "CreativeWork", **told}))


def _format(name: str) -> str:
    suffix = f".{name.rpartition('.')[2].lower()}"
    return _FORMATS.get(suffix) or mimetypes.guess_type(name)[0] or "text/plain"
