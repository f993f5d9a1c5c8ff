"""The rows of a shard -> its chunks, each with what was said in it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, pairwise

from snakescribe.captions.sources import TIERS, list_sources
from snakescribe.config.conditions import Experiment
from snakescribe.config.evaluate import Counting
from snakescribe.evaluate.chunk_fields import ChunkFields
from snakescribe.evaluate.normalize.languages import is_spaced, unspaced_language
from snakescribe.evaluate.reference.choose import SpokenReference, find_reference
from snakescribe.evaluate.reference.corrections import correct, read_corrections
from snakescribe.evaluate.reference.coverage import scored_chunks
from snakescribe.evaluate.reference.segment import cut_reference
from snakescribe.evaluate.score.shard import Shard
from snakescribe.evaluate.score.transcripts import Transcripts
from snakescribe.notices import Kind, collected, notify
from snakescribe.spans import own_spans, seconds_inside
from snakescribe.tables import Row
from snakescribe.terms import recording_terms


@dataclass(frozen=True)
class SpokenChunk:
    """A chunk: where it lies, what is known about it, and its piece of the reference.

    `reference` is None where the recording has none, or none that says what this chunk holds;
    `words` are its raw words and `starts` their times (s, recording's clock), empty where the
    reference does not time words. `speakers` are those whom the reference names in it, in order.
    """

    id: str
    item: Row
    fields: ChunkFields
    language: str
    reference: str | None
    words: tuple[str, ...]
    starts: tuple[float, ...]
    speakers: tuple[str, ...]
    terms: tuple[str, ...]

    @property
    def is_silent(self) -> bool:
        """Whether its reference says that nothing was said."""
        return self.reference is not None and not any(map(str.isalnum, self.reference))


# What is said of a recording without a reference, and what to do.
_NONE_AT_ALL = ("no reference; not scored", "give it a reference, named by the recording's id")
_OF_OTHER_TIERS = (
    "no reference of the tiers that count; not scored",
    "give it a reference, or add its tier to `scoring.tiers`",
)


class ChunkReader:
    """Puts together what was said in the chunks of a shard, recording by recording."""

    def __init__(self, experiment: Experiment, scoring: Counting, shard: Shard) -> None:
        """Take the shard and what decides on its references.

        Args:
            experiment: whose conditions help to cut the references.
            scoring: the section of the config.
            shard: its rows.
        """
        self._experiment = experiment
        self._scoring = scoring
        self._shard = shard
        # Recordings without a reference that counts, and whether they have one of other tiers.
        self._without: dict[str, bool] = {}
        self._unread = 0  # recordings whose references could not be read

    def read(self) -> Iterator[SpokenChunk]:
        """Yield the shard's chunks in order of the plans, each with its piece of the reference.

        Raises:
            UserError: a recording's `reference_tier` names no tier.
        """
        shard = self._shard
        places = iter(range(len(shard.transcripts.first) - 1))
        for plan in shard.plans:
            yield from self._read_recording(plan, list(islice(places, len(plan["chunks"]))))
        heard = sum(bool(plan["chunks"]) for plan in shard.plans)
        if len(self._without) + self._unread < heard:  # else nobody expects any
            for recording, of_others in self._without.items():
                text, remedy = _OF_OTHER_TIERS if of_others else _NONE_AT_ALL
                notify(Kind.NOT_SCORED, text, recording=recording, remedy=remedy)

    def _read_recording(self, plan: Row, places: Sequence[int]) -> Iterator[SpokenChunk]:
        """A recording's plan and where its chunks stand among the transcripts -> the chunks."""
        shard = self._shard
        item = shard.items[plan["recording"]]
        language = item["language"] or self._guess_language(item, places)
        reference = self._find_reference(item, language, plan)
        baseline = self._experiment.baseline
        texts = [_texts(shard.transcripts, place, baseline) for place in places]
        pieces = _cut(reference, plan, texts)
        if shard.on_recordings and reference is not None and plan["chunks"]:
            pieces = [
                (0, len(reference.words))
            ]  # what it is silent about was left out of the texts
        if reference is not None and (left_out := pieces.count(None)):
            notify(
                Kind.NOT_SCORED,
                "a chunk is not scored: the reference is silent about that time (segments to "
                "ignore, or before its first and after its last utterance)",
                recording=item["recording"],
                remedy="nothing, if that is meant",
                count=left_out,
            )
        terms = tuple(recording_terms(item, self._scoring.terms))
        for number, chunk in enumerate(shard.chunk_ids(plan)):
            first, stop = pieces[number] or (0, 0)
            scored = reference if pieces[number] else None
            cut = shard.chunks.get(chunk, {})
            yield SpokenChunk(
                id=chunk,
                item=item,
                fields=_describe(plan, number, cut, scored.tier if scored else None, language),
                language=language,
                reference=scored.text(first, stop) if scored else None,
                words=scored.words[first:stop] if scored else (),
                starts=_starts(scored, first, stop),
                speakers=_speakers(scored, first, stop),
                terms=terms,
            )

    def _guess_language(self, item: Row, places: Sequence[int]) -> str:
        """An item without a language, and where its chunks stand -> the language it seems to be in.

        The one that most conditions detected; where that is none, or one with spaces between its
        words, the script of the reference (else of what was heard) may tell another.
        """
        transcripts = self._shard.transcripts
        detected = _detected_language(transcripts, places)
        if not is_spaced(detected):
            return detected
        recording = self._shard.recordings.get(item["recording"])
        scoring = self._scoring
        with collected():  # what is the matter with it is told when it is scored
            said = find_reference(item, recording, scoring.tiers, detected, scoring.marks)
        heard = (transcripts.texts.texts[transcripts.rows(place)] for place in places)
        words = said.words if said and said.words else chain.from_iterable(heard)
        return unspaced_language(" ".join(words)) or detected

    def _find_reference(self, item: Row, language: str, plan: Row) -> SpokenReference | None:
        """An item and its plan -> its reference, with notice of what is the matter with it."""
        name, tiers = item["recording"], self._scoring.tiers
        recording = self._shard.recordings.get(name)
        reference = find_reference(item, recording, tiers, language, self._scoring.marks)
        corrections = read_corrections(self._scoring.corrections).get(name, ())
        if reference is not None and corrections:
            reference = correct(reference, corrections, name)
        if reference is None:
            if not plan["chunks"]:
                return None  # there is nothing to score, with a reference or without
            if list_sources(item, recording, tiers, language):
                self._unread += 1
                text = "no reference that could be read; not scored"
                notify(Kind.NOT_SCORED, text, recording=name)
            else:
                self._without[name] = bool(list_sources(item, recording, TIERS, language))
        elif not plan["chunks"]:
            # Of one that failed, the stage where it did has told so.
            if reference.words and plan["status"] == "no_speech":
                words = len(reference.words)
                text = f"no speech was found, so that {words} words of its reference are not scored"
                notify(Kind.NOT_SCORED, text, recording=name, remedy="listen to the recording")
        elif self._experiment.design == "random_groups" and reference.words and not reference.times:
            text = (
                "the reference has no times: what was missed between chunks of two conditions is "
                "divided by the rate of speech (docs/evaluate.md, References)"
            )
            notify(Kind.REFERENCE_UNTIMED, text, recording=name)
        return reference


def _describe(plan: Row, number: int, cut: Row, tier: str | None, language: str) -> ChunkFields:
    """A plan and the number of a chunk in it -> what is known of the chunk.

    Args:
        plan: of the recording.
        number: of the chunk, from 0.
        cut: its row of the chunks table; empty where it could not be cut.
        tier: of its reference.
        language: of the recording.
    """
    start, end = plan["chunks"][number]
    return {
        "recording": plan["recording"],
        "tier": tier,
        "language": language,
        "number": number,
        "start": start,
        "end": end,
        "seconds": end - start,
        "position": (start + end) / 2 / (plan["seconds"] or end),
        "speech_seconds": cut.get("speech_seconds"),
        "speech_share": cut.get("speech_share"),
        "snr_db": cut.get("snr_db"),
        "wada_snr_db": cut.get("wada_snr_db"),
        "peak_dbfs": cut.get("peak_dbfs"),
        "clipped_share": cut.get("clipped_share"),
        "bandwidth_hz": cut.get("bandwidth_hz"),
        "loudness_lufs": cut.get("loudness_lufs"),
        "processed_to_raw_db": cut.get("processed_to_raw_db"),
    }


def _texts(transcripts: Transcripts, place: int, baseline: str) -> list[str]:
    """The position of a chunk -> what the conditions heard in it, the baseline first."""
    rows = transcripts.rows(place)
    texts, conditions = list(transcripts.texts.texts[rows]), transcripts.conditions[rows]
    if baseline in conditions:
        texts.insert(0, texts.pop(conditions.index(baseline)))
    return texts


def _cut(
    reference: SpokenReference | None, plan: Row, texts: Sequence[Sequence[str]]
) -> list[tuple[int, int] | None]:
    """A reference, a plan and what was heard -> the range of words of each chunk, None unscored."""
    chunks = own_spans(plan["chunks"])
    if reference is None:
        return [None] * len(chunks)
    speech = [(start, end) for start, end in plan["speech"] or ()]
    seconds = [seconds_inside(speech, chunk) for chunk in chunks]
    pieces = pairwise(cut_reference(reference, chunks, texts, seconds))
    kept = scored_chunks(reference, chunks, speech)
    return [piece if keep else None for piece, keep in zip(pieces, kept, strict=True)]


def _starts(reference: SpokenReference | None, first: int, stop: int) -> tuple[float, ...]:
    if reference is None or not reference.exact:
        return ()
    return tuple(start for start, _ in reference.times[first:stop])


def _speakers(reference: SpokenReference | None, first: int, stop: int) -> tuple[str, ...]:
    speakers = reference.speakers[first:stop] if reference else ()
    return tuple(filter(None, dict.fromkeys(speakers)))


def _detected_language(transcripts: Transcripts, places: Iterable[int]) -> str:
    """The positions of chunks -> the language that most conditions detected in them."""
    languages = transcripts.heard["language"]
    heard = (languages[transcripts.rows(place)].to_pylist() for place in places)
    counts = Counter(language for language in chain.from_iterable(heard) if language)
    return counts.most_common(1)[0][0] if counts else ""
