"""Words with times and a recording's terms -> when each term was said, for `silence_terms`."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from snakescribe.captions.alternatives import first_wording
from snakescribe.captions.read import read_reference
from snakescribe.captions.reference import TimedWord, Utterance
from snakescribe.captions.sources import TIERS, list_sources
from snakescribe.errors import UserError
from snakescribe.notices import Kind, notify
from snakescribe.paths import is_file
from snakescribe.process.filters import Step
from snakescribe.process.params import SilencedTerms
from snakescribe.process.wishes import Wishes
from snakescribe.process.word_files import OF_REFERENCE, SILENCE_TERMS, words_file
from snakescribe.tables import Row
from snakescribe.terms import recording_terms

# Start and end (s) of a term as it was said once, with what is silenced around it; and the term.
TermSpan = tuple[float, float, str]

_POSSESSIVE = re.compile(r"['\N{RIGHT SINGLE QUOTATION MARK}]s?(?=\W*$)")
_OTHER = re.compile(r"[\W_]+")


def with_silence(
    wishes: Wishes, chain: Sequence[Step], items: Iterable[Row], terms: SilencedTerms
) -> Wishes:
    """What is wanted of recordings -> the same with the chain of each, which knows its terms.

    Gives notice of terms that stay audible: the reference has them, and nobody times them.

    Args:
        wishes: of a variant.
        chain: its filters, with `silence_terms`.
        items: rows of the items table.
        terms: which terms a recording has.

    Raises:
        UserError: a table of terms that cannot be read, or a `reference_tier` that is none.
    """
    chains = {}
    for item in items:
        if wishes[item["recording"]].apart:
            text = "its channels are kept apart, and times do not tell which one a term is on"
            notify(Kind.TERMS_AUDIBLE, text, recording=item["recording"])
            continue
        chains[item["recording"]] = [
            _with_spans(step, item, terms) if step.name == SILENCE_TERMS else step for step in chain
        ]
    return replace(wishes, chains=chains)


def find_spans(words: Sequence[TimedWord], terms: Iterable[str], pad: float) -> list[TermSpan]:
    """Words in order and terms -> each place where a term was said, in order of time.

    Words are compared by letters and digits, without case; a possessive is the term itself.

    Args:
        words: with their times (s); punctuation alone is passed over.
        terms: as they are written.
        pad: s, before and behind the words.
    """
    heard = [(plain, word) for word in words if (plain := _plain(word.text))]
    places = _find([plain for plain, _ in heard], terms)
    spans = [
        (max(0.0, heard[first][1].start - pad), heard[stop - 1][1].end + pad, term)
        for term, found in places.items()
        for first, stop in found
    ]
    return sorted((round(start, 3), round(end, 3), term) for start, end, term in spans)


def _find(words: Sequence[str], terms: Iterable[str]) -> dict[str, list[tuple[int, int]]]:
    """Plain words and terms -> where each term stands (first, stop), if it does anywhere."""
    places: dict[str, list[tuple[int, int]]] = {}
    for term in terms:
        wanted = [plain for word in term.split() if (plain := _plain(word))]
        size = len(wanted)
        found = [
            (first, first + size)
            for first in range(len(words) - size + 1)
            if size and list(words[first : first + size]) == wanted
        ]
        if found:
            places[term] = found
    return places


def _plain(word: str) -> str:
    return _OTHER.sub("", _POSSESSIVE.sub("", word)).casefold()


def _with_spans(step: Step, item: Row, terms: SilencedTerms) -> Step:
    """The filter of a recording: with the spans of its terms, and notice of those that it lacks."""
    recording, source = item["recording"], step.options["words"]
    wanted = recording_terms(item, terms)
    said = _own_reference(item)
    timed = said if source == OF_REFERENCE else _read_words(source, recording)
    words = [word for utterance in timed for word in utterance.words]
    spans = find_spans(words, wanted, step.options["pad_ms"] / 1000)
    texts = (first_wording(utterance.text) for utterance in said)
    plain = [_plain(word) for text in texts for word in text.split()]
    counts = {term: len(places) for term, places in _find(plain, wanted).items()}
    _tell_audible(counts, Counter(term for _, _, term in spans), recording, bool(words))
    return Step(step.name, {**step.options, "spans": [list(span) for span in spans]})


def _tell_audible(
    said: Mapping[str, int], silenced: Mapping[str, int], recording: str, timed: bool
) -> None:
    """Give notice of the terms that the reference has oftener than they could be silenced."""
    audible = {
        term: lacking for term, count in said.items() if (lacking := count - silenced[term]) > 0
    }
    if audible:
        shown = ", ".join(list(audible)[:3]) + (", ..." if len(audible) > 3 else "")
        why = "no word there is it" if timed else "there are no times of words"
        text = f"terms that were said are not silenced, as {why}: {shown}"
        notify(Kind.TERMS_AUDIBLE, text, recording=recording, count=sum(audible.values()))
    elif not said and not silenced:
        text = "none of its terms is silenced: nobody says that any was said"
        notify(Kind.TERMS_AUDIBLE, text, recording=recording)


def _own_reference(item: Row) -> tuple[Utterance, ...]:
    """What a recording's own reference says; nothing where it has none that can be read."""
    for source in list_sources(item, None, TIERS, item["language"] or ""):
        if source.text:
            return (Utterance(None, None, source.text),)
        try:
            return read_reference(Path(source.path), item["recording"]).utterances
        except (UserError, OSError, ValueError):
            continue  # scoring tells what is the matter with it
    return ()


def _read_words(pattern: str, recording: str) -> Iterator[Utterance]:
    path = words_file(pattern, recording)
    if not is_file(str(path)):
        return
    try:
        yield from read_reference(path, recording).utterances
    except (UserError, OSError, ValueError) as error:
        text = f"no times of words: {error}"
        notify(Kind.TERMS_AUDIBLE, text, recording=recording, source=str(path))
