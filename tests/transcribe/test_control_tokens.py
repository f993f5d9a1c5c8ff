"""Text from strangers is never a control token, in any field of a prompt, in either engine."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from snakescribe.transcribe.engines.faster_whisper import FasterWhisper
from snakescribe.transcribe.engines.openai_whisper import OpenaiWhisper
from snakescribe.transcribe.engines.whisper_tokenizer import folder_tokenizer
from snakescribe.transcribe.prompts import PromptTemplate, render_prompt

END_OF_TEXT = 50256  # of tiny.en: this and what is above it is control
CONTROL = ["<|startoftranscript|>", "<|endoftext|>", "<|0.00|>", "<|notimestamps|>", "<|en|>",
           "<|startofprev|>", "<|nospeech|>", "<|30.00|>", "<|"]  # fmt: skip
TEXTS = st.lists(
    st.one_of(st.sampled_from(CONTROL), st.text(max_size=8)), min_size=1, max_size=6
).map("".join)


@pytest.fixture(scope="module")
def tokenizers(tiny_en: dict[str, Any], tiny_en_checkpoint: Path) -> list[Any]:
    return [
        FasterWhisper.load_tokenizer(tiny_en["path"]),
        OpenaiWhisper.load_tokenizer(str(tiny_en_checkpoint)),
    ]


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(title=TEXTS, player=TEXTS, term=TEXTS, previous=TEXTS)
def test_what_is_stored_is_what_the_model_sees(
    tokenizers: list[Any], title: str, player: str, term: str, previous: str
) -> None:
    words = "{title}: {player}. {terms} {previous_transcription}"
    template = PromptTemplate("p", words, (term,), 223)
    fields = {"title": title, "player": player}
    seen = []
    for tokenizer in tokenizers:
        found = render_prompt(template, fields, previous, tokenizer.tokenize, tokenizer.detokenize)
        assert all(token < END_OF_TEXT for token in found.tokens)
        assert tokenizer.detokenize(found.tokens).strip() == found.text
        if not found.truncated:
            for text in (title, player):
                assert " ".join(text.split()) in " ".join(found.text.split())
        seen.append((list(found.tokens), found.text))
    assert seen[0] == seen[1]


def test_tokens_for_times_are_control_too(tiny_en: dict[str, Any], tmp_path: Path) -> None:
    """Files of other converters list them as added tokens that are not special."""
    path = Path(tiny_en["path"]) / "tokenizer.json"
    described = json.loads(path.read_text(encoding="utf-8"))
    described["added_tokens"] += [
        described["added_tokens"][0] | {"id": 50363, "content": "<|0.00|>", "special": False}
    ]
    (tmp_path / "tokenizer.json").write_text(json.dumps(described), encoding="utf-8")
    tokenizer = folder_tokenizer(tmp_path)
    text = "Say <|0.00|> twice <|endoftext|>"
    tokens = tokenizer.tokenize(text)
    assert max(tokens) < END_OF_TEXT
    assert tokenizer.detokenize(tokens).strip() == text
