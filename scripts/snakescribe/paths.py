"""Where the parts of the repository lie that the package reads."""

import os
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
MODELS_TABLE = REPOSITORY / "resources" / "models.yaml"
SQL_MIGRATIONS = REPOSITORY / "resources" / "sql"


def cache_folder() -> Path:
    """Where downloads lie that runs share: ``$SNAKESCRIBE_CACHE``, else the user's cache."""
    chosen = os.environ.get("SNAKESCRIBE_CACHE")
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "snakescribe"


def check_exists(path: str, key: str) -> Iterator[str]:
    """A path in the config and its key -> a line that says so where there is nothing."""
    if not Path(path).exists():
        yield (
            f"{key}: no such file: {path}; "
            f"paths are relative to the working directory, {Path.cwd()}"
        )
