"""A study whose references all say that nothing was said -> its answer in plain English."""

from markupsafe import Markup

from snakescribe.evaluate.wording import REAL
from snakescribe.report.numbers import per_minute
from snakescribe.report.study import ConditionResult, Study

NAME = Markup('<b class="name"><bdi>{}</bdi></b>')


def silence_headline(study: Study) -> tuple[Markup, tuple[Markup, ...]]:
    """A study -> who wrote the fewest words where nothing was said, and whether it is real."""
    best, worst = study.silent[0], study.silent[-1]
    said = Markup("Nothing was said in these recordings")
    if len(study.conditions) == 1:
        return Markup("{}, and {} words a minute were written.").format(said, _rate(best)), ()
    if best.silent_words == worst.silent_words:
        text = Markup("{}, and every condition wrote {} words a minute.")
        return text.format(said, _rate(best)), ()
    text = Markup("{}: {} made up the fewest words, {} a minute; {} the most, {}.")
    if not is_told_apart(study):
        text = Markup(
            "{}. Cannot tell which condition makes up fewer words: {} wrote {} a minute, {} {}."
        )
    headline = text.format(
        said, NAME.format(best.name), _rate(best), NAME.format(worst.name), _rate(worst)
    )
    return headline, tuple(_lines(study))


def is_told_apart(study: Study) -> bool:
    """Whether the best and the worst condition for silence really differ, or all wrote alike."""
    best, worst = study.silent[0], study.silent[-1]
    row = study.compare(best.name, worst.name)
    return best.silent_words == worst.silent_words or (row is not None and row.real)


def _lines(study: Study) -> list[Markup]:
    baseline = study.baseline.name
    lines = []
    for condition in study.silent:
        row = None if condition.is_baseline else study.compare(condition.name, baseline)
        if row and (row.real or len(study.conditions) == 2):
            lines.append(
                Markup("{} against {}: {}.").format(
                    NAME.format(condition.name), NAME.format(baseline), row.verdict
                )
            )
    return lines or [Markup("No condition's difference from {} is {}.").format(baseline, REAL)]


def _rate(condition: ConditionResult) -> str:
    return per_minute(condition.silent_words)
