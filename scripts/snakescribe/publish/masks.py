"""Texts without secrets and without the paths of one machine."""

import json
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

from snakescribe.publish.secret_values import KNOWN_FORMS

MASK = "***"
_HOME = re.compile(r"(?<![\w.~])/(?:(?:home|Users)/[^/\s\"'<>|:;,]+|root(?=/))")
_PASSWORD = re.compile(r"(://[^/?#\s:@\"']*):(?!\*\*\*@)[^/\s\"'<>]*@")
_OPTION = re.compile(
    r"(?i)((?:[?&]|&amp;|\\u0026)[a-z_-]*(?:password|token|secret|key|sig|signature)=)(?!\*\*\*)[^&#\s\"'<>]+"
)


class Masks:
    """Takes out of texts what is secret, and makes paths of this machine relative.

    `counts` says how often a secret was masked, by the name of the file.
    """

    def __init__(self, secrets: Collection[str], places: Mapping[str, str]) -> None:
        """Take what is to be masked.

        Args:
            secrets: texts that become ``***``, in the spellings of JSON, HTML and addresses too.
            places: absolute folders, and what stands for them: the results, the working folder.
        """
        spelled = {form for secret in secrets for form in _spellings(secret)}
        exact = [re.escape(form) for form in sorted(spelled, key=len, reverse=True)]
        self._secrets = re.compile("|".join([*exact, *KNOWN_FORMS]))
        self._places = sorted(places.items(), key=lambda item: len(item[0]), reverse=True)
        self.counts: Counter[str] = Counter()

    def text(self, text: str, name: str) -> str:
        """A text of the file `name` -> the same without secrets and without folders of its own."""
        text, masked = self._secrets.subn(MASK, text)
        for pattern, kept in ((_PASSWORD, rf"\1:{MASK}@"), (_OPTION, rf"\1{MASK}")):
            text, more = pattern.subn(kept, text)
            masked += more
        if masked:
            self.counts[name] += masked
        return self._relative(text)

    def value(self, value: Any, name: str) -> Any:
        """Plain data -> the same, every text in it masked, keys too."""
        if isinstance(value, str):
            return self.text(value, name)
        if isinstance(value, Mapping):
            return {self.value(key, name): self.value(inner, name) for key, inner in value.items()}
        if isinstance(value, tuple):
            return tuple(self.value(inner, name) for inner in value)
        if isinstance(value, Sequence) and not isinstance(value, bytes):
            return [self.value(inner, name) for inner in value]
        return value

    def changes(self, text: str) -> bool:
        """Whether `text` would make another one of it."""
        if self._secrets.search(text) or _PASSWORD.search(text) or _OPTION.search(text):
            return True
        return self._relative(text) != text

    def _relative(self, text: str) -> str:
        for folder, instead in self._places:
            if folder in text:
                text = re.sub(rf"(?<![\w.]){re.escape(folder)}(?![\w.-])", instead, text)
        return _HOME.sub("~", text)


def _spellings(secret: str) -> set[str]:
    """A secret as it may stand in JSON, in HTML and in an address."""
    in_json = {json.dumps(secret, ensure_ascii=ascii)[1:-1] for ascii in (True, False)}
    in_addresses = {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    return {secret, escape(secret), *in_json, *in_addresses}
