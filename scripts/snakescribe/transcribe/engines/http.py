"""An endpoint that speaks OpenAI's `/audio/transcriptions`, on this machine or elsewhere.

`weights` is the model's name there. The address is `$OPENAI_BASE_URL` (else OpenAI's own), the key
`$OPENAI_API_KEY`: both come from the environment, so that neither stands in a config or a log.
"""

import os
import time
from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from snakescribe.config.transcribe import Weights
from snakescribe.errors import UserError
from snakescribe.paths import is_web_url
from snakescribe.store import digest
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

OPENAI = "https://api.openai.com/v1"


class Http(ExternalEngine):
    """A model behind an endpoint; `batch_size` requests are under way at once."""

    OPTIONS = frozenset({"task", "word_timestamps"})

    def __init__(self, model: Weights, weights: str, threads: int, device: str) -> None:
        # Not at the top: a config is checked without requests.
        from snakescribe.transcribe.engines.endpoint import Endpoint

        self.model = weights
        self.batch_size = model.batch_size
        self._workers = Workers(self.batch_size, 1)
        self._endpoint = Endpoint(_base_url(), weights, self.batch_size)

    @classmethod
    def check_weights(cls, weights: str) -> None:
        _base_url()

    @classmethod
    def fetch_weights(cls, weights: str) -> Receipt:
        """The model's name and the endpoint's host; what runs there is not known here."""
        return {
            "weights": weights,
            "path": weights,
            "sha256": digest(_base_url(), weights),
            "source": urlsplit(_base_url()).netloc.rpartition("@")[2],
            "languages": "multilingual",
        }

    def provenance(self) -> Provenance:
        host = urlsplit(_base_url()).netloc.rpartition("@")[2]
        return {"engine": "http", "device": host, "batch_size": self.batch_size}

    def decode(
        self, encoded: Encoded, requests: Sequence[Request], options: Options
    ) -> list[Decoded]:
        return self._workers.map(requests, partial(self._ask_for_all, encoded, options))

    def _ask_for_all(
        self, encoded: Encoded, options: Options, requests: Sequence[Request]
    ) -> list[Decoded]:
        return [self._ask(encoded, options, request) for request in requests]

    def _ask(self, encoded: Encoded, options: Options, request: Request) -> Decoded:
        begin = time.perf_counter()
        translate = options.task == "translate"
        fields: dict[str, Any] = {"model": self.model, "response_format": "verbose_json"}
        if request.prompt_text:
            fields["prompt"] = request.prompt_text
        if not translate:
            fields["temperature"] = "0"
            grains = ["segment", "word"] if options.word_timestamps else ["segment"]
            fields["timestamp_granularities[]"] = grains
            if request.language:
                fields["language"] = request.language
        audio = to_wav(encoded.states[request.member])
        task = "translations" if translate else "transcriptions"
        answer = self._endpoint.post(task, fields, audio)
        seconds = encoded.seconds[request.member]
        decoded = read_answer(answer, f"model '{self.model}'", request.language, seconds)
        decoded.decode_seconds = time.perf_counter() - begin
        return decoded


def _base_url() -> str:
    url = (os.environ.get("OPENAI_BASE_URL") or OPENAI).rstrip("/")
    if not is_web_url(url):
        raise UserError("OPENAI_BASE_URL: this is not an http or https address")
    return url
