"""The recordings that are hardest -> a picture of each that the page carries inside itself."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from snakescribe.errors import UserError
from snakescribe.ffmpeg.stored import StoredSounds
from snakescribe.notices import Kind, notify
from snakescribe.pictures.draw import draw_recording
from snakescribe.pictures.tracks import read_tracks
from snakescribe.report.scores import Scores, recording_rates
from snakescribe.report.study import Study
from snakescribe.results import Results

MOST_PICTURES = 3
MOST_VARIANTS = 3
WIDTH = 900
# Of base64 in the page; a picture of two variants takes about 140,000.
BUDGET_BYTES = 500_000


@dataclass(frozen=True)
class Picture:
    """A recording, and its picture as a data URI."""

    recording: str
    uri: str


def worst_recordings(scores: Scores) -> list[str]:
    """Scores -> recordings, hardest first: by the highest rate, else by what was least sure."""
    if scores.frame.empty:
        return [str(name) for name in dict.fromkeys(scores.unsure["recording"])]
    highest = recording_rates(scores).max(axis=1)
    return [str(name) for name in highest.sort_values(ascending=False, kind="stable").index]


def draw_worst(
    results: Results, study: Study, recordings: Sequence[str], sounds: StoredSounds
) -> list[Picture]:
    """A results folder and recordings, hardest first -> pictures of the first few of them.

    Of each the first few audio variants of the study, the baseline's first. One whose sound cannot
    be read is left out with a notice, and so is what does not fit into `BUDGET_BYTES`.
    """
    order = [study.baseline, *study.conditions]
    variants = list(dict.fromkeys(condition.levels["audio"] for condition in order))
    chunking = study.params.experiment.base_condition.chunking
    pictures: list[Picture] = []
    room = BUDGET_BYTES
    for recording in recordings[:MOST_PICTURES]:
        try:
            tracks = read_tracks(results, recording, variants[:MOST_VARIANTS], chunking)
            drawn = draw_recording(tracks, recording, sounds, WIDTH)
        except UserError as error:
            notify(Kind.PICTURE_MISSING, str(error), recording=recording)
            continue
        data = base64.b64encode(drawn).decode()
        if len(data) > room:
            text = f"{len(data):,} bytes are too much for the page"
            remedy = f"`snakescribe process inspect {recording}` draws it"
            notify(Kind.PICTURE_MISSING, text, recording=recording, remedy=remedy)
            continue
        room -= len(data)
        pictures.append(Picture(recording, f"data:image/png;base64,{data}"))
    return pictures
