"""The manifests of a run -> titles and languages of its recordings, and what failed where."""

from collections.abc import Iterator
from dataclasses import dataclass

from snakescribe.report.study import Study
from snakescribe.results import Results
from snakescribe.streams import with_streams
from snakescribe.tables import AUDIO, PLANS, RECORDINGS, Row


@dataclass(frozen=True)
class Failure:
    """A recording that did not get as far as a chunk: the stage, the status and the reason."""

    recording: str
    title: str
    stage: str
    status: str
    reason: str


@dataclass(frozen=True)
class Corpus:
    """The recordings of a run: by id their title, language, shard and duration; and failures.

    `seconds` sums up the durations of those that did not fail; `ffmpegs` are the versions of
    ffmpeg that decoded them.
    """

    titles: dict[str, str]
    languages: dict[str, str]
    shards: dict[str, str]
    durations: dict[str, float]
    seconds: float
    failures: tuple[Failure, ...]
    ffmpegs: tuple[str, ...]

    def title(self, recording: str) -> str:
        """A recording's title, or its id where it has none."""
        return self.titles.get(recording) or recording


def read_corpus(results: Results, study: Study) -> Corpus:
    """A run's manifests -> its recordings; the first stage that failed is the one reported."""
    planned = list(_plans(results, study))
    items = list(with_streams(results.items(), (plan["recording"] for plan in planned)))
    titles = {row["recording"]: row["title"] or "" for row in items}
    variants = dict.fromkeys(condition.levels["audio"] for condition in study.conditions)
    stages = [
        ("acquire", results.rows(RECORDINGS)),
        *((f"process, {variant}", results.rows(AUDIO, variant=variant)) for variant in variants),
        ("process", planned),
    ]
    failures: dict[str, Failure] = {}
    ffmpegs: set[str] = set()
    durations: dict[str, float] = {}
    for stage, rows in stages:
        for row in rows:
            recording = row["recording"]
            if version := row.get("versions", {}).get("ffmpeg"):
                ffmpegs.add(version)
            if row["status"] != "ok" and recording not in failures:
                failures[recording] = Failure(
                    recording, titles.get(recording, ""), stage, row["status"], row["reason"] or ""
                )
            elif "chunks" in row and recording not in failures:
                durations[recording] = row["seconds"] or 0.0
    return Corpus(
        titles=titles,
        languages={row["recording"]: row["language"] or "" for row in items},
        shards={row["recording"]: row["shard"] for row in items},
        durations=durations,
        seconds=sum(durations.values()),
        failures=tuple(failures[recording] for recording in sorted(failures)),
        ffmpegs=tuple(sorted(ffmpegs)),
    )


def _plans(results: Results, study: Study) -> Iterator[Row]:
    """The plans of a study, of several chunkings one for each recording: the worst that counts.

    Where chunkings are compared, one that finds no speech has an empty transcript, which is scored
    if another one has found some.
    """
    chosen: dict[str, Row] = {}
    for chunking in study.params.experiment.chunkings:
        for row in results.rows(PLANS, chunking=chunking):
            known = chosen.get(row["recording"])
            if known is None or _rank(row) > _rank(known):
                chosen[row["recording"]] = row
    yield from chosen.values()


def _rank(plan: Row) -> int:
    """How much a plan's status decides: one that failed, then one with chunks, then no speech."""
    return {"no_speech": 0, "ok": 1}.get(plan["status"], 2)
