"""Tiers of annotation files, some of them of what was said."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from snakescribe.captions.reference import Parsed, TimedWord, Utterance, join_words

# Kinds of tiers by a word of their names: words are timed best.
_WORDS = frozenset({"word", "words"})
_UTTERANCE_NAMES = (
    "utterance utterances sentence sentences transcript transcripts transcription transcriptions "
    "text tx speech orthography orthographic ort ortho default"
)
_UTTERANCES = frozenset(_UTTERANCE_NAMES.split())
_OTHER_NAMES = (
    "phone phones phoneme phonemes phon segment segments syllable syllables syll seg ipa pos tag "
    "tags gloss glosses gls morph morphs mb translation translations ref id note notes comment "
    "comments gesture gestures gaze tone tones break breaks pitch intonation noise events silences "
    "vad"
)
_NO_SPEECH = frozenset(_OTHER_NAMES.split())
# What forced aligners write into tiers of words where nothing is said.
_PAUSES = frozenset({"sil", "sp", "<eps>", "<p:>", "<sil>", "#"})


@dataclass(frozen=True)
class Tier:
    """A tier: its name, whom it belongs to, what each interval says, and what is damaged in it.

    `depends` says that it hangs on another tier, as a translation does.
    """

    name: str
    speaker: str
    utterances: tuple[Utterance, ...]
    damaged: tuple[str, ...]
    depends: bool = False

    @property
    def kinds(self) -> set[str]:
        """The words of its name, by which its kind is known: `Jane - words`, `phones@Bo`."""
        return set(re.findall(r"[^\W_]+", self.name.casefold()))


def choose_speech(tiers: Sequence[Tier]) -> Parsed:
    """The tiers of a file -> what was said.

    Tiers of words if there are any, else of utterances, by their names; else all that hang on no
    other but those whose names say that they hold something else.

    Raises:
        ValueError: there are tiers, and all hold something else.
    """
    filled = [tier for tier in tiers if tier.utterances or tier.damaged]
    speech = [tier for tier in filled if not tier.kinds & _NO_SPEECH]
    words = [tier for tier in speech if tier.kinds & _WORDS]
    chosen = words or [tier for tier in speech if tier.kinds & _UTTERANCES]
    chosen = chosen or [tier for tier in speech if not tier.depends] or speech
    if filled and not chosen:
        names = ", ".join(tier.name for tier in filled)
        raise ValueError(f"no tier of what was said; there are {names}")
    utterances: list[Utterance] = []
    for tier in chosen:
        speaker = tier.speaker or _name_speaker(tier.name)
        said = map(_to_word, tier.utterances) if words else ()
        own = join_words([word for word in said if word.text not in _PAUSES])
        utterances += [
            replace(utterance, speaker=speaker) for utterance in (own if words else tier.utterances)
        ]
    left_out = tuple(f"the tier {tier.name}" for tier in filled if tier not in chosen)
    damaged = [problem for tier in chosen for problem in tier.damaged]
    return Parsed(utterances, damaged, left_out)


def _to_word(interval: Utterance) -> TimedWord:
    return TimedWord(interval.start or 0.0, interval.end or 0.0, interval.text)


def _name_speaker(name: str) -> str:
    """A tier's name -> whom it belongs to: what is left without the words of its kind."""
    parts = [part for part in re.split(r"\s*[-@_/:]\s*|\s+", name) if part]
    return " ".join(part for part in parts if part.casefold() not in _WORDS | _UTTERANCES)
