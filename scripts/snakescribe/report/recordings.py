"""The manifests of a run -> titles and languages of its recordings, and what failed where."""

from dataclasses import dataclass

from snakescribe.report.study import Study
from snakescribe.results import Results
from snakescribe.streams import with_streams
from snakescribe.tables import AUDIO, PLANS, RECORDINGS


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
    """The recordings of a run: by id their title, language and shard; how much audio; failures.

    `ffmpegs` are the versions of ffmpeg that decoded them.
    """

    titles: dict[str, str]
    languages: dict[str, str]
    shards: dict[str, str]
    seconds: float
    failures: tuple[Failure, ...]
    ffmpegs: tuple[str, ...]

    def title(self, recording: str) -> str:
        """A recording's title, or its id where it has none."""
        return self.titles.get(recording) or recording


def read_corpus(results: Results, study: Study) -> Corpus:
    """A run's manifests -> its recordings; the first stage that failed is the one reported."""
    planned = list(results.rows(PLANS))
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
    seconds = 0.0
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
                seconds += row["seconds"] or 0
    return Corpus(
        titles=titles,
        languages={row["recording"]: row["language"] or "" for row in items},
        shards={row["recording"]: row["shard"] for row in items},
        seconds=seconds,
        failures=tuple(failures[recording] for recording in sorted(failures)),
        ffmpegs=tuple(sorted(ffmpegs)),
    )
