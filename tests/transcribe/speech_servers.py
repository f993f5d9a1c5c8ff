"""Local servers of speech recognition that answer as those that people run, and some that fail.

Each answers how long the sound is, so that a test can tell which answer is whose.
"""

import json
import time
import wave
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import Lock, Semaphore, Thread
from typing import Any

Form = dict[str, list[bytes]]


@dataclass(frozen=True)
class Answer:
    """What a server says to a request."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, status: int, value: Any, **headers: str) -> "Answer":
        """An answer of JSON."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return cls(status, json.dumps(value).encode(), named)


Behaviour = Callable[[Form], Answer]


def refusal(message: str, status: int = 400) -> Answer:
    """A refusal as OpenAI writes it."""
    return Answer.of(status, {"error": {"message": message, "type": "invalid_request_error"}})


def seconds_of(form: Form) -> float:
    """The length of the sound that was sent."""
    with wave.open(BytesIO(form["file"][0])) as file:
        return file.getnframes() / file.getframerate()


def text_of(form: Form) -> str:
    """What all of them hear."""
    return f"{seconds_of(form):.1f} s"


def whisper(form: Form) -> Answer:
    """OpenAI's whisper-1, and faster-whisper behind a server."""
    seconds, text = seconds_of(form), f" {text_of(form)}"
    said: dict[str, Any] = {"text": text, "language": "english", "duration": seconds}
    if form.get("response_format") == [b"verbose_json"]:
        said["segments"] = [
            {"id": 0, "start": 0.0, "end": seconds, "text": text, "tokens": [1, 2],
             "avg_logprob": -0.2, "no_speech_prob": 0.01, "compression_ratio": 0.9,
             "temperature": 0.0}
        ]  # fmt: skip
        if b"word" in form.get("timestamp_granularities[]", []):
            said["words"] = [{"word": "one", "start": 0.0, "end": 0.5}]
    return Answer.of(200, said)


def gpt_4o(form: Form) -> Answer:
    """OpenAI's gpt-4o-transcribe: text alone."""
    if form["response_format"] != [b"json"]:
        return refusal(
            "response_format 'verbose_json' is not compatible with model "
            "'gpt-4o-transcribe-api-ev3'. Use 'json' or 'text' instead."
        )
    if "timestamp_granularities[]" in form:
        return refusal("timestamp_granularities[] is only for verbose_json")
    return Answer.of(200, {"text": text_of(form), "usage": {"type": "tokens"}})


def gpt_4o_diarize(form: Form) -> Answer:
    """OpenAI's gpt-4o-transcribe-diarize: segments with speakers."""
    if "chunking_strategy" not in form:
        return refusal("chunking_strategy is required for diarization models")
    if form["response_format"] not in ([b"json"], [b"diarized_json"]):
        return refusal(
            "response_format 'verbose_json' is not compatible with model "
            "'gpt-4o-transcribe-diarize'. Use 'json', 'text' or 'diarized_json' instead."
        )
    seconds, text = seconds_of(form), text_of(form)
    parts = [
        {"type": "transcript.text.segment", "id": f"seg_00{number}", "speaker": "AB"[number],
         "start": number * seconds / 2, "end": (number + 1) * seconds / 2, "text": part}
        for number, part in enumerate(text.split())
    ]  # fmt: skip
    return Answer.of(200, {"task": "transcribe", "text": text, "segments": parts})


def vllm(form: Form) -> Answer:
    """vLLM with a model that is not Whisper."""
    if form["response_format"] == [b"verbose_json"]:
        return Answer.of(
            400,
            {"error": {"message": "Currently do not support verbose_json for Qwen/Qwen3-ASR-1.7B",
                       "type": "BadRequestError", "param": None, "code": 400}},
        )  # fmt: skip
    return Answer.of(200, {"text": text_of(form), "usage": {"type": "duration", "seconds": 1}})


def groq(form: Form) -> Answer:
    """Groq: as whisper-1, with fields and a language of its own."""
    said = json.loads(whisper(form).body)
    return Answer.of(200, {**said, "task": "transcribe", "language": "English", "x_groq": {}})


def whisper_cpp(form: Form) -> Answer:
    """whisper.cpp's server: words stand in their segments, with probabilities and token ids."""
    seconds, text = seconds_of(form), text_of(form)
    segment = {
        "id": 0, "text": f" {text}\n", "start": 0.0, "end": seconds, "tokens": [50364, 1, 2],
        "words": [
            {"word": f" {part}", "start": 0.1 * number, "end": 0.1 * number + 0.1, "t_dtw": -1,
             "probability": 0.75}
            for number, part in enumerate(text.split())
        ],
        "temperature": 0.0, "avg_logprob": -0.3, "no_speech_prob": 1e-10,
    }  # fmt: skip
    return Answer.of(
        200,
        {"task": "transcribe", "language": "english", "duration": seconds, "text": f" {text}\n",
         "segments": [segment], "detected_language": "english"},
    )  # fmt: skip


def strict_about_times(form: Form) -> Answer:
    """A server that knows verbose answers, but no granularities."""
    if "timestamp_granularities[]" in form:
        return Answer.of(422, {"detail": [{"loc": ["body", "timestamp_granularities[]"]}]})
    return whisper(form)


def deaf_to_prompts(form: Form) -> Answer:
    """A server that takes a prompt, drops it, and says nothing of that."""
    return whisper(form)


def limited(form: Form) -> Answer:
    """A server that takes no more than 1.5 s."""
    if seconds_of(form) > 1.5:
        return refusal("Maximum content size limit (26214400) exceeded", 413)
    return whisper(form)


class SpeechServer:
    """A server at `url`: `faults` are answered first, then all goes to `behaviour`.

    A fault of None cuts the connection; `delay` is how long (s) each answer takes. `seen` has the
    path, the headers and the form of each request, and `arrived` counts them.
    """

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.faults: list[Answer | None] = []
        self.delay = 0.0
        self.seen: list[tuple[str, dict[str, str], Form]] = []
        self.arrived = Semaphore(0)
        self.lock = Lock()
        self.url = ""

    @property
    def forms(self) -> list[Form]:
        """The forms of all requests."""
        return [form for _, _, form in self.seen]


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[SpeechServer]:
    """Serve until the block ends."""
    shared = SpeechServer(behaviour)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            form = _parse_form(self.headers["Content-Type"], body)
            with shared.lock:
                shared.seen.append((self.path, dict(self.headers), form))
                fault = shared.faults.pop(0) if shared.faults else shared.behaviour(form)
            shared.arrived.release()
            time.sleep(shared.delay)
            if fault is None:
                self.close_connection = True
                return
            self.send_response(fault.status)
            for name, value in {"Content-Length": str(len(fault.body)), **fault.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(fault.body)

        def log_message(self, *_: Any) -> None:
            """Nothing on the terminal."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """Nothing there either: a client that waits no longer is part of a test."""

    server = Server(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    shared.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield shared
    finally:
        server.shutdown()
        server.server_close()


def _parse_form(content_type: str, body: bytes) -> Form:
    message = BytesParser().parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    fields: Form = {}
    parts: Any = message.get_payload()
    for part in parts:
        name = part.get_param("name", header="content-disposition")
        fields.setdefault(name, []).append(part.get_payload(decode=True))
    return fields
