"""WebVTT, SubRip and SBV as people and programs write them: nothing is lost, nothing is silent."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snakescribe.captions.cue_files import read_srt, read_vtt
from snakescribe.captions.reference import Parsed

SAID = ["the herons lead", "by two runs", "good night"]
SPANS = [(0.5, 4.6), (4.7, 8.2), (8.3, 12.3)]


def clock(seconds: float, point: str = ",") -> str:
    return f"00:00:{seconds:06.3f}".replace(".", point)


def srt(time: str = "{a} --> {b}", between: str = "\n\n", after: str = "\n") -> str:
    return "".join(
        f"{number}\n{time.format(a=clock(a), b=clock(b))}{after}{said}{between}"
        for number, ((a, b), said) in enumerate(zip(SPANS, SAID, strict=True), 1)
    )


def lines(parsed: Parsed) -> list[str]:
    return [" ".join(said.text.split()) for said in parsed.utterances]


@pytest.mark.parametrize(
    "time",
    [
        "{a} --> {b}", "{a} -> {b}", "{a}-->{b}", "{a} – {b}", "{a} → {b}", "{a} — > {b}",
        "{a} --> {b} X1:201 X2:516", "\u200e{a} --> {b}", "{a} ==> {b}", "{a},{b}", "{a} - {b}",
    ],
)  # fmt: skip
def test_arrows_of_any_kind(time: str) -> None:
    parsed = read_srt(srt(time))
    assert (lines(parsed), parsed.damaged) == (SAID, [])
    assert [(said.start, said.end) for said in parsed.utterances] == SPANS


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("00:00:01,500", 1.5), ("0:0:1,5", 1.5), ("00:01.500", 1.5), ("00: 00: 01,500", 1.5),
        ("00:00:01", 1), ("1:02:03.25", 3723.25), ("00:00:01:500", 1.5), ("00:90:00,000", 5400),
        ("100:00:00,000", 360000), ("00:00:01,5000000", 1.5), ("٠٠:٠٠:٠١,٥٠٠", 1.5),
        ("00：00：01，500", 1.5), ("7 00:00:01,500", 1.5),
    ],
)  # fmt: skip
def test_times_of_any_form(written: str, seconds: float) -> None:
    (said,) = read_srt(f"1\n{written} --> 200:00:00,000\nhello\n").utterances
    assert said.start == pytest.approx(seconds)


@pytest.mark.parametrize("after", ["\n", "\n\n", "\n \n\n"])
@pytest.mark.parametrize("between", ["\n", "\n\n", "\n\n\n"])
def test_empty_lines_lose_no_words(between: str, after: str) -> None:
    assert lines(read_srt(srt(between=between, after=after))) == SAID
    named = "WEBVTT - a title\n\n" + re.sub(r"(?m)^(\d)$", r"cue \1", srt(after=after))
    assert lines(read_vtt(named)) == SAID
    bare = "WEBVTT\n\n" + re.sub(r"(?m)^\d\n", "", srt(after=after, between="\n\n"))
    assert lines(read_vtt(bare)) == SAID


def test_an_empty_line_within_the_text_ends_nothing() -> None:
    text = srt().replace("two runs", "\n\ntwo\n\nruns")
    assert lines(read_srt(text)) == SAID
    assert lines(read_vtt(f"WEBVTT\n\n{text}")) == SAID


def shown(*cues: str, seconds: float = 0.4, gap: float = 0.0) -> str:
    starts = [number * (seconds + gap) for number in range(len(cues))]
    return "".join(
        f"{clock(start)} --> {clock(start + seconds)}\n{text}\n\n"
        for start, text in zip(starts, cues, strict=True)
    )


GROWN = ["a b", "a b c d", "a b c d e", "a b c d e f"]


@pytest.mark.parametrize(
    ("cues", "said"),
    [
        ([*GROWN, "g h", "g h i j"], ["a b c d e f", "g h i j"]),
        (
            [*GROWN, "a b c d e f\ng", "a b c d e f\ng h", "g h\ni", "g h\ni j"],
            ["a b c d e f", "g h", "i j"],
        ),
        (["no", "no no", "no no no", "never"], ["no", "no no", "no no no", "never"]),  # too short
        (GROWN[2:], GROWN[2:]),  # too few
        ([*GROWN, *"ghijklmn"], [*GROWN, *"ghijklmn"]),  # not most of them
    ],
)
@pytest.mark.parametrize("gap", [0.0, 0.1])
def test_lines_that_grow_word_by_word_are_said_once(
    cues: list[str], said: list[str], gap: float
) -> None:
    parsed = read_srt(shown(*cues, gap=gap))
    assert lines(parsed) == said
    assert parsed.utterances[0].start == 0


def test_what_grew_ends_when_it_is_gone() -> None:
    first, _ = read_srt(shown(*GROWN, "bye")).utterances
    assert (first.start, first.end, first.text) == (0, 1.6, GROWN[-1])


def test_notes_and_styles_are_no_text() -> None:
    aside = "NOTE said by nobody\nat all\n\nSTYLE\n::cue { color: red }\n\n2\n"
    assert lines(read_vtt("WEBVTT\n\n" + srt().replace("2\n", aside))) == SAID
    said = "WEBVTT\n\n00:01.000 --> 00:02.000\nNOTE this down\n"
    assert lines(read_vtt(said)) == ["NOTE this down"]


@pytest.mark.parametrize(
    "damage",
    [
        "-00:00:02,000 --> 00:00:00,400", "00:00:1O,000 --> 00:00:12,000", "00:00:01,000 -->",
        "NaN:NaN:NaN,NaN --> NaN:NaN:NaN,NaN", "--> 00:00:01,000", " --> ", "00:00:01,000",
        "00:00:xx --> 00:00:02,000",
    ],
)  # fmt: skip
@pytest.mark.parametrize("reader", [read_srt, read_vtt])
def test_a_damaged_cue_is_skipped_and_told(reader: type, damage: str) -> None:
    head = "WEBVTT\n\n" if reader is read_vtt else ""
    text = f"{head}9\n{damage}\nnobody hears this\n\n{srt()}"
    parsed = reader(text)
    assert lines(parsed) == SAID
    (problem,) = parsed.damaged
    assert problem.startswith(f"line {4 if head else 2}: ")
    with pytest.raises(ValueError, match=f"line {4 if head else 2}: "):
        reader(f"{head}9\n{damage}\nnobody hears this\n")


@pytest.mark.parametrize(
    "said", ["he went home -->", "a -> b", "--> he went", "at 10:30", "10:30", "- yes - no"]
)
def test_an_arrow_or_a_time_may_be_said(said: str) -> None:
    parsed = read_vtt("WEBVTT\n\n" + srt().replace("by two runs", said))
    assert lines(parsed) == [SAID[0], said.replace("-->", "").strip(), SAID[2]]
    assert parsed.damaged == []


def test_what_other_programs_leave_in_a_text() -> None:
    text = srt().replace("the herons lead", "{\\an8}{y:i}the\\Nherons\\hlead")
    assert lines(read_srt(text)) == SAID
    assert lines(read_srt("\n\n".join([srt(), srt()]))) == SAID  # each cue twice


def test_joined_files_are_told() -> None:
    later = srt().replace("00:00:00,500", "00:00:01,000")
    with pytest.raises(ValueError, match="line 14: numbers and times of cues begin anew"):
        read_srt(f"{srt()}{later}")


def test_cues_that_say_nothing_and_cues_in_disorder() -> None:
    zero = "4\n00:00:00,00 --> 00:00:00,00\n\n5\n00:00:00,00 --> 00:00:00,00\n"
    assert lines(read_srt(srt() + zero)) == SAID
    cues = srt().split("\n\n")
    assert lines(read_srt("\n\n".join([cues[1], cues[2], cues[0]]))) == SAID


def test_voices_are_speakers() -> None:
    parsed = read_vtt(
        "WEBVTT\n\n0f1c/0-0\n00:00.000 --> 00:04.000\n<v Doe, Jane>good night</v>\n\n"
        "00:04.000 --> 00:08.000\n<v.loud Ann>one two\n<v Bo>three four</v>\nfive\n"
    )
    assert [(said.speaker, said.text) for said in parsed.utterances] == [
        ("Doe, Jane", "good night"), ("Ann", "one two"), ("Bo", "three four"), ("", "five"),
    ]  # fmt: skip
    starts = [said.start or 0.0 for said in parsed.utterances]
    assert starts == sorted(starts)
    assert parsed.utterances[-1].end == 8


@settings(deadline=None)
@given(
    st.lists(st.text("ab1:>- \n.,0", max_size=12), max_size=8),
    st.sampled_from(["", "WEBVTT\n\n"]),
)
def test_good_cues_survive_whatever_stands_between(noise: list[str], head: str) -> None:
    text = f"{head}1\n00:00:01,000 --> 00:00:02,000\ngood evening\n\n" + "\n".join(noise)
    parsed = read_vtt(text) if head else read_srt(text)
    assert "good evening" in " ".join(lines(parsed))
