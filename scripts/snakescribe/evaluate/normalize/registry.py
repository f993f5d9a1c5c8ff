"""A name of the config -> the normaliser: one of ours, or a user's function."""

import hashlib
import inspect
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from snakescribe.errors import UserError
from snakescribe.evaluate.normalize.base import Normalizer, in_all_languages
from snakescribe.evaluate.plugins import CONVENTIONS, NORMALIZERS
from snakescribe.plugins import PluginKind


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
    return _find_own(NORMALIZERS, name)


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
        name: one of ours, the name of an entry point, or ``module:function``, which may be newer
            code of a leaderboard.

    Raises:
        UserError: there is no such convention, or it cannot be loaded.
    """
    if name in CONVENTIONS.built_in:
        make: Callable[[], Normalizer] = CONVENTIONS.find(name)
        return make()
    return replace(_find_own(CONVENTIONS, name), merges_compounds=True)


def _find_own(kind: PluginKind[Any], name: str) -> Normalizer:
    """The name of a user's function from text to text -> the normaliser that calls it."""
    function: Callable[[str], str] = kind.find(name)
    subject = f"{kind.place}: the {kind.noun} '{name}'"
    rules = in_all_languages(partial(_apply, subject, function))
    return Normalizer(name, *_user_version(function), rules)


def _apply(subject: str, function: Callable[[str], str], text: str) -> str:
    """A user's function and a text -> what it makes of it, or what is wrong with the function."""
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
