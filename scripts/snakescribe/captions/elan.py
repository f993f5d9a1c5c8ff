"""ELAN's EAF (EUDICO Annotation Format 3.0) -> utterances.

It is read here and not by a package: the one that there is (pympi-ling) reads no file object, and
stops at attributes that ELAN does without. What cannot be used is passed over.
"""

import re
from itertools import pairwise
from xml.etree import ElementTree

from snakescribe.captions.reference import Parsed, Span, Utterance, to_seconds
from snakescribe.captions.tiers import Tier, choose_speech


def read_eaf(text: str) -> Parsed:
    """The text of an EAF -> the annotations of its tiers of speech.

    An annotation that has no time of its own has that of the one it refers to, or its share of the
    time between the nearest ones that are known.

    Raises:
        ValueError: not XML, or no EAF.
    """
    try:
        root = ElementTree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    except ElementTree.ParseError as error:
        raise ValueError(f"line {error.position[0]}: this is not XML: {error.msg}") from error
    if root.tag != "ANNOTATION_DOCUMENT":
        raise ValueError("not an EAF of ELAN (its root is ANNOTATION_DOCUMENT)")
    slots = _time_slots(root)
    spans: dict[str, Span] = {}
    for annotation in root.iter("ALIGNABLE_ANNOTATION"):
        ends = (slots.get(annotation.get(f"TIME_SLOT_REF{side}", "")) for side in (1, 2))
        start, end = ends
        if start is not None and end is not None:
            spans[annotation.get("ANNOTATION_ID", "")] = (start, max(start, end))
    _follow_references(root, spans)
    return choose_speech([_read_tier(tier, spans) for tier in root.iter("TIER")])


def _time_slots(root: ElementTree.Element) -> dict[str, float]:
    """Slots -> their times, s; those without one lie evenly between their neighbours."""
    names: list[str] = []
    times: list[float | None] = []
    for slot in root.iter("TIME_SLOT"):
        names.append(slot.get("TIME_SLOT_ID", ""))
        try:
            times.append(to_seconds(slot.get("TIME_VALUE", "")) / 1000)
        except ValueError:
            times.append(None)
    known = [place for place, time in enumerate(times) if time is not None]
    for before, after in pairwise(known):
        first, last = times[before] or 0.0, times[after] or 0.0
        for place in range(before + 1, after):
            times[place] = first + (last - first) * (place - before) / (after - before)
    return {name: time for name, time in zip(names, times, strict=True) if time is not None}


def _follow_references(root: ElementTree.Element, spans: dict[str, Span]) -> None:
    """Add the times of annotations that refer to others: shares of that one's time, in order."""
    children: dict[tuple[str, str], list[str]] = {}
    for tier in root.iter("TIER"):
        for annotation in tier.iter("REF_ANNOTATION"):
            parent = annotation.get("ANNOTATION_REF", "")
            name = annotation.get("ANNOTATION_ID", "")
            children.setdefault((parent, tier.get("TIER_ID", "")), []).append(name)
    open_ones = dict(children)
    while ready := [key for key in open_ones if key[0] in spans]:
        for key in ready:
            names = open_ones.pop(key)
            start, end = spans[key[0]]
            share = (end - start) / len(names)
            for number, name in enumerate(names):
                spans[name] = (start + number * share, start + (number + 1) * share)


def _read_tier(tier: ElementTree.Element, spans: dict[str, Span]) -> Tier:
    name = tier.get("TIER_ID", "")
    utterances: list[Utterance] = []
    damaged: list[str] = []
    for annotation in tier.iter():
        if annotation.tag not in {"ALIGNABLE_ANNOTATION", "REF_ANNOTATION"}:
            continue
        said = " ".join((annotation.findtext("ANNOTATION_VALUE") or "").split())
        span = spans.get(annotation.get("ANNOTATION_ID", ""))
        if said and span:
            utterances.append(Utterance(*span, said))
        elif said:
            damaged.append(f"tier {name}: an annotation without a time: {said[:60]}")
    speaker, depends = tier.get("PARTICIPANT", "").strip(), bool(tier.get("PARENT_REF"))
    return Tier(name, speaker, tuple(utterances), tuple(damaged), depends)
