"""Names of entries become names of folders."""

from typing import Any

import pytest

from snakescribe.config.root import Config
from snakescribe.errors import UserError
from snakescribe.workflow.check import check_config

FIRST = {"recordings": [{"source": "folder", "path": "talks"}]}


def named(name: str) -> dict[str, Any]:
    return {**FIRST, "models": {name: {"weights": "tiny.en"}}, "experiments": {name: {}}}


@pytest.mark.parametrize("name", ["a" * 81, "x" * 100_000, "a.b", "a b", "-a", "", "ä"])
def test_what_is_no_name_of_a_folder_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="is no good name") as caught:
        check_config(named(name), "mine.yaml")
    assert len(str(caught.value)) < 2000


def test_a_long_name_is_a_name() -> None:
    assert isinstance(check_config(named("a" * 80), "mine.yaml"), Config)
