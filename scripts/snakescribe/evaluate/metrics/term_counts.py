"""The terms that matter in a recording, and where they stand in reference and hypothesis."""

from collections.abc import Sequence
from dataclasses import dataclass

from snakescribe.evaluate.normalize.base import Normalizer
from snakescribe.evaluate.words.align import DELETION, HIT, INSERTION

Term = tuple[str, ...]


@dataclass(frozen=True)
class TermCount:
    """One term in one chunk.

    `references` is how often it was said, `hits` how often it was also recognised, `false` how
    often the hypothesis has it where it was not said; `prompted` is whether the prompt had it.
    """

    term: Term
    references: int
    hits: int
    false: int
    prompted: bool


def normalise_terms(terms: Sequence[str], normalizer: Normalizer, language: str) -> list[Term]:
    """Terms -> their normalised words; what normalises to nothing is left out."""
    normalised = (tuple(normalizer.words(term, language)) for term in terms)
    return [term for term in dict.fromkeys(normalised) if term]


def count_terms(
    terms: Sequence[Term],
    reference: Sequence[str],
    hypothesis: Sequence[str],
    alignment: str,
    prompt: Sequence[str],
) -> list[TermCount]:
    """Terms, words and their alignment -> the counts of each term in reference or hypothesis.

    A term is recognised where all of its words are hits and nothing was put between them. Any
    other place where the hypothesis has it is false, also where another term was said: NeMo's
    `compute_fscore` does not count those confusions.
    """
    said = find_terms(terms, reference)
    heard = find_terms(terms, hypothesis)
    if not said and not heard:
        return []
    place_heard = _hypothesis_place(alignment)
    prompted = find_terms([*said, *heard], prompt)
    counts = []
    for term in terms:
        spoken, written = said.get(term, []), heard.get(term, [])
        if spoken or written:
            hits = sum(_recognised(place_heard, place, len(term)) for place in spoken)
            false = len(written) - hits
            counts.append(TermCount(term, len(spoken), hits, false, term in prompted))
    return counts


def find_terms(terms: Sequence[Term], words: Sequence[str]) -> dict[Term, list[int]]:
    """Terms and words -> where each term begins among the words."""
    starting: dict[str, list[Term]] = {}
    for term in terms:
        starting.setdefault(term[0], []).append(term)
    places: dict[Term, list[int]] = {}
    for place, word in enumerate(words):
        for term in starting.get(word, ()):
            if tuple(words[place : place + len(term)]) == term:
                places.setdefault(term, []).append(place)
    return places


def _hypothesis_place(alignment: str) -> list[int]:
    """Operations -> for each reference word the place of its hit in the hypothesis, else -1."""
    places: list[int] = []
    right = 0
    for operation in alignment:
        if operation != INSERTION:
            places.append(right if operation == HIT else -1)
        right += operation != DELETION
    return places


def _recognised(places: Sequence[int], start: int, length: int) -> bool:
    first = places[start]
    return first >= 0 and all(places[start + step] == first + step for step in range(1, length))
