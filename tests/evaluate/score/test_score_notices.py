"""What scoring has to tell is told by its worker processes too, recording by recording."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from snakescribe.tables import NOTICES, read_table


@pytest.mark.parametrize("threads", [1, 2])
def test_shards_tell_what_is_the_matter_with_their_recordings(
    corpus: Callable[..., Any], tmp_path: Path, threads: int
) -> None:
    damaged = tmp_path / "damaged.vtt"
    damaged.write_text("not captions")
    world = corpus(
        scoring={"normalizers": ["whisper_english"], "strata": {"sprot": []}}, threads=threads
    )
    heard = {"none": ["hello"], "names": ["hello"]}
    context = {"sport": "baseball"}
    world.add("a", heard, reference="hello", language="de", context=context)
    world.add("b", heard, reference_file=damaged, shard=1)
    world.add("c", heard, reference="hello", shard=1)
    world.add("d", heard, shard=1)
    world.score()
    rows = list(read_table(NOTICES, world.folder / "notices.tsv"))
    assert [(row["kind"], row["recording"]) for row in rows] == [
        ("normalizer_language", "a"),
        ("reference_unreadable", "b"),
        ("not_scored", "b"),
        ("not_scored", "d"),
        ("field_unknown", None),
    ]
    assert {(row["stage"], row["step"], row["place"]) for row in rows} == {
        ("evaluate", "score_transcripts", "study")
    }
    assert rows[-1]["remedy"] == "did you mean 'sport'?"


@pytest.mark.parametrize(
    ("reference", "shown"),
    [
        ("a cafÃ© there", "cafÃ©"), ("he didnâ€™t", "didnâ€™t"), ("Ð¿Ñ€Ð¸Ð²ÐµÑ‚", "Ð¿Ñ€Ð¸Ð²ÐµÑ‚"),
        ("20Â°C", "20Â°C"), ("caf\ufffd", "caf\ufffd"), ("über Größe", ""),
        ("«CAFÉ» «MAÇû IRMÃ… Ñandú", ""), ("café – naïve “quotes”", ""), ("привет", ""),
    ],
)  # fmt: skip
def test_letters_that_a_wrong_encoding_has_made_are_told(
    corpus: Callable[..., Any], reference: str, shown: str
) -> None:
    world = corpus()
    world.add("a", {"none": ["hello"], "names": ["hello"]}, reference=reference)
    world.score()
    rows = read_table(NOTICES, world.folder / "notices.tsv")
    told = [row["text"] for row in rows if row["kind"] == "reference_misread"]
    assert told == (
        [f"letters of the reference are broken, such as those of '{shown}'"] if shown else []
    )


def test_only_a_recording_without_speech_is_called_so(corpus: Callable[..., Any]) -> None:
    world = corpus()
    heard = {"none": ["hello"], "names": ["hello"]}
    world.add("whole", heard, reference="hello")
    for recording, status in (("silent", "no_speech"), ("broken", "corrupt")):
        world.add(recording, {"none": [], "names": []}, reference="hello world")
        world.plans[-1]["status"] = status
    world.score()
    rows = list(read_table(NOTICES, world.folder / "notices.tsv"))
    assert [(row["recording"], row["text"]) for row in rows] == [
        ("silent", "no speech was found, so that 2 words of its reference are not scored")
    ]


def test_a_translation_is_not_scored_in_another_language_without_a_word(
    corpus: Callable[..., Any],
) -> None:
    world = corpus(translating=["all"])
    for name, language in (("a", "de-AT"), ("b", "English"), ("c", None), ("d", "ja")):
        reference = None if name == "d" else "hello"
        world.add(
            name, {"none": ["hello"], "names": ["hello"]}, reference=reference, language=language
        )
    world.score()
    rows = list(read_table(NOTICES, world.folder / "notices.tsv"))
    translated = [row for row in rows if row["kind"] == "translation_scored"]
    assert [row["recording"] for row in translated] == ["a"]
    assert translated[0]["text"] == "in 'de', and translated into English by all"
