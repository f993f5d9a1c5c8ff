"""Caption and reference files -> what was said, once."""

import json
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snakescribe.captions import REFERENCE_SUFFIXES
from snakescribe.captions.cue_files import read_srt, read_vtt
from snakescribe.captions.json_captions import read_json
from snakescribe.captions.read import READERS, SCORING_READERS, read_reference
from snakescribe.captions.reference import Reference, Utterance
from snakescribe.captions.ttml import read_ttml
from snakescribe.errors import UserError

# As a video site writes automatic captions: each line first at the bottom, then on top of the next.
ROLLING = """WEBVTT
Kind: captions
Language: en

00:00:00.160 --> 00:00:02.230 align:start position:0%
 
good<00:00:00.400><c> evening</c><00:00:00.880><c> and</c>

00:00:02.230 --> 00:00:02.240 align:start position:0%
good evening and
 

00:00:02.240 --> 00:00:04.070 align:start position:0%
good evening and
welcome<00:00:02.600><c> back</c>

00:00:04.070 --> 00:00:04.080 align:start position:0%
welcome back
 

00:00:04.080 --> 00:00:06.000 align:start position:0%
welcome back
[Music]
"""  # noqa: W293

TTML = """<?xml version="1.0" encoding="utf-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"
    ttp:frameRate="25" ttp:tickRate="10000000"><head><styling/></head><body begin="1s"><div>
<p begin="00:00:00.500" end="00:00:01.500">A &lt;b&gt; c<br/>and
  more</p>
<p begin="2s" dur="1500ms"><span>Tom</span> &amp; <span>Ann</span></p>
<p begin="00:00:05:05" end="100000000t">frames</p>
</div></body></tt>"""


def texts(utterances: Iterable[Utterance]) -> list[str]:
    """What was said, with single spaces for line breaks."""
    return [" ".join(one.text.split("\n")) for one in utterances]


def read(tmp_path: Path, name: str, content: str) -> Reference:
    (tmp_path / name).write_text(content, encoding="utf-8")
    return read_reference(tmp_path / name)


def test_rolling_captions_say_each_line_once_with_word_times(tmp_path: Path) -> None:
    found = read(tmp_path, "a.vtt", ROLLING)
    assert found.timed
    assert texts(list(found.utterances)) == ["good evening and", "welcome back", "[Music]"]
    words = [(word.start, word.end, word.text) for word in found.utterances[0].words]
    assert words == [(0.16, 0.4, "good"), (0.4, 0.88, "evening"), (0.88, 2.23, "and")]


def test_lines_that_were_said_twice_stay(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "a.vtt",
        "WEBVTT\n\nNOTE no --- cue\n\nSTYLE\n::cue { color: red }\n\n1\n00:01.000 --> 00:02.000\n"
        "<v Ann>No!\n\nsecond\n00:02.000 --> 00:03.000 line:0\nNo!\n\n00:03.000 --> 00:04.000\n"
        "A &lt;quiet&gt; &amp; <i>long</i>\nway&nbsp;home\n",
    )
    assert texts(list(found.utterances)) == ["No!", "No!", "A <quiet> & long way home"]
    assert [(one.start, one.end) for one in found.utterances] == [(1, 2), (2, 3), (3, 4)]


def test_srt_of_any_system(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "a.srt",
        "\ufeff2\r\n01:00:03,5 --> 01:00:04,250\r\n{\\an8}Second\r\n\r\n1\r\n"
        "00:00:01,000 --> 00:00:02,000\r\n<font color=red>First</font>\r\nline\r\n",
    )
    assert texts(list(found.utterances)) == ["First line", "Second"]
    assert found.utterances[1].start == 3603.5


@pytest.mark.parametrize("between", ["\n", "\n \n", "\n\t\n", "\n\n", "\n \n\n"])
@pytest.mark.parametrize(
    ("head", "names"), [("", ["1", "2", "3"]), ("WEBVTT\n\n", ["7", "8", "9"])]
)
def test_cues_end_where_the_next_one_begins(
    tmp_path: Path, between: str, head: str, names: list[str]
) -> None:
    said = ["the cat sat", "on the mat\nfor", "30"]
    cues = [
        f"{name}\n00:00:{number}0,000 --> 00:00:{number}9,000\n{text}"
        for number, (name, text) in enumerate(zip(names, said, strict=True))
    ]
    found = read(tmp_path, "a.vtt" if head else "a.srt", head + between.join(cues) + "\n")
    assert texts(list(found.utterances)) == ["the cat sat", "on the mat for", "30"]
    assert [one.start for one in found.utterances] == [0, 10, 20]


def test_a_number_is_text_where_cues_have_none(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "a.vtt",
        "WEBVTT\n\n00:01.000 --> 00:02.000\n7\n00:02.000 --> 00:03.000\none\n \ntwo\n \nname\n"
        "00:04.000 --> 00:05.000\nthree\n",
    )
    assert texts(list(found.utterances)) == ["7", "one two", "three"]


def test_ttml_with_every_kind_of_time(tmp_path: Path) -> None:
    found = read(tmp_path, "a.ttml", TTML)
    assert texts(list(found.utterances)) == ["A <b> c and more", "Tom & Ann", "frames"]
    times = [(one.start, one.end) for one in found.utterances]
    assert times == [(1.5, 2.5), (3.0, 4.5), (6.2, 11.0)]


def test_json3_leaves_out_rolling_events(tmp_path: Path) -> None:
    events = [
        {"tStartMs": 0, "dDurationMs": 9000, "id": 1, "wpWinPosId": 1},
        {"tStartMs": 160, "dDurationMs": 4000, "segs": [
            {"utf8": "good", "acAsrConf": 0}, {"utf8": " evening", "tOffsetMs": 240}]},
        {"tStartMs": 2230, "dDurationMs": 10, "aAppend": 1, "segs": [{"utf8": "\n"}]},
        {"tStartMs": 2240, "dDurationMs": 2000, "segs": [{"utf8": "welcome\nback"}]},
    ]  # fmt: skip
    found = read(tmp_path, "a.json3", json.dumps({"wireMagic": "pb3", "events": events}))
    first, second = found.utterances
    assert (first.start, first.end, first.text) == (0.16, 2.24, "good evening")
    assert [(word.start, word.end) for word in first.words] == [(0.16, 0.4), (0.4, 2.24)]
    assert (second.text, second.end, second.words) == ("welcome\nback", 4.24, ())


@pytest.mark.parametrize(
    ("value", "said", "timed"),
    [
        ([{"start": 0, "end": 1.5, "text": " Hello  there "}], ["Hello there"], True),
        ({"segments": [{"start": 2, "end": 3, "text": "b"}, {"start": 0, "end": 1, "text": "a"}]},
         ["a", "b"], True),
        ({"text": "All of it."}, ["All of it."], False),
        (["One.", "Two."], ["One.", "Two."], False),
    ],
)  # fmt: skip
def test_plain_json(tmp_path: Path, value: object, said: list[str], timed: bool) -> None:
    found = read(tmp_path, "a.json", json.dumps(value))
    assert (texts(list(found.utterances)), found.timed) == (said, timed)


def test_scoring_files(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "a.stm",
        ";; CATEGORY\na 1 ann 0.5 2 <o,f0,male> hello { uh / @ } there\n"
        "a 1 inter 2 3 IGNORE_TIME_SEGMENT_IN_SCORING\na 1 bo 3 4\n",
    )
    assert [(one.start, one.end, one.text) for one in found.utterances] == [
        (0.5, 2.0, "hello {uh} there")
    ]
    found = read(tmp_path, "a.ctm", "a 1 0.0 0.3 hello 0.9\na 1 0.4 0.2 there\na 1 2.0 0.5 bye\n")
    assert texts(list(found.utterances)) == ["hello there", "bye"]
    assert found.utterances[0].words[1].start == 0.4


def test_text_is_one_untimed_utterance(tmp_path: Path) -> None:
    assert read(tmp_path, "a.txt", " Two\n lines. ") == Reference(
        (Utterance(None, None, "Two\nlines."),), timed=False
    )
    assert read(tmp_path, "b.txt", "\n") == Reference((), timed=False)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.vtt", "<html>", "a.vtt: line 1: not a WebVTT file"),
        ("a.vtt", "WEBVTT\n\n00:O1 --> 00:02\nx", "a.vtt: line 3: a damaged timing line"),
        ("a.srt", "just text", "a.srt: line 1: not a SubRip"),
        ("a.json", "{", "a.json: line 1: this is not JSON"),
        ("a.json", "[3]", "a.json: segment 1: not a list of segments"),
        ("a.ttml", "<tt><p", "a.ttml: line 1: this is not XML"),
        ("a.ttml", '<tt><p begin="soon"/></tt>', "a.ttml: 'soon' is no time"),
        ("a.stm", "a 1 x\n", "a.stm: line 1: an STM line"),
        ("a.ctm", "a 1 x y z\n", "a.ctm: line 1: 'x' is no time"),
        ("a.stm", ";; x\na 1 x nan 4 hello\n", "a.stm: line 2: 'nan' is no time"),
        ("a.stm", "a 1 x 0 inf hello\n", "a.stm: line 1: 'inf' is no time"),
        ("a.ctm", "a 1 0 -Infinity hello\n", "a.ctm: line 1: '-Infinity' is no time"),
        (
            "a.json",
            '[{"start": NaN, "end": 1, "text": "a"}]',
            "a.json: segment 1: 'nan' is no time",
        ),
        (
            "a.json",
            '[{"start": 0, "end": 1e999, "text": "a"}]',
            "a.json: segment 1: 'inf' is no time",
        ),
        (
            "a.json",
            '[{"start": 0, "end": 1, "text": "a", "words": [{"start": "nan", "end": 1}]}]',
            "a.json: segment 1: 'nan' is no time",
        ),
        (
            "a.json3",
            '{"events": [{"tStartMs": 0, "dDurationMs": Infinity, "segs": [{"utf8": "a"}]}]}',
            "a.json3: event 1: 'inf' is no time",
        ),
        ("a.ttml", '<tt tickRate="0"><p begin="5t"/></tt>', "a.ttml: '0' is no tickRate"),
        ("a.ttml", '<tt frameRate="nan"><p begin="5f"/></tt>', "a.ttml: 'nan' is no frameRate"),
        ("a.doc", "", "no reference ends in '.doc'"),
    ],
)
def test_a_damaged_file_is_told_by_place(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    with pytest.raises(UserError) as error:
        read(tmp_path, name, content)
    assert message in str(error.value)


WORDS = st.text(st.characters(categories=["L", "Nd"], max_codepoint=0x2000), min_size=1, max_size=8)
LINES = st.lists(st.lists(WORDS, min_size=1, max_size=5), min_size=3, max_size=12)


def clock(seconds: float) -> str:
    whole = round(seconds * 1000)
    return (
        f"{whole // 3600000:02}:{whole // 60000 % 60:02}:{whole // 1000 % 60:02}.{whole % 1000:03}"
    )


@settings(deadline=None)
@given(LINES)
def test_what_rolls_is_said_once_whatever_it_is(lines: list[list[str]]) -> None:
    said = [" ".join(line) for line in lines]
    # Only where a line is not said twice in a row: that, rolling captions cannot show.
    said = [one for number, one in enumerate(said) if number == 0 or one != said[number - 1]]
    cues = ["WEBVTT\n"]
    for number, line in enumerate(said):
        above = said[number - 1] if number else " "
        start, end = 2 * number, 2 * number + 1.99
        words = line.split(" ")
        marked = words[0] + "".join(
            f"<{clock(start + 0.1 * at)}><c> {word}</c>" for at, word in enumerate(words[1:], 1)
        )
        cues.append(f"{clock(start)} --> {clock(end)}\n{above}\n{marked}\n")
        cues.append(f"{clock(end)} --> {clock(end + 0.01)}\n{line}\n \n")
    assert texts(read_vtt("\n".join(cues)).utterances) == said


@settings(deadline=None)
@given(LINES)
def test_what_does_not_roll_stays_as_it_is(lines: list[list[str]]) -> None:
    said = [" ".join(line) for line in lines]
    cues = [
        f"{number}\n{clock(number)} --> {clock(number + 0.9)}\n{line}\n"
        for number, line in enumerate(said)
    ]
    found = read_srt("\n".join(cues).replace(".", ",")).utterances
    assert texts(found) == said
    assert all(one.start is not None and one.end is not None for one in found)


@settings(deadline=None)
@given(LINES)
def test_what_rolls_as_json3_is_said_once_with_its_words(lines: list[list[str]]) -> None:
    events: list[dict] = [{"tStartMs": 0, "dDurationMs": 10**6, "wpWinPosId": 1}]
    for number, line in enumerate(lines):
        start = 2000 * number
        parts = [{"utf8": line[0]}]
        parts += [{"utf8": f" {word}", "tOffsetMs": 100 * at} for at, word in enumerate(line) if at]
        # Each line stays on screen while the next one is said; an `aAppend` moves it up.
        events.append({"tStartMs": start, "dDurationMs": 4000, "segs": parts})
        events.append({"tStartMs": start + 1990, "dDurationMs": 2010, "aAppend": 1,
                       "segs": [{"utf8": "\n"}]})  # fmt: skip
    found = read_json(json.dumps({"events": events})).utterances
    assert texts(found) == [" ".join(line) for line in lines]
    assert all(one.end <= two.start for one, two in pairwise(found))  # type: ignore[operator]
    for line, one in zip(lines, found, strict=True):
        if len(line) > 1:
            assert [word.text for word in one.words] == line
            assert all(word.start <= word.end for word in one.words)


@settings(deadline=None)
@given(LINES)
def test_ttml_reads_back(lines: list[list[str]]) -> None:
    said = [" ".join(line) for line in lines]
    cues = "".join(
        f'<p begin="{clock(number)}" end="{clock(number + 0.9)}">{escape(line)}</p>'
        for number, line in enumerate(said)
    )
    found = read_ttml(
        f'<tt xmlns="http://www.w3.org/ns/ttml"><body><div>{cues}</div></body></tt>'
    ).utterances
    assert texts(found) == said
    assert [one.start for one in found] == list(range(len(said)))


@settings(deadline=None)
@given(st.text())
def test_no_text_makes_a_reader_fall(text: str) -> None:
    for reader in (read_vtt, read_srt, read_json, read_ttml):
        try:
            found = reader(text).utterances
        except ValueError:
            continue
        assert all(one.end is None or one.end >= (one.start or 0) for one in found)


def test_every_ending_has_a_reader() -> None:
    assert [*SCORING_READERS, *READERS] == list(REFERENCE_SUFFIXES)
