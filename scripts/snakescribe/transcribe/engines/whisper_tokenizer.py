"""Whisper's tokenizer without its weights: prompts are fitted to the model's budget with it.

Text is text: a title that holds `<|startoftranscript|>` is encoded letter by letter, never as the
token of that name, with which a stranger could tell the decoder where the transcript begins.
"""

import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from snakescribe.transcribe.engines.protocol import PromptTokenizer
from snakescribe.transcribe.weights.checkpoints import ENGLISH_VOCABULARY, read_shape


class WhisperTokenizer(PromptTokenizer):
    """Text to tokens and back; a prompt has no special tokens, whatever it says."""

    def __init__(
        self, encode: Callable[[str], list[int]], decode: Callable[[list[int]], str]
    ) -> None:
        self._encode = encode
        self._decode = decode

    def tokenize(self, text: str) -> list[int]:
        # openai-whisper's convention: one leading space, no other white space around.
        text = text.strip()
        return self._encode(" " + text) if text else []

    def detokenize(self, tokens: Sequence[int]) -> str:
        return self._decode(list(tokens)) if tokens else ""


def folder_tokenizer(weights: Path) -> WhisperTokenizer:
    """A model's folder -> the tokenizer of the `tokenizer.json` in it, read when it is needed."""

    @cache
    def load() -> Any:
        # Not at the top: a config is checked without it.
        from tokenizers import Tokenizer

        described = json.loads((weights / "tokenizer.json").read_text(encoding="utf-8"))
        for token in described["added_tokens"]:
            token["special"] = True  # some files say it of all but those that stand for times
        tokenizer = Tokenizer.from_str(json.dumps(described))
        tokenizer.encode_special_tokens = True  # as any other text
        return tokenizer

    return WhisperTokenizer(
        lambda text: load().encode(text, add_special_tokens=False).ids,
        lambda tokens: load().decode(tokens),
    )


def package_tokenizer(weights: Path) -> WhisperTokenizer:
    """A checkpoint of openai-whisper -> the tokenizer that the package has for its vocabulary."""
    # Not at the top: the package need not be installed.
    from whisper.tokenizer import get_tokenizer

    tokenizer = get_tokenizer(multilingual=read_shape(weights)[2] != ENGLISH_VOCABULARY)
    return WhisperTokenizer(tokenizer.encoding.encode_ordinary, tokenizer.decode)
