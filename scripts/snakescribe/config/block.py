"""The base class of all that a config or the parameters of a step hold.

A block keeps its keys in the order in which they were written, those with defaults behind: rules
pass blocks to steps as JSON, and Snakemake compares the text.
"""

import json
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    PrivateAttr,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)
from pydantic_core import InitErrorDetails

from snakescribe.config.messages import describe_mistake, explained, mistake_lines, shown
from snakescribe.errors import UserError, did_you_mean


class Block(BaseModel):
    """A map of known keys: others are mistakes, and nothing is changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    SHAPE: ClassVar[str] = "a map of keys"

    @classmethod
    def from_json(cls, text: str, option: str) -> Self:
        """The JSON that a step gets, and the option that it gets it by -> the block.

        Raises:
            UserError: one line for each mistake.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            lines = mistake_lines(error)
            raise UserError("\n".join(f"{option}: {line}" for line in lines)) from None

    def given(self) -> dict[str, Any]:
        """The keys that were written, in their order, with their values."""
        return {key: value for key, value in self.__dict__.items() if key in self.model_fields_set}

    @model_validator(mode="wrap")
    @classmethod
    def _as_written(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            block = handler(data)
        except ValidationError as error:
            raise cls._explain(error) from None
        if isinstance(data, Mapping):
            values = block.__dict__
            ordered = {key: values[key] for key in data if key in values} | values
            values.clear()
            values.update(ordered)
        return block

    @classmethod
    def _explain(cls, error: ValidationError) -> ValidationError:
        """The mistakes in this block in words that name its keys."""
        lines = []
        for mistake in error.errors(include_url=False):
            kind, place = mistake["type"], mistake["loc"]
            key = str(place[-1]) if place else ""
            if kind in ("extra_forbidden", "invalid_key"):
                text = f"unknown key; {did_you_mean(key, cls.model_fields)}"
            elif kind == "missing":
                described = cls.model_fields[key].description or "add it"
                text = f"the key '{key}' is missing; {described.rstrip('.')}"
                place = place[:-1]
            elif kind == "model_type" and not place:
                text = f"{shown(mistake['input'])} is not {cls.SHAPE}"
            else:
                text = describe_mistake(mistake)
            if key == "[key]":  # the name of an entry: its place is the map
                place = place[:-2]
            lines.append(InitErrorDetails(type=explained(text), loc=place, input=mistake["input"]))
        return ValidationError.from_exception_data(cls.__name__, lines)


class Entry(Block):
    """A block of whose `UNSAID` options a step is told only what was written.

    These came later than the others, and params that change make results out of date.
    """

    UNSAID: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _as_said(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {
            key: value
            for key, value in handler(self).items()
            if key not in self.UNSAID or key in self.model_fields_set
        }


class OpenBlock(Block):
    """A map with further keys, for a plug-in of the user's own to know."""

    model_config = ConfigDict(extra="allow")

    _keys: tuple[str, ...] = PrivateAttr(default=())

    @model_validator(mode="wrap")
    @classmethod
    def _with_order(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        block = handler(data)
        if isinstance(data, Mapping):
            block._keys = tuple(data)
        return block

    @model_serializer(mode="plain")
    def _in_order(self) -> dict[str, Any]:
        values = {**self.__dict__, **(self.model_extra or {})}
        return {key: _as_written(values[key]) for key in self._keys}


def _as_written(value: Any) -> Any:
    """A value of an open block -> the same as it stands in the config."""
    return value.given() if isinstance(value, Block) else value


def as_json(value: Any) -> str:
    """Blocks, or plain data -> the one-line JSON that a step takes as an option."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    return value.model_dump()
