"""Text files, tiers and alternatives: what each kind of reference file says, and by whom."""

from pathlib import Path

import pytest

from snakescribe.captions.alternatives import first_wording, from_stm, split_parts
from snakescribe.captions.letters import as_written, without_invisible
from snakescribe.captions.read import read_reference
from snakescribe.captions.reference import Reference
from snakescribe.errors import UserError

EAF = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT FORMAT="3.0" VERSION="3.0"><HEADER TIME_UNITS="milliseconds"/><TIME_ORDER>
<TIME_SLOT TIME_SLOT_ID="t1" TIME_VALUE="500"/><TIME_SLOT TIME_SLOT_ID="t2"/>
<TIME_SLOT TIME_SLOT_ID="t3" TIME_VALUE="8500"/></TIME_ORDER>
<TIER TIER_ID="Jane" PARTICIPANT="Jane Doe"><ANNOTATION>
<ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="t1" TIME_SLOT_REF2="t2">
<ANNOTATION_VALUE>good evening</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION><ANNOTATION>
<ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" TIME_SLOT_REF1="t2" TIME_SLOT_REF2="t3">
<ANNOTATION_VALUE>good night</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER TIER_ID="Jane-de" PARENT_REF="Jane"><ANNOTATION>
<REF_ANNOTATION ANNOTATION_ID="a3" ANNOTATION_REF="a1"><ANNOTATION_VALUE>guten Abend
</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION></TIER></ANNOTATION_DOCUMENT>"""


def textgrid(*tiers: tuple[str, list[tuple[float, float, str]]], short: bool = False) -> str:
    """Tiers of intervals -> the file as Praat saves it, long or short."""
    out = ['File type = "ooTextFile"', 'Object class = "TextGrid"', ""]
    values: list[tuple[str, object]] = [("xmin", 0), ("xmax", 20), ("tiers?", "<exists>")]
    values.append(("size", len(tiers)))
    for name, intervals in tiers:
        values += [("class", '"IntervalTier"'), ("name", f'"{name}"'), ("xmin", 0), ("xmax", 20)]
        values.append(("intervals: size", len(intervals)))
        for number, (start, end, said) in enumerate(intervals, 1):
            quoted = '"' + said.replace('"', '""') + '"'
            out_of = f"intervals [{number}]: xmin"
            values += [(out_of, start), ("xmax", end), ("text", quoted)]
    signs = ["{1}" if short or name == "tiers?" else "    {0} = {1} " for name, _ in values]
    rows = [sign.format(*value) for sign, value in zip(signs, values, strict=True)]
    return "\n".join([*out, *rows]) + "\n"


def read(folder: Path, name: str, content: str, encoding: str = "utf-8") -> Reference:
    (folder / name).write_bytes(content.encode(encoding))
    return read_reference(folder / name)


def said(reference: Reference) -> list[tuple[str, str]]:
    return [
        (utterance.speaker, " ".join(utterance.text.split())) for utterance in reference.utterances
    ]


def spans(reference: Reference) -> list[tuple[float | None, float | None]]:
    return [(utterance.start, utterance.end) for utterance in reference.utterances]


@pytest.mark.parametrize(
    ("content", "times"),
    [
        ("0.5\t4.6\thello there\n4.7\t8.2\tgood night\n", [(0.5, 4.6), (4.7, 8.2)]),
        ("0,500000\t4,600000\thello there\n\\\t-1.0\t-1.0\n4,7\t8,2\tgood night\n",
         [(0.5, 4.6), (4.7, 8.2)]),
        ("4.7\t4.7\tgood night\n0.5\t0.5\thello there\n", [(0.5, 4.7), (4.7, 4.7)]),
    ],
)  # fmt: skip
def test_labels_of_audacity(tmp_path: Path, content: str, times: list[tuple[float, float]]) -> None:
    reference = read(tmp_path, "a.txt", content)
    assert said(reference) == [("", "hello there"), ("", "good night")]
    assert spans(reference) == times
    damaged = read(tmp_path, "a.txt", content + "no label\n-3\t4\tbefore it all\n")
    assert said(damaged) == said(reference)
    assert len(damaged.damaged) == 2


@pytest.mark.parametrize(
    ("content", "turns"),
    [
        ("Speaker 1  0:00  \nhello there\n\nJane Doe  1:05\ngood night\n",
         [("Speaker 1", "hello there"), ("Jane Doe", "good night")]),
        ("Jane\t0:00\nhello\nthere\nBo\t1:05\ngood night\n\nTranscribed by https://otter.ai\n",
         [("Jane", "hello there"), ("Bo", "good night")]),
        ("[00:00:05] Jane: hello there\n[00:01:05] Bo: good night\n",
         [("Jane", "hello there"), ("Bo", "good night")]),
        ("Jane (0:05): hello there\nBo (0:09): good night\n",
         [("Jane", "hello there"), ("Bo", "good night")]),
        ("[00:00:05] Jane:\nhello there\n[00:01:05] Bo:\ngood night\n",
         [("Jane", "hello there"), ("Bo", "good night")]),
        ("Speaker 1 [0:05] hello there\nSpeaker 2: (0:09)\ngood night\n",
         [("Speaker 1", "hello there"), ("Speaker 2", "good night")]),
        ("0:05 Jane: hello there\n0:09 and then he said: go\n",
         [("Jane", "hello there"), ("", "and then he said: go")]),
        ("(0:00) hello there\n(0:10) good night\n", [("", "hello there"), ("", "good night")]),
        ("0:00\nhello there\n0:10\ngood night\n", [("", "hello there"), ("", "good night")]),
    ],
)  # fmt: skip
def test_transcripts_with_times_and_speakers(
    tmp_path: Path, content: str, turns: list[tuple[str, str]]
) -> None:
    reference = read(tmp_path, "a.txt", content)
    assert said(reference) == turns
    assert not reference.timed  # when a turn starts says little about its words
    titled = read(tmp_path, "a.txt", f"A meeting\n\n{content}")
    assert said(titled) == turns
    assert "A meeting" in titled.left_out[0]


def test_transcripts_with_ends_are_timed(tmp_path: Path) -> None:
    lines = "[00:00:00.500 --> 00:00:04.600]  hello there\n[00:04.700 --> 00:08.200] good night\n"
    reference = read(tmp_path, "a.txt", lines)
    assert reference.timed
    assert spans(reference) == [(0.5, 4.6), (4.7, 8.2)]
    lines = "0:0:0.5 --> 0:0:4.6\nDoe, Jane\nhello\n0:0:4.7 --> 0:0:8.2\nDoe, Jane\ngood night\n"
    reference = read(tmp_path, "b.txt", lines)
    assert said(reference) == [("Doe, Jane", "hello"), ("Doe, Jane", "good night")]
    assert spans(reference) == [(0.5, 4.6), (4.7, 8.2)]


@pytest.mark.parametrize(
    ("first", "speaker"),
    [
        ("Jane Doe", "Jane Doe"),
        ("Doe, Jane", "Doe, Jane"),
        ("Ludwig van der Berg (Guest)", "Ludwig van der Berg (Guest)"),
        ("Speaker 1", "Speaker 1"),
        ("Good evening", ""),
        ("Well", ""),
        ("I saw Jane", ""),
        ("We love Berlin, Jane.", ""),
    ],
)
def test_a_name_above_a_single_turn_is_no_word(tmp_path: Path, first: str, speaker: str) -> None:
    reference = read(tmp_path, "a.txt", f"0:0:0.5 --> 0:0:4.6\n{first}\nhello there\n")
    assert said(reference) == [(speaker, "hello there" if speaker else f"{first} hello there")]


@pytest.mark.parametrize(
    "content",
    ["We meet at 10:30\nand then we\nleave at 11:30\n", "10:30\n11:30\n", "It is 10:30.\nFine\n",
     "10:30 is when we meet\nand leave", "Jane: hello\nBo: good night"],
)  # fmt: skip
def test_times_that_were_said_are_words(tmp_path: Path, content: str) -> None:
    reference = read(tmp_path, "a.txt", content)
    assert said(reference) == [("", " ".join(content.split()))]


@pytest.mark.parametrize("short", [False, True])
def test_textgrids(tmp_path: Path, short: bool) -> None:
    words = [(0.0, 0.5, ""), (0.5, 1.0, 'say "hi"'), (1.0, 1.5, "there"), (1.5, 2, "sil")]
    phones = [(0.5, 0.7, "h"), (0.7, 1.0, "ai")]
    content = textgrid(("Jane - words", words), ("Jane - phones", phones), short=short)
    reference = read(tmp_path, "a.TextGrid", content)
    assert said(reference) == [("Jane", 'say "hi" there')]
    assert [(word.start, word.text) for word in reference.utterances[0].words] == [
        (0.5, 'say "hi"'), (1.0, "there"),
    ]  # fmt: skip
    assert reference.left_out == ("the tier Jane - phones",)
    two = textgrid(("Bo", [(3, 4, "good night")]), ("Ann", [(0, 2, "hello")]), short=short)
    for encoding in ("utf-16", "utf-8-sig"):
        reference = read(tmp_path, "b.TextGrid", two, encoding)
        assert said(reference) == [("Ann", "hello"), ("Bo", "good night")]
    with pytest.raises(UserError, match="ends in the middle"):
        read(tmp_path, "c.TextGrid", two[:-20])
    with pytest.raises(UserError, match="not a TextGrid"):
        read(tmp_path, "c.TextGrid", "hello")
    with pytest.raises(UserError, match="no tier of what was said; there are phones"):
        read(tmp_path, "c.TextGrid", textgrid(("phones", phones)))


def test_eaf_of_elan(tmp_path: Path) -> None:
    reference = read(tmp_path, "a.eaf", EAF)
    assert said(reference) == [("Jane Doe", "good evening"), ("Jane Doe", "good night")]
    assert spans(reference) == [(0.5, 4.5), (4.5, 8.5)]  # the slot without a time lies between
    assert reference.left_out == ("the tier Jane-de",)
    named = read(tmp_path, "a.eaf", EAF.replace('"Jane"', '"ref@J"').replace("Jane-de", "tx@J"))
    assert said(named) == [("J", "guten Abend")]
    assert spans(named) == [(0.5, 4.5)]  # that of the annotation it refers to
    lost = read(tmp_path, "a.eaf", EAF.replace('TIME_SLOT_REF2="t2"', 'TIME_SLOT_REF2="gone"'))
    assert said(lost) == [("Jane Doe", "good night")]
    assert "good evening" in lost.damaged[0]
    for content, message in (("<x/>", "not an EAF"), ("<a", "line 1: this is not XML")):
        with pytest.raises(UserError, match=message):
            read(tmp_path, "a.eaf", content)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_a_file_says_its_encoding_by_its_mark(tmp_path: Path, encoding: str) -> None:
    mark = "" if encoding in {"utf-16", "utf-32", "utf-8-sig"} else "\ufeff"
    content = f"{mark}1\r\n00:00:01,000 --> 00:00:02,000\r\nGrüße, Zoë\r\n"
    assert said(read(tmp_path, "a.srt", content, encoding)) == [("", "Grüße, Zoë")]
    (tmp_path / "a.srt").write_bytes(b"\xff\xfe1\x00\n")
    with pytest.raises(UserError, match="not UTF-16 text; save the file"):
        read_reference(tmp_path / "a.srt")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("Zoë\n".encode("utf-16-le"), "line 1: it holds zero bytes, as UTF-16 without its mark"),
        ("Grüße, Zoë\n".encode("cp1252"), "line 1: not UTF-8 text; .* reads 'Grüße, Zoë': where"),
        (
            "One\nIt’s “fine”\n".encode("cp1252"),
            "line 2: .* reads 'It’s “fine”': where",
        ),
        ("Fine\n".encode("utf-16-le"), "line 1: it holds zero bytes, as UTF-16 without its mark"),
    ],
)
@pytest.mark.parametrize("suffix", [".txt", ".srt", ".stm"])
def test_an_encoding_is_not_guessed_but_shown(
    tmp_path: Path, suffix: str, content: bytes, words: str
) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content)
    with pytest.raises(UserError, match=words):
        read_reference(path)


ODD = {
    "one space before a time": (
        "a.txt", "Jane Doe 00:00:05\nhello there\nJohn 00:00:10\nfine\n",
        [("Jane Doe", "hello there"), ("John", "fine")],
    ),
    "lyrics": (
        "a.txt", "[ti:Song]\n[00:05.00]hello there\n[00:10.50]fine\n",
        [("", "hello there"), ("", "fine")],
    ),
    "SubRip saved as text": (
        "a.txt", "1\n00:00:01,000 --> 00:00:02,000\nfine\n\n2\n00:00:02,000 --> 00:00:03,000\nso\n",
        [("", "fine"), ("", "so")],
    ),
    "WebVTT saved as text": (
        "a.txt", "WEBVTT\nKind: captions\n\n00:01.000 --> 00:02.000\nfine\n", [("", "fine")]
    ),
    "Markdown": (
        "a.txt", "# Transcript\n\n**Jane:** so it is\n\n**John:** a * b ** c\n",
        [("", "Jane: so it is John: a * b ** c")],
    ),
    "Markdown with times": (
        "a.txt", "**Jane** (00:00:05): so it is\n\n**John** (00:00:09): fine\n",
        [("Jane", "so it is"), ("John", "fine")],
    ),
    "JSON saved as text": ("a.txt", '{"text": "so it is"}', [("", "so it is")]),
    "braces that are no JSON": ("a.txt", "{so|thus} it is\n", [("", "{so|thus} it is")]),
    "numbered lines": ("a.txt", "1. so it is\n2. fine\n3. 4 men\n", [("", "so it is fine 4 men")]),
    "lines that begin with numbers": (
        "a.txt", "1 man\n2 men\n4 men\n", [("", "1 man 2 men 4 men")]
    ),
    "TIMIT": ("a.txt", "0 46797 She had your suit.\n", [("", "She had your suit.")]),
    "speakers in lines of their own": (
        "a.txt", "Speaker 1\nso it is\n\nSpeaker 2\nfine\n",
        [("", "Speaker 1: so it is Speaker 2: fine")],
    ),
    "the end of a file of DOS": ("a.txt", "so it is\r\n\x1a", [("", "so it is")]),
    "optional words of STM": (
        "a.stm", "a A jane 0 2 (so) it(s) {is / (was)} (th-) (inaudible) ((why)) (%hes) (2)\n",
        [("jane", "{so} it(s) {is|(was)} {th-} (inaudible) ((why)) (%hes) (2)")],
    ),
    "a number alone": ("a.txt", "1\n10:30 11:30\nfine\n", [("", "1 10:30 11:30 fine")]),
    "a word without times": (
        "a.json",
        '[{"start": 0, "end": 2, "text": "the 21 cats", "words": [{"word": "the", "start": 0, '
        '"end": 1}, {"word": "21"}, {"word": "cats", "start": 1.5, "end": 2}]}]',
        [("", "the 21 cats")],
    ),
    "clock times that were said": (
        "a.txt", "We met at 10:30 and left\nAt 11:45:00 sharp\n",
        [("", "We met at 10:30 and left At 11:45:00 sharp")],
    ),
    "an invisible mark as an entity": (
        "a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nhel&shy;lo&lrm; there\n",
        [("", "hello there")],
    ),
    "ruby": (
        "a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<ruby>漢<rt>kan</rt>字<rt>ji</ruby>です\n",
        [("", "漢字です")],
    ),
    "line ends of SBV": (
        "a.sbv", "0:00:01.000,0:00:02.000\nfine[br]thanks\n", [("", "fine thanks")]
    ),
    "our alternatives in STM": (
        "a.stm", "a A jane 0 2 {colour|color} it is\n", [("jane", "{colour|color} it is")]
    ),
    "the same in STM's notation": (
        "a.stm", "a A jane 0 2 { colour / color } it is\n", [("jane", "{colour|color} it is")]
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content", "right"), ODD.values(), ids=ODD)
def test_files_as_they_occur(
    tmp_path: Path, name: str, content: str, right: list[tuple[str, str]]
) -> None:
    assert said(read(tmp_path, name, content)) == right


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{\\rtf1\\ansi hello}", "this is RTF"),
        ("jane\thello there\njohn\tfine\n", "cells with tabs between them"),
        ("default\t0.5\t4.6\t4.1\thello\ndefault\t4.7\t8.2\t3.5\tfine\n", "cells with tabs"),
        ('{"hello": 1}', "not a list of segments"),
    ],
)
def test_what_is_no_text_is_an_error(tmp_path: Path, content: str, reason: str) -> None:
    with pytest.raises(UserError, match=reason):
        read(tmp_path, "a.txt", content)


def test_json_without_end_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nested too deeply"):
        read(tmp_path, "a.json", "[" * 100_000)


def test_speakers_of_other_kinds(tmp_path: Path) -> None:
    ttml = (
        '<tt xmlns:ttm="m"><head><ttm:agent xml:id="s1"><ttm:name>Jane Doe</ttm:name></ttm:agent>'
        '</head><body><p begin="1s" end="2s" ttm:agent="s1">hello</p><p begin="soon">lost</p>'
        "</body></tt>"
    )
    reference = read(tmp_path, "a.ttml", ttml)
    assert said(reference) == [("Jane Doe", "hello")]
    assert reference.damaged == ("'soon' is no time of TTML",)
    segments = '[{"start": 1, "end": 2, "text": "hello", "speaker": "SPEAKER_00"}, {"start": "x"}]'
    reference = read(tmp_path, "a.json", segments)
    assert said(reference) == [("SPEAKER_00", "hello")]
    assert reference.damaged[0].startswith("segment 2: ")
    stm = "a 1 jane 0 1 hello\na 1 bo 3\na 1 bo 1 2 { good\n"
    reference = read(tmp_path, "a.stm", stm)
    assert said(reference) == [("jane", "hello")]
    assert [problem.split(":")[0] for problem in reference.damaged] == ["line 2", "line 3"]


@pytest.mark.parametrize(
    ("stm", "ours"),
    [
        ("hello { uh / @ } there", "hello {uh} there"),
        ("{ @ / uh } there", "{uh} there"),
        ("{ kind of / kinda / @ }", "{kind of|kinda|}"),
        ("{ a / { b / c d } e }", "{a|b e|c d e}"),
        ("{a/b} and/or {uh/@}", "{a|b} and/or {uh}"),
        ("{ a / a } { @ / @ } { b }", "a b"),
    ],
)
def test_alternatives_of_stm_are_kept(stm: str, ours: str) -> None:
    assert from_stm(stm) == ours
    for problem in ("{ a / b", "a / b }"):
        with pytest.raises(ValueError, match="brace"):
            from_stm(problem)
    with pytest.raises(ValueError, match="more than 1000 wordings"):
        from_stm("{ " + " ".join(["{ a / b }"] * 12) + " }")


def test_the_notation_of_alternatives() -> None:
    parts = [part.wordings for part in split_parts("so {a b|c} or {d} {e|f|} <*> end")]
    assert parts == [
        ("so ",), ("a b", "c"), (" or ",), ("d", ""), ("e", "f", ""), (), (" end",),
    ]  # fmt: skip
    assert first_wording("so {a b|c} <*> end").split() == ["so", "a", "b", "end"]


def test_a_ctm_has_alternatives(tmp_path: Path) -> None:
    marks = "a 1 * * <ALT_BEGIN>\na 1 .4 .2 uh\na 1 * * <ALT>\na 1 .4 .3 um\na 1 * * <ALT_END>\n"
    reference = read(tmp_path, "a.ctm", f"a 1 0.0 0.3 hello\n{marks}a 1 2 .5 bye\na 1 x .2 no\n")
    assert said(reference) == [("", "hello {uh|um}"), ("", "bye")]
    assert reference.utterances[0].words[1].start == 0.4
    assert reference.damaged == ("line 8: 'x' is no time in seconds",)


@pytest.mark.parametrize(
    ("text", "kept", "compared"),
    [
        ("\ufeffco\u00adoper\u200bate\u200e", "cooperate", "cooperate"),
        ("wo\u200drd \u200c\u200d", "word ", "word "),
        ("می\u200cخواهم", "می\u200cخواهم", "میخواهم"),  # Persian: the non-joiner is spelling
        ("क्\u200dष", "क्\u200dष", "क्ष"),  # Hindi: the joiner is how it looks
        ("\u2067سلام\u2069", "سلام", "سلام"),
    ],
)
def test_invisible_marks_are_no_part_of_words(text: str, kept: str, compared: str) -> None:
    assert as_written(text) == kept
    assert without_invisible(text) == compared


@pytest.mark.parametrize(
    ("name", "content", "wanted"),
    [
        ("talk-01.txt", "talk-01 hello there\n", "hello there"),
        ("u001.txt", "\ufeffu001\thello there", "hello there"),
        ("talk-01.txt", "talk-01\nhello there\n", "hello there"),
        ("talk-01.txt", "talk-02 hello there\n", "talk-02 hello there"),
        ("hello.txt", "hello there\n", "hello there"),
        ("1984.txt", "1984 is a novel\n", "1984 is a novel"),
    ],
)
def test_the_id_before_a_text_is_no_word(
    name: str, content: str, wanted: str, tmp_path: Path
) -> None:
    reference = read(tmp_path, name, content)
    assert said(reference) == [("", wanted)]
    assert bool(reference.left_out) == (len(content.split()) > len(wanted.split()))
