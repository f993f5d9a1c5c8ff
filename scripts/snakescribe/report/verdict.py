"""A study -> its answer as the page says it: sentences with the names of conditions marked."""

from dataclasses import dataclass

from markupsafe import Markup, escape

from snakescribe.captions.sources import TIERS
from snakescribe.evaluate.compare.answer import Name, Sentence
from snakescribe.evaluate.wording import REAL
from snakescribe.report.silence import NAME, is_told_apart, silence_headline
from snakescribe.report.study import Study


@dataclass(frozen=True)
class Verdict:
    """The answer: one headline, and sentences below it; `decided` is false where we cannot tell."""

    headline: Markup
    lines: tuple[Markup, ...]
    decided: bool = True


def show_sentence(sentence: Sentence) -> Markup:
    """A sentence -> HTML, its names marked and everything escaped."""
    parts = (
        NAME.format(str(part)) if isinstance(part, Name) else escape(part) for part in sentence
    )
    return Markup("").join(parts)


def give_verdict(study: Study) -> Verdict:
    """A study -> what it found, in words."""
    if study.silent:
        return Verdict(*silence_headline(study), decided=is_told_apart(study))
    if study.answer is None:
        return _without_references(study)
    lines = [show_sentence(line) for line in study.answer.lines]
    if line := _interaction_line(study):
        lines.append(line)
    decided = study.answer.kind != "cannot_tell"
    return Verdict(show_sentence(study.answer.headline), tuple(lines), decided)


def _without_references(study: Study) -> Verdict:
    """What was heard; of which tiers references are wanted, where these are not all."""
    if study.heard is None:
        return Verdict(
            Markup("There is nothing to compare: no recording got as far as a transcript."), ()
        )
    tiers = study.params.scoring.tiers
    which = f" of the tiers that count (scoring.tiers: {', '.join(tiers)})"
    last = Markup("There are no references{}: how right this is, your ears can tell.").format(
        "" if set(tiers) == set(TIERS) else which
    )
    lines = (*map(show_sentence, study.heard.lines), last)
    return Verdict(show_sentence(study.heard.headline), lines)


def _interaction_line(study: Study) -> Markup | None:
    """Which factors' effects depend on each other, where that is real."""
    pairs = {
        (effect.factor, effect.by_factor)
        for effect in study.effects
        if effect.by_factor and effect.tone != "unclear"
    }
    if not pairs:
        return None
    names = Markup("; ").join(
        Markup("{} on {}").format(factor, by_factor) for factor, by_factor in sorted(pairs)
    )
    return Markup("Effects depend on each other: {}: {}.").format(names, REAL)
