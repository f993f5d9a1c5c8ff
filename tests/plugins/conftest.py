"""A working folder whose modules are forgotten afterwards."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from snakescribe.evaluate.metrics import find_metric
from snakescribe.evaluate.normalize.registry import find_normalizer


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty working folder, which nobody has put on `sys.path`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [place for place in sys.path if place])
    before = set(sys.modules)
    yield tmp_path
    find_metric.cache_clear()
    find_normalizer.cache_clear()
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]
