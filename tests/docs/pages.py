"""The pages of the documentation, their code blocks and their links."""

import re
from dataclasses import dataclass
from pathlib import Path

from snakescribe.paths import REPOSITORY

DOCS = REPOSITORY / "docs"
PAGES = (
    *(REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    REPOSITORY / "config" / "README.md",
    REPOSITORY / "resources" / "demo" / "README.md",
    *sorted(DOCS.rglob("*.md")),
)
_BLOCK = re.compile(r"^( *)```([\w-]*)[^\n]*\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"!?\[[^\[\]]*\]\(([^()\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A block of code of a page."""

    page: str
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def name_of(page: Path) -> str:
    return page.relative_to(REPOSITORY).as_posix()


def blocks(*kinds: str) -> list[Block]:
    """All blocks of code of these kinds, as they stand."""
    return [
        Block(name_of(page), text[: block.start()].count("\n") + 1, block[2], block[3])
        for page in PAGES
        for text in [page.read_text(encoding="utf-8")]
        for block in _BLOCK.finditer(text)
        if block[2] in kinds
    ]


def links(page: Path) -> list[str]:
    """Where a page leads, code left out."""
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    return _LINK.findall(re.sub(r"`[^`\n]*`", "", text))


def anchors(page: Path) -> set[str]:
    """The places of a page that links may name, as GitHub and MkDocs both call them."""
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ +(.*?)(?: *\{[^}]*\})?$", text, re.MULTILINE)
    named = set(re.findall(r"""\{ *#([\w-]+) *\}|<a (?:id|name)="([\w-]+)">""", text))
    return {name for pair in named for name in pair if name} | {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings
    }
