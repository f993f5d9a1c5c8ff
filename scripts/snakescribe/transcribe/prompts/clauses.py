"""A template and the fields that are empty for a recording -> the template without their clauses.

"The players are ." tells a model nothing true. An empty field takes its clause with it: what stands
between commas, colons, dashes and the ends of the sentence, or within brackets. A label such as
``Players:`` goes with the last clause of its sentence, as does the mark at the sentence's end.
"""

import re
from collections.abc import Collection

_FIELD = re.compile(r"(?<!\{)(?:\{\{)*\{(\w+)\}")  # two braces are one that is written
_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]")
# A point behind one or two letters is more often that of `St.` or `vs.` than a sentence's.
_SENTENCE = re.compile(
    r".*?(?:[;!?…]+(?=\s|$)|(?<!\b\w)(?<!\b\w\w)\.+(?=\s|$)|[。！？；]|\n|$)", re.DOTALL
)
_LABEL = re.compile(r"[^{}]*?(?::(?=\s|$)|：)")
_MARK = re.compile(r"([,:](?=\s|\{|$)|[、，：]|(?<=\s)[-\u2013\u2014|/](?=\s))")


def drop_clauses(template: str, empty: Collection[str]) -> str:
    """A template and names of fields without a value -> the template without what needs them.

    >>> drop_clauses("{home} against {away}, with {players}.", ["players"])
    '{home} against {away}.'
    >>> drop_clauses("The players are {players}. Good evening.", ["players"])
    ' Good evening.'
    """
    if not _lacks(template, empty):
        return template

    def inside(match: re.Match[str]) -> str:
        kept = drop_clauses(match[1], empty).strip()
        return match[0].replace(match[1], kept) if kept else ""

    return "".join(
        _drop_in_sentence(sentence, empty)
        for sentence in _SENTENCE.findall(_BRACKETS.sub(inside, template))
    )


def _lacks(text: str, empty: Collection[str]) -> bool:
    return any(name in empty for name in _FIELD.findall(text))


def _drop_in_sentence(sentence: str, empty: Collection[str]) -> str:
    if not _lacks(sentence, empty):
        return sentence
    said = sentence.rstrip(".;!?…。！？；\n")
    match = _LABEL.match(said)
    label = match[0] if match else ""
    # Texts, and between them the marks that part them.
    pieces = ["", *_MARK.split(said[len(label) :])]
    clauses = list(zip(pieces[::2], pieces[1::2], strict=True))
    kept = [clause for clause in clauses if not _lacks(clause[1], empty)]
    if not any(text.strip() for _, text in kept):
        return ""
    if kept[0] is not clauses[0]:
        kept[0] = ("", f" {kept[0][1].lstrip()}")
    return label + "".join(mark + text for mark, text in kept) + sentence[len(said) :]
