"""The examples in the docstrings of the room give what they say."""

import doctest
from importlib import import_module

import pytest


@pytest.mark.parametrize("module", ["", ".ragged", ".vocabulary"])
def test_examples(module):
    failed, tried = doctest.testmod(import_module(f"snakescribe.evaluate.words{module}"))
    assert tried and not failed
