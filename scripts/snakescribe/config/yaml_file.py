"""A YAML file that a person wrote -> plain data; whatever is wrong with it is said with its line.

Stricter than YAML, where YAML is silent: a key that stands twice (the last would win), a key that
is no text (`yes:` is the key `true`), and a file that unfolds into more than a config can hold.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from snakescribe.config.yaml_text import YamlLoader
from snakescribe.errors import UserError

DEEPEST = 50  # levels of maps and lists in one another
MOST_VALUES = 100_000  # with what `*names` stand for counted each time

_MARKS = {
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
    b"\xef\xbb\xbf": "utf-8-sig",
}
_TEXT, _MERGE = "tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"


class _MistakeError(yaml.YAMLError):
    """What is wrong, and the node where."""

    def __init__(self, node: yaml.Node | yaml.Event, what: str) -> None:
        super().__init__(what)
        self.problem = what
        self.line = node.start_mark.line + 1 if node.start_mark else 1


def read_yaml(path: Path) -> Any:
    """A YAML file -> what it says; None where it is empty.

    Raises:
        UserError: it cannot be read, is not UTF-8 or not YAML, or has a key twice or one that is
            no text; with the line.
    """
    text = _read_text(path)
    try:
        return parse_strictly(text)
    except _MistakeError as mistake:
        raise UserError(f"{path}: line {mistake.line}: {mistake}") from None
    except yaml.MarkedYAMLError as error:
        raise UserError(f"{path}: {_in_words(error, text)}") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise UserError(
            f"{path}: line {line}: this is not YAML: the character {text[error.position]!r} "
            "may not stand there; remove it, or write it as an escape in quotation marks"
        ) from None
    except yaml.YAMLError as error:
        what = " ".join(str(error).split())
        raise UserError(f"{path}: this is not YAML: {what}") from None


def _read_text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: cannot read the config file: {error.strerror}") from None
    encoding = next((name for mark, name in _MARKS.items() if raw.startswith(mark)), "utf-8")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        begin = raw.rfind(b"\n", 0, error.start) + 1
        line = raw.count(b"\n", 0, begin) + 1
        column = len(raw[begin : error.start].decode("utf-8", "replace")) + 1
        byte = raw[error.start]
        raise UserError(
            f"{path}: line {line}, column {column}: this is not UTF-8: the byte 0x{byte:02x} "
            f"(in Latin-1 it is '{chr(byte)}'); save the file as UTF-8, in an editor or with "
            f"`iconv -f latin1 -t utf-8`"
        ) from None


def parse_strictly(text: str) -> Any:
    """YAML text -> what it says; None where it is empty.

    Raises:
        yaml.YAMLError: it is no YAML, or more is wrong with it than YAML minds.
    """
    depth = 0
    for event in yaml.parse(text, YamlLoader):  # before anything is built, which is recursive
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise _MistakeError(event, f"more than {DEEPEST} maps and lists in one another")
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            depth -= 1
    # As Snakemake reads it: the parser in C takes `{question: Why?, ...}`, which this one does not.
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _check_nodes(node, {})
        try:
            return loader.construct_document(node)
        except (ValueError, OverflowError):  # a value that only looks like a day or a number
            for scalar in _scalars(node):
                _try_value(yaml.SafeLoader(""), scalar)
            raise
    finally:
        loader.dispose()


def _check_nodes(node: yaml.Node, sizes: dict[int, int]) -> int:
    """A node -> how many values it unfolds into; `sizes` has those of all nodes above and before.

    A node that is above itself has size 0 there.
    """
    if id(node) in sizes:
        if not sizes[id(node)]:
            raise _MistakeError(node, "this holds itself, by way of a `*name`")
        return sizes[id(node)]
    sizes[id(node)] = 0
    size = 1
    if isinstance(node, yaml.MappingNode):
        _check_keys(node)
        size += sum(_check_nodes(value, sizes) for _, value in node.value)
    elif isinstance(node, yaml.SequenceNode):
        size += sum(_check_nodes(value, sizes) for value in node.value)
    if size > MOST_VALUES:
        raise _MistakeError(
            node, f"with its `*names` written out, this holds over {MOST_VALUES} values"
        )
    sizes[id(node)] = size
    return size


def _check_keys(node: yaml.MappingNode) -> None:
    lines: dict[str, int] = {}
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _MistakeError(key, "a list or a map as a key; a key is a text")
        if key.tag not in (_TEXT, _MERGE):
            kind = key.tag.rpartition(":")[2]
            raise _MistakeError(
                key,
                f"the key {key.value or '~'} is no text for YAML, but {_KINDS.get(kind, kind)}; "
                f'put it into quotation marks: "{key.value}"',
            )
        line = key.start_mark.line + 1
        if key.value in lines:
            raise _MistakeError(
                key, f"the key '{key.value}' stands in line {lines[key.value]} already; keep one"
            )
        lines[key.value] = line


_KINDS = {
    "bool": "true or false",
    "int": "a number",
    "float": "a number",
    "null": "nothing",
    "timestamp": "a day",
}


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _scalars(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _scalars(value)


def _try_value(loader: Any, scalar: yaml.ScalarNode) -> None:
    try:
        loader.construct_object(scalar)
    except (ValueError, OverflowError) as error:
        kind = scalar.tag.rpartition(":")[2]
        raise _MistakeError(
            scalar,
            f"'{scalar.value}' is not {_KINDS.get(kind, kind)} ({error}); "
            "put it into quotation marks if it is a text",
        ) from None


def _in_words(error: yaml.MarkedYAMLError, text: str) -> str:
    """What the parser says and where, and what it means where a tab is in the way."""
    mark = error.problem_mark or error.context_mark
    lines = text.splitlines() or [""]
    if mark is None:
        return f"this is not YAML: {error.problem}"
    number = min(mark.line, len(lines) - 1)  # what lacks at the end lacks in the last line
    content = lines[number]
    what = error.problem
    if error.context:
        begun = f" (line {error.context_mark.line + 1})" if error.context_mark else ""
        what = f"{error.context}{begun}, {what}"
    if "\t" in content[: len(content) - len(content.lstrip())]:
        what = "a tab at the beginning of the line; indent with spaces, YAML takes no tabs there"
    return f"line {number + 1}, column {mark.column + 1}: this is not YAML: {what}"
