"""From transcripts and references to the errors of every chunk."""

import gc
import multiprocessing
import random
from math import isnan

import pyarrow as pa
import pytest
from pyarrow import parquet

from snakescribe.errors import UserError
from snakescribe.evaluate.normalize.registry import find_normalizer
from snakescribe.evaluate.score.audit import Auditor


def test_untimed_reference_is_cut_where_the_chunks_are(corpus):
    world = corpus()
    world.add(
        "a",
        {
            "none": ["good evening and welcome", "the hens lead the kites", "by two runs"],
            "names": ["good evening and welcome", "the herons lead kites", "by two runs"],
        },
        reference="Good evening, and welcome! The Herons lead the Kites by two runs.",
    )
    scores = world.score()
    rows = scores[scores["normalizer"] == "whisper_english"]
    cut = rows[rows["condition"] == "none"]["reference"].tolist()
    assert cut == ["Good evening, and welcome!", "The Herons lead the Kites", "by two runs."]
    assert cut == rows[rows["condition"] == "names"]["reference"].tolist()
    errors = rows.set_index(["condition", "chunk"])[["substitutions", "deletions", "insertions"]]
    assert errors.loc[("none", "a-0001")].tolist() == [1, 0, 0]
    assert errors.loc[("names", "a-0001")].tolist() == [0, 1, 0]


def test_compare_writes_the_fixed_columns(corpus):
    world = corpus()
    rng = random.Random(3)
    words = ["".join(rng.choices("bdgklmnprst", k=6)) for _ in range(50)]
    for number in range(8):
        spoken = [[rng.choice(words) for _ in range(12)] for _ in range(3)]
        worse = [[w if rng.random() > 0.3 else "wrong" for w in chunk] for chunk in spoken]
        better = [[w if rng.random() > 0.1 else "wrong" for w in chunk] for chunk in spoken]
        world.add(
            f"r{number}",
            {
                "none": [" ".join(chunk) for chunk in worse],
                "names": [" ".join(chunk) for chunk in better],
            },
            reference=" ".join(word for chunk in spoken for word in chunk),
        )
    conditions, comparisons = world.compare()
    fixed = "condition recordings chunks words wer wer_low wer_high cer substitutions deletions"
    assert " ".join(conditions.columns[:12]) == f"{fixed} insertions rtfx"
    row = conditions.set_index("condition").loc["names"]
    assert row["recordings"] == 8
    assert row["chunks"] == 24
    assert row["words"] == 288
    assert row["wer"] == pytest.approx(
        (row["substitutions"] + row["deletions"] + row["insertions"]) / 288
    )
    assert row["wer_low"] < row["wer"] < row["wer_high"]
    assert row["rtfx"] == pytest.approx(10)
    assert comparisons["family"].tolist() == ["baseline", "pairs"]
    first = comparisons.iloc[0]
    assert first["delta"] < 0
    assert first["verdict"].startswith("lower by")
    assert first["verdict"].endswith("real")


def test_without_references_there_is_still_a_summary(corpus):
    world = corpus()
    world.add(
        "a", {"none": ["hello there you", ""], "names": ["hello there", "you"]}, flags=["loop"]
    )
    conditions, comparisons = world.compare()
    assert conditions["wer"].isna().all()
    assert conditions["chunks"].tolist() == [2, 2]
    assert conditions["rtfx"].tolist() == [10, 10]
    assert conditions["flags"].tolist() == ["loop 2", "known_phrase 1; loop 2"]
    assert comparisons["delta"].isna().all()
    assert comparisons["agreement"].tolist() == [0.5, 0.5]
    assert comparisons["verdict"][0].endswith("both agree on 50.0 % of the words")


def test_random_groups_score_only_the_assigned_condition(corpus):
    world = corpus(design="random_groups")
    for number in range(7):
        said = ["one two three four", "five six seven eight", "nine ten eleven twelve"]
        world.add(f"r{number}", {"none": said, "names": said}, reference=" ".join(said))
    conditions, comparisons = world.compare()
    assert conditions["chunks"].sum() == 21
    assert abs(conditions["chunks"].diff().iloc[1]) <= 1
    assert conditions["wer"].tolist() == [0, 0]
    assert comparisons["design"].tolist() == ["unpaired", "unpaired"]
    assert comparisons["p_mapsswe"].isna().all()


def test_nothing_to_score_gives_headers_and_a_row_for_each_condition(corpus, caplog):
    world = corpus()
    world.add("silent", {"none": [], "names": []}, reference="some words here", chunks=[])
    world.plans[-1]["status"] = "no_speech"
    conditions, comparisons = world.compare()
    assert conditions["condition"].tolist() == ["none", "names"]
    assert conditions["chunks"].tolist() == [0, 0]
    assert conditions["wer"].isna().all()
    assert comparisons["delta"].isna().all()
    assert "3 words of its reference are not scored" in caplog.text
    for name in ("metrics", "factors", "strata", "calibration", "terms", "errors"):
        assert list(world.table(name).columns)


def test_an_empty_corpus_is_no_error(corpus):
    conditions, _ = corpus().compare()
    assert conditions["chunks"].tolist() == [0, 0]


def test_a_shard_without_transcripts_loses_nothing_of_the_others(corpus):
    world = corpus()
    for number in range(3):
        heard = {"none": ["a b"], "names": ["a c"]}
        world.add(f"r{number}", heard, reference="a b", shard=int(number == 2))
    world.transcripts = [row for row in world.transcripts if row["recording"] != "r2"]
    conditions, _ = world.compare()
    assert conditions["words"].tolist() == [4, 4]


def test_nothing_heard_preserves_nothing_and_nothing_said_is_said(corpus):
    world = corpus(scoring={"metrics": ["wip", "wil"]})
    for number in range(3):
        world.add(f"r{number}", {"none": ["a b"], "names": [""]}, reference="a b")
    conditions, _ = world.compare()
    figures = conditions.set_index("condition")[["wip", "wil"]]
    assert figures.loc["names"].tolist() == [0, 1]
    silent = corpus(scoring={"metrics": ["wer"], "normalizers": ["basic"]})
    silent.add("r0", {"none": ["a b"], "names": ["a"]}, reference="... !!!")
    _, comparisons = silent.compare()
    assert set(comparisons["figure"]) == {"silent_words_per_minute"}
    assert comparisons["delta"][0] == pytest.approx(-6)


def test_a_chunk_without_reference_words_adds_insertions_and_no_rate(corpus):
    world = corpus()
    reference = "the kites lead now"
    heard = ["the kites lead now", "thanks for watching"]
    for number in range(6):
        world.add(f"r{number}", {"none": heard, "names": heard}, reference=reference)
    conditions, _ = world.compare()
    assert conditions["insertions"].tolist() == [18, 18]
    assert conditions["wer"].tolist() == [0.75, 0.75]


def test_words_keep_their_probabilities_and_times(corpus, tmp_path):
    path = tmp_path / "a.ctm"
    path.write_text("a 1 0.1 0.4 hello\na 1 5.1 0.4 world\n", encoding="utf-8")
    world = corpus(scoring={"metrics": ["timing", "calibration"]})
    heard = {"none": ["Hello, world."], "names": ["Hello, word."]}
    world.add("a", heard, reference_file=path, probability=0.8)
    scores = world.score()
    row = scores[(scores["normalizer"] == "basic") & (scores["condition"] == "none")].iloc[0]
    assert row["confidences"].tolist() == pytest.approx([0.8, 0.8])
    assert row["timed_words"] == 2
    assert row["start_errors"] == pytest.approx(0.2)
    assert row["rated_hits"] == 2


def test_a_language_without_spaces_is_scored_by_characters(corpus, caplog):
    world = corpus(scoring={"normalizers": ["basic", "whisper_english"]})
    heard = {"none": ["今天天气", "很好"], "names": ["今天天汽", "很好"]}
    world.add("a", heard, reference="今天天气很好。", language="zh")
    conditions, _ = world.compare()
    assert conditions["words"].tolist() == [6, 6]
    assert conditions["wer"].tolist() == pytest.approx([0, 1 / 6])
    assert conditions["cer"].tolist() == pytest.approx([0, 1 / 6])
    assert conditions["word_unit"].tolist() == ["character"] * 2
    arguments = "evaluate", "summary", "--results", str(world.folder), "--experiment", "study"
    summary = world.call(*arguments).output
    assert "CER" in summary
    assert "WER" not in summary
    world.add("b", {"none": ["hello", "you"], "names": ["hello", "you"]}, reference="hello you")
    assert world.compare()[0]["word_unit"].tolist() == ["mixed"] * 2
    assert "each character counts as a word" in world.call(*arguments).output
    assert "a: in 'zh', which the normaliser whisper_english does not suit" in caplog.text
    assert "b: in 'en'" not in caplog.text


@pytest.mark.parametrize("language", ["zh", "zh-TW", "zh_CN", "cmn", "jpn", "Chinese"])
def test_languages_without_spaces_are_known_by_any_code(language):
    assert find_normalizer("basic").words("我们好吗", language) == ["我", "们", "好", "吗"]


def test_engines_that_tell_no_probabilities_are_scored(corpus):
    segment = {
        "start": 0.0, "end": 10.0, "text": "red car", "tokens": None, "avg_logprob": None,
        "no_speech_prob": None, "speaker": None, "compression_ratio": 1.0, "temperature": None,
    }  # fmt: skip
    words = [
        {"start": 0.0, "end": 1.0, "text": "red", "spaced": False, "probability": None},
        {"start": 1.0, "end": 2.0, "text": "car", "spaced": True, "probability": 0.5},
    ]
    world = corpus()
    heard = {"none": ["red car"], "names": ["red car"]}
    world.add("a", heard, reference="red car", segments=[segment], words=words)
    conditions, _ = world.compare()
    assert conditions["wer"].tolist() == [0, 0]
    assert conditions["mean_confidence"].tolist() == [0.5, 0.5]
    row = parquet.read_table(world.scores()).to_pylist()[0]
    assert row["avg_logprob"] is None
    assert isnan(row["confidences"][0])
    assert row["confidences"][1] == 0.5


@pytest.mark.parametrize("damage", ["empty", "other format", "other table", "cut off"])
def test_damaged_transcripts_are_said(corpus, damage):
    world = corpus()
    world.add("a", {"none": ["one"], "names": ["one"]}, reference="one")
    world.write()
    path = next(world.folder.glob("transcripts/*/*.parquet"))
    whole = path.read_bytes()
    other = pa.BufferOutputStream()
    parquet.write_table(pa.table({"chunk": ["a"]}), other)
    path.write_bytes(
        {
            "empty": b"",
            "other format": b'{"table": "transcripts"}\n',
            "other table": other.getvalue().to_pybytes(),
            "cut off": whole[:-20],
        }[damage]
    )
    with pytest.raises(UserError, match=f"{path.name}: this is not a transcripts table"):
        world.score_only()
    assert not world.scores().exists()


def test_no_process_outlives_a_job_that_failed(corpus, monkeypatch):
    """Nor does it end only when Python looks for garbage, which can happen where none can end."""

    def fail(*_):
        raise UserError("the disk is full")

    monkeypatch.setattr(Auditor, "see", fail)
    world = corpus(threads=2)
    for shard in range(4):
        heard = {"none": ["one"], "names": ["one"]}
        world.add(f"r{shard}", heard, reference="one", shard=shard)
    gc.disable()
    try:
        with pytest.raises(UserError, match="the disk is full"):
            world.score()
        assert not multiprocessing.active_children()
    finally:
        gc.enable()
