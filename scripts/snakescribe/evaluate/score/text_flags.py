"""What was heard in chunks -> signs in the text alone that nobody said it.

For engines that give no probabilities, and for what sure ones make up. The thresholds are those of
NVIDIA's NeMo Curator (`WhisperHallucinationStage`), where it has one.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from snakescribe.evaluate.normalize.languages import is_spaced
from snakescribe.evaluate.score.transcripts import Transcripts
from snakescribe.evaluate.words.ragged import Ragged
from snakescribe.evaluate.words.vocabulary import Vocabulary
from snakescribe.paths import UNSAID_PHRASES

SILENCE = "silence"  # the decoder's flag of a chunk without text

# Characters per second that nobody says. A letter of Chinese, Japanese and Korean is a syllable,
# of which people say 5 to 8 a second (Pellegrino et al., Language 87, 2011).
FASTEST, FASTEST_SYLLABLES = 40.0, 20.0
_SYLLABLES = "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]"
# Words of which less than this share are different ones are a loop. Of longer texts each such piece
# is looked at, since people repeat themselves in time.
FEWEST_DIFFERENT, FEWEST_WORDS, PIECE = 0.4, 10, 100
DRAWERS = 256
# Letters in a row. Curator's is 25, and 35 for languages that build long words.
LONGEST_WORD = 35

_LETTERS = re.compile(r"[^\W\d_]+")
_PARTS = re.compile(r"\w+")


class TextFlagger:
    """Finds flags batch after batch; what it learns about words serves the next one."""

    def __init__(self, raw: Vocabulary) -> None:
        """Take the vocabulary that numbers raw words."""
        self._raw = raw
        self._long = np.zeros(0, bool)
        self._in_phrase = np.zeros(0, bool)
        self._marks_phrase = np.zeros(0, bool)

    def find(self, transcripts: Transcripts, language: str) -> list[list[str]]:
        """What was heard, and the language's code -> for each row its flags, sorted.

        `known_phrase`: a phrase that models write where nothing is said (`resources/phrases`);
        `too_fast`: more characters than anybody says in this time; `few_words`: hardly any
        different words; `long_word`: a word longer than can be. The last two are no signs in
        languages without spaces.
        """
        self._learn()
        texts, parts = pa.array(transcripts.texts.texts, pa.string()), transcripts.texts.parts
        seconds = transcripts.heard["audio_seconds"].to_numpy()
        flags = {
            "known_phrase": self._has_known_phrase(texts, parts),
            "too_fast": is_too_fast(texts, seconds),
        }
        if is_spaced(language):
            flags["few_words"] = has_few_words(parts)
            flags["long_word"] = parts.sums(self._long[parts.values], int) > 0
        rows: list[list[str]] = [[] for _ in range(len(texts))]
        for name in sorted(flags):
            for row in np.flatnonzero(flags[name]).tolist():
                rows[row].append(name)
        return rows

    def _learn(self) -> None:
        """See what the words are that were not known yet."""
        words = [word.lower() for word in self._raw.words[len(self._long) :]]
        phrases = _phrases()
        told = (
            (is_long(word), phrases.words.issuperset(_PARTS.findall(word)), phrases.has_mark(word))
            for word in words
        )
        new = np.array(list(told), bool).reshape(-1, 3).T
        self._long, self._in_phrase, self._marks_phrase = (
            np.concatenate(pair)
            for pair in zip((self._long, self._in_phrase, self._marks_phrase), new, strict=True)
        )

    def _has_known_phrase(self, texts: pa.Array, parts: Ragged) -> np.ndarray:
        """Texts and their parts -> (texts,) whether each has a phrase.

        Only those are looked at closely that have the longest word of a phrase, or no other words.
        """
        marked = parts.sums(self._marks_phrase[parts.values], int) > 0
        out: np.ndarray = marked | (parts.sums(self._in_phrase[parts.values], int) == parts.lengths)
        for row in np.flatnonzero(out).tolist():
            out[row] = _phrases().is_in(texts[row].as_py())
        return out


def is_too_fast(texts: pa.Array, seconds: np.ndarray) -> np.ndarray:
    """Texts and their sound's seconds -> (texts,) whether nobody speaks so fast."""
    characters = pc.utf8_length(texts).to_numpy()
    syllables = pc.count_substring_regex(texts, _SYLLABLES).to_numpy()
    fastest = np.where(2 * syllables > characters, FASTEST_SYLLABLES, FASTEST)
    too_fast: np.ndarray = characters > fastest * seconds
    return too_fast


def has_few_words(words: Ragged) -> np.ndarray:
    """Rows of word numbers -> (rows,) whether a piece of each has hardly any different words."""
    out = np.zeros(len(words), bool)
    if not len(words.values):
        return out
    place = np.arange(len(words.values)) - words.starts[words.row_of]
    piece_of = np.cumsum(place % PIECE == 0) - 1
    size = np.bincount(piece_of)
    # Words in so many drawers: as many different ones at least, and quickly counted.
    drawers = np.zeros((len(size), DRAWERS), bool)
    drawers[piece_of, words.values % DRAWERS] = True
    few = (size >= FEWEST_WORDS) & (drawers.sum(axis=1) < FEWEST_DIFFERENT * size)
    starts = np.flatnonzero(place % PIECE == 0)
    for piece in np.flatnonzero(few).tolist():
        start = starts[piece]
        different = len(np.unique(words.values[start : start + size[piece]]))
        if different < FEWEST_DIFFERENT * size[piece]:
            out[words.row_of[start]] = True
    return out


def is_long(word: str) -> bool:
    """A word as written -> whether it has more letters in a row than words have."""
    if len(word) <= LONGEST_WORD:
        return False
    composed = unicodedata.normalize("NFC", word)
    return any(len(letters) > LONGEST_WORD for letters in _LETTERS.findall(composed))


class _Phrases:
    """Phrases that models write where nothing is said.

    Attributes:
        words: the words of all of them.
    """

    def __init__(self) -> None:
        """Read them."""
        with UNSAID_PHRASES.open(encoding="utf-8", newline="") as file:
            rows = [
                (_PARTS.findall(row["phrase"]), row["where"])
                for row in csv.DictReader(file, delimiter="\t")
            ]
        self.words = frozenset(word for words, _ in rows for word in words)
        anywhere = [words for words, where in rows if where == "anywhere"]
        marks = {re.escape(max(words, key=len)) for words in anywhere}
        self._mark = re.compile("|".join(marks))
        # Where words are not written with spaces, a phrase may touch what stands beside it.
        self._anywhere = re.compile(
            rf"(?:^|[\W_]|{_SYLLABLES})(?:{_join(anywhere)})(?=$|[\W_]|{_SYLLABLES})"
        )
        self._alone = re.compile(rf"[\W_]*(?:(?:{_join([words for words, _ in rows])})[\W_]*)+")

    def has_mark(self, word: str) -> bool:
        """A word in lower case -> whether it has the longest word of a phrase."""
        return bool(self._mark.search(word))

    def is_in(self, text: str) -> bool:
        """A text -> whether it has a phrase, or is nothing but phrases."""
        lower = text.lower()
        return bool(self._anywhere.search(lower) or self._alone.fullmatch(lower))


def _join(phrases: Iterable[Sequence[str]]) -> str:
    """Phrases as words -> a regular expression for any of them."""
    return "|".join(r"[\W_]*".join(map(re.escape, words)) for words in phrases)


_phrases = cache(_Phrases)
