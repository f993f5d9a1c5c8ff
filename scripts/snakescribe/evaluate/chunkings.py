"""The chunk plans of an experiment -> how full chunks are, and which cuts fall on speech.

A cut falls in a word where the reference times words and one of them is said then. Without such a
reference, words count that a condition heard which was cut otherwise; Whisper lets a word last
through the pause that follows it, so that of these only cuts count that are loud as well.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from snakescribe.config.chunking import FULL_WINDOW_SECONDS
from snakescribe.config.conditions import Condition, Experiment
from snakescribe.evaluate.params import ChunkingParams
from snakescribe.evaluate.reference.choose import find_reference
from snakescribe.notices import collected
from snakescribe.results import Results
from snakescribe.spans import Span, own_spans, seconds_inside
from snakescribe.streams import with_streams
from snakescribe.tables import PLANS, RECORDINGS, TRANSCRIPTS, Row, read_table, write_table
from snakescribe.tables.scores import CHUNKINGS
from snakescribe.timed_text import middle_of

STEP_VERSION = 1

SOFT_SECONDS = 0.05  # so near to a word's end times are too rough to tell
PAUSE_SECONDS = 0.1  # as in `snakescribe.process.chunking`: a cut that is so long cuts nothing
REFERENCE = "reference"


@dataclass
class Sums:
    """What is counted of a chunking over the recordings."""

    recordings: int = 0
    chunks: int = 0
    seconds: float = 0.0
    chunk_seconds: float = 0.0
    speech_seconds: float = 0.0
    speech_lost_seconds: float = 0.0
    cuts: int = 0
    loud_cuts: int = 0
    timed_cuts: int = 0
    word_cuts: int = 0
    words_of: dict[str, None] = field(default_factory=dict)

    def add(self, plan: Row, words: Sequence[Span] | None, words_of: str) -> None:
        """Count a recording that has chunks; `words` are the times of its words, where known."""
        spans = own_spans(plan["chunks"])
        speech = [(start, end) for start, end in plan["speech"]]
        total = sum(end - start for start, end in speech)
        self.recordings += 1
        self.chunks += len(spans)
        self.seconds += plan["seconds"]
        self.chunk_seconds += sum(end - start for start, end in plan["chunks"])
        self.speech_seconds += total
        kept = sum(seconds_inside(speech, span) for span in spans)
        self.speech_lost_seconds += max(round(total - kept, 3), 0.0)  # regions are whole ms
        self.cuts += plan["cuts"]
        self.loud_cuts += len(plan["loud_cuts"])
        if words is not None and plan["cuts"]:
            self.words_of[words_of] = None
            self.timed_cuts += plan["cuts"]
            cuts = _borders(plan) if words_of == REFERENCE else plan["loud_cuts"]
            self.word_cuts += count_inside(cuts, words)


def tabulate_chunkings(results: Path, params: ChunkingParams, output: Path) -> None:
    """A results folder and an experiment -> ``chunkings.csv``.

    Raises:
        UserError: a table is missing or damaged.
    """
    folder, experiment = Results(results), params.experiment
    sums = {name: Sums() for name in experiment.chunkings}
    for shard, members in folder.items_by_shard().items():
        plans = {
            name: list(read_table(PLANS, folder.path(PLANS, shard=shard, chunking=name)))
            for name in sums
        }
        streams = [plan["recording"] for rows in plans.values() for plan in rows]
        items = {item["recording"]: item for item in with_streams(members, streams)}
        fetched = read_table(RECORDINGS, folder.path(RECORDINGS, shard=shard))
        recordings = {row["recording"]: row for row in with_streams(fetched, streams)}
        said = dict(_words_of_references(items, recordings, params))
        for name, counted in sums.items():
            other = _timed_elsewhere(experiment, params.timed, name)
            heard = _words_heard(folder, other, shard) if other else {}
            for plan in plans[name]:
                recording = plan["recording"]
                if not plan["chunks"]:
                    continue
                if recording in said:
                    counted.add(plan, said[recording], REFERENCE)
                else:
                    counted.add(plan, heard.get(recording), other.name if other else "")
    write_table(
        CHUNKINGS, output, map(_to_row, params.methods, params.methods.values(), sums.values())
    )


def _to_row(name: str, method: str, sums: Sums) -> Row:
    fill = sums.chunk_seconds / sums.chunks / FULL_WINDOW_SECONDS if sums.chunks else None
    speech = sums.speech_seconds
    cells = {key: value for key, value in vars(sums).items() if key != "words_of"}
    return {
        **cells,
        "chunking": name,
        "method": method,
        "fill": None if method == "whole" else fill,
        "speech_lost": sums.speech_lost_seconds / speech if speech else None,
        "words_of": ", ".join(sums.words_of),
    }


def _borders(plan: Row) -> list[float]:
    """A plan -> the moments (s) at which one chunk ends and another begins.

    Where there is a pause between them nothing is cut, and where they overlap one of them has all.
    """
    pairs = pairwise(plan["chunks"])
    return [left[1] for left, right in pairs if 0 <= right[0] - left[1] < PAUSE_SECONDS]


def count_inside(moments: Sequence[float], words: Sequence[Span]) -> int:
    """Moments and the times of words in order of their ends (s) -> how many moments lie in a word.

    Within 50 ms of a word's ends they do not.
    """
    ends = [end - SOFT_SECONDS for _, end in words]
    count = 0
    for moment in moments:
        place = bisect_left(ends, moment)  # the first word that ends behind it
        count += place < len(words) and words[place][0] + SOFT_SECONDS < moment
    return count


def _words_of_references(
    items: Mapping[str, Row], recordings: Mapping[str, Row], params: ChunkingParams
) -> Iterator[tuple[str, list[Span]]]:
    """The recordings whose reference times words, with these times in order."""
    tiers, marks = params.tiers, params.marks
    for name, item in items.items():
        with collected():  # what is the matter with a reference is told where it is scored
            language = item["language"] or ""
            reference = find_reference(item, recordings.get(name), tiers, language, marks)
        if reference is not None and reference.exact and reference.words:
            yield name, _in_order(reference.times)


def _timed_elsewhere(
    experiment: Experiment, timed: Sequence[str], chunking: str
) -> Condition | None:
    """The first condition of another chunking whose words have times; whole recordings first."""
    others = [
        cell
        for cell in experiment.conditions
        if cell.chunking != chunking and cell.decoding in timed
    ]
    return others[0] if others else None


def _words_heard(folder: Results, condition: Condition, shard: str) -> dict[str, list[Span]]:
    """A condition -> by recording, the times of the words that it heard, in order."""
    path = folder.path(TRANSCRIPTS, passname=condition.passname, shard=shard)
    heard: dict[str, list[Span]] = {}
    first = (condition.prompt, condition.decoding, 1)
    for row in read_table(TRANSCRIPTS, path, [*TRANSCRIPTS.key, "recording", "words"]):
        if (row["prompt"], row["decoding"], row["repeat"]) == first:
            timed = (word for word in row["words"] if middle_of(word) is not None)
            spans = [(word["start"], word["end"]) for word in timed]
            heard.setdefault(row["recording"], []).extend(spans)
    return {name: _in_order(spans) for name, spans in heard.items() if spans}


def _in_order(spans: Sequence[Span]) -> list[Span]:
    """Times of words -> the same in order of their ends, as they are searched by."""
    return sorted(spans, key=lambda span: span[1])
