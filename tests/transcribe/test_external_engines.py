"""Engines outside the process: a real program, and a local server that speaks OpenAI's API."""

import json
import sys
import wave
from collections.abc import Iterator
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.config.transcribe import Weights
from snakescribe.errors import UserError
from snakescribe.transcribe.engines import Request
from snakescribe.transcribe.engines import endpoint as endpoint_module
from snakescribe.transcribe.engines.command import Command
from snakescribe.transcribe.engines.external import ExternalTokenizer
from snakescribe.transcribe.engines.http import Http

AUDIO = [np.full(16000 * seconds, 0.1, dtype=np.float32) for seconds in (1, 2)]
MODEL = Weights(weights="any", batch_size=2)
NASTY = 'O\'Brien "$(touch /tmp/owned)"; {team} `id`'

PROGRAM = """
import json, sys, wave
audio, prompt = sys.argv[1:3]
with wave.open(audio) as file:
    seconds = file.getnframes() / file.getframerate()
print(json.dumps({"text": f"{seconds:.1f} {prompt}", "language": "en",
                  "words": [{"start": 0.1, "end": 99, "word": " one"}]}))
"""


@pytest.fixture
def program(tmp_path: Path) -> str:
    path = tmp_path / "recognise.py"
    path.write_text(PROGRAM, encoding="utf-8")
    return f"{sys.executable} {path} {{audio}} {{prompt}}"


def run(weights: str, options: Any) -> Any:
    engine = Command(MODEL, Command.fetch_weights(weights)["path"], threads=2, device="cpu")
    requests = [Request(index, [], NASTY, "") for index in range(2)]
    return engine.decode(engine.encode(AUDIO, 30.0), requests, options)


def test_a_program_gets_the_audio_and_the_prompt_as_one_argument(
    program: str, options: Any
) -> None:
    first, second = run(program, options)
    assert first.text == f"1.0 {NASTY}"
    assert second.text == f"2.0 {NASTY}"
    assert first.language == "en"
    assert first.segments[0]["end"] == 1.0
    assert first.words == [{"start": 0.1, "end": 99, "text": "one", "probability": None}]
    assert first.decode_seconds > 0


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ("recognise", "write {audio}"),
        ("recognise {audio} {promt}", "no '{promt}' here; did you mean 'prompt'"),
        ("no-such-program {audio}", "no program 'no-such-program'"),
        ("recognise '{audio}", "No closing quotation"),
        ("", "no command"),
    ],
)
def test_a_command_that_cannot_be_meant_is_refused(weights: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        Command.check_weights(weights)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import sys; sys.exit('no model here')", "exit code 1: no model here"),
        ("print('hello')", "not JSON"),
    ],
)
def test_a_program_that_fails_is_named(
    tmp_path: Path, code: str, message: str, options: Any
) -> None:
    path = tmp_path / "fail.py"
    path.write_text(code, encoding="utf-8")
    with pytest.raises(UserError, match=message):
        run(f"{sys.executable} {path} {{audio}}", options)


@pytest.mark.parametrize(
    "printed", ["{}", "[1]", "null", '{"text": 3}', '{"text": "a", "words": 1}']
)
def test_an_answer_that_says_nothing_is_the_chunks_failure(
    tmp_path: Path, printed: str, options: Any
) -> None:
    path = tmp_path / "odd.py"
    path.write_text(f"print({printed!r})", encoding="utf-8")
    first, _ = run(f"{sys.executable} {path} {{audio}}", options)
    assert first.failure.startswith(f"command '{sys.executable}': ")
    assert "docs/transcribe.md" in first.failure


def test_a_changed_program_has_another_state(program: str, tmp_path: Path) -> None:
    before = Command.weights_state(program)
    assert Command.weights_state(program) == before
    (tmp_path / "recognise.py").write_text(PROGRAM + "\n# changed\n", encoding="utf-8")
    assert Command.weights_state(program) != before
    assert Command.fetch_weights(program)["sha256"] == Command.weights_state(program)


def test_another_endpoint_is_another_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:8000/v1")
    before = Http.weights_state("whisper-1")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9000/v1")
    assert Http.weights_state("whisper-1") != before


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_pieces_of_a_prompt_give_the_prompt_again(text: str) -> None:
    tokenizer = ExternalTokenizer()
    if "\0" not in text:
        assert tokenizer.detokenize(tokenizer.tokenize(text)) == text.strip()


class Endpoint(BaseHTTPRequestHandler):
    """OpenAI's transcription API over HTTP; `server.faults` are answered first."""

    server: Any

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            fault = self.server.faults.pop(0) if self.server.faults else None
            fields = parse_form(self.headers["Content-Type"], body)
            self.server.seen.append((self.path, dict(self.headers), fields))
        if fault:
            self.answer(fault, {"error": {"message": "no such model"}}, {"Retry-After": "0"})
            return
        with wave.open(BytesIO(fields["file"][0])) as file:
            seconds = file.getnframes() / file.getframerate()
        said = {"text": f" {seconds:.1f} s", "language": "english", "duration": seconds}
        said["segments"] = [
            {"id": 0, "start": 0.0, "end": seconds, "text": said["text"], "tokens": [1, 2],
             "avg_logprob": -0.2, "no_speech_prob": 0.01, "compression_ratio": 0.9,
             "temperature": 0.0}
        ]  # fmt: skip
        said["words"] = [{"word": "one", "start": 0.0, "end": 0.5}]
        self.answer(200, said, {})

    def answer(self, status: int, value: Any, headers: dict[str, str]) -> None:
        text = json.dumps(value).encode()
        self.send_response(status)
        for name, one in {**headers, "Content-Length": str(len(text))}.items():
            self.send_header(name, one)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: Any) -> None:
        pass


def parse_form(content_type: str, body: bytes) -> dict[str, list[bytes]]:
    message = BytesParser().parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    fields: dict[str, list[bytes]] = {}
    for part in message.get_payload():
        name = part.get_param("name", header="content-disposition")
        fields.setdefault(name, []).append(part.get_payload(decode=True))
    return fields


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    server.faults, server.seen, server.lock = [], [], Lock()
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{server.server_port}/v1/")
    monkeypatch.setenv("OPENAI_API_KEY", "secret-key")
    monkeypatch.setattr(endpoint_module, "BACKOFF_SECONDS", 0.0)
    yield server
    server.shutdown()
    server.server_close()


def ask(options: Any, prompt: str = NASTY, language: str = "en") -> Any:
    engine = Http(MODEL, "whisper-1", threads=1, device="cpu")
    requests = [Request(index, [], prompt, language) for index in range(2)]
    return engine.decode(engine.encode(AUDIO, 30.0), requests, options)


def test_an_endpoint_gets_what_the_api_asks_for(endpoint: Any, options: Any) -> None:
    first, second = ask(options)
    assert (first.text, second.text) == ("1.0 s", "2.0 s")
    assert first.segments[0]["avg_logprob"] == -0.2
    assert first.segments[0]["tokens"] == 2
    assert first.words[0]["text"] == "one"
    path, headers, fields = endpoint.seen[0]
    assert path == "/v1/audio/transcriptions"
    assert headers["Authorization"] == "Bearer secret-key"
    assert fields["model"] == [b"whisper-1"]
    assert fields["prompt"] == [NASTY.encode()]
    assert fields["language"] == [b"en"]
    assert fields["response_format"] == [b"verbose_json"]
    assert fields["timestamp_granularities[]"] == [b"segment", b"word"]


def test_without_language_and_prompt_the_endpoint_is_left_to_find_out(
    endpoint: Any, options: Any
) -> None:
    assert ask(options, "", "")[0].language == "english"
    assert not {"prompt", "language"} & endpoint.seen[0][2].keys()


def test_translation_has_a_path_of_its_own(endpoint: Any, options: Any) -> None:
    ask(options.model_copy(update={"task": "translate"}))
    assert endpoint.seen[0][0] == "/v1/audio/translations"


def test_a_busy_endpoint_is_asked_again(endpoint: Any, options: Any) -> None:
    endpoint.faults = [429, 503, 500]
    assert [one.text for one in ask(options)] == ["1.0 s", "2.0 s"]
    assert len(endpoint.seen) == 5


@pytest.mark.parametrize(
    ("status", "message"), [(401, "set OPENAI_API_KEY"), (404, "HTTP 404.*no such model")]
)
def test_a_refusal_is_a_clear_error_without_the_key(
    endpoint: Any, options: Any, status: int, message: str
) -> None:
    endpoint.faults = [status] * 20
    with pytest.raises(UserError, match=message) as caught:
        ask(options)
    assert "secret-key" not in str(caught.value)


def test_no_endpoint_is_a_clear_error(options: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint_module, "BACKOFF_SECONDS", 0.0)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    with pytest.raises(UserError, match=r"no answer from 127\.0\.0\.1"):
        ask(options)
    monkeypatch.setenv("OPENAI_BASE_URL", "localhost:8000")
    with pytest.raises(UserError, match="OPENAI_BASE_URL"):
        ask(options)
