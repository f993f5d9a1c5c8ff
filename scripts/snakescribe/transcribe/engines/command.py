"""Any program that recognises speech and prints JSON: started for each chunk, or once for a job.

`weights` is the command. Started for each chunk it has `{audio}` for the path of a 16 kHz mono WAV
file and, if it can use them, the other `FIELDS`. It is split as a shell would split it, but no
shell runs it: what a prompt holds stays one argument. With `serve` it is started once, and given a
line of JSON for each chunk. What it answers is described in
`snakescribe.transcribe.engines.external`.
"""

import re
import shlex
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Formatter
from typing import Any

from snakescribe.config.transcribe import Decoding, Weights
from snakescribe.errors import UserError, did_you_mean
from snakescribe.paths import is_file, no_such_file
from snakescribe.store import digest, file_sha256, scratch
from snakescribe.transcribe.engines.external import (
    ExternalEngine,
    read_answer,
    to_wav,
)
from snakescribe.transcribe.engines.program import ServedProgram, run_once
from snakescribe.transcribe.engines.protocol import (
    Decoded,
    Encoded,
    Options,
    Provenance,
    Request,
)
from snakescribe.transcribe.engines.workers import Workers
from snakescribe.transcribe.weights.receipt import Receipt

PASSAGE = ("recording", "start", "end", "source")
FIELDS = ("audio", "prompt", "language", "seed", *PASSAGE)

# Programs whose script is a word of the command, but for a few options.
_INTERPRETER = re.compile(r"(?:python|bash|sh|perl|ruby|node|Rscript)[\d.]*")
_SCRIPTS = (".py", ".sh", ".pl", ".rb", ".js", ".R")
_NO_SCRIPT = frozenset({"-c", "-e", "-m"})


class Command(ExternalEngine):
    """A program: run once for each chunk, as many at a time as the job has threads, or served."""

    OPTIONS = frozenset({"word_timestamps"})
    KEYS = frozenset({"serve", "timeout_seconds"})

    def __init__(self, model: Weights, weights: str, threads: int, device: str) -> None:
        self.command = shlex.split(weights)
        self.batch_size = model.batch
        self._device = device
        self._timeout = model.timeout_seconds
        self._served = ServedProgram(self.command) if model.serve else None
        self._workers = Workers(threads if device == "cpu" and not model.serve else 1, 1)

    @classmethod
    def check_model(cls, model: Weights) -> Iterator[str]:
        try:
            if model.serve:
                _check_served(model.weights)
            else:
                cls.check_weights(model.weights)
        except UserError as error:
            yield f"weights: {error}"

    @classmethod
    def check_weights(cls, weights: str) -> None:
        named = _fields_of(weights)
        for name in sorted(named - set(FIELDS)):
            raise UserError(f"'{weights}': no '{{{name}}}' here; {did_you_mean(name, FIELDS)}")
        if "audio" not in named:
            raise UserError(
                f"'{weights}': write {{audio}} where the WAV file's path belongs, or `serve: true` "
                "for a program that reads lines of JSON"
            )
        try:
            _fill(_split(weights), dict.fromkeys(FIELDS, ""))
        except (ValueError, LookupError, AttributeError) as error:
            raise UserError(f"'{weights}': {error}; write {{name}} and no more") from error
        _check_program(weights)

    @classmethod
    def honoured_options(cls, model: Weights) -> frozenset[str]:
        """A program that is served is told all options, to make of them what it can."""
        return frozenset(Decoding.model_fields) if model.serve else cls.OPTIONS

    @classmethod
    def hears_passage(cls, model: Weights) -> bool:
        return model.serve or not _fields_of(model.weights).isdisjoint(PASSAGE)

    @classmethod
    def reads_prompts(cls, model: Weights) -> bool:
        return model.serve or "prompt" in _fields_of(model.weights)

    @classmethod
    def fetch_weights(cls, weights: str) -> Receipt:
        return cls.fetch_model(Weights(engine="command", weights=weights))

    @classmethod
    def fetch_model(cls, model: Weights) -> Receipt:
        """The command itself; its sha256 changes when a file does that it names."""
        parts = _split(model.weights)
        files = [Path(part) for part in [shutil.which(parts[0]), *parts] if part]
        marks = [file_sha256(file) for file in files if file.is_file()]
        return {
            "weights": model.weights,
            "path": model.weights,
            "sha256": digest(model.weights, marks, *(["serve"] if model.serve else [])),
            "source": "command",
            "languages": "multilingual",
        }

    def provenance(self) -> Provenance:
        served = {"served": "true"} if self._served else {}
        return {"engine": "command", "device": self._device, "batch_size": 1, **served}

    def decode(
        self, encoded: Encoded, requests: Sequence[Request], options: Options
    ) -> list[Decoded]:
        def ask(request: Request) -> Decoded:
            return self._ask(encoded, options, request)

        return self.ask_each(requests, ask, self._workers)

    def _ask(self, encoded: Encoded, options: Options, request: Request) -> Decoded:
        seconds = encoded.seconds[request.member]
        with scratch() as folder:
            audio = folder / "chunk.wav"
            audio.write_bytes(to_wav(encoded.states[request.member]))
            values = {
                "audio": str(audio),
                "prompt": request.prompt_text,
                "language": request.language,
                "seed": request.seed,
                **request.passage._asdict(),
            }
            if self._served:
                question = {**values, "options": options.of_a_text}
                answer = self._served.ask(question, self.patience(seconds))
            else:
                answer = run_once(_fill(self.command, values), self.patience(seconds))
        who = f"command '{self.command[0]}'"
        return read_answer(answer, who, request.language, seconds)


def _check_served(weights: str) -> None:
    if named := _fields_of(weights):
        raise UserError(
            f"'{weights}': a program that is served is told {{{min(named)}}} in each line of JSON; "
            "leave it out here, or leave `serve` out"
        )
    _check_program(weights)


def _check_program(weights: str) -> None:
    program, *words = _split(weights)
    if not shutil.which(program):
        raise UserError(f"'{weights}': no program '{program}' here")
    if not _INTERPRETER.fullmatch(Path(program).name) or _NO_SCRIPT & set(words):
        return
    script = next((word for word in words if word.endswith(_SCRIPTS) and "{" not in word), None)
    if script and not is_file(script):
        raise UserError(no_such_file(script, f"'{weights}'"))


def _fill(command: Sequence[str], values: dict[str, Any]) -> list[str]:
    """A command and the values of its fields -> the arguments; none can hold a zero byte."""
    return [part.format(**values).replace("\0", "") for part in command]


def _fields_of(weights: str) -> set[str]:
    """The names between braces in a command."""
    try:
        return {
            name for part in _split(weights) for _, name, _, _ in Formatter().parse(part) if name
        }
    except ValueError as error:
        raise UserError(f"'{weights}': {error}; write {{{{ for a brace") from error


def _split(weights: str) -> list[str]:
    try:
        parts = shlex.split(weights)
    except ValueError as error:
        raise UserError(f"'{weights}': {error}") from error
    if not parts:
        raise UserError("no command is given")
    return parts
