"""The sections `audio` and `chunking` of a config -> what is wrong with them."""

from collections.abc import Iterator
from typing import Any

from snakescribe.errors import did_you_mean
from snakescribe.process.filters import check_chain


def find_process_problems(config: dict[str, Any]) -> Iterator[str]:
    """A config with its defaults -> one line for each problem; completes `chunking.detect_on`."""
    for name, chain in config["audio"].items():
        for problem in check_chain(chain):
            yield f"audio.{name}: {problem}"
    chunking = config["chunking"]
    chunking["detect_on"] = chunking["detect_on"] or next(iter(config["audio"]))
    if chunking["detect_on"] not in config["audio"]:
        remedy = did_you_mean(chunking["detect_on"], config["audio"])
        yield f"chunking.detect_on: no audio variant '{chunking['detect_on']}'; {remedy}"
