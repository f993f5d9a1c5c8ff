"""The kinds of values in a config: what each admits, and what is said where a value is no such."""

import re
from dataclasses import dataclass
from math import isfinite
from typing import Annotated, Any, ClassVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, Strict, StringConstraints
from pydantic_core import CoreSchema, core_schema

from snakescribe.config.messages import explained, shown
from snakescribe.errors import shorten

LARGEST_WHOLE = 2**63 - 1  # of the programs and the database that get the numbers
LONGEST_WAIT = 1_000_000  # seconds, eleven days; what is much longer, no system call takes


class Form:
    """What a value may be: `check` gives it, or raises `explained` words for what is wrong."""

    def check(self, value: Any) -> Any:
        """A value as it was written -> the value to keep; raises where it is none."""
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, source: Any, _: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)


@dataclass(frozen=True)
class Number(Form):
    """A number within bounds, kept as it was written: 1 stays 1, and 1.0 stays 1.0."""

    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None

    KIND: ClassVar[str] = "number"
    SHAPE: ClassVar[str] = "a number"

    def check(self, value: Any) -> Any:
        """A value -> itself; raises where it is no number or lies outside."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise explained(f"{shown(value)} is not {self.SHAPE}")
        if isinstance(value, int) and abs(value) > LARGEST_WHOLE:
            raise explained(
                f"{shown(value)} is beyond {LARGEST_WHOLE}, which programs can count to"
            )
        if not isfinite(value):
            raise explained(f"{shown(value)} is no finite number")
        if self.ge is not None and not value >= self.ge:
            raise explained(f"{shown(value)} is less than the minimum of {self.ge}")
        if self.gt is not None and not value > self.gt:
            raise explained(f"{shown(value)} is not more than {self.gt}")
        if self.le is not None and not value <= self.le:
            raise explained(f"{shown(value)} is greater than the maximum of {self.le}")
        if self.lt is not None and not value < self.lt:
            raise explained(f"{shown(value)} is not less than {self.lt}")
        return value

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        bounds = {
            "minimum": self.ge,
            "exclusiveMinimum": self.gt,
            "maximum": self.le,
            "exclusiveMaximum": self.lt,
        }
        return {
            "type": self.KIND,
            **{key: bound for key, bound in bounds.items() if bound is not None},
        }


@dataclass(frozen=True)
class Whole(Number):
    """A whole number within bounds; 5.0 counts as 5."""

    KIND: ClassVar[str] = "integer"
    SHAPE: ClassVar[str] = "a whole number"

    def check(self, value: Any) -> Any:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int):
            raise explained(f"{shown(value)} is not {self.SHAPE}")
        return super().check(value)


@dataclass(frozen=True)
class CountForm(Form):
    """How many are taken together: a whole number, or `auto`."""

    def check(self, value: Any) -> Any:
        """A value -> itself; raises where it is neither."""
        if isinstance(value, str):
            if value == "auto":
                return value
            raise explained(f"{shown(value)} is neither a whole number nor auto")
        return Whole(ge=1).check(value)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [{"type": "integer", "minimum": 1}, {"enum": ["auto"]}]}


@dataclass(frozen=True)
class Choice(Form):
    """One of a few whole numbers."""

    numbers: tuple[int, ...]

    def check(self, value: Any) -> Any:
        """A value -> the number; raises where it is none of these."""
        if isinstance(value, bool) or value not in self.numbers:
            known = map(str, self.numbers)
            raise explained(f"unknown value {shown(value)}; known are: {', '.join(known)}")
        return int(value)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "integer", "enum": list(self.numbers)}


@dataclass(frozen=True)
class FilterForm(Form):
    """An audio filter: its name, or a map from its name to its options."""

    def check(self, value: Any) -> Any:
        """A value -> itself; raises where it is neither."""
        if isinstance(value, str):
            return value
        if isinstance(value, dict) and len(value) == 1:
            [(name, options)] = value.items()
            if isinstance(name, str) and isinstance(options, dict):
                return value
        raise explained(f"{shown(value)} is neither a name nor {{name: {{option: value}}}}")

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        options = {
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": {"type": "object"},
        }
        return {"anyOf": [{"type": "string"}, {"type": "object", **options}]}


@dataclass(frozen=True)
class TrackForm(Form):
    """An audio track: its number, from 0, or a language; kept as text."""

    def check(self, value: Any) -> str:
        """A value -> its text; raises where it is neither."""
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if not isinstance(text, str) or not is_track(text):
            raise explained(
                f"{shown(value)} is neither the number of a track, from 0, nor a language, "
                "such as en"
            )
        return text

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": _TRACK}]}


_TRACK = "^([0-9]{1,4}|[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*)?$"


def is_track(text: str) -> bool:
    """Whether a text is the number of a track, a language tag (BCP 47), or empty."""
    return re.fullmatch(_TRACK, text) is not None


@dataclass(frozen=True)
class Different:
    """A list in which nothing stands twice."""

    def check(self, values: list[Any]) -> list[Any]:
        """A list -> itself; raises where something stands twice."""
        twice = [value for place, value in enumerate(values) if value in values[:place]]
        if twice:
            raise explained(f"{shown(twice[0])} stands here twice")
        return values

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "uniqueItems": True}


@dataclass(frozen=True)
class OneOrMore:
    """A list of texts, or one text in place of a list of one; an empty text is an empty list."""

    def as_list(self, value: Any) -> Any:
        """What was written -> a list, where it is a text."""
        if isinstance(value, str):
            return [value] if value else []
        if not isinstance(value, list):
            raise explained(f"{shown(value)} is neither a text nor a list of texts")
        return value

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.as_list, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, handler(schema)]}


@dataclass(frozen=True)
class Pattern(Form):
    """A text that matches a pattern as a whole; `remedy` says in words what is wanted."""

    pattern: str
    remedy: str

    def check(self, value: Any) -> Any:
        """A value -> itself; raises where it is no text or does not match."""
        if not isinstance(value, str) or not re.fullmatch(self.pattern, value):
            raise explained(f"'{shorten(value)}' {self.remedy}")
        return value

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "pattern": self.pattern}


Text = Annotated[str, Strict()]
Flag = Annotated[bool, Strict()]
Name = Annotated[
    str,
    Pattern(
        "^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$",  # three of them are the name of a folder
        "is no good name; use letters, digits, '-' and '_', starting with a letter or digit, 80 at "
        "most",
    ),
]
Variable = Annotated[
    str,
    Pattern("^[A-Za-z_][A-Za-z0-9_]*$", "is no name of an environment variable"),
]
Filled = Annotated[str, Strict(), StringConstraints(min_length=1)]
