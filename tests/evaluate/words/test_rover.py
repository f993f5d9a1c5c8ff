"""Several hypotheses become one, as NIST's rover makes it."""

import json
from pathlib import Path

from snakescribe.evaluate.words.rover import combine

# What `rover -m meth1` (SCTK 2.4.10) wrote for CTM files of random words in the same seconds.
CASES = json.loads(Path(__file__).with_name("sctk_rover.json").read_text(encoding="utf-8"))


def test_word_for_word_as_sctk_on_the_same_files():
    assert len(CASES) == 200
    for case in CASES:
        systems = [[(word, sure) for word, sure in system] for system in case["systems"]]
        assert combine(systems, case["alpha"], case["null"]) == case["rover"], case


def test_without_words():
    the = [("the", 0.9)]
    assert combine([[], []], 1.0, 0.0) == []
    assert combine([[], the, the], 1.0, 0.0) == ["the"]
    assert combine([the, [], []], 1.0, 0.0) == []


def test_a_sure_word_wins_over_two_unsure_ones():
    systems = [[("cat", 0.99)], [("hat", 0.1)], [("hat", 0.1)]]
    assert combine(systems, 1.0, 0.0) == ["hat"]
    assert combine(systems, 0.2, 0.0) == ["cat"]
