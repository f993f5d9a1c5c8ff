"""What stands in references beside what was said, by options of `scoring.marks`."""

import pytest

from snakescribe.captions.reference import TimedWord, Utterance
from snakescribe.config.evaluate import Marks
from snakescribe.evaluate.reference.marks import leave_out_marks

WORDS = ["names", "brackets", "parentheses", "music", "stars", "turns", "tags"]


def told(text, **marks):
    """A text in the form in which lines lie behind each other -> (speaker, words) of its turns."""
    utterances, counts = leave_out_marks([Utterance(0.0, 10.0, text)], Marks(**marks))
    return [(turn.speaker, " ".join(turn.text.split())) for turn in utterances], dict(counts)


@pytest.mark.parametrize(
    ("text", "words", "counts"),
    [
        ("[door opens] so it is", "so it is", {"brackets": 1}),
        ("so [a [b] c] it（笑）is【音】", "so it is", {"brackets": 3, "parentheses": 1}),
        ("so (sighs) it is (", "so it is (", {"parentheses": 1}),
        ("♪ soft music ♪\nso it is", "so it is", {"music": 1}),
        ("♪ la la\nla la ♪\nso it is ♫", "", {"music": 3}),
        ("♪ la la\nso it is", "so it is", {"music": 1}),
        ("*laughs* so it *is*", "so it", {"stars": 2}),
        ("4 * 3 * 2 f*** s*** <*>", "4 * 3 * 2 f*** s*** <*>", {}),
        ("so {uh|um} it is", "so {uh|um} it is", {}),
        ("[silence]", "", {"brackets": 1}),
        ("so [ __ ] it is", "so <*> it is", {}),
        ("so <noise> it <sil> is %laugh", "so it is", {"tags": 3}),
        (
            "so <unk> it [inaudible] is (()) (unintelligible)",
            "so <*> it <*> is <*> <*>",
            {"tags": 4},
        ),
        ("so %uh it %mhm is ((maybe)) right", "so uh it mhm is {maybe} right", {"tags": 3}),
        ("%hesitation so", "{uh|um|er|ah|eh|hm|hmm|mm|} so", {"tags": 1}),
        ("<i>so</i> it is", "so it is", {"tags": 2}),
        ("I <3 a < b > c 100 %ige 5% <*>", "I <3 a < b > c 100 %ige 5% <*>", {}),
        ("so {<hes>|no} it is", "so { |no} it is", {"tags": 1}),
    ],
)
def test_what_is_no_speech_is_left_out_and_counted(text, words, counts):
    turns, found = told(text)
    assert " ".join(said for _, said in turns) == words
    assert found == counts


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("MARGARET: so it is\nMR. HALE: yes", [("MARGARET", "so it is"), ("MR. HALE", "yes")]),
        (">> MARGARET: so it is >> yes\nno", [("MARGARET", "so it is"), ("", "yes no")]),
        ("Speaker 1: so it is", [("Speaker 1", "so it is")]),
        ("- Ann: so it is\n- Bo: yes\nno", [("Ann", "so it is"), ("Bo", "yes no")]),
        ("Remember: so it is\nat 10:30\nin the end: go",
         [("", "Remember: so it is at 10:30 in the end: go")]),
        ("HE SAID: GO\nAND THEY WENT\nAND CAME", [("", "HE SAID: GO AND THEY WENT AND CAME")]),
        ("JANE (on phone): so it is", [("JANE", "so it is")]),
        ("王：你好\n李：再见", [("王", "你好"), ("李", "再见")]),
    ],
)  # fmt: skip
def test_names_are_speakers_and_no_words(text, turns):
    assert told(text)[0] == turns


def test_names_hold_until_the_next_one():
    cues = [
        Utterance(0, 1, "JANE: hello"), Utterance(1, 2, "there"), Utterance(2, 3, "BO: yes"),
        Utterance(3, 4, ">> no"), Utterance(4, 5, "so", (), "Ann"), Utterance(5, 6, "it"),
    ]  # fmt: skip
    turns, counts = leave_out_marks(cues, Marks())
    assert [(turn.speaker, turn.text) for turn in turns] == [
        ("JANE", "hello"), ("JANE", "there"), ("BO", "yes"), ("", "no"), ("Ann", "so"), ("", "it"),
    ]  # fmt: skip
    assert counts == {"names": 2, "turns": 1}


@pytest.mark.parametrize(
    ("option", "text", "words"),
    [
        ("names", "JANE: hello", "JANE: hello"),
        ("brackets", "[door] hello", "door hello"),
        ("parentheses", "(oh) hello", "oh hello"),
        ("music", "♪ la ♪ hello", "la hello"),
        ("stars", "*really* hello", "really hello"),
        ("turns", ">> hello", ">> hello"),
    ],
)
def test_each_may_be_said(option, text, words):
    assert told(text, **{option: "words"}) == ([("", words)], {})
    others = {name: "words" for name in WORDS if name != option}
    assert told(text, **others)[0][0][1] == "hello"


def test_words_keep_their_times():
    times = [("[door]", 0, 1), ("JANE:", 1, 2), ("hello", 2, 3), (">>", 3, 4), ("(oh)no", 4, 5)]
    words = tuple(TimedWord(start, end, text) for text, start, end in times)
    turns, _ = leave_out_marks(
        [Utterance(0, 9, " ".join(text for text, *_ in times), words)], Marks()
    )
    assert [(turn.text, turn.start, turn.end) for turn in turns] == [("hello", 2, 3), ("no", 4, 5)]
    assert [(word.text, word.start) for turn in turns for word in turn.words] == [
        ("hello", 2), ("no", 4),
    ]  # fmt: skip
    spread, _ = leave_out_marks([Utterance(0, 10, "ab >> cd")], Marks())
    assert [(turn.start, turn.end) for turn in spread] == [(0, 5), (5, 10)]
