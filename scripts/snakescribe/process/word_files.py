"""Which files the filter `silence_terms` takes the times of words from; light, for checks."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from snakescribe.captions import REFERENCE_SUFFIXES
from snakescribe.config.evaluate import Terms
from snakescribe.config.process import Variant
from snakescribe.paths import is_file
from snakescribe.process.params import SilencedTerms
from snakescribe.process.segment_files import PLACEHOLDER, matching_files, pattern_state
from snakescribe.store import digest, file_sha256

SILENCE_TERMS = "silence_terms"
OF_REFERENCE = "reference"  # the recording's own reference times its words
SHARED_SUFFIXES = frozenset({".ctm", ".stm"})  # with lines of several recordings
SUFFIXES = frozenset(REFERENCE_SUFFIXES) - {".txt"}


def words_file(pattern: str, recording: str) -> Path:
    """The option `words` and a recording's id -> the file that times its words."""
    return Path(pattern.replace(PLACEHOLDER, recording))


def silencing_options(variant: Variant) -> Mapping[str, Any] | None:
    """An audio variant -> the options of its `silence_terms`; None where it silences nothing."""
    for entry in variant.filters:
        if entry == SILENCE_TERMS:
            return {}
        if isinstance(entry, dict) and SILENCE_TERMS in entry:
            return entry[SILENCE_TERMS] or {}
    return None


def silenced_terms(variant: Variant, terms: Terms) -> SilencedTerms | None:
    """A variant and `scoring.terms` -> what its silence depends on beside the lock file."""
    options = silencing_options(variant)
    if options is None:
        return None
    words = options.get("words", "")
    timed = "" if words == OF_REFERENCE else pattern_state(words)
    tables = [file_sha256(Path(table)) for table in terms.tables if is_file(table)]
    return SilencedTerms(tables=terms.tables, fields=terms.fields, state=digest(timed, tables))


def find_silence_problems(audio: Mapping[str, Variant], terms: Terms) -> Iterator[str]:
    """Audio variants and `scoring.terms` -> a line for each thing wrong with `silence_terms`."""
    for name, variant in audio.items():
        options = silencing_options(variant)
        if options is None:
            continue
        place = f"audio.{name}"
        if not (terms.tables or terms.fields):
            yield (
                f"{place}: silence_terms silences the terms of recordings, of which none are "
                "named; name tables or fields in `scoring.terms`"
            )
        if not _ends_with_it(variant.filters):
            yield (
                f"{place}: silence_terms stands once, and last in its chain: what comes behind it "
                "may sound in the silence"
            )
        if variant.channel == "each":
            yield (
                f"{place}.channel: silence_terms silences a recording, and `each` makes a stream "
                "of each channel; take another channel"
            )
        yield from _find_words_problems(options.get("words", ""), f"{place}: silence_terms.words")


def _ends_with_it(chain: Sequence[Any]) -> bool:
    names = [entry if isinstance(entry, str) else next(iter(entry), "") for entry in chain]
    return names[-1] == SILENCE_TERMS and names.count(SILENCE_TERMS) == 1


def _find_words_problems(words: Any, place: str) -> Iterator[str]:
    if words == OF_REFERENCE or not isinstance(words, str) or not words:
        return  # what is no text, or lacks, the options themselves tell
    suffix = Path(words).suffix.lower()
    if suffix not in SUFFIXES:
        known = ", ".join(sorted(SUFFIXES))
        yield f"{place}: {words}: no words with times end in '{suffix}'; known are {known}"
    elif PLACEHOLDER not in words and suffix not in SHARED_SUFFIXES:
        yield (
            f"{place}: {words}: a {suffix} file names no recording; write {PLACEHOLDER} where its "
            "id stands in the file's path"
        )


def find_missing_words(audio: Mapping[str, Variant]) -> Iterator[str]:
    """Audio variants -> a line for each whose words nobody has timed yet."""
    for name, variant in audio.items():
        words = (silencing_options(variant) or {}).get("words", OF_REFERENCE)
        if words == OF_REFERENCE or any(is_file(str(path)) for path in matching_files(str(words))):
            continue
        yield (
            f"audio.{name}: silence_terms.words: {words}: there is no such file; run the "
            "experiment that times the words first: `snakemake export` writes them as CTM "
            "(docs/process.md)"
        )
