"""TTML and DFXP (W3C Timed Text Markup Language 2, section 12): paragraphs with times in XML."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from math import inf
from xml.etree import ElementTree

from snakescribe.captions.cues import Cue, unroll
from snakescribe.captions.reference import Parsed

_CLOCK = re.compile(r"^(\d+):(\d{1,2}):(\d{1,2})(?:\.(\d+)|:(\d+))?$")
_OFFSET = re.compile(r"^(\d+(?:\.\d+)?)(h|m|s|ms|f|t)$")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_UNIT_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


def read_ttml(text: str) -> Parsed:
    """The text of a TTML file -> utterances.

    Raises:
        ValueError: not XML, a rate that is none, or no paragraph whose times are times.
    """
    try:
        # Without the declaration: the text is decoded already, whatever encoding it names.
        root = ElementTree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    except ElementTree.ParseError as error:
        raise ValueError(f"line {error.position[0]}: this is not XML: {error.msg}") from error
    rates = {"f": _rate(root, "frameRate", 30.0), "t": _rate(root, "tickRate", 1.0)}
    names = {
        _attribute(agent, "id"): " ".join("".join(agent.itertext()).split())
        for agent in root.iter()
        if _name(agent) == "agent"
    }
    damaged: list[str] = []
    cues = list(_paragraphs(root, rates, 0.0, damaged))
    if damaged and not cues:
        raise ValueError(damaged[0])
    told = [
        replace(cue, speaker=names.get(cue.speaker) or cue.speaker) for cue in cues if cue.lines
    ]
    return Parsed(unroll(told), damaged)


def _paragraphs(
    element: ElementTree.Element, rates: dict[str, float], offset: float, damaged: list[str]
) -> Iterator[Cue]:
    """An element and the offset of its parent (s) -> its paragraphs; what is wrong is `damaged`."""
    is_cue = _name(element) == "p"
    lines = "".join(_text(element)).split("\n") if is_cue else []
    plain = tuple(html.escape(line, quote=False) for line in map(_single, lines) if line)
    try:
        begin, end, length = (_attribute(element, name) for name in ("begin", "end", "dur"))
        start = offset + (_seconds(begin, rates) if begin else 0.0)
        if not is_cue:
            stop = start
        elif end:
            stop = offset + _seconds(end, rates)
        else:
            stop = start + (_seconds(length, rates) if length else 0.0)
    except ValueError as error:
        damaged.append(str(error))
        return
    if is_cue:
        yield Cue(start, max(start, stop), plain, _attribute(element, "agent"))
        return
    for child in element:
        yield from _paragraphs(child, rates, start, damaged)


def _single(line: str) -> str:
    return " ".join(line.split())


def _text(element: ElementTree.Element) -> Iterator[str]:
    """The text of a paragraph; a line break in the file is a space, ``<br/>`` a line break."""
    if _name(element) == "br":
        yield "\n"
    yield (element.text or "").replace("\n", " ")
    for child in element:
        yield from _text(child)
        yield (child.tail or "").replace("\n", " ")


def _name(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _attribute(element: ElementTree.Element, name: str) -> str:
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return value.strip()
    return ""


def _rate(root: ElementTree.Element, name: str, default: float) -> float:
    text = _attribute(root, name)
    if text and not (_NUMBER.fullmatch(text) and 0 < float(text) < inf):
        raise ValueError(f"'{text}' is no {name} of TTML")
    return float(text or default)


def _seconds(text: str, rates: dict[str, float]) -> float:
    if match := _CLOCK.match(text):
        hours, minutes, seconds, fraction, frames = match.groups()
        whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
        return whole + float(f"0.{fraction or 0}") + int(frames or 0) / rates["f"]
    if match := _OFFSET.match(text):
        value, unit = float(match[1]), match[2]
        return value / rates[unit] if unit in rates else value * _UNIT_SECONDS[unit]
    raise ValueError(f"'{text}' is no time of TTML")
