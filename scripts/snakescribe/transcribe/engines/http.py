"""An endpoint that speaks OpenAI's `/audio/transcriptions`, on this machine or elsewhere.

`weights` is the model's name there. Where it is asked, and with which key, is told in `server`.
Servers differ in what they take; what one refuses by name is not asked for again in a job.
"""

import logging
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from snakescribe.config.transcribe import Weights
from snakescribe.store import digest
from snakescribe.transcribe.engines.external import ExternalEngine, read_answer, to_wav
from snakescribe.transcribe.engines.protocol import (
    Decoded,
    Encoded,
    Options,
    Provenance,
    Request,
)
from snakescribe.transcribe.engines.server import check_entry, check_variables, find_server
from snakescribe.transcribe.engines.workers import Workers
from snakescribe.transcribe.weights.receipt import Receipt

if TYPE_CHECKING:
    from snakescribe.transcribe.engines.endpoint import RefusedError

VERBOSE, DIARISED, PLAIN = "verbose_json", "diarized_json", "json"
_ABOUT_THE_FORM = (400, 422)

logger = logging.getLogger(__name__)


class Wishes(NamedTuple):
    """What a server is asked for beside the text."""

    answer_format: str = VERBOSE
    granularities: bool = True
    chunking: bool = False

    def fields(self, words: bool) -> dict[str, Any]:
        """As fields of the form; `words` says whether times of words are wanted."""
        fields: dict[str, Any] = {"response_format": self.answer_format}
        if self.answer_format == VERBOSE and self.granularities:
            fields["timestamp_granularities[]"] = ["segment", "word"] if words else ["segment"]
        if self.chunking:
            fields["chunking_strategy"] = "auto"
        return fields

    def without_refused(self, said: str) -> "Wishes":
        """What a server said when it refused -> what to ask for in place of this; or the same."""
        said = said.lower()
        if "chunking_strategy" in said and not self.chunking:
            return self._replace(chunking=True)
        if "timestamp_granularities" in said and self.granularities:
            return self._replace(granularities=False)
        if not any(word in said for word in ("response_format", VERBOSE, DIARISED)):
            return self
        if self.answer_format == VERBOSE and "diari" in said:
            return self._replace(answer_format=DIARISED)
        return self._replace(answer_format=PLAIN)


class Http(ExternalEngine):
    """A model behind an endpoint; `batch_size` requests are under way at once."""

    OPTIONS = frozenset({"task", "word_timestamps"})
    KEYS = frozenset({"url", "url_variable", "key_variable", "timeout_seconds"})

    def __init__(self, model: Weights, weights: str, threads: int, device: str) -> None:
        # Not at the top: a config is checked without requests.
        from snakescribe.transcribe.engines.endpoint import Endpoint

        self.model = weights
        self.batch_size = model.batch
        self._workers = Workers(self.batch_size, 1)
        self._server = find_server(model)
        self._endpoint = Endpoint(self._server, weights, self.batch_size)
        self._timeout = model.timeout_seconds
        self._wishes = Wishes()
        self._lock = Lock()

    @classmethod
    def check_model(cls, model: Weights) -> Iterator[str]:
        yield from check_entry(model)

    @classmethod
    def check_environment(cls, model: Weights) -> Iterator[str]:
        yield from check_variables(model)

    @classmethod
    def fetch_weights(cls, weights: str) -> Receipt:
        return cls.fetch_model(Weights(engine="http", weights=weights))

    @classmethod
    def fetch_model(cls, model: Weights) -> Receipt:
        """The model's name and the endpoint's host; what runs there is not known here."""
        server = find_server(model)
        return {
            "weights": model.weights,
            "path": model.weights,
            "sha256": digest(server.public_url, model.weights),
            "source": server.host,
            "languages": "multilingual",
        }

    def provenance(self) -> Provenance:
        return {
            "engine": "http",
            "device": self._server.host,
            "batch_size": self.batch_size,
            "answer_format": self._wishes.answer_format,
        }

    def decode(
        self, encoded: Encoded, requests: Sequence[Request], options: Options
    ) -> list[Decoded]:
        def ask(request: Request) -> Decoded:
            return self._ask(encoded, options, request)

        return self.ask_each(requests, ask, self._workers)

    def _ask(self, encoded: Encoded, options: Options, request: Request) -> Decoded:
        # Not at the top: a config is checked without requests.
        from snakescribe.transcribe.engines.endpoint import GarbledError, RefusedError, Sound

        translate = options.task == "translate"
        fields: dict[str, Any] = {"model": self.model, "temperature": "0"}
        if request.prompt_text:
            fields["prompt"] = request.prompt_text
        if request.language and not translate:
            fields["language"] = request.language
        seconds = encoded.seconds[request.member]
        sound = Sound(to_wav(encoded.states[request.member]), self.patience(seconds))
        task, who = ("translations" if translate else "transcriptions"), f"model '{self.model}'"
        while True:
            wishes = self._wishes
            asked = wishes.fields(words=options.word_timestamps)
            if translate:
                asked.pop("timestamp_granularities[]", None)
            try:
                answer = self._endpoint.post(task, {**fields, **asked}, sound)
            except RefusedError as refusal:
                if self._learn(wishes, refusal):
                    continue
                failure = f"{who}, asked for {seconds:.1f} s: {refusal}"
                return Decoded("", request.language, failure=failure, refused=True)
            except GarbledError as error:
                return Decoded("", request.language, failure=f"{who}: the answer is {error}")
            return read_answer(answer, who, request.language, seconds)

    def _learn(self, asked: Wishes, refusal: "RefusedError") -> bool:
        """What was asked for and refused -> whether there is something else to be asked for."""
        if refusal.status not in _ABOUT_THE_FORM:
            return False
        with self._lock:  # other threads may have learnt it first
            known = self._wishes
            if known == asked:
                known = asked.without_refused(refusal.said)
                if known != asked:
                    self._wishes = known
                    logger.info(
                        "%s refuses what model '%s' was asked for, which is now %s: %s",
                        self._server.host,
                        self.model,
                        known._asdict(),
                        refusal,
                    )
            return known != asked
