"""What is known of every chunk: metrics and strata may ask for it."""

from collections.abc import Collection, Iterator
from typing import TypedDict

from snakescribe.config.evaluate import Counting
from snakescribe.errors import did_you_mean


class ChunkFields(TypedDict):
    """What is known of a chunk: metrics and strata may ask for it."""

    recording: str
    tier: str | None  # of its reference; None: it has none
    language: str
    number: int  # in its recording, from 0
    start: float  # s, recording's clock
    end: float
    seconds: float
    position: float  # where its middle lies in the recording, from 0 to 1
    # How it sounds in the baseline's audio (QUALITY in `snakescribe.tables.quality`).
    speech_seconds: float | None
    speech_share: float | None  # of its seconds
    snr_db: float | None
    wada_snr_db: float | None
    peak_dbfs: float | None
    clipped_share: float | None
    bandwidth_hz: float | None
    loudness_lufs: float | None
    processed_to_raw_db: float | None


CHUNK_FIELDS = tuple(ChunkFields.__annotations__)


def find_unknown_fields(
    scoring: Counting, known: Collection[str], unit_fields: Collection[str] = ()
) -> Iterator[tuple[str, str, str]]:
    """Fields that scoring names and no recording has -> key in the config, name, a remedy.

    Args:
        scoring: the section.
        known: the fields of the recordings; those that every chunk has are known beside them.
        unit_fields: the fields that `bootstrap_unit` names.
    """
    of_chunks = {*known, *CHUNK_FIELDS}
    for name in scoring.strata:
        if name not in of_chunks:
            yield "scoring.strata", name, did_you_mean(name, of_chunks)
    for name in unit_fields:
        if name not in of_chunks:
            yield "scoring.bootstrap_unit", name, did_you_mean(name, of_chunks)
    for name in scoring.terms.fields:
        if name not in known:
            yield "scoring.terms.fields", name, did_you_mean(name, known)
