"""What a normaliser is, for those that ship with snakescribe and for users' own."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from snakescribe.captions.letters import without_invisible
from snakescribe.evaluate.normalize.languages import is_spaced
from snakescribe.evaluate.normalize.piecewise import PieceRules, PiecewiseNormalizer
from snakescribe.evaluate.words.vocabulary import Vocabulary


@dataclass(frozen=True)
class TextRules:
    """What a normaliser does to texts in a language.

    Attributes:
        apply: from a text to the same normalised, words apart by white space.
        pieces: how texts can be cut so that their pieces, each normalised once, give the same as
            `apply` gives for the whole; None: they cannot.
    """

    apply: Callable[[str], str]
    pieces: PieceRules | None = None


@dataclass(frozen=True)
class Normalizer:
    """A function on texts with what tells its results from those of another version.

    Attributes:
        name: its name in the config.
        version: that of its package; empty: it has none.
        digest: the sha256 of its rules; empty: they cannot be read.
        rules_for: from a language code to what it does to texts in that language.
        merges_compounds: whether words that one side writes as one and the other as several are no
            error, as a convention has it.
    """

    name: str
    version: str
    digest: str
    rules_for: Callable[[str], TextRules]
    merges_compounds: bool = False

    def words(self, text: str, language: str = "") -> list[str]:
        """A text -> its normalised words; single characters in a language without spaces.

        Invisible marks (category Cf of Unicode, joiners too) are no part of words: nobody hears
        them, and writers and models differ in whether they write them.
        """
        normalised = self.rules_for(language).apply(without_invisible(text))
        if is_spaced(language):
            return normalised.split()
        return [character for character in normalised if not character.isspace()]

    def for_many(self, language: str, raw: Vocabulary, known: Vocabulary) -> PiecewiseNormalizer:
        """The same for many texts in a language, in a fraction of the time.

        Args:
            language: its code.
            raw: numbers of the texts' parts.
            known: numbers of normalised words.
        """
        pieces = self.rules_for(language).pieces if is_spaced(language) else None
        return PiecewiseNormalizer(partial(self.words, language=language), pieces, raw, known)


def in_all_languages(
    apply: Callable[[str], str], pieces: PieceRules | None = None
) -> Callable[[str], TextRules]:
    """What is done to texts in any language -> `Normalizer.rules_for`."""
    rules = TextRules(apply, pieces)
    return lambda _: rules
