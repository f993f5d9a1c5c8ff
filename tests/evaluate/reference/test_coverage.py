"""What a reference is silent about is not scored, and the log says so."""

import pytest

pytestmark = pytest.mark.slow

WORDS = ["good evening and welcome", "the herons lead it", "by a single run"]
HEARD = {"none": WORDS, "names": WORDS}


def stm(*lines):
    return "".join(f"a 1 speaker {start} {end} {text}\n" for start, end, text in lines)


def scored(world):
    """Score -> for each chunk its reference words, None where it is not scored."""
    scores = world.score()
    rows = scores[(scores["condition"] == "none") & (scores["normalizer"] == "basic")]
    return [one if isinstance(one, str) else None for one in rows["reference"]]


@pytest.mark.parametrize(
    ("ignored", "kept"),
    [
        ((10, 20), [True, False, True]),
        ((10.4, 19.7), [True, False, True]),
        ((8, 10.5), [False, True, True]),
        ((9.2, 10.8), [True, True, True]),
        ((5, 25), [False, False, False]),
    ],
)
def test_ignored_segments_are_not_scored(corpus, tmp_path, caplog, ignored, kept):
    path = tmp_path / "a.stm"
    ignore = (*ignored, "ignore_time_segment_in_scoring")
    path.write_text(
        stm((0, 8, WORDS[0]), ignore, (11, 19, WORDS[1]), (21, 29, WORDS[2])), encoding="utf-8"
    )
    world = corpus()
    world.add("a", HEARD, reference_file=path)
    found = scored(world)
    assert found == [words if keep else None for words, keep in zip(WORDS, kept, strict=True)]
    if count := kept.count(False):
        assert "a: a chunk is not scored: the reference is silent" in caplog.text
        assert ("(2 times)" in caplog.text, "(3 times)" in caplog.text) == (count == 2, count == 3)
    else:
        assert "not scored" not in caplog.text


def test_words_of_an_ignored_segment_are_no_insertions(corpus, tmp_path):
    path = tmp_path / "a.stm"
    path.write_text(
        stm((0, 9, WORDS[0]), (10, 20, "IGNORE_TIME_SEGMENT_IN_SCORING"), (21, 29, WORDS[2])),
        encoding="utf-8",
    )
    world = corpus()
    world.add("a", {"none": WORDS, "names": [WORDS[0], "", WORDS[2]]}, reference_file=path)
    conditions, _ = world.compare()
    assert conditions["insertions"].tolist() == [0, 0]
    assert conditions["words"].tolist() == [8, 8]
    assert conditions["chunks"].tolist() == [2, 2]


def test_time_outside_a_partial_reference_is_not_scored(corpus, tmp_path, caplog):
    path = tmp_path / "a.vtt"
    path.write_text("WEBVTT\n\n00:11.000 --> 00:19.000\nthe herons lead it\n", encoding="utf-8")
    world = corpus()
    world.add("a", HEARD, reference_file=path)
    assert scored(world) == [None, WORDS[1], None]
    assert "a: a chunk is not scored: the reference is silent" in caplog.text
    assert "(2 times)" in caplog.text


def test_time_without_words_inside_a_reference_is_silence(corpus, tmp_path):
    path = tmp_path / "a.stm"
    path.write_text(
        stm((0, 9, WORDS[0]), (9, 30, "")), encoding="utf-8"
    )  # says itself that the rest is silent
    world = corpus()
    world.add("a", HEARD, reference_file=path)
    assert scored(world) == [WORDS[0], "", ""]


def test_a_reference_may_say_that_nothing_was_said(corpus, tmp_path, caplog):
    path = tmp_path / "q.stm"
    path.write_text("q 1 s 0 20\n", encoding="utf-8")
    metrics = ["wer", "cer", "hallucination"]
    world = corpus(scoring={"metrics": metrics})
    world.add("q", {"none": ["thanks for", "", "x"], "names": ["", "", "x"]}, reference_file=path)
    assert scored(world) == ["", "", None]
    assert "q: a chunk is not scored: the reference is silent" in caplog.text
    assert "times)" not in caplog.text
    assert "could be read" not in caplog.text
    conditions, _ = world.compare()
    assert conditions["insertions"].tolist() == [2, 0]
    assert conditions["words"].tolist() == [0, 0]
    assert conditions["wer"].isna().all()
    assert conditions["silent_words_per_minute"].tolist() == pytest.approx([6, 0])
    world.add("a", {"none": WORDS, "names": WORDS}, reference=" ".join(WORDS))
    conditions, _ = world.compare()
    assert conditions["wer"].tolist() == pytest.approx([2 / 12, 0])
    caplog.clear()
    groups = corpus(design="random_groups")
    groups.add("q", {"none": ["thanks for", ""], "names": ["", ""]}, reference_file=path)
    groups.score()
    assert not caplog.text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("q.stm", ";; nothing\n"),
        ("q.ctm", ""),
        ("q.txt", " \n"),
        ("q.vtt", "WEBVTT\n"),
        ("q.stm", "q 1 s 0 20 IGNORE_TIME_SEGMENT_IN_SCORING\n"),
    ],
)
def test_a_file_with_nothing_in_it_is_no_reference(corpus, tmp_path, caplog, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    world = corpus()
    world.add("q", HEARD, reference_file=path)
    assert scored(world) == [None] * 3
    assert "q: no reference that could be read; not scored" in caplog.text


def test_only_the_lines_of_the_recording_count(corpus, tmp_path, caplog):
    path = tmp_path / "all.stm"
    lines = [
        f"{name}.wav 1 x {i * 10 + 1} {i * 10 + 9} {WORDS[i]}" for name in "ab" for i in range(3)
    ]
    path.write_text(";; both\n" + "\n".join(lines).replace("lead", "LEAD", 1), encoding="utf-8")
    world = corpus()
    for name in "ab":
        world.add(name, HEARD, reference_file=path)
    assert scored(world) == [WORDS[0], "the herons LEAD it", WORDS[2], *WORDS]
    assert "lines of several recordings" not in caplog.text
    other = corpus()
    other.add("c", HEARD, reference_file=path)
    assert scored(other)[0] == f"{WORDS[0]} {WORDS[0]}"
    assert "none is named c or all: all are taken" in caplog.text


def test_a_ctm_of_several_recordings_is_divided(corpus, tmp_path):
    path = tmp_path / "all.ctm"
    path.write_text(
        "".join(f"{name} 1 {1 + place} 0.5 {name}{place}\n" for name in "ab" for place in range(8)),
        encoding="utf-8",
    )
    world = corpus()
    world.add("b", {"none": ["b"], "names": ["b"]}, reference_file=path)
    assert scored(world) == ["b0 b1 b2 b3 b4 b5 b6 b7"]


def test_recordings_without_a_readable_reference_are_said(corpus, tmp_path, caplog):
    damaged = tmp_path / "damaged.vtt"
    damaged.write_text("not captions", encoding="utf-8")
    world = corpus()
    world.add("a", HEARD, reference_file=tmp_path / "gone.txt")
    world.add("b", HEARD, reference_file=damaged)
    world.add("c", HEARD, reference=" ".join(WORDS))
    world.add("d", HEARD)
    world.score()
    for name in "abcd":
        said = f"{name}: no reference that could be read; not scored" in caplog.text
        assert said == (name in "ab")
    caplog.clear()
    fine = corpus()
    fine.add("c", HEARD, reference=" ".join(WORDS))
    fine.score()
    assert not caplog.text


def test_fields_that_no_recording_has_are_said(corpus, caplog):
    strata = {"sport": [], "sprot": [], "age": [30], "snr_db": [10], "teams": []}
    world = corpus(scoring={"strata": strata, "terms": {"tables": [], "fields": ["name", "club"]}})
    context = {"sport": "baseball", "age": "old", "teams": "", "names": "Okafor", "club": ""}
    world.add("a", HEARD, reference=" ".join(WORDS), context=context)
    world.score()
    assert [one.getMessage() for one in caplog.records] == [
        "scoring.strata: 'sprot' is unknown in every chunk; did you mean 'sport'?",
        "scoring.strata: 'age' is unknown in every chunk; it has no number to put into bins",
        "scoring.strata: 'teams' is unknown in every chunk; it is empty everywhere",
        "scoring.terms.fields: no recording has terms in 'name'; did you mean 'names'?",
        "scoring.terms.fields: no recording has terms in 'club'; it is empty everywhere",
    ]


@pytest.mark.parametrize(
    ("context", "said"),
    [({}, "no reference; not scored"),
     ({"reference_tier": "automatic_caption"}, "no reference of the tiers that count; not scored")],
)  # fmt: skip
def test_recordings_without_a_reference_are_said_where_others_have_one(
    corpus, caplog, context, said
):
    world = corpus(scoring={"tiers": ["human"]})
    for number in range(3):
        reference = "a b" if number == 0 or context else None
        heard = {"none": ["a b"], "names": ["a"]}
        world.add(f"r{number}", heard, reference=reference, context=context if number else {})
    world.compare()
    for number in range(3):
        assert (f"r{number}: {said}" in caplog.text) == (number > 0)
    caplog.clear()
    bare = corpus()
    bare.add("r0", {"none": ["a b"], "names": ["a"]})
    bare.compare()
    assert "no reference" not in caplog.text
