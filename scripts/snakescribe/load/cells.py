"""Values -> cells of COPY's text format."""

import json
import math
from collections.abc import Callable
from typing import Any

NULL = "\\N"  # of COPY's text format
# COPY's text format needs these escaped; NUL is what Postgres cannot hold.
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": None})


class Cells:
    """Writes values as COPY reads them; nan is NULL, a value that is not itself.

    `nul_texts` counts the texts that held NUL characters, which Postgres cannot store.
    """

    def __init__(self) -> None:
        self.nul_texts = 0

    def writer(self, kind: str) -> Callable[[Any], str]:
        """A type of the database -> what writes a value, which is not None, as COPY has it."""
        match kind:
            case "jsonb":
                return lambda value: NULL if value != value else self._escaped(self._json(value))
            case "boolean":
                return lambda value: "t" if value else "f"
            case "integer" | "bigint":
                return lambda value: NULL if value != value else str(int(value))
            case "double precision":
                return lambda value: NULL if value != value else str(float(value))
            case "uuid":
                return str
        return self._text

    def _text(self, value: Any) -> str:
        if isinstance(value, str):
            # Most words are nothing but letters: to look costs less than to escape.
            return value if value.isalnum() else self._escaped(value)
        return NULL if isinstance(value, float) and math.isnan(value) else str(value)

    def _escaped(self, text: str) -> str:
        if "\0" in text:
            self.nul_texts += 1
        return text.translate(_ESCAPES)

    def _json(self, value: Any) -> str:
        try:
            text = json.dumps(
                value, ensure_ascii=False, allow_nan=False, sort_keys=True, default=str
            )
        except ValueError:
            text = "\\u0000"  # clean below
        if "\\u0000" not in text:
            return text
        cleaned = self._clean(value)
        return json.dumps(cleaned, ensure_ascii=False, sort_keys=True, default=str)

    def _clean(self, value: Any) -> Any:
        """JSON values without what jsonb refuses: NUL characters, nan and infinity."""
        match value:
            case str():
                self.nul_texts += "\0" in value
                return value.replace("\0", "")
            case float():
                return value if math.isfinite(value) else None
            case dict():
                return {self._clean(key): self._clean(inner) for key, inner in value.items()}
            case list() | tuple():
                return [self._clean(inner) for inner in value]
        return value
