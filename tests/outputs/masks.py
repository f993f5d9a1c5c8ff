"""What differs between two runs of the same code, and is therefore masked before hashing.

- Times, speeds and memory: the fields in `MEASURED`, as columns, keys of JSON, or rows of a table
  of figures; in the report the same fields, the numbers in front of a multiplication sign, and the
  section of the picture that is drawn from them, which is there only if speeds differ enough (with
  its link, and blank lines, which it leaves behind).
- `runs.run` and `transcriptions.run` in the database: a digest that the time to load goes into.
- `time` of a failed download, and the state of each site (`store/sites`): seconds since 1970.
- The paths of the study's folder, of the repository and of the cache of weights.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

MEASURED = frozenset(
    {
        "feature_seconds", "encode_seconds", "decode_seconds", "compute_seconds", "load_seconds",
        "rtfx", "rtfx_wall", "peak_memory_mb", "gpu_memory_mb", "memory", "device_name",
        "started", "load_average", "calibration_ms", "calibration_slowest_ms", "wall_seconds",
        "processor_seconds",
    }
)  # fmt: skip
MASK = "*"


def mask_value(value: Any, others: Iterable[str] = ()) -> Any:
    """JSON-like values -> the same with what was measured masked at any depth.

    Args:
        others: more keys to mask.
    """
    masked = MEASURED.union(others)
    if isinstance(value, Mapping):
        return {
            key: MASK if key in masked and inner is not None else mask_value(inner, others)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [mask_value(inner, others) for inner in value]
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.dumps(mask_value(json.loads(value), others), ensure_ascii=False)
        except ValueError:
            return value
    return value


def mask_figure(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a table of figures (metrics.csv): its numbers, if the figure was measured."""
    if row.get("figure") not in MEASURED:
        return row
    kept = {"condition", "figure", "unit", "normalizer", "field", "level"}
    return {name: cell if name in kept else MASK for name, cell in row.items()}


def mask_report(page: str) -> str:
    """A report -> the same without speeds, and what is drawn of them."""
    page = re.sub(r'<section id="speed">.*?</section>', "", page, flags=re.DOTALL)
    page = page.replace('<a href="#speed">Speed</a>', "")
    page = re.sub(r"<b[^>]*><bdi>[^<]*</bdi></b> was the fastest", f"{MASK} was the fastest", page)
    page = re.sub(r"\n\s*\n", "\n", page)
    page = re.sub(r'data-value="[^"]*">[\d.,]+ ?×', f'data-value="{MASK}">{MASK}×', page)
    page = re.sub(r"[\d.,]+(?= ?×)", MASK, page)
    names = "|".join(sorted(name.replace("_", " ") for name in MEASURED))
    return re.sub(rf"(<dt>(?:{names})</dt><dd><bdi>)[^<]*", rf"\1{MASK}", page)
