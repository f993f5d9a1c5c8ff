"""Lists of terms that a prompt asks for as a control: `{oracle}`, `{other}`, `{distractors:20}`."""

from collections.abc import Collection, Iterator, Mapping
from string import Formatter
from typing import NamedTuple

ORACLE, OTHER, SHUFFLED, DISTRACTORS = "oracle", "other", "shuffled", "distractors"
OWN = "own"  # the terms of a recording as they are known beforehand
RUNGS = (ORACLE, OWN, OTHER)  # whose terms help, most first
CONTROLS = (ORACLE, OTHER, SHUFFLED, DISTRACTORS)
MOST_DISTRACTORS = 9999


class Control(NamedTuple):
    """A list of terms to be made for each recording; `others` is how many distractors it has."""

    kind: str
    others: int = 0

    @property
    def written(self) -> str:
        """As it stands in a template."""
        return f"{{{self.kind}:{self.others}}}" if self.others else f"{{{self.kind}}}"


def read_control(name: str, form: str) -> Control | None:
    """The name of a field and what stands behind its colon -> the list that it is, or None."""
    if name in (ORACLE, OTHER, SHUFFLED) and not form:
        return Control(name)
    if name == DISTRACTORS and form.isascii() and form.isdigit():
        count = int(form) if len(form) <= len(str(MOST_DISTRACTORS)) else 0
        return Control(name, count) if count else None
    return None


def controls_of(template: str) -> list[Control]:
    """A template -> the lists that it asks for, in order; none if it is no template."""
    try:
        return [control for control in map(_control, _parts(template)) if control]
    except ValueError:  # which the check of prompts tells
        return []


def find_rungs(templates: Mapping[str, str], fields: Collection[str]) -> dict[str, str]:
    """Templates by name -> whose terms each of them has: `oracle`, `own` or `other`.

    Those that have none are left out, and so are those with terms of several kinds.

    Args:
        templates: of prompts.
        fields: of recordings, that list their own terms.
    """
    rungs = {}
    for name, template in templates.items():
        kinds = {control.kind for control in controls_of(template)}
        whose = {OWN if kind in (SHUFFLED, DISTRACTORS) else kind for kind in kinds}
        try:
            named = {part[1] for part in _parts(template)}
        except ValueError:  # which the check of prompts tells
            continue
        whose |= {OWN} if named & {*fields} else set()
        if len(whose) == 1:
            rungs[name] = whose.pop()
    return rungs


def with_plain_list(template: str, name: str) -> str:
    """A template -> the same with a field `name` in the place of each list that it asks for."""
    return "".join(
        _escape(part[0]) + (f"{{{name}}}" if _control(part) else _written(part))
        for part in _parts(template)
    )


_Part = tuple[str, str | None, str | None, str | None]  # as `Formatter.parse` gives them


def _parts(template: str) -> Iterator[_Part]:
    return iter(Formatter().parse(template))


def _control(part: _Part) -> Control | None:
    _, name, form, conversion = part
    return None if conversion else read_control(name or "", form or "")


def _escape(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _written(part: _Part) -> str:
    _, name, form, conversion = part
    if name is None:
        return ""
    return f"{{{name}{f'!{conversion}' if conversion else ''}{f':{form}' if form else ''}}}"
