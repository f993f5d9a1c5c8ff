"""Scores of conditions of known quality: the cuts of an untimed reference favour none of them."""

import random
import unicodedata

import pytest

pytestmark = pytest.mark.slow

CHUNKS = 10


def say(rng: random.Random) -> list[list[str]]:
    """What is said in a recording: about two and a half words a second, some of them frequent."""
    common = ["the", "of", "and", "to", "a", "in", "is", "it"]
    return [
        [
            rng.choice(common) if rng.random() < 0.3 else "".join(rng.choices("bdfgklmnprst", k=5))
            for _ in range(round(25 * rng.gauss(1, 0.15)))
        ]
        for _ in range(CHUNKS)
    ]


def rates(scores, normalizer="basic"):
    sums = (
        scores[scores["normalizer"] == normalizer]
        .groupby("condition")[["words", "substitutions", "deletions", "insertions"]]
        .sum()
    )
    return sums.drop(columns="words").sum(axis=1) / sums["words"]


@pytest.mark.parametrize(
    ("damage", "truth"),
    [
        (lambda words: words[len(words) // 2 :], 0.5),
        (lambda words: words[: len(words) // 2], 0.5),
        (lambda _: [], 1.0),
        (lambda _: ["thank", "you", "for", "watching"], 1.0),
        (lambda words: words, 0.0),
    ],
    ids=["no first half", "no second half", "nothing", "invented", "perfect"],
)
def test_random_groups_report_what_each_condition_missed(corpus, caplog, damage, truth):
    world = corpus(design="random_groups")
    rng = random.Random(4)
    for number in range(8):
        said = say(rng)
        world.add(
            f"r{number}",
            {
                "none": [" ".join(chunk) for chunk in said],
                "names": [" ".join(damage(chunk)) for chunk in said],
            },
            reference=" ".join(word for chunk in said for word in chunk),
        )
    found = rates(world.score())
    assert found["none"] == pytest.approx(0, abs=0.02)
    assert found["names"] == pytest.approx(truth, abs=0.025)
    assert caplog.text.count("the reference has no times") == 8


def test_chunks_that_most_conditions_miss_keep_their_words(corpus):
    prompts = tuple(f"p{index}" for index in range(9))
    good = "p4"
    world = corpus(prompts=prompts, scoring={"metrics": ["wer", "hallucination"]})
    said = [[f"w{chunk}x{place}" for place in range(20)] for chunk in range(12)]
    heard = {
        name: [
            "" if number % 3 == 2 and name != good else " ".join(chunk)
            for number, chunk in enumerate(said)
        ]
        for name in prompts
    }
    world.add("a", heard, reference=" ".join(word for chunk in said for word in chunk))
    scores = world.score()
    found = rates(scores)
    assert found[good] == 0
    assert found.drop(good).tolist() == pytest.approx([1 / 3] * 8)
    rows = scores[(scores["normalizer"] == "basic") & (scores["condition"] == good)]
    assert rows["words"].tolist() == [20] * 12
    assert (scores.groupby("chunk")["reference"].nunique() == 1).all()
    assert scores["silent_minutes"].sum() == 0


def test_speech_that_nobody_heard_is_not_silent(corpus):
    world = corpus(scoring={"metrics": ["wer", "hallucination"], "normalizers": ["basic"]})
    said = [[f"w{chunk}x{place}" for place in range(20)] for chunk in range(6)]
    heard = ["" if number in {2, 5} else " ".join(chunk) for number, chunk in enumerate(said)]
    world.add(
        "a",
        {"none": heard, "names": heard},
        reference=" ".join(word for chunk in said for word in chunk),
    )
    scores = world.score()
    assert scores["words"].tolist() == [20] * len(scores)
    assert scores["silent_minutes"].sum() == 0


@pytest.mark.parametrize(
    ("language", "said", "heard"),
    [
        (
            "ko",
            ["다시 만나요", "오늘은 비가 많이 왔어요 그래서 집에 있었어요", "학교에 가자"],
            ["다시 만나요", "집에 있었어요", "학교에 가자"],
        ),
        (
            "ja",
            ["ガラスがぱっと", "ギターをだれかが", "バスがでます"],
            ["ガラスが", "だれかが", "バスがでます"],
        ),
    ],
)
def test_decomposed_unicode_is_scored_like_composed(corpus, tmp_path, language, said, heard):
    found = []
    for form in ("NFC", "NFD"):
        world = corpus(scoring={"normalizers": ["basic"]})
        world.folder = tmp_path / form
        reference = unicodedata.normalize(form, " ".join(said))
        world.add("a", {"none": heard, "names": said}, reference=reference, language=language)
        scores = world.score()
        found.append(scores[["words", "deletions", "insertions", "substitutions"]])
    assert found[0].equals(found[1])
    assert found[0]["insertions"].sum() == 0
