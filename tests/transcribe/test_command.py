"""Engines outside the process: programs, and the pieces that their prompts are counted in."""

import gc
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tone_shard import ToneShard, pass_params

from snakescribe.config.transcribe import Decoding, Weights
from snakescribe.errors import UserError
from snakescribe.paths import REPOSITORY
from snakescribe.store import RUN_VARIABLE, scratch_prefix
from snakescribe.transcribe.answers import check_decoded
from snakescribe.transcribe.engines import InterruptedDecodingError, Passage, Request
from snakescribe.transcribe.engines.command import Command
from snakescribe.transcribe.engines.external import ExternalTokenizer

pytestmark = pytest.mark.slow

AUDIO = [np.full(16000 * seconds, 0.1, dtype=np.float32) for seconds in (1, 2)]
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


def run(weights: str, options: Any, **entry: Any) -> Any:
    model = Weights(engine="command", weights=weights, batch_size=2, **entry)
    engine = Command(model, Command.fetch_model(model)["path"], threads=2, device="cpu")
    requests = [
        Request(index, [], NASTY, "", Passage("talk", 5.5, 6.5, "/audio/talk 1.mp3"))
        for index in range(2)
    ]
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


def test_the_sound_lies_where_a_killed_runs_files_are_swept(
    tmp_path: Path, options: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(RUN_VARIABLE, "run-7")
    path = tmp_path / "where.py"
    path.write_text("import json, sys; print(json.dumps({'text': sys.argv[1]}))", encoding="utf-8")
    for heard in run(f"{sys.executable} {path} {{audio}}", options):
        assert Path(heard.text).parent.name.startswith(scratch_prefix("run-7"))


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ("recognise", "write {audio}"),
        ("recognise {audio} {promt}", "no '{promt}' here; did you mean 'prompt'"),
        ("no-such-program {audio}", "no program 'no-such-program'"),
        ("recognise '{audio}", "No closing quotation"),
        ("", "no command"),
        ("python {audio:.2f}", "write {name} and no more"),
        ("python {audio} {}", "write {name} and no more"),
    ],
)
def test_a_command_that_cannot_be_meant_is_refused(weights: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        Command.check_weights(weights)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import sys; sys.exit('no model here')", "exit code 1; its last words: no model here"),
        ("print('hello')", "not JSON: 'hello'; messages belong on standard error"),
        ("import os; os.kill(os.getpid(), 11)", "was ended by SIGSEGV; it said nothing else"),
        ("import time; time.sleep(60)", r"no answer in 0\.5 s \(`timeout_seconds`\)"),
        (
            "import sys\nfor n in range(9): print('line', n, file=sys.stderr)\nsys.exit(3)",
            r"exit code 3; its last words: line 4 \| line 5 \| line 6 \| line 7 \| line 8$",
        ),
    ],
)
def test_a_program_that_fails_is_named(
    tmp_path: Path, code: str, message: str, options: Any
) -> None:
    path = tmp_path / "fail.py"
    path.write_text(code, encoding="utf-8")
    timeout = 0.5 if "sleep" in code else 60
    with pytest.raises(UserError, match=message):
        run(f"{sys.executable} {path} {{audio}}", options, timeout_seconds=timeout)


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


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_pieces_of_a_prompt_give_the_prompt_again(text: str) -> None:
    tokenizer = ExternalTokenizer()
    if "\0" not in text:
        assert tokenizer.detokenize(tokenizer.tokenize(text)) == text.strip()


def test_a_program_can_be_told_where_a_chunk_comes_from(tmp_path: Path, options: Any) -> None:
    path = tmp_path / "place.py"
    path.write_text("import json, sys; print(json.dumps({'text': '; '.join(sys.argv[2:])}))")
    weights = f"{sys.executable} {path} {{audio}} {{recording}} {{start}}-{{end}} {{source}}"
    first, _ = run(weights, options)
    assert first.text == "talk; 5.5-6.5; /audio/talk 1.mp3"
    assert Command.hears_passage(Weights(engine="command", weights=weights))
    assert not Command.hears_passage(Weights(engine="command", weights="python {audio}"))


def test_a_prompt_with_a_zero_byte_is_an_argument(program: str, options: Any) -> None:
    model = Weights(engine="command", weights=program)
    engine = Command(model, program, threads=1, device="cpu")
    [said] = engine.decode(engine.encode(AUDIO, 30.0), [Request(0, [], "a\0b", "")], options)
    assert said.text == "1.0 ab"


SERVER = """
import json, os, sys, wave
with open({log!r}, "a") as log:
    print("started", file=log)
print("model loaded", file=sys.stderr)
for number, line in enumerate(sys.stdin):
    asked = json.loads(line)
    with wave.open(asked["audio"]) as file:
        seconds = file.getnframes() / file.getframerate()
    {fault}
    print(json.dumps({{"text": f"{{seconds:.1f}} {{asked['prompt']}}", "id": asked["id"],
                      "words": [{{"start": 0.1, "end": 0.2, "word": "one"}}],
                      "language": " ".join(sorted(asked))}}), flush=True)
with open({log!r}, "a") as log:
    print("ended", file=log)
"""


def server(folder: Path, fault: str = "pass") -> str:
    """The command of a program that is served; `fault` is what it does before an answer."""
    path = folder / "server.py"
    path.write_text(SERVER.format(log=str(folder / "log.txt"), fault=fault), encoding="utf-8")
    return f"{sys.executable} {path}"


def started(folder: Path) -> list[str]:
    return (folder / "log.txt").read_text().split()


@pytest.mark.slow
def test_a_served_program_is_started_once_and_ends_with_its_input(
    tmp_path: Path, options: Any
) -> None:
    first, second = run(server(tmp_path), options, serve=True)
    assert (first.text, second.text) == (f"1.0 {NASTY}", f"2.0 {NASTY}")
    assert first.words[0]["text"] == "one"
    assert first.language == "audio end id language options prompt recording seed source start"
    gc.collect()
    assert started(tmp_path) == ["started", "ended"]


FAULTS = {
    "crash": ("if number: sys.exit('out of memory')", "exit code 1 without an answer"),
    "kill": ("if number: os.kill(os.getpid(), 9)", "was ended by SIGKILL without an answer"),
    "end": ("if number: sys.exit()", "exit code 0 without an answer"),
    "silence": (
        "if number: import time; time.sleep(60)",
        r"no answer in 1\.5 s .*, flushed",
    ),
    "half JSON": ('if number: print(\'{"text": "a\', flush=True)', "no object of JSON"),
    "a list": ("if number: print('[1]', flush=True)", "no object of JSON"),
    "noise": ("if number: print('Loading 99 %', flush=True)", "'Loading 99 %'; messages belong"),
    "two answers": (
        'print(\'{"id": 0}\\n{"id": 0}\', flush=True)',
        "not asked for|another question",
    ),
    "two without an id": ("print('{}\\n{}', flush=True); import time; time.sleep(9)", "not asked"),
    "another answer": (
        'if number: print(\'{"id": 0, "text": "a"}\', flush=True)',
        "another question than that with the id 1",
    ),
    "bytes": ("if number: sys.stdout.buffer.write(b'\\xff\\n'); sys.stdout.flush()", "no object"),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_served_program_that_fails_is_one_error_with_its_last_words(
    tmp_path: Path, options: Any, kind: str
) -> None:
    fault, message = FAULTS[kind]
    timeout = 1.5 if kind == "silence" else 60
    with pytest.raises(InterruptedDecodingError, match=message) as caught:
        run(server(tmp_path, fault), options, serve=True, timeout_seconds=timeout)
    last = "out of memory" if kind == "crash" else "model loaded"
    assert str(caught.value).endswith(last)
    assert started(tmp_path)[0] == "started"
    first, second = caught.value.results
    assert second is None
    assert kind.startswith("two") or first.text == f"1.0 {NASTY}"


def test_what_a_served_program_cannot_do_is_one_chunks_failure(
    tmp_path: Path, options: Any
) -> None:
    fault = "if number: print(json.dumps({'error': 'no sound'}), flush=True); continue"
    first, second = run(server(tmp_path, fault), options, serve=True)
    assert first.text == f"1.0 {NASTY}"
    assert "no sound" in second.failure


def test_a_served_program_is_told_all_options() -> None:
    served = Weights(engine="command", weights=sys.executable, serve=True)
    assert Command.honoured_options(served) == set(Decoding.model_fields)
    assert Command.hears_passage(served)
    assert Command.model_state(served) != Command.weights_state(sys.executable)
    [told] = Command.check_model(served.model_copy(update={"weights": "python {prompt}"}))
    assert told.startswith("weights: 'python {prompt}': a program that is served is told {prompt}")


def test_a_job_keeps_what_a_program_said_before_it_died(tones: ToneShard, tmp_path: Path) -> None:
    weights = server(tmp_path, "if os.path.exists(sys.argv[0] + '.stop') and number == 3: exit(1)")
    model = Weights(engine="command", weights=weights, serve=True)
    tones.receipt = Command.fetch_model(model)
    (tmp_path / "server.py.stop").touch()
    with pytest.raises(UserError, match="exit code 1"):
        tones.run(pass_params(model=model))
    assert len(tones.keys()) == 3
    (tmp_path / "server.py.stop").unlink()
    rows = tones.run(pass_params(model=model))
    assert len(rows) == 7
    assert len({row["run"]["job"] for row in rows}) == 2
    assert started(tmp_path).count("started") == 2


@pytest.mark.slow
def test_pocketsphinx_is_served_and_hears_the_same_in_any_order(
    speech: list[np.ndarray], options: Any
) -> None:
    program = REPOSITORY / "resources" / "programs" / "sphinx.py"
    weights = f"{sys.executable} {program}"
    model = Weights(engine="command", weights=weights, serve=True)
    engine = Command(model, weights, threads=1, device="cpu")
    sound = engine.encode([samples[: 3 * 16_000] for samples in speech[:2]], 30.0)
    requests = [Request(member, [], "", "en") for member in (0, 1, 0)]
    first, second, again = engine.decode(sound, requests, options)
    assert first.text == again.text != second.text
    for said in (first, second):
        words = [word["text"] for word in said.words]
        assert " ".join(words) == said.text
        assert len(words) > 3
        assert check_decoded(said, 3.0)[1] == {}
