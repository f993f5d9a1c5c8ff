"""The example configs -> a page: each with the question that it asks."""

import re
from pathlib import Path

import yaml


def examples_text(folder: Path) -> str:
    """All configs of a folder, by name, as Markdown.

    Args:
        folder: its ``*.yaml`` begin with a comment that says what each is for, and have
            experiments with a question.
    """
    parts = [
        "# Example configs",
        "",
        "Each is a question, and a file of `config/examples`. Copy one, and change what it says"
        " about recordings.",
        "",
    ]
    paths = sorted(folder.glob("*.yaml"))
    parts += ["| file | question |", "| --- | --- |"]
    for path in paths:
        questions = " ".join(_questions(path))
        parts.append(f"| [`{path.stem}`](#{_anchor(path)}) | {questions} |")
    for path in paths:
        text = path.read_text(encoding="utf-8")
        code = re.sub(r"\A# yaml-language-server:.*\n", "", text)
        parts += ["", f"## {path.name} {{ #{_anchor(path)} }}", "", "```yaml", code.rstrip(), "```"]
    return "\n".join([*parts, ""])


def _questions(path: Path) -> list[str]:
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [str(experiment["question"]) for experiment in config["experiments"].values()]


def _anchor(path: Path) -> str:
    return path.stem.replace("_", "-")
