"""The smallest engine of your own: it turns sound into text, and all else is here.

```python
class Parrot(TextEngine):
    def transcribe(self, samples):
        return "hello"
```
"""

import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from snakescribe.config.transcribe import Weights
from snakescribe.errors import UserError
from snakescribe.paths import is_file
from snakescribe.plugins import explain_error
from snakescribe.store import digest, file_sha256
from snakescribe.transcribe.engines.external import ExternalEngine, read_answer
from snakescribe.transcribe.engines.protocol import (
    Decoded,
    Encoded,
    Options,
    Provenance,
    Request,
)
from snakescribe.transcribe.engines.workers import Workers
from snakescribe.transcribe.weights.receipt import Receipt

if TYPE_CHECKING:
    import numpy as np


class TextEngine(ExternalEngine):
    """An engine with one method of its own, `transcribe`, and `load` where it has a model to load.

    It is given one chunk after the other, reads no prompts, and knows neither times nor
    confidences. It has `weights` (as the config names them), `threads` and `device` (`cpu` or
    `cuda`). When its module changes, or a file that `weights` names, all is transcribed again.
    """

    OPTIONS = frozenset({"word_timestamps"})  # there are none, whatever is asked for
    READS_PROMPTS = False

    def __init__(self, model: Weights, weights: str, threads: int, device: str) -> None:
        self.weights = weights
        self.threads = threads
        self.device = device
        self.batch_size = model.batch
        self._workers = Workers(1, 1)
        try:
            self.load()
        except UserError:
            raise
        except Exception as error:  # whatever a user's class raises
            raise UserError(f"{self._who()} fails to load: {explain_error(error)}") from error

    def load(self) -> None:
        """Load a model, once a job."""

    def transcribe(self, samples: "np.ndarray") -> str:
        """A chunk or a whole recording (float32 mono, 16 kHz, -1 to 1) -> what is said in it."""
        raise NotImplementedError

    @classmethod
    def fetch_weights(cls, weights: str) -> Receipt:
        """What `weights` says, with the sha256 of the module and of the file that it may name."""
        files = [inspect.getfile(cls), *([weights] if is_file(weights) else [])]
        return {
            "weights": weights,
            "path": weights,
            "sha256": digest(weights, [file_sha256(Path(file)) for file in files]),
            "source": cls.__module__,
            "languages": "multilingual",
        }

    def provenance(self) -> Provenance:
        return {"engine": self._who(), "device": self.device, "batch_size": 1}

    def decode(
        self, encoded: Encoded, requests: Sequence[Request], options: Options
    ) -> list[Decoded]:
        def ask(request: Request) -> Decoded:
            try:
                text = self.transcribe(encoded.states[request.member])
            except UserError:
                raise
            except Exception as error:  # whatever a user's class raises
                where = f"at {request.passage.start:.1f} s of '{request.passage.recording}'"
                raise UserError(f"{self._who()} fails {where}: {explain_error(error)}") from error
            seconds = encoded.seconds[request.member]
            return read_answer({"text": text}, self._who(), request.language, seconds)

        return self.ask_each(requests, ask, self._workers)

    @classmethod
    def _who(cls) -> str:
        return f"{cls.__module__}:{cls.__qualname__}"
