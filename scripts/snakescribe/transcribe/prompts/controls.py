"""Controls of prompts: a recording's terms as they were said, in another order, among others, or
another recording's, each made anew in the same way whenever it is asked for.

A prompt that helps by its terms must help most with those that were really said (`{oracle}`), and
not at all with another recording's (`{other}`). Distractors as in Le et al., "Contextualized
streaming end-to-end speech recognition with trie-based deep biasing and shallow fusion"
(Interspeech 2021), whose bias lists are an utterance's own words among N others.
"""

import random
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from snakescribe.captions.sources import list_sources
from snakescribe.config.controls import ORACLE, OTHER, SHUFFLED, Control, controls_of
from snakescribe.config.evaluate import Terms
from snakescribe.config.transcribe import Prompt
from snakescribe.errors import UserError
from snakescribe.store import digest
from snakescribe.tables import Row
from snakescribe.terms import recording_terms

# Thai, Lao, Tibetan, Burmese, Khmer, kana and Chinese characters: no spaces between words.
_UNSPACED = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)
_APOSTROPHES = re.compile("['\u2019\u02bc]")

Listed = tuple[str, ...]
Listeds = tuple[Listed, ...]
Thing = TypeVar("Thing")


class TermList(NamedTuple):
    """Terms, those first that must find a place first, and the order in which they are written."""

    ranked: Listed
    written: Listed


@dataclass(frozen=True)
class TermLists:
    """What lists are made of: the terms of each recording of the corpus, and what was said.

    `said` has a recording's reference in plain letters; none of one without a reference.
    """

    own: Mapping[str, Listed]
    said: Mapping[str, str]

    def make(self, control: Control, recording: str, seed: int) -> TermList:
        """A control, a recording and a seed -> the list; empty where there is nothing for it."""
        own = self.own.get(recording, ())
        drawn_by = digest(seed, recording, control.kind)
        if control.kind == ORACLE:
            return _as_written(self._said_of(own, self.said.get(recording, "")))
        if control.kind == OTHER:
            return _as_written(self._of_others(own, drawn_by))
        if control.kind == SHUFFLED:
            return _as_written(_shuffle(own, drawn_by))
        if not own:
            return TermList((), ())
        ranked = (*own, *islice(self._strangers(own, drawn_by), control.others))
        return TermList(ranked, _shuffle(ranked, drawn_by))

    @cached_property
    def _all(self) -> dict[str, str]:
        """The terms of the corpus by their plain letters."""
        return _by_letters(chain.from_iterable(self._lists))

    @cached_property
    def _lists(self) -> Listeds:
        """The lists that recordings have, each once: channels of a recording have the same one."""
        return tuple(dict.fromkeys(self.own.values()))

    @cached_property
    def _most_words(self) -> int:
        return max((len(plain.split()) for plain in self._all), default=0)

    def _said_of(self, own: Listed, said: str) -> Listed:
        """The terms, of all that the corpus has, that are in a text; the recording's own first."""
        words = said.split()
        runs = {
            " ".join(words[start : start + length])
            for start in range(len(words))
            for length in range(1, self._most_words + 1)
        }
        letters = said.replace(" ", "")
        terms = (_by_letters(own) | self._all).items()
        return tuple(
            term
            for plain, term in terms
            if plain in runs or (_UNSPACED.search(plain) and plain.replace(" ", "") in letters)
        )

    def _of_others(self, own: Listed, drawn_by: str) -> Listed:
        """Another recording's terms without the own ones, no more than these are.

        Further recordings make up for what the first one lacks.
        """
        left_out, others = _by_letters(own), dict[str, str]()
        for listed in _draw(self._lists, drawn_by):
            if len(others) >= len(own):
                break
            for plain, term in _by_letters(listed).items():
                if plain not in left_out:
                    others.setdefault(plain, term)
        return tuple(others.values())[: len(own)]

    def _strangers(self, own: Listed, drawn_by: str) -> Iterator[str]:
        """All terms of the corpus but the own ones, drawn: a longer list begins as a shorter."""
        left_out = _by_letters(own)
        for plain, term in _draw(tuple(self._all.items()), drawn_by):
            if plain not in left_out:
                yield term


def asks_for_lists(prompts: Iterable[Prompt], kind: str = "") -> bool:
    """Whether a prompt asks for a list of terms, of one kind if that is given."""
    return any(
        not kind or control.kind == kind
        for prompt in prompts
        for control in controls_of(prompt.template)
    )


def read_term_lists(
    corpus: Iterable[Row],
    items: Iterable[Row],
    recordings: Iterable[Row],
    terms: Terms,
    tiers: Sequence[str],
) -> TermLists:
    """Rows of the lock file, and where terms come from -> what lists are made of.

    Args:
        corpus: the rows of all recordings.
        items: the rows of those whose references are read; none where nothing asks for them.
        recordings: rows of the recordings table, as far as they are there, with captions.
        terms: which terms a recording has.
        tiers: the tiers of references that count, best first.

    Raises:
        UserError: a table of terms cannot be read, or a `reference_tier` names no tier.
    """
    acquired = {row["recording"]: row for row in recordings}
    own = {item["recording"]: _listed(item, terms) for item in corpus}
    said = {
        item["recording"]: _read_said(item, acquired.get(item["recording"]), tiers)
        for item in items
    }
    return TermLists(own, said)


def lists_of_fields(fields: Mapping[str, Mapping[str, str]], terms: Terms) -> TermLists:
    """The fields of recordings, and where terms come from -> the lists, but for what was said."""
    own = {name: _listed({**values, "context": {}}, terms) for name, values in fields.items()}
    return TermLists(own, {})


def _listed(item: Mapping[str, Any], terms: Terms) -> Listed:
    return tuple(_by_letters(recording_terms(item, terms)).values())


def _read_said(item: Row, recording: Row | None, tiers: Sequence[str]) -> str:
    """An item -> its best reference that has a word, in plain letters; scoring tells of others."""
    # Not at the top: few jobs read references, and to import all their formats takes 0.1 s.
    from snakescribe.captions.read import read_reference

    for source in list_sources(item, recording, tiers, item["language"] or ""):
        text = source.text
        if source.path:
            try:
                read = read_reference(Path(source.path), item["recording"])
            except (UserError, OSError, ValueError):
                continue
            text = " ".join(utterance.text for utterance in read.utterances)
        if plain := _plain(text):
            return plain
    return ""


def _plain(text: str) -> str:
    """A text -> its letters, marks and digits, without case, with single spaces between words."""
    text = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", text).casefold())
    kept = (
        letter if letter.isalnum() or unicodedata.category(letter)[0] == "M" else " "
        for letter in text
    )
    return " ".join("".join(kept).split())


def _by_letters(terms: Iterable[str]) -> dict[str, str]:
    """Terms -> each once, whatever its case and marks, by its plain letters."""
    named: dict[str, str] = {}
    for term in terms:
        if plain := _plain(term):
            named.setdefault(plain, term)
    return named


def _draw(things: Sequence[Thing], seed: str) -> Iterator[Thing]:
    """Things and a seed -> all of them in random order (Fisher and Yates), as far as asked for."""
    chance, moved = random.Random(seed), dict[int, int]()
    for place in range(len(things)):
        drawn = chance.randrange(place, len(things))
        yield things[moved.get(drawn, drawn)]
        moved[drawn] = moved.get(place, place)


def _as_written(terms: Listed) -> TermList:
    """Where there is no room for all, the first ones go, as with the text of a field."""
    return TermList(terms[::-1], terms)


def _shuffle(terms: Listed, seed: str) -> Listed:
    """Terms and a seed -> another order of them, where there is one."""
    shuffled = tuple(_draw(terms, seed))
    return shuffled if shuffled != terms else terms[1:] + terms[:1]
