"""The cache of weights: where it is, what is in it, and what a config needs beside."""

from collections.abc import Iterator
from pathlib import Path

from snakescribe.paths import cache_folder
from snakescribe.setup.doctor.finding import Finding, fine, odd, size, wrong
from snakescribe.setup.doctor.needs import Needs
from snakescribe.setup.doctor.storage import is_writable
from snakescribe.transcribe.weights.fetch import cached_model
from snakescribe.transcribe.weights.table import known_models


def check_weights(needs: Needs) -> Iterator[Finding]:
    """What of the weights that are known by name lies in the cache."""
    folder = cache_folder()
    here = {name: weight for name in known_models() if (weight := _weight(name))}
    listed = ", ".join(f"{name} ({size(weight)})" for name, weight in here.items())
    told = f"{folder}: {listed or 'no weights yet'}"
    if not is_writable(folder):
        cure = "mend its permissions, or name another folder: export SNAKESCRIBE_CACHE=FOLDER"
        yield wrong("weights", f"{told}; it cannot be written to", cure)
    else:
        yield fine("weights", told)
    for name, model in (needs.config.models if needs.config else {}).items():
        if model.weights in known_models() and model.weights not in here:
            known = known_models()[model.weights]
            text = f"models.{name}: {model.weights} (~{known.megabytes} MB) is not here yet"
            fetch = f"snakescribe models fetch {model.weights} --engine {model.engine}"
            yield odd(
                "weights", f"{text}; the run fetches it", f"where there is a network: {fetch}"
            )


def _weight(name: str) -> int:
    """The name of a known model -> the bytes of its weights; 0 where not all are here."""
    files = [cached_model(name) / file for file in known_models()[name].files]
    return sum(map(_bytes, files)) if all(map(_bytes, files)) else 0


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
