"""A study -> its answer in plain English: the best condition, what each factor did, how sure."""

from dataclasses import dataclass, replace
from itertools import islice

from markupsafe import Markup

from snakescribe.captions.sources import TIERS
from snakescribe.evaluate.statistics.units import ENOUGH_UNITS
from snakescribe.evaluate.wording import CANNOT_TELL, REAL, UNREAD, format_p, only_here, too_few
from snakescribe.report.numbers import percent, points, share, speed
from snakescribe.report.silence import NAME, silence_headline
from snakescribe.report.study import Comparison, ConditionResult, Effect, Study

BY_CHUNK = "resampled by chunk, which says nothing about other recordings"


@dataclass(frozen=True)
class Verdict:
    """The answer: one headline, and sentences below it."""

    headline: Markup
    lines: tuple[Markup, ...]


def give_verdict(study: Study) -> Verdict:
    """A study -> what it found, in words."""
    verdict = _choose_verdict(study)
    more = [line for line in (_unread_line(study), _interaction_line(study)) if line]
    return replace(verdict, lines=(*verdict.lines, *more))


def _choose_verdict(study: Study) -> Verdict:
    if study.silent:
        return Verdict(*silence_headline(study))
    if not study.ranked:
        return _without_references(study)
    best = study.ranked[0]
    if len(study.conditions) == 1:
        headline = Markup("{} of the words were wrong{}.").format(
            percent(best.wer), _interval(best, study)
        )
        return Verdict(headline, (_speed_line(best),) if best.rtfx else ())
    if best.is_baseline:
        return _baseline_wins(study, best)
    return _something_wins(study, best)


def _something_wins(study: Study, best: ConditionResult) -> Verdict:
    baseline = study.baseline
    against = study.compare(best.name, baseline.name)
    if baseline.wer is None or against is None or against.delta is None:
        headline = Markup("{} made the fewest errors: {} of the words were wrong.").format(
            NAME.format(best.name), percent(best.wer)
        )
        return Verdict(headline, ())
    headline = Markup("{} made the fewest errors: {} of the words were wrong, {} with {}.").format(
        NAME.format(best.name), percent(best.wer), percent(baseline.wer), NAME.format(baseline.name)
    )
    lines = [_difference_line(study, against, baseline)]
    if equals := _not_told_apart(study, best):
        lines.append(equals)
    return Verdict(headline, tuple(lines))


def _baseline_wins(study: Study, best: ConditionResult) -> Verdict:
    headline = Markup("Nothing beat the baseline: with {}, {} of the words were wrong.").format(
        NAME.format(best.name), percent(best.wer)
    )
    rivals = [condition.name for condition in study.conditions if condition is not best]
    against = [study.compare(rival, best.name) for rival in rivals]
    known = [row for row in against if row]
    if known and len(known) == len(rivals) and all(row.unread for row in known):
        return Verdict(headline, ())
    worse = sum((row.delta or 0) > 0 and study.is_told_apart(row) for row in known)
    if len(against) == 1:
        subject = "The other condition is" if worse else "the other condition is"
    elif worse:
        subject = f"{worse} of the {len(against)} other conditions {'is' if worse == 1 else 'are'}"
    else:
        subject = f"any of the {len(against)} other conditions is"
    if not worse:
        few = next((row for row in known if _too_few(study, row, row.recordings)), None)
        why = f": {too_few(few.resampled_by)}" if few else ""
        line = f"{CANNOT_TELL.capitalize()} whether {subject} worse{why}."
    elif any(row.resampled_by == "chunk" for row in known):
        line = f"{subject} worse, {only_here(study.recordings)} ({BY_CHUNK})."
    else:
        line = f"{subject} worse: {REAL}."
    return Verdict(headline, (Markup(line),))


def _difference_line(study: Study, against: Comparison, baseline: ConditionResult) -> Markup:
    saved = Markup("")
    if baseline.wer and against.delta is not None and against.delta < 0:
        saved = Markup(", {} of its errors").format(share(-against.delta / baseline.wer))
    interval = Markup("")
    if against.low is not None and against.high is not None:
        interval = Markup(" ({} interval {} to {})").format(
            percent(study.confidence, digits=0),
            points(against.low, unit=False),
            points(against.high, unit=False),
        )
    sure = f"{CANNOT_TELL.capitalize()} whether it is {REAL}"
    if study.is_told_apart(against):
        sure = f"It is {REAL}"
        if against.resampled_by == "chunk":
            sure = f"It holds {only_here(against.recordings)} ({BY_CHUNK})"
    elif _too_few(study, against, against.recordings):
        sure = f"{CANNOT_TELL.capitalize()} whether it is {REAL}: {too_few(against.resampled_by)}"
    return Markup("The difference is {}{}{}. {}{}.").format(
        points(against.delta or 0), interval, saved, sure, _adjusted_p(against.p_adjusted, study)
    )


def _adjusted_p(p: float | None, study: Study) -> Markup:
    if p is None:
        return Markup("")
    return Markup("; adjusted <i>p</i> {}").format(format_p(p, study.alpha))


def _too_few(study: Study, row: Comparison | Effect, recordings: int) -> bool:
    """Whether a difference is not told apart because units are too few for any."""
    units: int | None = recordings
    if row.resampled_by != "recording":
        units = row.units if isinstance(row, Comparison) else None
    few = row.resampled_by != "chunk" and units is not None and units < ENOUGH_UNITS
    return few and not study.is_told_apart(row)


def _not_told_apart(study: Study, best: ConditionResult) -> Markup | None:
    """Which conditions we cannot tell from the best one (needs the family `pairs`)."""
    if not any(row.family == "pairs" for row in study.comparisons):
        return None
    rivals = [condition for condition in study.ranked[1:] if not condition.is_baseline]
    rows = ((condition, study.compare(condition.name, best.name)) for condition in rivals)
    known = [(condition, row) for condition, row in rows if row and not row.unread]
    same = [condition for condition, row in known if not study.is_told_apart(row)]
    if not same:
        return None
    names = Markup(", ").join(NAME.format(condition.name) for condition in islice(same, 3))
    if len(same) > 3:
        names += f" and {len(same) - 3} more"
    return Markup("{} apart from it: {}.").format(CANNOT_TELL.capitalize(), names)


def _without_references(study: Study) -> Verdict:
    if not any(condition.chunks for condition in study.conditions):
        headline = Markup("There is nothing to compare: no recording got as far as a transcript.")
    else:
        tiers = study.params.scoring.tiers
        which = f" of the tiers that count (scoring.tiers: {', '.join(tiers)})"
        headline = Markup(
            "There are no references{}, so error rates cannot be had: "
            "what follows is speed, confidence and the transcripts themselves."
        ).format("" if set(tiers) == set(TIERS) else which)
    timed = [condition for condition in study.conditions if condition.rtfx]
    lines: tuple[Markup, ...] = ()
    if timed:
        fastest = max(timed, key=lambda condition: condition.rtfx or 0)
        lines = (
            Markup("{} was the fastest: {} as fast as the recordings play.").format(
                NAME.format(fastest.name), speed(fastest.rtfx)
            ),
        )
    return Verdict(headline, lines)


def _speed_line(condition: ConditionResult) -> Markup:
    return Markup("{} ran {} as fast as the recordings play.").format(
        NAME.format(condition.name), speed(condition.rtfx)
    )


def _interval(condition: ConditionResult, study: Study) -> Markup:
    if condition.wer_low is None or condition.wer_high is None:
        return Markup("")
    return Markup(" ({} interval {} to {})").format(
        percent(study.confidence, digits=0), percent(condition.wer_low), percent(condition.wer_high)
    )


def describe_effect(effect: Effect, study: Study) -> Markup:
    """A factor's main effect and its study -> a sentence."""
    change = Markup("{} instead of {}").format(
        NAME.format(effect.level), NAME.format(effect.instead_of)
    )
    pairs = "" if effect.matched == 1 else f", mean of {effect.matched} matched pairs"
    if effect.verdict == UNREAD:
        return Markup("{}: {}.").format(change, UNREAD)
    if effect.low is None or effect.high is None or effect.p_adjusted is None:
        return Markup("{}: {}{}.").format(change, CANNOT_TELL, pairs)
    if not study.is_told_apart(effect):
        few = _too_few(study, effect, study.recordings)
        return Markup("{}: {}{}; {} to {}{}{}.").format(
            change,
            CANNOT_TELL,
            f", {too_few(effect.resampled_by)}" if few else "",
            points(effect.low, unit=False),
            points(effect.high),
            _adjusted_p(effect.p_adjusted, study),
            pairs,
        )
    here = effect.resampled_by == "chunk"
    near, far = sorted((abs(effect.low), abs(effect.high)))
    return Markup("{} {} {} by {} ({} to {}){}{}.").format(
        change,
        "lowered" if effect.delta < 0 else "raised",
        study.rate,
        points(abs(effect.delta), sign=False),
        points(near, sign=False, unit=False),
        points(far, sign=False, unit=False),
        pairs,
        f", {only_here(study.recordings)}" if here else f": {REAL}",
    )


def _unread_line(study: Study) -> Markup | None:
    """Which conditions are the same to the letter, whatever their prompts say."""
    names: dict[str, None] = {}
    for row in study.comparisons:
        if row.unread:
            names |= {row.other: None, row.condition: None}
    if not names:
        return None
    listed = Markup(", ").join(NAME.format(name) for name in islice(names, 6))
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return Markup("With {}{} {}.").format(listed, more, UNREAD)


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
