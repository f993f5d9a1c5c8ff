"""Picked chunks -> cards for the page: audio, reference, and what the conditions made of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from snakescribe.evaluate.words.align import align
from snakescribe.report.clips import ClipBox
from snakescribe.report.differences import Word, count_errors, mark_words
from snakescribe.report.recordings import Corpus
from snakescribe.report.scores import Heard, PickedChunk, Scores, read_texts
from snakescribe.report.study import Study
from snakescribe.report.transcripts import rows_by_condition
from snakescribe.results import Results
from snakescribe.tables import AUDIO, CHUNKS, Row, read_table

MAX_VERSIONS = 6


@dataclass(frozen=True)
class Clip:
    """A chunk's audio in a variant; `uri` is empty where it was left out."""

    variant: str
    uri: str


@dataclass(frozen=True)
class Version:
    """One reading of a chunk: the conditions that gave it, its words against the reference."""

    conditions: tuple[str, ...]
    words: tuple[Word, ...]
    raw: str
    errors: int
    flags: tuple[str, ...]


@dataclass(frozen=True)
class PromptShown:
    """A prompt as the model saw it on a chunk."""

    name: str
    text: str
    tokens: int
    kept: tuple[str, ...]
    dropped: tuple[str, ...]
    truncated: bool


@dataclass
class Card:
    """A chunk to listen to. Without a reference, `reference` is what the baseline heard."""

    pick: PickedChunk
    start: float
    end: float
    snr_db: float | None
    reference: str
    reference_words: int
    has_reference: bool
    versions: list[Version]
    versions_hidden: int
    prompts: list[PromptShown]
    clips: list[Clip] = field(default_factory=list)


def make_cards(
    results: Results,
    study: Study,
    corpus: Corpus,
    picks: Sequence[PickedChunk],
    scores: Scores,
    clips: ClipBox,
) -> list[Card]:
    """Picked chunks -> cards, in order, with as much audio as `clips` admits."""
    shards = sorted({corpus.shards[pick.recording] for pick in picks})
    wanted = [pick.chunk for pick in picks]
    texts = read_texts(scores, wanted)
    prompts: dict[str, dict[str, Row]] = {chunk: {} for chunk in wanted}
    for name, row in rows_by_condition(results, study, scores.condition_of, shards):
        unit = _unit(study, row["chunk"])
        if unit in prompts:
            prompts[unit].setdefault(name, row)
    variants = _variants(study)
    cuts = {
        variant: {
            row["chunk"]: row
            for shard in shards
            for row in sound_rows(results, study, variant, shard)
            if row["chunk"] in prompts
        }
        for variant in variants
    }
    cards = [
        _card(study, pick, cuts[variants[0]][pick.chunk], texts[pick.chunk], prompts[pick.chunk])
        for pick in picks
    ]
    # Every card's first variant comes before any card's second: sound for all, if there is room.
    for variant in variants:
        for card in cards:
            if cut := cuts[variant].get(card.pick.chunk):
                uri = clips.data_uri(variant, cut)
                card.clips.append(Clip(variant, uri))
    return cards


def card_seconds(study: Study, corpus: Corpus, pick: PickedChunk) -> float:
    """How long (s) a card is whose unit is a whole recording; 0 for a chunk."""
    if study.params.experiment.on_recordings:
        return corpus.durations.get(pick.recording, 0.0)
    return 0.0


def _unit(study: Study, chunk: str) -> str:
    """A chunk's id -> the id of what is scored: the chunk, or its recording."""
    return chunk.rpartition("-")[0] if study.params.experiment.on_recordings else chunk


def sound_rows(results: Results, study: Study, variant: str, shard: str) -> Iterator[Row]:
    """What is scored of a shard, with its sound in a variant: rows as the chunks table has."""
    if not study.params.experiment.on_recordings:
        chunking = study.params.experiment.base_condition.chunking
        path = results.path(CHUNKS, chunking=chunking, variant=variant, shard=shard)
        yield from read_table(CHUNKS, path)
        return
    for row in read_table(AUDIO, results.path(AUDIO, variant=variant, shard=shard)):
        if row["status"] == "ok":
            place = {"chunk": row["recording"], "start": 0.0, "end": row["seconds"]}
            yield {**row, **place, "snr_db": None}


def _variants(study: Study) -> list[str]:
    """The audio variants to play: the baseline's, and the best condition's where it differs."""
    best = study.ranked[0] if study.ranked else study.baseline
    names = [study.baseline.levels["audio"], best.levels["audio"]]
    names += [condition.levels["audio"] for condition in study.conditions]
    return list(dict.fromkeys(names))[:2]


def _card(
    study: Study, pick: PickedChunk, cut: Row, heard: dict[str, Heard], rows: dict[str, Row]
) -> Card:
    first = heard.get(study.baseline.name) or next(iter(heard.values()))
    versions = list_versions(study, first, heard)
    shown = _choose(versions, study.baseline.name)
    return Card(
        pick=pick,
        start=cut["start"],
        end=cut["end"],
        snr_db=cut["snr_db"],
        reference=first.reference if first.scored else first.hypothesis,
        reference_words=len(first.reference_words if first.scored else first.hypothesis_words),
        has_reference=first.scored,
        versions=shown,
        versions_hidden=len(versions) - len(shown),
        prompts=_prompts(study, rows),
    )


def list_versions(study: Study, first: Heard, heard: dict[str, Heard]) -> list[Version]:
    """What was heard by condition -> distinct readings, fewest errors first.

    Without a reference they are compared with what `first` says.
    """
    groups: dict[tuple[Word, ...], list[str]] = {}
    for condition in study.conditions:
        if reading := heard.get(condition.name):
            groups.setdefault(_mark(reading, first), []).append(condition.name)
    versions = [
        Version(
            conditions=tuple(names),
            words=words,
            raw=heard[names[0]].hypothesis,
            errors=count_errors(words),
            flags=tuple(sorted({flag for name in names for flag in heard[name].flags})),
        )
        for words, names in groups.items()
    ]
    return sorted(versions, key=lambda version: version.errors)


def _mark(reading: Heard, first: Heard) -> tuple[Word, ...]:
    if reading.scored:
        return mark_words(reading.reference_words, reading.hypothesis_words, reading.alignment)
    alignment = align(first.hypothesis_words, reading.hypothesis_words)
    return mark_words(first.hypothesis_words, reading.hypothesis_words, alignment)


def _choose(versions: list[Version], baseline: str) -> list[Version]:
    """At most `MAX_VERSIONS`: the best and the worst ones, and always the baseline's."""
    if len(versions) <= MAX_VERSIONS:
        return versions
    half = MAX_VERSIONS // 2
    kept = [*versions[:half], *versions[-half:]]
    middle = [version for version in versions[half:-half] if baseline in version.conditions]
    return [version for version in versions if version in kept or version in middle]


def _prompts(study: Study, rows: dict[str, Row]) -> list[PromptShown]:
    """The distinct prompts of a chunk as rendered, those that are empty left out."""
    shown: dict[tuple[str, str], PromptShown] = {}
    for condition in study.conditions:
        row = rows.get(condition.name)
        if row and row["prompt_text"]:
            shown.setdefault((row["prompt"], row["prompt_text"]), show_prompt(row))
    return list(shown.values())[:MAX_VERSIONS]


def show_prompt(row: Row) -> PromptShown:
    """A transcript row -> its prompt as the model saw it."""
    return PromptShown(
        name=row["prompt"],
        text=row["prompt_text"],
        tokens=row["prompt_tokens"],
        kept=tuple(map(str, row["prompt_kept"])),
        dropped=tuple(map(str, row["prompt_dropped"])),
        truncated=row["prompt_truncated"],
    )
