"""Errors planted in true references are found again by what real engines heard.

`demo_heard.json` has what Whisper tiny.en and base and Moonshine tiny wrote for the recordings in
resources/demo (greedy, no prompt), chunk by chunk, beside their references.
"""

import json
from pathlib import Path
from random import Random

import pytest

HEARD = json.loads(Path(__file__).with_name("demo_heard.json").read_text(encoding="utf-8"))
ENGINES = ("tiny-en", "base", "moonshine")
PLANTED = 50


def plant(texts: dict[str, list[str]], random: Random) -> dict[str, dict[int, str]]:
    """Words of recordings, changed in place -> by recording and place the kind of each error.

    Six of ten are other words of the corpus, two are words too many, and two are left out.
    """
    vocabulary = sorted({word for words in texts.values() for word in words})
    slots = [
        (name, place) for name, words in texts.items() for place in range(2, len(words) - 2, 5)
    ]
    chosen = random.sample(slots, PLANTED)
    kinds = ["otherwise"] * 30 + ["unheard"] * 10 + ["left_out"] * 10
    planted: dict[str, dict[int, str]] = {}
    by_name = sorted(zip(chosen, kinds, strict=True), key=lambda one: one[0], reverse=True)
    for (name, place), kind in by_name:  # from behind, so that places before stay
        words = texts[name]
        shift = {"unheard": 1, "left_out": -1}.get(kind, 0)
        later = planted.setdefault(name, {})
        planted[name] = {other + shift: told for other, told in later.items()} | {place: kind}
        if kind == "left_out":
            del words[place]
        else:
            other = random.choice([word for word in vocabulary if word != words[place]])
            words[place : place + (kind == "otherwise")] = [other]
    return planted


def find(words: list[str], row: dict[str, str]) -> int:
    """A row of suspects.csv -> the place of its word, or of the gap, among a recording's words."""
    before, middle, after = (str(row[key]).split() for key in ("before", "reference", "after"))
    wanted = [*before, *middle, *after]
    (start,) = (
        place
        for place in range(len(words) - len(wanted) + 1)
        if words[place : place + len(wanted)] == wanted
    )
    return start + len(before)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_planted_errors_are_found_again(corpus, seed):
    texts = {name: parts["reference"].split() for name, parts in HEARD.items()}
    planted = plant(texts, Random(seed))
    world = corpus(models=ENGINES, scoring={"normalizers": ["whisper_english"]})
    for name, parts in HEARD.items():
        heard = {engine: parts[engine] for engine in ENGINES}
        world.add(name, heard, reference=" ".join(texts[name]), chunks=parts["chunks"])
    world.compare()
    rows = world.table("suspects").fillna("").to_dict("records")
    places = [(row["recording"], find(texts[row["recording"]], row)) for row in rows]
    found = {(name, place) for name, place in places if place in planted.get(name, {})}
    recall, precision = len(found) / PLANTED, len(found) / len(places)
    assert recall >= 0.8, (recall, precision)
    assert precision >= 0.5, (recall, precision)
    # The most suspect ones are the surest.
    first = places[:25]
    assert sum(place in planted.get(name, {}) for name, place in first) >= 20
    without = world.table("conditions")
    assert (without["wer_without_suspects"] < without["wer"]).all()
