"""The transcripts of a study without references -> what was heard, recording by recording."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from math import exp

from snakescribe.report.clips import ClipBox
from snakescribe.report.differences import count_errors
from snakescribe.report.listen import Version, list_versions
from snakescribe.report.recordings import Corpus
from snakescribe.report.scores import Scores, read_texts
from snakescribe.report.study import Study
from snakescribe.results import Results
from snakescribe.tables import CHUNKS, Row, read_table

# Of text in the page, markup aside; what is beyond is in `exports/`.
MAX_CHARACTERS = 1_000_000
# Below these probabilities a word is marked, and marked strongly. A segment has the mean over its
# tokens; Whisper itself distrusts what is below exp(-1).
DOUBTED_WORDS = (0.5, 0.8)
DOUBTED_SEGMENTS = (exp(-1), 0.6)


@dataclass(frozen=True)
class Piece:
    """A word or a segment as it was written; `doubt` is 0, 1 or 2 (least sure)."""

    text: str
    doubt: int


@dataclass
class HeardChunk:
    """A chunk's text, and how far it is to be trusted; `uri` is its sound, where there is room."""

    chunk: str
    start: float
    end: float
    pieces: list[Piece]
    flags: list[str]
    cut: Row
    versions: list[Version] = field(default_factory=list)
    agreement: float | None = None
    uri: str = ""


@dataclass
class HeardRecording:
    """A recording's transcript under the baseline, chunk by chunk.

    `sure` is the mean probability of its words, or the geometric mean over its tokens.
    """

    recording: str
    chunks: list[HeardChunk]
    sure: float | None

    @property
    def flagged(self) -> int:
        """How many chunks have a sign of hallucination."""
        return sum(bool(chunk.flags) for chunk in self.chunks)

    @property
    def agreement(self) -> float | None:
        """Share of the words that conditions write alike, the mean over its chunks."""
        known = [chunk.agreement for chunk in self.chunks if chunk.agreement is not None]
        return sum(known) / len(known) if known else None


@dataclass(frozen=True)
class Transcripts:
    """What the page shows: recordings, and how many it leaves out; chunks without their sound."""

    recordings: list[HeardRecording]
    left_out: int
    silent: int


def read_heard(
    results: Results, study: Study, corpus: Corpus, scores: Scores, clips: ClipBox
) -> Transcripts:
    """A run's results -> whole transcripts, as many as `MAX_CHARACTERS` admits, with sound."""
    shown: list[HeardRecording] = []
    left = MAX_CHARACTERS
    for shard in results.shards():
        if left <= 0:
            break
        for recording in _of_shard(results, study, shard):
            left -= sum(len(piece.text) for chunk in recording.chunks for piece in chunk.pieces)
            if left > 0:
                shown.append(recording)
    _compare(study, scores, shown)
    silent = _add_sound(study, shown, clips)
    return Transcripts(shown, max(0, len(corpus.durations) - len(shown)), silent)


def _of_shard(results: Results, study: Study, shard: str) -> Iterator[HeardRecording]:
    """A shard's transcripts under the baseline; in random groups each chunk's own."""
    experiment = study.params.experiment
    base = experiment.base_condition
    path = results.path(CHUNKS, chunking=base.chunking, variant=base.audio, shard=shard)
    cuts = {row["chunk"]: row for row in read_table(CHUNKS, path)}
    rows: dict[str, list[Row]] = {}
    for name, row in results.condition_rows(experiment, shard):
        grouped = study.design == "random_groups"
        if row["chunk"] in cuts and row["repeat"] == 1 and (grouped or name == base.name):
            rows.setdefault(row["recording"], []).append(row)
    for recording, transcripts in sorted(rows.items()):
        transcripts.sort(key=lambda row: cuts[row["chunk"]]["start"])
        chunks = [_chunk(row, cuts[row["chunk"]]) for row in transcripts]
        yield HeardRecording(recording, chunks, _mean_sureness(transcripts))


def _chunk(row: Row, cut: Row) -> HeardChunk:
    return HeardChunk(
        chunk=row["chunk"],
        start=cut["start"],
        end=cut["end"],
        pieces=list(_pieces(row)),
        flags=list(row["flags"]),
        cut=cut,
    )


def _pieces(row: Row) -> Iterator[Piece]:
    if any(word["probability"] is not None for word in row["words"]):
        for word in row["words"]:
            space = " " if word["spaced"] else ""
            yield Piece(space + word["text"].strip(), _doubt(word["probability"], DOUBTED_WORDS))
    elif any(segment["avg_logprob"] is not None for segment in row["segments"]):
        for segment in row["segments"]:
            logprob = segment["avg_logprob"]
            sure = None if logprob is None else exp(logprob)
            yield Piece(f" {segment['text'].strip()}", _doubt(sure, DOUBTED_SEGMENTS))
    elif row["text"]:
        yield Piece(row["text"], 0)


def _doubt(probability: float | None, limits: tuple[float, float]) -> int:
    if probability is None:
        return 0
    return sum(probability < limit for limit in limits)


def _mean_sureness(rows: Sequence[Row]) -> float | None:
    words = [word["probability"] for row in rows for word in row["words"]]
    known = [probability for probability in words if probability is not None]
    if known:
        return float(sum(known) / len(known))
    segments = [
        (segment["avg_logprob"], segment["tokens"] or 1)
        for row in rows
        for segment in row["segments"]
        if segment["avg_logprob"] is not None
    ]
    tokens = sum(count for _, count in segments)
    total = sum(logprob * count for logprob, count in segments)
    return exp(total / tokens) if tokens else None


def _compare(study: Study, scores: Scores, shown: Sequence[HeardRecording]) -> None:
    """Give chunks the readings of the other conditions, where these have the same chunks."""
    if len(study.conditions) == 1 or study.params.experiment.on_recordings:
        return
    chunks = {chunk.chunk: chunk for recording in shown for chunk in recording.chunks}
    for name, heard in read_texts(scores, list(chunks)).items():
        first = heard.get(study.baseline.name)
        if first is None or len(heard) < 2:
            continue
        versions = list_versions(study, first, heard)
        shares = []
        for version in versions:
            others = [name for name in version.conditions if name != study.baseline.name]
            longest = max(len(first.hypothesis_words), _written(version))
            share = 1 - count_errors(version.words) / longest if longest else 1.0
            shares += [share] * len(others)
        chunks[name].agreement = sum(shares) / len(shares)
        chunks[name].versions = [version for version in versions if version.errors]


def _written(version: Version) -> int:
    return sum(word.kind != "deletion" for word in version.words)


def _add_sound(study: Study, shown: Sequence[HeardRecording], clips: ClipBox) -> int:
    """Sound of the first chunk of all recordings, then of the second, until there is no room.

    Returns how many chunks have none.
    """
    variant = study.baseline.levels["audio"]
    rounds = zip_longest(*(recording.chunks for recording in shown))
    chunks = [chunk for round_ in rounds for chunk in round_ if chunk is not None]
    for chunk in chunks:
        if clips.left_out:
            break
        chunk.uri = clips.data_uri(variant, chunk.cut)
    return sum(not chunk.uri for chunk in chunks)
