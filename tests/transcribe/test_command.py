"""Engines outside the process: programs, and the pieces that their prompts are counted in."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snakescribe.config.transcribe import Weights
from snakescribe.errors import UserError
from snakescribe.transcribe.engines import Request
from snakescribe.transcribe.engines.command import Command
from snakescribe.transcribe.engines.external import ExternalTokenizer

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


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_pieces_of_a_prompt_give_the_prompt_again(text: str) -> None:
    tokenizer = ExternalTokenizer()
    if "\0" not in text:
        assert tokenizer.detokenize(tokenizer.tokenize(text)) == text.strip()
