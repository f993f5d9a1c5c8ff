"""The engine `http` against local servers that answer as those that people run, and some that fail.

What a test wants of a server's patience or of the length of a wait is set to next to nothing.
"""

import json
import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import speech_servers
from click.testing import CliRunner
from speech_servers import Answer, SpeechServer, refusal, serving
from tone_shard import ToneShard, pass_params

from snakescribe.cli import cli
from snakescribe.config.transcribe import Decoding, Weights
from snakescribe.errors import UserError
from snakescribe.notices import Kind, collected
from snakescribe.transcribe.answers import check_decoded
from snakescribe.transcribe.engines import Decoded, InterruptedDecodingError, Request
from snakescribe.transcribe.engines import endpoint as endpoint_module
from snakescribe.transcribe.engines.http import Http

AUDIO = [np.full(16000 * seconds, 0.1, dtype=np.float32) for seconds in (1, 2)]
NASTY = 'O\'Brien "$(touch /tmp/owned)"; {team} `id`'
KEY = "secret-key-7"
SERVERS = {
    name: getattr(speech_servers, name)
    for name in (
        "whisper", "gpt_4o", "gpt_4o_diarize", "vllm", "groq", "whisper_cpp",
        "strict_about_times", "deaf_to_prompts",
    )
}  # fmt: skip


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """No wait takes time; those that were asked for are in the list."""
    waits: list[float] = []
    monkeypatch.setattr(endpoint_module, "time", SimpleNamespace(sleep=waits.append))
    return waits


@pytest.fixture
def server() -> Iterator[SpeechServer]:
    """OpenAI's whisper-1, until a test gives it another behaviour."""
    with serving(speech_servers.whisper) as running:
        yield running


def model_at(server: SpeechServer, **changes: Any) -> Weights:
    values = {"engine": "http", "weights": "some-model", "batch_size": 2, "url": server.url}
    return Weights(**{**values, **changes})


def ask(
    model: Weights, options: Decoding, prompt: str = NASTY, language: str = "en"
) -> list[Decoded]:
    """What a new engine answers to a chunk of 1 s and one of 2 s."""
    engine = Http(model, model.weights, threads=1, device="cpu")
    requests = [Request(index, [], prompt, language) for index in range(2)]
    return engine.decode(engine.encode(AUDIO, 30.0), requests, options)


def texts(results: list[Decoded]) -> list[str]:
    return [result.text for result in results]


@pytest.mark.parametrize("name", SERVERS)
def test_every_server_is_understood(server: SpeechServer, options: Decoding, name: str) -> None:
    server.behaviour = SERVERS[name]
    results = ask(model_at(server), options)
    assert texts(results) == ["1.0 s", "2.0 s"]
    for result, seconds in zip(results, (1.0, 2.0), strict=True):
        assert result.decode_seconds > 0
        checked, faults = check_decoded(result, seconds)
        assert not faults
        assert checked.segments[-1]["end"] == seconds


def test_an_endpoint_gets_what_the_api_asks_for(server: SpeechServer, options: Decoding) -> None:
    first, _ = ask(model_at(server), options)
    assert first.language == "en"
    assert (first.segments[0]["avg_logprob"], first.segments[0]["tokens"]) == (-0.2, 2)
    assert first.words[0]["text"] == "one"
    path, headers, form = server.seen[0]
    assert path == "/v1/audio/transcriptions"
    assert "Authorization" not in headers
    del form["file"]
    assert form == {
        "model": [b"some-model"], "prompt": [NASTY.encode()], "language": [b"en"],
        "temperature": [b"0"], "response_format": [b"verbose_json"],
        "timestamp_granularities[]": [b"segment", b"word"],
    }  # fmt: skip


def test_without_language_and_prompt_the_endpoint_is_left_to_find_out(
    server: SpeechServer, options: Decoding
) -> None:
    assert ask(model_at(server), options, "", "")[0].language == "en"  # `english`, it says
    assert not {"prompt", "language"} & server.forms[0].keys()


def test_translation_has_a_path_of_its_own(server: SpeechServer, options: Decoding) -> None:
    ask(model_at(server), options.model_copy(update={"task": "translate"}))
    path, _, form = server.seen[0]
    assert path == "/v1/audio/translations"
    assert not {"language", "timestamp_granularities[]"} & form.keys()


@pytest.mark.parametrize("name", ["gpt_4o", "vllm"])
def test_a_refused_form_of_answer_is_remembered(
    server: SpeechServer, options: Decoding, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    server.behaviour = SERVERS[name]
    model = model_at(server)
    engine = Http(model, "some-model", threads=1, device="cpu")
    requests = [Request(index % 2, [], "", "en") for index in range(8)]
    with caplog.at_level(logging.INFO):
        results = engine.decode(engine.encode(AUDIO, 30.0), requests, options)
        engine.decode(engine.encode(AUDIO, 30.0), requests, options)
    assert texts(results) == ["1.0 s", "2.0 s"] * 4
    # Two at a time: both may have asked before one was answered.
    assert len(server.forms) in (17, 18)
    assert sum("refuses what model" in message for message in caplog.messages) == 1
    assert engine.provenance()["answer_format"] == "json"
    assert not results[0].words
    assert results[0].segments[0]["avg_logprob"] is None


def test_diarised_answers_keep_the_times_and_speakers_of_their_segments(
    server: SpeechServer, options: Decoding
) -> None:
    server.behaviour = speech_servers.gpt_4o_diarize
    _, second = ask(model_at(server, batch_size=1), options)
    told = [(part["start"], part["end"], part["speaker"]) for part in second.segments]
    assert told == [(0, 1, "A"), (1, 2, "B")]
    asked = [(form.get("chunking_strategy"), form["response_format"]) for form in server.forms]
    assert asked == [
        (None, [b"verbose_json"]),
        ([b"auto"], [b"verbose_json"]),
        *[([b"auto"], [b"diarized_json"])] * 2,
    ]


def test_words_within_segments_are_read_with_their_probabilities(
    server: SpeechServer, options: Decoding
) -> None:
    server.behaviour = speech_servers.whisper_cpp
    first, _ = ask(model_at(server), options)
    assert [(word["text"], word["probability"]) for word in first.words] == [
        ("1.0", 0.75),
        ("s", 0.75),
    ]


def test_a_server_that_drops_prompts_gives_its_text(
    server: SpeechServer, options: Decoding
) -> None:
    server.behaviour = speech_servers.deaf_to_prompts
    named, without = (ask(model_at(server), options, prompt) for prompt in (NASTY, ""))
    assert texts(named) == texts(without)
    assert [form.get("prompt") for form in server.forms] == [[NASTY.encode()]] * 2 + [None] * 2


@pytest.mark.parametrize("as_date", [False, True])
def test_a_busy_server_is_asked_when_it_says(
    server: SpeechServer, options: Decoding, impatient: list[float], as_date: bool
) -> None:
    told = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    busy = Answer.of(429, {}, Retry_After=told if as_date else "40")
    server.faults = [busy] * 12  # more often than a server is asked that says nothing
    assert texts(ask(model_at(server), options)) == ["1.0 s", "2.0 s"]
    assert len(server.seen) == 14
    assert len(impatient) == 12
    assert all(35 < wait <= 40 for wait in impatient)


@pytest.mark.parametrize("told", ["soon", "-3", "", "0", "Sun, 06 Nov 1994 08:49:37 GMT"])
def test_a_retry_after_that_says_nothing_is_not_heeded(
    server: SpeechServer, options: Decoding, impatient: list[float], told: str
) -> None:
    server.faults = [Answer.of(503, {}, Retry_After=told), Answer.of(500, {})]
    assert texts(ask(model_at(server, batch_size=1), options)) == ["1.0 s", "2.0 s"]
    assert impatient == [1.0, 2.0]


def test_a_server_that_asks_for_hours_ends_the_job(
    server: SpeechServer, options: Decoding, impatient: list[float]
) -> None:
    server.faults = [Answer.of(429, {}, Retry_After="7200")] * 2
    with pytest.raises(UserError, match="asks to wait 7200 s; what was decoded is kept"):
        ask(model_at(server), options)
    assert not impatient


@pytest.mark.parametrize("status", [429, 500, 504])
def test_a_server_that_is_always_busy_ends_the_job(
    server: SpeechServer, options: Decoding, impatient: list[float], status: int
) -> None:
    server.behaviour = lambda _: refusal("over your quota", status)
    with pytest.raises(UserError, match=rf"no answer from 127.0.0.1:\d+ .*HTTP {status}.*quota"):
        ask(model_at(server, batch_size=1), options)
    assert impatient == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]


def test_a_slow_server_is_asked_twice(server: SpeechServer, options: Decoding) -> None:
    server.delay = 0.3
    model = model_at(server, batch_size=1, timeout_seconds=0.05)
    with pytest.raises(UserError, match=r"nothing for 0\.05 s \(`timeout_seconds`\)"):
        ask(model, options)
    server.arrived.acquire(timeout=20)
    server.arrived.acquire(timeout=20)
    assert len(server.seen) == 2


def test_requests_side_by_side_share_the_time_that_they_took(
    server: SpeechServer, options: Decoding
) -> None:
    server.delay = 0.2
    begin = time.perf_counter()
    first, second = ask(model_at(server, batch_size=2), options)
    elapsed = time.perf_counter() - begin
    assert first.decode_seconds + second.decode_seconds <= elapsed
    assert min(first.decode_seconds, second.decode_seconds) > 0.08


def test_long_recordings_may_take_long() -> None:
    model = Weights(engine="http", weights="a", url="http://127.0.0.1:1/v1", timeout_seconds=60)
    engine = Http(model, "a", threads=1, device="cpu")
    assert [engine.patience(seconds) for seconds in (1, 30, 3600)] == [60, 60, 7200]


HALF_ANSWERS = {
    "cut": None,
    "cut in its middle": Answer(200, b'{"text": "1', {"Content-Length": "200"}),
    "truncated": Answer(200, b'{"text": "1.0'),
    "empty": Answer(200, b""),
    "a page": Answer(200, b"<html><body>Welcome to our gateway</body></html>"),
    "not UTF-8": Answer(200, b'{"text": "\xff"}'),
    "a pit": Answer(200, b"[" * 100_000),
}


@pytest.mark.parametrize("kind", HALF_ANSWERS)
def test_half_an_answer_is_asked_for_again(
    server: SpeechServer, options: Decoding, kind: str
) -> None:
    server.faults = [HALF_ANSWERS[kind]]
    assert texts(ask(model_at(server), options)) == ["1.0 s", "2.0 s"]
    assert len(server.seen) == 3


@pytest.mark.parametrize("kind", ["truncated", "empty", "a page", "not UTF-8", "a pit"])
def test_half_an_answer_is_one_chunks_failure(
    server: SpeechServer, options: Decoding, kind: str
) -> None:
    server.faults = [HALF_ANSWERS[kind]] * 2
    first, second = ask(model_at(server, batch_size=1), options)
    assert first.failure.startswith("model 'some-model': the answer is not JSON")
    assert not first.refused
    assert (second.text, second.failure) == ("2.0 s", "")


@pytest.mark.parametrize("value", [{}, [1], None, {"text": None}, {"error": "no sound"}])
def test_json_without_a_text_is_one_chunks_failure(
    server: SpeechServer, options: Decoding, value: Any
) -> None:
    server.faults = [Answer.of(200, value)]
    first, second = ask(model_at(server, batch_size=1), options)
    assert "docs/transcribe.md" in first.failure
    assert second.text == "2.0 s"


def test_a_recording_that_is_too_long_is_refused_alone(
    server: SpeechServer, options: Decoding
) -> None:
    """As OpenAI's limits of 25 MB, and of 1,400 s for gpt-4o-transcribe."""
    server.behaviour = speech_servers.limited
    model = model_at(server)
    engine = Http(model, "some-model", threads=1, device="cpu")
    requests = [Request(index, [], "", "en") for index in range(2)]
    first, second = engine.decode_whole(AUDIO, requests, options, conditioned=True)
    assert first.text == "1.0 s"
    assert (second.text, second.refused) == ("", True)
    assert "asked for 2.0 s: HTTP 413: " in second.failure
    assert "Maximum content size limit" in second.failure


@pytest.mark.parametrize(
    ("status", "message"),
    [(401, "set MY_KEY"), (403, "set MY_KEY"), (404, "HTTP 404.*no such model.*`weights`"),
     (308, "another address")],
)  # fmt: skip
def test_what_no_other_chunk_would_be_spared_ends_the_job(
    server: SpeechServer,
    options: Decoding,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    message: str,
) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    server.faults = [
        Answer.of(status, {"error": f"no such model, {KEY}"}, Location="http://127.0.0.1:1/")
    ] * 2
    with pytest.raises(UserError, match=message) as caught:
        ask(model_at(server, key_variable="MY_KEY"), options)
    assert KEY not in str(caught.value)


def test_what_was_answered_before_a_failure_is_kept(
    server: SpeechServer, options: Decoding
) -> None:
    server.faults = [Answer.of(200, {"text": "kept"}), refusal("gone", 404)]
    with pytest.raises(InterruptedDecodingError, match="gone") as caught:
        ask(model_at(server, batch_size=1), options)
    assert [result and result.text for result in caught.value.results] == ["kept", None]


def test_nobody_there_is_a_clear_error(options: Decoding) -> None:
    model = Weights(engine="http", weights="a", url="http://127.0.0.1:1/v1")
    with pytest.raises(UserError, match=r"no answer from 127\.0\.0\.1:1 .*ConnectionError"):
        ask(model, options)


def test_fetching_a_model_takes_its_address(tmp_path: Path) -> None:
    receipt = tmp_path / "asked.json"
    command = ["models", "fetch", "w", "--engine", "http", "--receipt", str(receipt), "--options"]
    done = CliRunner().invoke(cli, [*command, '{"url": "http://127.0.0.1:8000/v1"}'])
    assert done.exit_code == 0, (done.output, done.exception)
    written = json.loads(receipt.read_text(encoding="utf-8"))
    assert (written["source"], written["path"]) == ("127.0.0.1:8000", "w")
    done = CliRunner().invoke(cli, [*command, '{"adress": 3}'])
    assert "--options: adress: unknown key" in str(done.exception)


class TestAddressesAndKeys:
    """Two servers meet in one experiment, and none is sent the key of another."""

    def test_each_server_gets_its_own_key(
        self, server: SpeechServer, options: Decoding, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", "of-openai")
        monkeypatch.setenv("MY_KEY", f" {KEY}\n")
        monkeypatch.setenv("MY_URL", f"{server.url}/")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        keys = {}
        for name, values in {
            "own address": {"url": server.url},
            "own variable": {"url": "", "url_variable": "MY_URL"},
            "own key": {"url": server.url, "key_variable": "MY_KEY"},
            "OpenAI's": {"url": ""},
        }.items():
            server.seen.clear()
            ask(model_at(server, **values), options)
            keys[name] = server.seen[0][1].get("Authorization")
        assert keys == {
            "own address": None,
            "own variable": None,
            "own key": f"Bearer {KEY}",
            "OpenAI's": "Bearer of-openai",
        }

    def test_another_address_is_another_state(self, monkeypatch: pytest.MonkeyPatch) -> None:
        urls = ["http://127.0.0.1:8000/v1", "http://127.0.0.1:9000/v1"]
        models = [Weights(engine="http", weights="a", url=url) for url in urls]
        states = [Http.model_state(model) for model in models]
        assert states[0] != states[1]
        assert Http.fetch_model(models[0])["source"] == "127.0.0.1:8000"
        monkeypatch.setenv("OPENAI_BASE_URL", urls[0])
        assert Http.weights_state("a") == states[0]

    @pytest.mark.parametrize(
        ("url", "message"),
        [
            ("localhost:8000", "not an http or https address"),
            ("ftp://127.0.0.1", "not an http or https address"),
            ("http:///v1", "not an http or https address"),
            ("http://127.0.0.1:99999/v1", "the port"),
            ("http://127.0.0.1/v1?key=k", "without \\? or #"),
            ("http://127.0.0.1/v1/audio/transcriptions", "up to `/audio`"),
        ],
    )
    def test_what_is_no_address_is_refused(
        self, url: str, message: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        [told] = Http.check_model(Weights(engine="http", weights="a", url=url))
        monkeypatch.setenv("MY_URL", url)
        named = Weights(engine="http", weights="a", url_variable="MY_URL")
        [of_variable] = Http.check_environment(named)
        with pytest.raises(UserError, match=message):
            Http.fetch_model(named)
        assert told.startswith("url: ")
        assert of_variable.startswith("url_variable: MY_URL: ")
        assert url not in told + of_variable

    @pytest.mark.parametrize(
        ("values", "environment", "message"),
        [
            ({"url_variable": "MY_URL"}, {}, "url_variable: MY_URL is not set"),
            ({"url": "http://a/v1", "key_variable": "MY_KEY"}, {}, "key_variable: MY_KEY is not"),
            ({"url": "http://a/v1", "key_variable": "MY_KEY"}, {"MY_KEY": "a\nb"}, "line breaks"),
            ({}, {}, "key_variable: OPENAI_API_KEY is not set"),
            ({}, {"OPENAI_BASE_URL": "a"}, "url_variable: OPENAI_BASE_URL: this is not"),
        ],
    )
    def test_what_a_run_lacks_is_told(
        self,
        values: dict[str, str],
        environment: dict[str, str],
        message: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        [told] = Http.check_environment(Weights(engine="http", weights="a", **values))
        assert message in told

    def test_all_that_a_run_lacks_is_told_at_once(self) -> None:
        named = Weights(engine="http", weights="a", url_variable="MY_URL", key_variable="MY_KEY")
        told = list(Http.check_environment(named))
        assert [line.partition(" is not set")[0] for line in told] == [
            "url_variable: MY_URL", "key_variable: MY_KEY",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("values", "environment"),
        [
            ({"url": "http://127.0.0.1:8000/v1"}, {}),
            ({}, {"OPENAI_BASE_URL": "http://[::1]:8000/v1/"}),
            ({}, {"OPENAI_API_KEY": "k"}),
        ],
    )
    def test_what_is_all_right_is_not_told(
        self, values: dict[str, str], environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        model = Weights(engine="http", weights="a", **values)
        assert [*Http.check_model(model), *Http.check_environment(model)] == []

    def test_passwords_do_not_belong_into_a_config(self) -> None:
        model = Weights(engine="http", weights="a", url="http://me:word@127.0.0.1/v1")
        [told] = Http.check_model(model)
        assert "password" in told
        assert "word@" not in told

    def test_two_addresses_are_one_too_many(self) -> None:
        model = Weights(engine="http", weights="a", url="http://a/v1", url_variable="B")
        [told] = Http.check_model(model)
        assert "leave one of the two out" in told


@pytest.fixture
def http_tones(tones: ToneShard, server: SpeechServer) -> tuple[ToneShard, Weights]:
    """The shard of tones, and a server's model to transcribe it."""
    model = model_at(server, batch_size=1)
    tones.receipt = Http.fetch_model(model)
    return tones, model


def test_a_job_keeps_what_was_answered_and_asks_for_the_rest(
    http_tones: tuple[ToneShard, Weights], server: SpeechServer
) -> None:
    shard, model = http_tones
    params = pass_params(model=model)
    server.faults = [Answer.of(200, {"text": "kept"})] * 3 + [refusal("gone", 404)]
    with pytest.raises(UserError, match="gone"):
        shard.run(params)
    assert len(shard.keys()) == 3
    assert len(shard.run(params)) == 7
    assert len(server.seen) == 8  # seven chunks, and the one that failed


def test_a_job_tells_of_plain_and_of_refused_answers(
    http_tones: tuple[ToneShard, Weights], server: SpeechServer
) -> None:
    shard, model = http_tones
    params = pass_params(model=model)
    server.behaviour = speech_servers.gpt_4o
    server.faults = [speech_servers.gpt_4o({"response_format": [b"verbose_json"]})]
    server.faults += [refusal("too long", 413)]
    for asked in (9, 10):  # what was refused is asked for again, the rest is in the store
        with collected() as notices:
            rows = shard.run(params)
        kinds = {notice.kind: count for notice, count in notices.counts().items()}
        told = {Kind(kind): count for kind, count in kinds.items()}
        refused = {Kind.ANSWER_REFUSED: 1} if asked == 9 else {}
        assert told == {Kind.ANSWER_PLAIN: len(rows), **refused}
        assert all(row["run"]["more"]["answer_format"] == "json" for row in rows)
        assert len(rows) == (6 if asked == 9 else 7)


def test_no_key_is_written_anywhere(
    http_tones: tuple[ToneShard, Weights],
    server: SpeechServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    shard, model = http_tones
    monkeypatch.setenv("MY_KEY", KEY)
    server.faults = [refusal(f"busy with {KEY}", 503), refusal(f"no {KEY}", 413)]
    with caplog.at_level(logging.DEBUG), collected() as notices:
        rows = shard.run(pass_params(model=model.model_copy(update={"key_variable": "MY_KEY"})))
    assert server.seen[0][1]["Authorization"] == f"Bearer {KEY}"
    written = shard.journal.read_text(encoding="utf-8")
    told = [notice.text for notice in notices.counts()]
    assert any("(the key)" in text for text in told)
    assert KEY not in written + json.dumps(rows) + "".join([*told, *caplog.messages])
