"""A name of the config -> the normaliser: one of ours, or a user's function."""

import hashlib
import inspect
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from snakescribe.errors import UserError
from snakescribe.evaluate.normalize.base import Normalizer, in_all_languages
from snakescribe.evaluate.plugins import CONVENTIONS, NORMALIZERS
from snakescribe.plugins import load_own


@cache
def find_normalizer(name: str) -> Normalizer:
    """A name of the config -> the normaliser.

    Args:
        name: one of ours, the name of an entry point, or ``module:function``.

    Raises:
        UserError: there is no such normaliser, or it cannot be loaded.
    """
    if name in NORMALIZERS.built_in:
        make: Callable[[], Normalizer] = NORMALIZERS.find(name)
        return make()
    function: Callable[[str], str] = NORMALIZERS.find(name)
    rules = in_all_languages(partial(_apply, name, function))
    return Normalizer(name, *_user_version(function), rules)


def find_rules(name: str, conventions: Collection[str]) -> Normalizer:
    """A name of the config, and those of `scoring.conventions` -> the normaliser.

    Raises:
        UserError: see `find_normalizer`.
    """
    if name not in conventions:
        return find_normalizer(name)
    return find_convention(name)


@cache
def find_convention(name: str) -> Normalizer:
    """A name of `scoring.conventions` -> its normaliser, which merges compounds.

    Args:
        name: one of `CONVENTIONS`, or that of a normaliser of the user's, which may be newer code
            of a leaderboard.
    """
    if name in CONVENTIONS:
        convention: Normalizer = load_own(CONVENTIONS[name])()
        return convention
    return replace(find_normalizer(name), merges_compounds=True)


def _apply(name: str, function: Callable[[str], str], text: str) -> str:
    """A user's function and a text -> what it makes of it, or what is wrong with the function."""
    subject = f"{NORMALIZERS.place}: the normaliser '{name}'"
    try:
        normalised = function(text)
    except Exception as error:
        what = f"failed with {type(error).__name__}: {error}"
        raise UserError(f"{subject} {what}; the text was {text!r}") from error
    if not isinstance(normalised, str):
        what = f"gave {type(normalised).__name__} and not a text"
        raise UserError(f"{subject} {what}; the text was {text!r}")
    try:
        normalised.encode()
    except UnicodeEncodeError as error:
        what = f"gave {normalised!r}, which has half a character (a lone surrogate)"
        raise UserError(f"{subject} {what}; the text was {text!r}") from error
    return normalised


def _user_version(function: Callable[[str], str]) -> tuple[str, str]:
    """A user's function -> its module's version and a digest of its module's source."""
    module = inspect.getmodule(function)
    source = getattr(module, "__file__", None)
    digest = hashlib.sha256(Path(source).read_bytes()).hexdigest() if source else ""
    return str(getattr(module, "__version__", "")), digest
