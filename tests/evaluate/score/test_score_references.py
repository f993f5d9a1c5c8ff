"""References of every kind are scored the same; alternatives, marks and speakers."""

from pathlib import Path

import pytest

from snakescribe.notices import Kind

SAID = ["the herons lead the kites", "by two runs", "good night"]
SPANS = [(0.5, 4.6), (4.7, 7.2), (7.3, 9.3)]
HEARD = {"none": ["the herons lead kites by two runs good night"], "names": ["the hens lead"]}


def clock(seconds, point=","):
    return f"00:00:{seconds:06.3f}".replace(".", point)


def srt(said=SAID, time="{} --> {}"):
    cues = zip(SPANS, said, strict=True)
    return "".join(f"{time.format(*map(clock, span))}\n{words}\n\n" for span, words in cues)


def vtt(said=SAID):
    return "WEBVTT\n\n" + srt(said)


KINDS = {
    "a.srt": srt(),
    "damaged.srt": f"-00:00:02,000 --> 00:00:00,400\n(theme)\n\n{srt()}",
    "spaced.srt": srt(time="{} -> {}").replace(":", ": "),
    "arrow.vtt": vtt([SAID[0] + " -->", *SAID[1:]]),
    "voices.vtt": vtt([f"<v Doe, Jane>{said}</v>" for said in SAID]),
    "blank.vtt": vtt().replace("by two", "\nby two"),
    "sounds.srt": srt([f"[bell] {SAID[0]}", f"♪ la la ♪\n{SAID[1]}", f"(oh) *laughs* {SAID[2]}"]),
    "names.srt": srt([f"ANN: {SAID[0]}", f">> BO: {SAID[1]}", f">> {SAID[2]}"]),
    "marks.srt": srt([said.replace("e", "e\u200b").replace("n", "\u00adn") for said in SAID]),
    "labels.txt": "".join(
        f"{start}\t{end}\t{said}\n" for (start, end), said in zip(SPANS, SAID, strict=True)
    ),
    "otter.txt": "\n".join(
        f"Speaker {n}  0:0{n}\n{said}\n" for n, said in enumerate(SAID)
    ),
    "a.stm": "".join(
        f"a 1 ann {start} {end} {said}\n" for (start, end), said in zip(SPANS, SAID, strict=True)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_gives_the_same_errors(corpus, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(KINDS[name], encoding="utf-8")
    world = corpus(scoring={"normalizers": ["none"]})
    world.add("a", HEARD, reference_file=path)
    scores = world.score()
    assert scores["words"].tolist() == [10, 10]
    assert scores["deletions"].tolist() == [1, 7]
    assert scores["substitutions"].tolist() == [0, 1]
    assert scores["insertions"].tolist() == [0, 0]


def test_speakers_stand_beside_the_reference(corpus, tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    later = KINDS["names.srt"].replace("00:00:07,300 --> 00:00:09", "00:00:17,300 --> 00:00:19")
    path.write_text(later, encoding="utf-8")
    world = corpus(scoring={"normalizers": ["basic"]})
    heard = [" ".join(SAID[:2]), SAID[2]]
    world.add("a", {"none": heard, "names": heard}, reference_file=path)
    world.add("b", {"none": ["x"], "names": ["x"]}, reference="hello")
    scores = world.score()
    speakers = {
        (row.chunk, row.condition): list(row.speakers) for row in scores.itertuples(index=False)
    }
    assert speakers["a-0000", "none"] == ["ANN", "BO"]
    assert speakers["a-0001", "none"] == speakers["b-0000", "names"] == []


def test_what_is_left_out_is_told_and_may_count(corpus, tmp_path: Path, caplog) -> None:
    path = tmp_path / "a.srt"
    path.write_text(KINDS["damaged.srt"].replace("good", "[bell] good"), encoding="utf-8")
    world = corpus(scoring={"normalizers": ["none"]})
    world.add("a", HEARD, reference_file=path)
    assert world.score()["words"].tolist() == [10, 10]
    assert "a: damaged parts of the reference are left out: line 1: a time before" in caplog.text
    assert "a: `[..]` is no speech; left out" in caplog.text
    notices = (tmp_path / "results" / "notices.tsv").read_text(encoding="utf-8")
    assert Kind.REFERENCE_DAMAGED in notices
    assert Kind.REFERENCE_MARKS in notices
    world.scoring["marks"] = {"brackets": "words"}
    assert world.score()["words"].tolist() == [11, 11]


def test_alternatives_cost_nothing(corpus, tmp_path: Path, caplog) -> None:
    path = tmp_path / "a.stm"
    path.write_text(
        "a 1 ann 0.5 9 { uh / @ } the { herons lead / hens } { the / @ } kites\n", encoding="utf-8"
    )
    world = corpus(scoring={"normalizers": ["whisper_english", "basic"]})
    world.add("a", {"none": ["The herons lead kites."], "names": ["Uh, the hens, kite!"]},
              reference_file=path)  # fmt: skip
    world.add("b", {"none": ["six"], "names": ["yes well no"]}, reference="{six|seven} {no} <*>")
    scores = world.score()
    rows = scores[scores["normalizer"] == "basic"].set_index(["chunk", "condition"])
    assert rows["reference_normalized"].to_dict() == {
        ("a-0000", "none"): "the herons lead kites",
        ("a-0000", "names"): "uh the hens kites",
        ("b-0000", "none"): "six",
        ("b-0000", "names"): "six",
    }
    wrong = rows["substitutions"] + rows["deletions"] + rows["insertions"]
    assert wrong.to_dict() == {
        ("a-0000", "none"): 0, ("a-0000", "names"): 1,
        ("b-0000", "none"): 0, ("b-0000", "names"): 1,
    }  # fmt: skip
    assert rows["reference"]["a-0000", "none"] == "{uh} the {herons lead|hens} {the} kites"
    assert rows["hypothesis_words"]["b-0000", "names"] == 0  # the wildcard takes all
    assert rows["hypothesis"]["b-0000", "names"] == "yes well no"
    assert "a: `{..}` and `<*>` allow several wordings" in caplog.text
    assert "(3 times)" in caplog.text


def test_an_alternative_is_not_cut_in_two(corpus) -> None:
    world = corpus(scoring={"normalizers": ["basic"]})
    world.add(
        "a", {"none": ["so it is kind of", "nice"], "names": ["so it is", "kinda nice"]},
        reference="so it is {kind of|kinda} nice",
    )  # fmt: skip
    scores = world.score()
    assert scores[scores["condition"] == "none"]["reference"].tolist() in (
        ["so it is {kind of|kinda}", "nice"], ["so it is", "{kind of|kinda} nice"],
    )  # fmt: skip


def test_joiners_are_no_part_of_words(corpus) -> None:
    world = corpus(scoring={"normalizers": ["basic", "none", "nemo_style"]})
    world.add("a", {"none": ["میخواهم"], "names": ["می\u200cخواهم"]}, reference="می\u200cخواهم",
              language="fa")  # fmt: skip
    scores = world.score()
    assert scores["hits"].tolist() == [1] * 6
    assert set(scores["reference"]) == {"می\u200cخواهم"}
