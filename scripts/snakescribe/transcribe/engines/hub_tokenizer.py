"""The tokenizer that lies beside a model's weights."""

from collections.abc import Sequence
from pathlib import Path


class HubTokenizer:
    """The `tokenizer.json` of a model folder (see `PromptTokenizer`)."""

    def __init__(self, weights: Path) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))

    def tokenize(self, text: str) -> list[int]:
        # openai-whisper's convention: one leading space, no other white space around.
        text = text.strip()
        return self._tokenizer.encode(" " + text, add_special_tokens=False).ids if text else []

    def detokenize(self, tokens: Sequence[int]) -> str:
        return self._tokenizer.decode(list(tokens))
