"""What a job tells of itself -> the cell `run` of the transcripts it decoded."""

import json

from snakescribe.tables import TRANSCRIPTS, Row
from snakescribe.transcribe.engines.protocol import Provenance

_NAMES = {field.name for field in TRANSCRIPTS.column("run").fields} - {"more"}


def describe_run(told: Provenance) -> Row:
    """What session and engine tell, by name -> the object; what has no field goes into `more`."""
    known = {name: value for name, value in told.items() if name in _NAMES}
    more = {
        name: value if isinstance(value, str) else json.dumps(value, sort_keys=True)
        for name, value in told.items()
        if name not in _NAMES and value is not None
    }
    return {**known, "more": more}
