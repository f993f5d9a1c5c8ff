"""The part of a config that each rule depends on: its params, as the classes that its step reads.

Keys stand in the order in which the user wrote them: Snakemake compares params as text.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from snakescribe.acquire.params import FetchParams, ResolveParams
from snakescribe.config.acquire import Fetch, Pace
from snakescribe.config.block import Block, as_json
from snakescribe.config.channels import EACH
from snakescribe.config.chunking import Chunking
from snakescribe.config.conditions import SECTIONS, Experiment, Pass
from snakescribe.config.controls import controls_of, find_rungs
from snakescribe.config.evaluate import Counting, Scoring
from snakescribe.config.params import ExperimentParams
from snakescribe.config.process import Variant
from snakescribe.config.root import Config
from snakescribe.config.transcribe import ENGINE_KEYS, FILES, Model, Prompt, Weights
from snakescribe.config.used import find_chunking
from snakescribe.evaluate.params import ChunkingParams, CompareParams, ScoreParams
from snakescribe.process.params import PlanParams, SilencedTerms
from snakescribe.process.segment_files import segments_state
from snakescribe.process.word_files import silenced_terms, silencing_options
from snakescribe.store import digest, file_sha256
from snakescribe.tables import Row
from snakescribe.terms import recording_terms
from snakescribe.transcribe.params import ListParams, PassParams, PassPrompt, WholeParams
from snakescribe.transcribe.weights.convert import needs_conversion
from snakescribe.transcribe.weights.table import known_models
from snakescribe.workflow.fingerprints import references_fingerprint

Part = TypeVar("Part", bound=Block)

# Engines whose packages are not among those of requirements.txt.
OPTIONAL_ENGINES = frozenset({"onnx", "openai-whisper", "transformers"})
GPU_MEMORY_BESIDE_WEIGHTS_MB = 1000  # CUDA itself and a small batch


def plan_params(config: Config, chunking: Chunking, items: Iterable[Row]) -> PlanParams:
    """What planning depends on: a chunking, and the references or segments that it reads.

    Args:
        config: the whole config.
        chunking: one of its chunkings.
        items: the shard's rows of the lock file.
    """
    more: dict[str, Any] = {}
    state = segments_state(chunking)
    if chunking.method == "reference":
        more["tiers"] = list(config.scoring.tiers)
        state = digest(state, references_fingerprint(items))
    if state:
        more["state"] = state
    return PlanParams.model_validate({**chunking.model_dump(), **more})


def pass_params(config: Config, planned: Pass, experiments: dict[str, Experiment]) -> PassParams:
    """What transcribing a pass depends on: its model, prompts, decode options and conditions."""
    grouped = [experiments[name] for name in planned.grouped]
    conditions = [
        condition
        for experiment in grouped
        for condition in experiment.conditions
        if condition.passname == planned.name
    ]
    pairs = {*planned.pairs, *((condition.prompt, condition.decoding) for condition in conditions)}
    prompts = {prompt for prompt, _ in pairs}
    decodings = {decoding for _, decoding in pairs}
    chunking = find_chunking(config, planned.chunking)
    more: dict[str, Any] = {"chunking": planned.chunking} if planned.chunking else {}
    if chunking.method == "whole":
        more["whole"] = WholeParams(conditioned=chunking.condition_on_previous_text)
    if any(controls_of(config.prompts[name].template) for name in prompts):
        more["lists"] = _list_params(config.scoring)
    return PassParams(
        **more,
        model=_part(config.models[planned.model], Weights),
        audio=planned.audio,
        name=planned.name,
        model_name=planned.model,
        pairs=list(planned.pairs),
        grouped=grouped,
        prompts={name: _pass_prompt(config.prompts[name]) for name in sorted(prompts)},
        decoding={name: config.decoding[name] for name in sorted(decodings)},
    )


def decodings_of(config: Config, planned: Pass, experiments: Mapping[str, Experiment]) -> int:
    """How often a pass decodes each chunk: with each pair, and for each random assignment.

    Of the latter the most that one may take: each is decoded as often as its `repeats` say.
    """
    count = sum(config.decoding[decoding].repeats for _, decoding in planned.pairs)
    for name in planned.grouped:
        used = (condition.decoding for condition in experiments[name].conditions)
        count += max(config.decoding[decoding].repeats for decoding in used)
    return count


def _list_params(scoring: Scoring) -> ListParams:
    return ListParams(
        terms=scoring.terms,
        tables_sha256=[file_sha256(Path(table)) for table in scoring.terms.tables],
        tiers=list(scoring.tiers),
    )


def state_of_lists(params: PassParams, items: Callable[..., list[Row]], shard: str) -> str:
    """Changes with what lists of terms are made of: terms of the corpus, references of the shard.

    Args:
        params: of a pass; empty where none of its prompts asks for a list.
        items: gives the rows of the lock file, of a shard or of all.
        shard: the shard's name.
    """
    if params.lists is None:
        return ""
    own, terms = items(shard), params.lists.terms
    corpus = [[row["recording"], recording_terms(row, terms)] for row in items()]
    said = [[row["reference"], row["context"].get("reference_tier")] for row in own]
    return digest(corpus, said, references_fingerprint(own))


def guides_of(config: Config, experiments: Iterable[Experiment], planned: Pass) -> list[str]:
    """A pass -> the one by which its transcripts without times are cut, where there is one.

    It is of the same chunking, and of the same audio if it can be; only passes of the engine
    `files` have one.
    """
    if config.models[planned.model].engine != FILES:
        return []
    beside = [
        condition
        for experiment in experiments
        if any(condition.passname == planned.name for condition in experiment.conditions)
        for condition in experiment.conditions
        if condition.chunking == planned.chunking and config.models[condition.model].engine != FILES
    ]
    nearest = sorted(beside, key=lambda condition: condition.audio != planned.audio)
    return [condition.passname for condition in nearest[:1]]


def listening_options(config: Config, variant: str, items: Iterable[Row]) -> list[str]:
    """An audio variant -> the options of `process prepare` for what of a recording is heard.

    Channels are apart in all variants where they are in one, so that all are cut alike. Where terms
    are silenced, they depend on the shard's rows of the lock file as well.
    """
    chosen = config.audio[variant]
    apart = any(heard.channel == EACH for heard in config.audio.values())
    options = [f"--channel={chosen.channel}", f"--track={chosen.track}"]
    if silenced := silenced_terms(chosen, config.scoring.terms):
        state = digest(silenced.state, [_silence_of(item, silenced) for item in items])
        told = silenced.model_copy(update={"state": state})
        options.append(f"--terms={as_json(told)}")
    return [*options, "--apart"] if apart else options


def _silence_of(item: Row, terms: SilencedTerms) -> list[Any]:
    """A row of the lock file -> what its silence depends on: its terms and its reference."""
    return [recording_terms(item, terms), item["reference"], references_fingerprint([item])]


def unfiltered_variant(config: Config, variants: Iterable[str], variant: str) -> list[str]:
    """An audio variant -> the first one with the same sound and no filter, if there is one."""
    heard = _heard(config.audio[variant])
    return [
        name
        for name in variants
        if not config.audio[name].filters and _heard(config.audio[name]) == heard
    ][:1]


def _heard(variant: Variant) -> tuple[str, str]:
    return variant.channel, variant.track


def engine_options(model: Model) -> dict[str, Any]:
    """A model of the config -> what its entry says for engines of its kind alone."""
    return model.model_dump(include=set(ENGINE_KEYS))


def transcribe_environment(model: Weights) -> str:
    """A model -> the conda environment of its engine, as seen from the rules."""
    optional = model.engine in OPTIONAL_ENGINES or needs_conversion(model.weights, model.engine)
    kind = "-engines" if optional else ""
    return f"../../envs/transcribe{kind}.yaml"


def gpu_memory(model: Model) -> int:
    """A model of the config -> MB of GPU memory that a job asks for."""
    if model.gpu_mem_mb:
        return model.gpu_mem_mb
    if known := known_models().get(model.weights):
        return known.gpu_mem_mb
    path = Path(model.weights)
    files = path.rglob("*") if path.is_dir() else [path]
    weights = sum(file.stat().st_size for file in files if file.is_file()) // 2**20
    return 2 * weights + GPU_MEMORY_BESIDE_WEIGHTS_MB if weights else 0


def experiment_params(config: Config, experiment: Experiment) -> ExperimentParams:
    """An experiment: its conditions, the entries they use, and what people say of it."""
    used: dict[str, Any] = {}
    for factor, section in SECTIONS.items():
        levels = [getattr(condition, factor) for condition in experiment.conditions]
        used[section] = {level: getattr(config, section)[level] for level in levels if level}
    if not used["chunkings"]:
        del used["chunkings"]
    design = config.experiments[experiment.name].given()
    used |= {said: design[said] for said in ("description", "notes") if design.get(said)}
    return ExperimentParams(
        experiment=experiment, chunking=config.chunking, scoring=config.scoring, **used
    )


def terms_tables(config: Config, experiment: Experiment) -> list[str]:
    """The tables of terms that an experiment's prompts have."""
    prompts = [config.prompts[condition.prompt] for condition in experiment.conditions]
    return sorted({prompt.terms for prompt in prompts} - {""})


def score_params(config: Config, experiment: Experiment) -> ScoreParams:
    """What scoring depends on: which transcripts are which condition, and how errors count."""
    counting = {key: getattr(config.scoring, key) for key in Counting.model_fields}
    used = {condition.decoding for condition in experiment.conditions}
    translating = sorted(name for name in used if config.decoding[name].task == "translate")
    more: dict[str, Any] = {"translating": translating} if translating else {}
    more |= _silenced(config, experiment)
    return ScoreParams(
        **more,
        experiment=replace(experiment, question=""),
        scoring=Counting.model_validate(counting),
        unit_fields=config.scoring.unit_fields,
    )


def silenced_variants(config: Config, experiment: Experiment) -> list[str]:
    """The audio variants of an experiment in which terms are silenced."""
    variants = {condition.audio for condition in experiment.conditions}
    return sorted(name for name in variants if silencing_options(config.audio[name]) is not None)


def _silenced(config: Config, experiment: Experiment) -> dict[str, Any]:
    variants = silenced_variants(config, experiment)
    return {"silenced": variants} if variants else {}


def chunking_params(config: Config, experiment: Experiment) -> ChunkingParams:
    """What telling of an experiment's cuts depends on."""
    return ChunkingParams(
        experiment=replace(experiment, question=""),
        methods={name: find_chunking(config, name).method for name in experiment.chunkings},
        tiers=list(config.scoring.tiers),
        marks=config.scoring.marks,
        timed=sorted(
            {
                condition.decoding
                for condition in experiment.conditions
                if config.decoding[condition.decoding].word_timestamps
            }
        ),
    )


def compare_params(config: Config, experiment: Experiment) -> CompareParams:
    """What comparing depends on: the same and the statistics."""
    more: dict[str, Any] = _silenced(config, experiment)
    names = {condition.prompt for condition in experiment.conditions}
    templates = {name: config.prompts[name].template for name in sorted(names)}
    if any(map(controls_of, templates.values())):
        more["rungs"] = find_rungs(templates, config.scoring.terms.fields)
    plain = replace(experiment, question="")
    return CompareParams(experiment=plain, scoring=config.scoring, **more)


def resolve_params(config: Config) -> ResolveParams:
    """What listing depends on: the sources, the context, and the size of a shard."""
    return ResolveParams(
        recordings=config.recordings,
        context=config.context,
        recordings_per_shard=config.sharding.recordings_per_shard,
        youtube_api_url=config.acquire.youtube_api_url,
    )


def fetch_params(config: Config) -> FetchParams:
    """What the outcome of a download depends on."""
    fetch = {key: getattr(config.acquire, key) for key in Fetch.model_fields}
    return FetchParams.model_validate(fetch)


def pace_params(config: Config) -> Pace:
    """How fast and how often sites are asked: a change of it makes nothing out of date."""
    return _part(config.acquire, Pace)


def _pass_prompt(prompt: Prompt) -> PassPrompt:
    sha256 = file_sha256(Path(prompt.terms)) if prompt.terms else ""
    return PassPrompt.model_validate({**prompt.model_dump(), "terms_sha256": sha256})


def _part(whole: Block, part: type[Part]) -> Part:
    """A block -> the values that `part` knows, in the order in which they were written."""
    return part.model_validate(whole.model_dump(include=set(part.model_fields)))
