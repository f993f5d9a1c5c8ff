"""A shard -> what earlier stages wrote of it, as far as scoring needs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from snakescribe.config.experiments import Experiment
from snakescribe.evaluate.score.transcripts import Transcripts, read_transcripts
from snakescribe.evaluate.words.vocabulary import Vocabulary
from snakescribe.results import Results
from snakescribe.streams import with_streams
from snakescribe.tables import CHUNKS, RECORDINGS, Row, read_table


@dataclass(frozen=True)
class Shard:
    """The rows of a shard.

    Attributes:
        name: the shard's.
        plans: its chunk plans, a row a recording.
        items: its rows of the items table, by recording, channels that are kept apart among them.
        recordings: what acquiring each recording gave, likewise.
        chunks: the baseline's chunks by id: the figures of their sound are those of the
            baseline's audio for all conditions, so that strata hold the same chunks.
        transcripts: what the conditions heard in the chunks of the plans.
    """

    name: str
    plans: Sequence[Row]
    items: Mapping[str, Row]
    recordings: Mapping[str, Row]
    chunks: Mapping[str, Row]
    transcripts: Transcripts


def read_shard(
    results: Results,
    experiment: Experiment,
    name: str,
    items: Mapping[str, Row],
    raw: Vocabulary,
) -> Shard:
    """A results folder and a shard's name -> the shard's rows.

    Args:
        results: the results folder.
        experiment: whose conditions are wanted.
        name: the shard's.
        items: its rows of the items table, by recording.
        raw: the vocabulary that numbers raw words.

    Raises:
        UserError: a table is missing or damaged.
    """
    path = results.path(RECORDINGS, shard=name)
    recordings = {row["recording"]: row for row in read_table(RECORDINGS, path)}
    may_be_timed = any(item["reference_file"] for item in items.values())
    may_be_timed = may_be_timed or any(row["captions"] for row in recordings.values())
    plans, transcripts = read_transcripts(results, experiment, name, raw, starts=may_be_timed)
    audio = next(cond.audio for cond in experiment.conditions if cond.name == experiment.baseline)
    path = results.path(CHUNKS, variant=audio, shard=name)
    chunks = {row["chunk"]: row for row in read_table(CHUNKS, path)}
    streams = [plan["recording"] for plan in plans]
    return Shard(
        name=name,
        plans=plans,
        items={row["recording"]: row for row in with_streams(items.values(), streams)},
        recordings={row["recording"]: row for row in with_streams(recordings.values(), streams)},
        chunks=chunks,
        transcripts=transcripts,
    )
