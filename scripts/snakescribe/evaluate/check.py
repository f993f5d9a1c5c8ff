"""The `scoring` section of a config -> what is wrong with it beyond its schema."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from snakescribe.config.evaluate import Scoring
from snakescribe.config.transcribe import Decoding
from snakescribe.errors import UserError
from snakescribe.evaluate.chunk_fields import find_unknown_fields
from snakescribe.evaluate.normalize.languages import find_unsuited
from snakescribe.evaluate.plugins import CONVENTIONS, METRICS, NORMALIZERS
from snakescribe.plugins import PluginKind, load_own
from snakescribe.terms import find_table_problems

SHORT_TEXT = "Dr. Okafor's 2 dogs, at 5 p.m.!"


def find_scoring_problems(scoring: Scoring) -> Iterator[str]:
    """A `scoring` section -> one line for each problem.

    Knows what needs other packages only by name, so that a config is checked in milliseconds; a
    user's own normaliser is tried on a short text, and the figures of own metrics on a few sums.
    """
    for name in scoring.normalizers:
        if name in CONVENTIONS.built_in:
            yield (
                f"scoring.normalizers: {name} is a convention, which counts errors by rules of its "
                "own; name it in scoring.conventions"
            )
        else:
            yield from _check_function(NORMALIZERS, name)
    for name in scoring.conventions:
        yield from _check_convention(name, scoring.normalizers)
    yield from _check_metrics(scoring.metrics)
    outer, _, inner = scoring.bootstrap_unit.partition(" > ")
    if inner and (outer in (inner, "chunk", "auto") or inner == "auto"):
        yield (
            f"scoring.bootstrap_unit: '{inner}' cannot lie in '{outer}'; the outer unit comes "
            "first, as in speaker > recording"
        )
    for table in scoring.terms.tables:
        yield from find_table_problems(table, "", "scoring.terms.tables")
    if scoring.corrections:
        find = load_own("snakescribe.evaluate.reference.corrections:find_correction_problems")
        yield from find(scoring.corrections, "scoring.corrections")


def find_scoring_warnings(
    scoring: Scoring,
    known: Collection[str] | None,
    decoding: Mapping[str, Decoding],
    given: Iterable[tuple[str, str]],
) -> Iterator[str]:
    """The section `scoring` -> a line for each thing in it that hardly can be meant.

    Args:
        known: the fields that recordings can have; None where that cannot be told.
        decoding: the decode options that experiments use.
        given: languages of recordings, as sources and tables give them: the place, and the code.
    """
    yield from _find_unsuited_normalizers(scoring.rules, decoding, given)
    if known is not None:
        named = [] if scoring.bootstrap_unit == "auto" else scoring.unit_fields
        for key, name, remedy in find_unknown_fields(scoring, known, named):
            yield f"{key}: no recording has a field '{name}'; {remedy}"
    written = scoring.metrics if "metrics" in scoring.model_fields_set else []
    if "terms" in written and not (scoring.terms.tables or scoring.terms.fields):
        yield (
            "scoring.metrics: 'terms' has no terms to count; name tables or fields of them in "
            "scoring.terms, or leave the metric out"
        )
    silent = [name for name, options in decoding.items() if not options.word_timestamps]
    timed = [name for name in ("calibration", "timing") if name in scoring.metrics]
    for name in silent:
        if timed:
            yield (
                f"decoding.{name}.word_timestamps: false leaves the metrics {' and '.join(timed)} "
                "empty, which need each word's time and probability"
            )


def _find_unsuited_normalizers(
    names: Iterable[str], decoding: Mapping[str, Decoding], given: Iterable[tuple[str, str]]
) -> Iterator[str]:
    """Normalisers and the languages that a config names -> those that do not suit each other."""
    asked = [(f"decoding.{name}.language", item.language) for name, item in decoding.items()]
    for name in names:
        told = set()
        for place, code in (*given, *asked):
            reason = find_unsuited(name, code)
            if reason and code not in told:
                told.add(code)
                key = "conventions" if name in CONVENTIONS.built_in else "normalizers"
                yield (
                    f"scoring.{key}: {name} does not suit '{code}' ({place}): {reason}; take "
                    "auto, which chooses by the language of each recording"
                )


def _check_metrics(names: list[str]) -> Iterator[str]:
    """Names of metrics -> what is wrong with users' own; of ours nothing is imported."""
    if METRICS.built_in.keys() >= set(names):
        return
    problems = []
    for name in names:
        try:
            load_own("snakescribe.evaluate.metrics.registry:find_metric")(name)
        except UserError as error:
            problems.append(str(error))
    if not problems:
        try:
            load_own("snakescribe.evaluate.metrics.registry:find_metrics")(names)
        except UserError as error:
            problems.append(str(error))
    yield from problems


def _check_convention(name: str, normalizers: Collection[str]) -> Iterator[str]:
    """A name of `conventions` -> what is wrong with it."""
    if name in normalizers or name in NORMALIZERS.built_in:
        yield (
            f"scoring.conventions: '{name}' is a normaliser; name it in scoring.normalizers, and "
            f"here {' or '.join(CONVENTIONS.built_in)}, or other code as `module:function`"
        )
    else:
        yield from _check_function(CONVENTIONS, name)


def _check_function(kind: PluginKind[Any], name: str) -> Iterator[str]:
    """A normaliser's or convention's name -> what is wrong with it, where it is a user's own."""
    if name in kind.built_in:
        return
    try:
        function = kind.find(name)
    except UserError as error:
        yield str(error)
        return
    problem = f"{kind.place}: the {kind.noun} '{name}' is no function from text to text"
    try:
        result = function(SHORT_TEXT)
    except Exception as error:  # whatever a user's function raises
        yield f"{problem}: of {SHORT_TEXT!r} it raises {error!r}"
        return
    if not isinstance(result, str):
        yield f"{problem}: of {SHORT_TEXT!r} it makes {result!r}"
