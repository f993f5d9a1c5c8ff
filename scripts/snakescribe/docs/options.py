"""The config schema -> the option table of ``config/README.md``."""

import json
from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]


def options_table(schema: Schema) -> str:
    """All options with type, default and description, as Markdown."""
    lines = ["| option | type | default | what |", "| --- | --- | --- | --- |"]
    for key, option in _walk(schema, schema, ""):
        lines.append(
            f"| `{key}` | {_type(option)} | {_default(option)} | {_escape(option['description'])} |"
        )
    return "\n".join(lines) + "\n"


def _walk(option: Schema, schema: Schema, place: str) -> Iterator[tuple[str, Schema]]:
    option = _resolved(option, schema)
    if place and "description" in option:
        yield place, option
    for key, inner in option.get("properties", {}).items():
        yield from _walk(inner, schema, f"{place}.{key}" if place else key)
    rest = option.get("additionalProperties")
    if isinstance(rest, dict):
        for inner in _resolved(rest, schema).get("anyOf", [rest]):
            if _resolved(inner, schema).get("type") == "object":
                yield from _walk(inner, schema, f"{place}.NAME")
    items = _resolved(option.get("items", {}), schema)
    for kind in items.get("oneOf", ()):
        yield from _walk_kind(_resolved(kind, schema), schema, place)
    if items.get("type") == "object":
        yield from _walk(items, schema, f"{place}[]")


def _walk_kind(kind: Schema, schema: Schema, place: str) -> Iterator[tuple[str, Schema]]:
    """One of several kinds of entries of a list; a kind of the user's own has no known keys."""
    if kind["additionalProperties"] is not False:
        return
    names = [inner["const"] for inner in kind["properties"].values() if "const" in inner]
    name = names[0] if names else next(iter(kind["properties"]))
    for key, inner in kind["properties"].items():
        if "const" in inner:
            inner = {**inner, "default": name}
        yield from _walk(inner, schema, f"{place}[{name}].{key}")


def _resolved(option: Schema, schema: Schema) -> Schema:
    if "$ref" not in option:
        return option
    target: Any = schema
    for step in option["$ref"].removeprefix("#/").split("/"):
        target = target[step]
    return {**target, **option}


def _type(option: Schema) -> str:
    if "enum" in option:
        return " / ".join(f"`{value}`" for value in option["enum"])
    parts = option.get("anyOf", ())
    if any("enum" in part for part in parts):
        return " or ".join(_type(part) for part in parts)
    names = {
        "object": "map",
        "array": "list",
        "string": "text",
        "integer": "whole number",
        "number": "number",
        "boolean": "true / false",
    }
    kind = names.get(option.get("type", ""), "text")
    low = option.get("minimum", option.get("exclusiveMinimum"))
    high = option.get("maximum", option.get("exclusiveMaximum"))
    if low is not None and high is not None:
        return f"{kind}, {low} to {high}"
    if low is not None:
        return f"{kind}, {'over' if 'exclusiveMinimum' in option else 'at least'} {low}"
    return kind


def _default(option: Schema) -> str:
    if "default" not in option:
        return "required"
    return f"`{json.dumps(option['default'], ensure_ascii=False)}`"


def _escape(text: str) -> str:
    return text.replace("|", "\\|")
