"""How huggingface/open_asr_leaderboard scores English: its normaliser, and compounds as one word.

Its normaliser is Whisper's English one with a few differences, which are said here; the package
whisper-normalizer does the work. Its rules are those of March 2026 (up to pull request 142): later
ones also level names, times and more fillers. Compounds are kaldialign's `merge_compounds`: what
one side writes as one word and the other as several is no error.
"""

import inspect
import sys
from importlib.metadata import version
from itertools import accumulate
from typing import NamedTuple

import kaldialign
import numpy as np
from whisper_normalizer.english import EnglishTextNormalizer

from snakescribe.evaluate.normalize.base import Normalizer, in_all_languages
from snakescribe.evaluate.normalize.whisper import package_digest, package_version
from snakescribe.evaluate.normalize.whisper_english import english_rules
from snakescribe.evaluate.words.align import DELETION, HIT, INSERTION, SUBSTITUTION, align_rows
from snakescribe.evaluate.words.ragged import Ragged
from snakescribe.evaluate.words.vocabulary import Vocabulary

RULES = "rules of 2026-03"

# Of the package's replacements the leaderboard has all but these.
_NOT_REPLACED = ("kinda", "sorta", "dunno", "cause")
# Spellings that the leaderboard has mended in Whisper's list, and turned to American ones.
_SPELLINGS = {
    "archaeological": "archeological",
    "archaeology": "archeology",
    "cancellation": "cancelation",
    "cancellations": "cancelations",
    "mm": "hmm",
    "pummelled": "pummeled",
    "pummelling": "pummeling",
    "snowploughs": "snowplows",
    "travelogue": "travelog",
    "travelogues": "travelogs",
}
# In Whisper's list these become what the leaderboard makes them of.
_NOT_RESPELT = ("archeological", "cancelation", "cancelations", "travelog", "travelogs")
_NO_WORD = " "  # which no word is


def make_leaderboard() -> Normalizer:
    """The normaliser of the convention `open_asr_leaderboard`."""
    package = EnglishTextNormalizer()
    unlike = {rf"\b{word}\b" for word in _NOT_REPLACED}
    package.replacers = {
        pattern: text for pattern, text in package.replacers.items() if pattern not in unlike
    }
    spellings = package.standardize_spellings
    kept = {word: text for word, text in spellings.mapping.items() if word not in _NOT_RESPELT}
    spellings.mapping = kept | _SPELLINGS
    names = "basic.py", "english.py", "normalizers/english.json"
    digest = package_digest(*names, more=inspect.getsource(sys.modules[__name__]))
    stamp = f"{RULES}, {package_version()}, kaldialign {version('kaldialign')}"
    rules = in_all_languages(package, english_rules(package, package))
    return Normalizer("open_asr_leaderboard", stamp, digest, rules, merges_compounds=True)


class Merged(NamedTuple):
    """Hypotheses whose compounds are written as in their references, and their alignments.

    `heard` are rows of word numbers, `operations` rows of operations as in
    `snakescribe.evaluate.words.align`.
    """

    heard: Ragged
    operations: Ragged


def merge_compounds(said: Ragged, heard: Ragged, known: Vocabulary) -> Merged:
    """References and as many hypotheses, as word numbers -> the hypotheses as they are scored.

    A hypothesis of an empty reference counts nothing: the leaderboard leaves such samples out.

    Args:
        said: the references.
        heard: the hypotheses.
        known: the words of the numbers.
    """
    heard = Ragged(
        heard.values[(said.lengths > 0)[heard.row_of]],
        np.where(said.lengths > 0, heard.lengths, 0),
    )
    operations = align_rows(said, heard).operations()
    wrong = operations.sums(operations.values != ord(HIT), int)
    words, letters = list(heard), list(operations)
    for row in np.flatnonzero(wrong).tolist():
        sides = [[known.words[number] for number in side[row].tolist()] for side in (said, heard)]
        if _may_merge(*sides) or _may_merge(*sides[::-1]):
            merged, aligned = _align(*sides)
            words[row] = np.array([known[word] for word in merged], heard.values.dtype)
            letters[row] = np.frombuffer(aligned.encode(), np.uint8)
    return Merged(Ragged.from_rows(words), Ragged.from_rows(letters))


def _may_merge(parts: list[str], wholes: list[str]) -> bool:
    """Whether words of the first side, written as one, are a word of the second."""
    known = set(wholes)
    longest = max(map(len, known), default=0)
    for first in range(len(parts)):
        for joined in accumulate(parts[first:]):
            if len(joined) > longest:
                break
            if joined in known and joined != parts[first]:
                return True
    return False


def _align(reference: list[str], hypothesis: list[str]) -> tuple[list[str], str]:
    """Words of both -> those of the hypothesis, compounds as in the reference; the operations."""
    words: list[str] = []
    operations = ""
    for said, heard in kaldialign.align(reference, hypothesis, _NO_WORD, merge_compounds=True):
        if heard == _NO_WORD:
            operations += DELETION
        elif said == _NO_WORD:
            words.append(heard)
            operations += INSERTION
        elif said == heard or " " in said or " " in heard:
            words += said.split()
            operations += HIT * len(said.split())
        else:
            words.append(heard)
            operations += SUBSTITUTION
    return words, operations
