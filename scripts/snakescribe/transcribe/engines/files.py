"""The engine `files`: transcripts that exist already, of a service or of people, as a condition.

Nothing is decoded. This class says what can be known of such files before a run; they are read and
cut at the chunks by `snakescribe.transcribe.existing`, in place of an engine's work.
"""

import re
from collections.abc import Iterator, Sequence
from glob import escape, glob
from itertools import product
from pathlib import Path

from snakescribe.config.transcribe import FILES, Weights
from snakescribe.errors import UserError, did_you_mean
from snakescribe.paths import is_file, path_hint
from snakescribe.store import digest, file_sha256
from snakescribe.transcribe.engines.external import ExternalEngine
from snakescribe.transcribe.engines.protocol import (
    Decoded,
    Encoded,
    Options,
    Provenance,
    Request,
)
from snakescribe.transcribe.weights.receipt import Receipt

RECORDING = "{recording}"
SUFFIXES = (".json", ".ctm", ".stm", ".vtt", ".srt", ".txt")
OF_ALL = (".ctm", ".stm")  # may hold the lines of all recordings

_BRACES = re.compile(r"\{([^{}]*)\}")


class Files(ExternalEngine):
    """Transcripts in files; it honours no option, and reads no prompts."""

    OPTIONS = frozenset({"word_timestamps"})
    READS_PROMPTS = False

    def __init__(self, model: Weights, weights: str, threads: int, device: str) -> None:
        """There is nothing to load."""
        self.batch_size = 1

    def provenance(self) -> Provenance:
        return {"engine": FILES}

    def decode(
        self, encoded: Encoded, requests: Sequence[Request], options: Options
    ) -> list[Decoded]:
        """Refuse: what is in files is of whole recordings (`snakescribe.transcribe.existing`)."""
        raise UserError("the engine files decodes nothing: its transcripts are read as they are")

    @classmethod
    def may_vary(cls, options: Options) -> bool:
        return False

    @classmethod
    def check_weights(cls, weights: str) -> None:
        for pattern in list_patterns(weights):
            suffix = Path(pattern).suffix.lower()
            if suffix not in SUFFIXES:
                known = ", ".join(SUFFIXES)
                raise UserError(f"'{pattern}': no transcript ends in '{suffix}'; known are {known}")
            if RECORDING not in pattern and suffix not in OF_ALL:
                raise UserError(
                    f"'{pattern}': write {RECORDING} where the recording's id stands in the name; "
                    "only STM and CTM files may hold all recordings"
                )
        if not _all_files(weights):
            raise UserError(f"no file is named like '{weights}'; {path_hint(weights)}")

    @classmethod
    def describe_weights(cls, weights: str) -> str:
        files = _all_files(weights)
        things = "1 file" if len(files) == 1 else f"{len(files)} files, such as"
        return f"{things} {files[0]}" if files else ""

    @classmethod
    def weights_state(cls, weights: str) -> str:
        files = [(file, Path(file).stat()) for file in _all_files(weights)]
        return digest([[file, stat.st_size, stat.st_mtime_ns] for file, stat in files])

    @classmethod
    def fetch_weights(cls, weights: str) -> Receipt:
        """The names of the files; its sha256 is that of all of them."""
        cls.check_weights(weights)
        files = _all_files(weights)
        return {
            "weights": weights,
            "path": weights,
            "sha256": digest([[file, file_sha256(Path(file))] for file in files]),
            "source": "files",
            "languages": "multilingual",
        }


def list_patterns(weights: str) -> list[str]:
    """`talks/{recording}.{json,ctm}` -> a pattern for each ending, in the order of the braces.

    Raises:
        UserError: braces around something that is neither `recording` nor a list of alternatives.
    """
    parts: list[list[str]] = []
    done = 0
    for match in _BRACES.finditer(weights):
        name = match[1]
        parts.append([weights[done : match.start()]])
        done = match.end()
        if name == "recording":
            parts.append([RECORDING])
        elif "," in name:
            parts.append([part.strip() for part in name.split(",")])
        else:
            raise UserError(
                f"'{weights}': no '{{{name}}}' here; {did_you_mean(name, ['recording'])}"
            )
    parts.append([weights[done:]])
    between = "".join(part[0] for part in parts[::2])
    if "{" in between or "}" in between:
        raise UserError(f"'{weights}': a brace without its other one")
    return ["".join(chosen) for chosen in product(*parts)]


def list_candidates(weights: str, names: Sequence[str]) -> Iterator[Path]:
    """`weights` and the names of a recording, the best first -> where its file may lie."""
    for name in names:
        for pattern in list_patterns(weights):
            if RECORDING in pattern:
                yield Path(pattern.replace(RECORDING, name))


def list_shared(weights: str) -> list[Path]:
    """`weights` -> the files that may hold the lines of all recordings."""
    return [Path(pattern) for pattern in list_patterns(weights) if RECORDING not in pattern]


def _all_files(weights: str) -> list[str]:
    return [file for pattern in list_patterns(weights) for file in _list_files(pattern)]


def _list_files(pattern: str) -> list[str]:
    """A pattern -> the files that are named like it, whatever the recording."""
    named = "*".join(map(escape, pattern.split(RECORDING)))
    return sorted(file for file in glob(named) if is_file(file))  # noqa: PTH207
