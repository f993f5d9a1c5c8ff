"""Any program that reads a WAV file and prints JSON.

`weights` is the command, with `{audio}` for the path of a chunk as 16 kHz mono WAV and, if it can
use them, `{prompt}` and `{language}`. It is split as a shell would split it, but no shell runs it:
what a prompt holds stays one argument. It is started once for each chunk and condition; what it
prints is described in `snakescribe.transcribe.engines.external`.
"""

import json
import shlex
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from string import Formatter
from tempfile import TemporaryDirectory

from snakescribe.config.transcribe import Weights
from snakescribe.errors import UserError, did_you_mean
from snakescribe.store import digest, file_sha256
from snakescribe.transcribe.engines.external import (
    ExternalEngine,
    read_answer,
    to_wav,
)
from snakescribe.transcribe.engines.protocol import (
    Decoded,
    Encoded,
    Options,
    Provenance,
    Request,
)
from snakescribe.transcribe.engines.workers import Workers
from snakescribe.transcribe.weights.receipt import Receipt

FIELDS = ("audio", "prompt", "language")


class Command(ExternalEngine):
    """A program, run once for each chunk, as many at a time as the job has threads."""

    OPTIONS = frozenset({"word_timestamps"})

    def __init__(self, model: Weights, weights: str, threads: int, device: str) -> None:
        self.command = shlex.split(weights)
        self.batch_size = model.batch_size
        self._device = device
        self._workers = Workers(threads if device == "cpu" else 1, 1)

    @classmethod
    def check_weights(cls, weights: str) -> None:
        parts = _split(weights)
        try:
            named = {name for part in parts for _, name, _, _ in Formatter().parse(part) if name}
        except ValueError as error:
            raise UserError(f"'{weights}': {error}; write {{{{ for a brace") from error
        for name in sorted(named - set(FIELDS)):
            raise UserError(f"'{weights}': no '{{{name}}}' here; {did_you_mean(name, FIELDS)}")
        if "audio" not in named:
            raise UserError(f"'{weights}': write {{audio}} where the WAV file's path belongs")
        if not shutil.which(parts[0]):
            raise UserError(f"'{weights}': no program '{parts[0]}' here")

    @classmethod
    def reads_prompts(cls, weights: str) -> bool:
        return "{prompt}" in weights

    @classmethod
    def fetch_weights(cls, weights: str) -> Receipt:
        """The command itself; its sha256 changes when a file does that it names."""
        files = [
            Path(part) for part in [shutil.which(_split(weights)[0]), *_split(weights)] if part
        ]
        marks = [file_sha256(file) for file in files if file.is_file()]
        return {
            "weights": weights,
            "path": weights,
            "sha256": digest(weights, marks),
            "source": "command",
            "languages": "multilingual",
        }

    def provenance(self) -> Provenance:
        return {"engine": "command", "device": self._device, "batch_size": 1}

    def decode(
        self, encoded: Encoded, requests: Sequence[Request], options: Options
    ) -> list[Decoded]:
        def decode(part: Sequence[Request]) -> list[Decoded]:
            return [self._run(encoded, request) for request in part]

        return self._workers.map(requests, decode)

    def _run(self, encoded: Encoded, request: Request) -> Decoded:
        begin = time.perf_counter()
        with TemporaryDirectory() as folder:
            audio = Path(folder) / "chunk.wav"
            audio.write_bytes(to_wav(encoded.states[request.member]))
            values = {
                "audio": str(audio),
                "prompt": request.prompt_text,
                "language": request.language,
            }
            arguments = [part.format(**values) for part in self.command]
            done = subprocess.run(arguments, capture_output=True, text=True, check=False)
        who = f"command '{self.command[0]}'"
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise UserError(f"{who} ended with exit code {done.returncode}: {last}")
        try:
            answer = json.loads(done.stdout)
        except ValueError as error:
            raise UserError(f"{who} printed something that is not JSON: {error}") from error
        decoded = read_answer(answer, who, request.language, encoded.seconds[request.member])
        decoded.decode_seconds = time.perf_counter() - begin
        return decoded


def _split(weights: str) -> list[str]:
    try:
        parts = shlex.split(weights)
    except ValueError as error:
        raise UserError(f"'{weights}': {error}") from error
    if not parts:
        raise UserError("no command is given")
    return parts
