"""The schema that editors use and the classes that the workflow uses admit the same configs."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from snakescribe.config.root import Config
from snakescribe.config.schema import config_schema
from snakescribe.paths import REPOSITORY

VALIDATOR = Draft202012Validator(config_schema())
EVERYTHING = yaml.safe_load(
    (REPOSITORY / "tests" / "config" / "everything.yaml").read_text("utf-8")
)
VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 2, 31, 224, 10**7, 0.0, 0.5, 1.0, 2.5, "", "a", "a b", "-x", "ü",
    "2019-01-01", "2019-1-1", "vad", "folder", "event", "my:Own", [], ["a"], ["a", "a"], ["txt"],
    [1, 1], [None], {}, {"a": 1}, {"a": {}}, {"template": "x"}, {"weights": "w"}, {"a b": {}},
]  # fmt: skip
Place = tuple[Any, ...]


def walk(value: Any, place: Place = ()) -> Iterator[Place]:
    """All places below a value, but for the options of filters, which are checked one by one."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*place, key)
            if place[:1] != ("audio",):
                yield from walk(inner, (*place, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield (*place, number)
            yield from walk(inner, (*place, number))


PLACES = list(walk(EVERYTHING))


def is_valid(config: Any) -> bool:
    try:
        Config.model_validate(config)
    except ValidationError:
        return False
    return True


def test_the_sample_uses_every_option() -> None:
    assert VALIDATOR.is_valid(EVERYTHING)
    used = {str(place[-1]) for place in PLACES}
    blocks = [config_schema(), *config_schema()["$defs"].values()]
    known = {key for block in blocks for key in block.get("properties", {})}
    assert known - used == set()


@pytest.mark.slow
@settings(max_examples=4 * settings().max_examples)
@given(
    place=st.sampled_from(PLACES),
    change=st.sampled_from(["set", "take", "add"]),
    value=st.sampled_from(VALUES),
    key=st.sampled_from(["x", "a b", "seed", "source", "-"]),
)
def test_schema_and_classes_agree(place: Place, change: str, value: Any, key: str) -> None:
    config = copy.deepcopy(EVERYTHING)
    parent = config
    for step in place[:-1]:
        parent = parent[step]
    if change == "take":
        del parent[place[-1]]
    elif change == "add" and isinstance(parent, dict):
        parent[key] = value
    else:
        parent[place[-1]] = value
    assert VALIDATOR.is_valid(config) == is_valid(config), (place, change, value)


@pytest.mark.parametrize(
    "path", sorted((REPOSITORY / "config").rglob("*.yaml")), ids=lambda p: p.stem
)
def test_editors_find_the_schema_of_every_shipped_config(path: Any) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    mark = "# yaml-language-server: $schema="
    assert first.startswith(mark)
    assert (path.parent / first.removeprefix(mark)).resolve() == (
        REPOSITORY / "workflow" / "schemas" / "config.schema.yaml"
    )
