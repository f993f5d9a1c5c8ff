"""What a job tells of itself -> the cell `run` of the transcripts it decoded."""

import json
from typing import Any

from snakescribe.tables import TRANSCRIPTS, Row

_NAMES = {field.name for field in TRANSCRIPTS.column("run").fields}


def describe_run(told: dict[str, Any]) -> Row:
    """What session and engine tell, by name -> the object; what has no field goes into `more`."""
    known = {name: value for name, value in told.items() if name in _NAMES}
    more = {
        name: value if isinstance(value, str) else json.dumps(value, sort_keys=True)
        for name, value in told.items()
        if name not in _NAMES and value is not None
    }
    return {**known, "more": more}
