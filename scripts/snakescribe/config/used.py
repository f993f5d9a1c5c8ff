"""What of `audio` and `chunkings` the passes of a config work on."""

from collections.abc import Iterable, Mapping

from snakescribe.config.chunking import Chunking
from snakescribe.config.conditions import Pass
from snakescribe.config.root import Config


def chunkings_in_use(config: Config, passes: Mapping[str, Pass]) -> list[tuple[str, Chunking]]:
    """A config and its passes -> the chunkings by name, the section `chunking` without one.

    Without any experiment it is that section.
    """
    names = dict.fromkeys(planned.chunking for planned in passes.values()) or {"": None}
    return [(name, find_chunking(config, name)) for name in names]


def chunkings_by_key(config: Config) -> dict[str, Chunking]:
    """A config -> its chunkings by their key there: `chunking`, `chunkings.NAME`."""
    named = {f"chunkings.{name}": entry for name, entry in config.chunkings.items()}
    return {"chunking": config.chunking, **named}


def find_chunking(config: Config, name: str) -> Chunking:
    """A level of the factor `chunking` -> its entry; without a name, the section `chunking`."""
    return config.chunkings[name] if name else config.chunking


def variants_in_use(config: Config, passes: Mapping[str, Pass]) -> set[str]:
    """A config and its passes -> the audio variants that are prepared, for speech or to be cut."""
    detecting = {entry.detect_on for _, entry in chunkings_in_use(config, passes)}
    return {planned.audio for planned in passes.values()} | detecting


def cuts_in_use(config: Config, passes: Mapping[str, Pass]) -> Iterable[tuple[str, str]]:
    """A config and its passes -> the chunkings' names with the audio variants that they cut.

    That on which speech is found is cut too, so that one can listen to it.
    """
    cuts: dict[tuple[str, str], None] = {}
    for name, entry in chunkings_in_use(config, passes):
        audio = {planned.audio for planned in passes.values() if planned.chunking == name}
        cuts |= {(name, variant): None for variant in sorted(audio | {entry.detect_on})}
    return list(cuts)
