"""Prompts around Whisper's limit of 223 tokens: what was rendered is what each decoder gets."""

from pathlib import Path
from typing import Any

import pytest

from snakescribe.config.transcribe import Weights
from snakescribe.transcribe.engines.faster_whisper import FasterWhisper
from snakescribe.transcribe.engines.openai_whisper import OpenaiWhisper
from snakescribe.transcribe.prompts import PromptTemplate, render_prompt

LENGTHS = [222, 223, 224, 225, 300]
MODEL = Weights(weights="tiny.en")


def rendered(tokenizer: Any, length: int) -> Any:
    words = [f"w{number}" if number % 2 else "yes" for number in range(length)]
    text = " ".join(words)
    while len(tokenizer.tokenize(text)) > length:
        text = text.partition(" ")[2]
    assert len(tokenizer.tokenize(text)) == length
    found = render_prompt(
        PromptTemplate("long", text, (), 223), {}, "", tokenizer.tokenize, tokenizer.detokenize
    )
    assert len(found.tokens) == min(length, 223)
    assert found.truncated is (length > 223)
    assert text.endswith(found.text[-50:])  # the head is what goes
    return found


@pytest.mark.parametrize("length", LENGTHS)
def test_faster_whisper_gets_all_that_was_rendered(tiny_en: dict[str, Any], length: int) -> None:
    from faster_whisper.tokenizer import Tokenizer

    prompt = rendered(FasterWhisper.load_tokenizer(tiny_en["path"]), length)
    whisper = FasterWhisper(MODEL, tiny_en["path"], 1, "cpu").backend.whisper
    tokenizer = Tokenizer(whisper.hf_tokenizer, False)
    start = whisper.get_prompt(tokenizer, list(prompt.tokens), without_timestamps=True)
    assert start == [
        tokenizer.sot_prev, *prompt.tokens, tokenizer.sot, tokenizer.no_timestamps
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("length", LENGTHS)
def test_openai_whisper_gets_all_that_was_rendered(tiny_en_checkpoint: Path, length: int) -> None:
    import whisper
    from whisper.decoding import DecodingOptions, DecodingTask

    prompt = rendered(OpenaiWhisper.load_tokenizer(str(tiny_en_checkpoint)), length)
    model = whisper.load_model(str(tiny_en_checkpoint))
    options = DecodingOptions(
        language="en", prompt=list(prompt.tokens), without_timestamps=True, fp16=False
    )
    task = DecodingTask(model, options)
    tokenizer = task.tokenizer
    assert list(task.initial_tokens) == [
        tokenizer.sot_prev, *prompt.tokens, tokenizer.sot, tokenizer.no_timestamps
    ]  # fmt: skip
