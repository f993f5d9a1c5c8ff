"""The classes of the config -> their JSON Schema, which editors and the documentation read."""

from typing import Any

import yaml
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from snakescribe.config.process import FILTER_OPTIONS
from snakescribe.config.root import Config

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_HEAD = """\
# Made from the classes in scripts/snakescribe/config by `make docs`: not to be edited by hand.
"""


def config_schema() -> dict[str, Any]:
    """The schema of the config file, a JSON Schema (draft 2020-12)."""
    schema = _without_titles(Config.model_json_schema(schema_generator=_Generator))
    definitions = schema.pop("$defs")
    options = {
        name: _without_titles(block.model_json_schema()) for name, block in FILTER_OPTIONS.items()
    }
    known = {name: {"$ref": f"#/$defs/filters/{name}"} for name in FILTER_OPTIONS}
    [chain, variant] = definitions["Variant"]["anyOf"]
    for filters in (chain, variant["properties"]["filters"]):
        filters["items"]["anyOf"][1]["properties"] = known
    return {
        "$schema": DIALECT,
        "title": "snakescribe configuration",
        "description": "One file describes one run, from the recordings to the report.",
        **schema,
        "$defs": {**definitions, "filters": options},
    }


def schema_text() -> str:
    """The schema as YAML, as it stands in ``workflow/schemas/config.schema.yaml``."""
    return _HEAD + yaml.safe_dump(config_schema(), sort_keys=False, allow_unicode=True, width=1000)


class _Generator(GenerateJsonSchema):
    """The names of entries are a rule of their own, so that editors name them in messages."""

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        made = super().dict_schema(schema)
        for pattern, inner in made.pop("patternProperties", {}).items():
            made |= {"propertyNames": {"pattern": pattern}, "additionalProperties": inner}
        return made

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """A block without its docstring, which is for those who read the code."""
        made = super().model_schema(schema)
        made.pop("description", None)
        return made


def _without_titles(value: Any) -> Any:
    """A schema without the titles that pydantic makes of the names of classes and keys."""
    if isinstance(value, list):
        return [_without_titles(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _without_titles(inner)
        for key, inner in value.items()
        if not (key == "title" and isinstance(inner, str))
    }
