"""The page on messages has messages that the program says, and no others."""

import ast
import re

import pytest

from snakescribe.paths import REPOSITORY

pytestmark = pytest.mark.slow  # all modules are read

PAGE = (REPOSITORY / "docs" / "howto" / "troubleshooting.md").read_text(encoding="utf-8")
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
MESSAGES = re.findall(r"\*\*`([^`]+)`\*\*", PAGE)
# What stands between two parts that differ from case to case.
APART = "\0"


def texts_of(tree: ast.AST) -> list[str]:
    """All texts of a module, what is filled in as a mark."""
    texts = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.append(node.value)
        elif isinstance(node, ast.JoinedStr):
            parts = (
                part.value if isinstance(part, ast.Constant) else APART for part in node.values
            )
            texts.append("".join(map(str, parts)))
    return texts


@pytest.fixture(scope="module")
def said() -> str:
    modules = sorted((REPOSITORY / "scripts" / "snakescribe").rglob("*.py"))
    return "\n".join(
        text
        for module in modules
        for text in texts_of(ast.parse(module.read_text(encoding="utf-8")))
    )


def test_there_are_messages() -> None:
    assert len(MESSAGES) >= 20
    assert len(set(MESSAGES)) == len(MESSAGES)


@pytest.mark.parametrize("message", MESSAGES)
def test_the_program_says_it(message: str, said: str) -> None:
    for part in message.split("..."):
        assert part.strip("() ") in said, part


def test_the_ten_commonest_of_the_readme_are_said_too(said: str) -> None:
    table = README.partition("## When something is wrong")[2].partition("\n## ")[0]
    messages = re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)
    assert len(messages) == 10
    for message in messages:
        for part in message.split("..."):
            assert part.strip("() ") in said, part
