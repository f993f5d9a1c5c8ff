"""`silence_terms`: zeros where terms are said, nothing else, and notice of what stays audible."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from process_stage import Stage, recording_row

from snakescribe.captions.reference import TimedWord
from snakescribe.process.stored import read_audio
from snakescribe.process.term_spans import find_spans
from snakescribe.tables import NOTICES, Row, read_table
from sounds import noise, spoil, write_wav

SAID = "and now the Pendry Herons lead while Okafor rests"
TIMES = np.arange(len(SAID.split())) * 0.5 + 1.0  # s, of each word's start; a word lasts 0.4 s
TERMS = json.dumps({"tables": [], "fields": ["names"]})


def ctm(said: str = SAID) -> str:
    """A CTM as `snakemake export` writes it."""
    return "".join(
        f"talk 1 {start:.2f} 0.40 {word}\n"
        for start, word in zip(TIMES, said.split(), strict=False)
    )


def make(stage: Stage, said: str = SAID, words: str = "", **cells: Any) -> tuple[Row, np.ndarray]:
    """A recording of noise, its words timed -> the row of its silenced audio, and its samples."""
    source = write_wav(stage.folder / "talk.wav", noise(8.0, 0.1))
    (stage.folder / "words").mkdir(exist_ok=True)
    (stage.folder / "words" / "talk.ctm").write_text(ctm(said), encoding="utf-8")
    options = {"words": words or str(stage.folder / "words" / "{recording}.ctm"), "pad_ms": 50}
    row = recording_row(source)
    context = {"names": "Pendry Herons, Okafor, Kenta Tsukamoto"}
    item = stage.item(row, **{"context": context, "reference": f"{SAID}.", **cells})
    (made,) = stage.prepare(
        [row], [{"silence_terms": options}], "silenced", items=[item], terms=TERMS
    )
    return made, read_audio(made)


def notices(stage: Stage) -> list[str]:
    rows = read_table(NOTICES, stage.folder / "notices.tsv")
    return [row["text"] for row in rows if row["kind"] == "terms_audible"]


def test_samples_are_zero_where_terms_are_said_and_as_they_were_elsewhere(stage: Stage) -> None:
    made, silenced = make(stage)
    raw = read_audio(stage.prepare([recording_row(stage.folder / "talk.wav")])[0])
    spans = made["chain"][0]["silence_terms"]["spans"]
    assert spans == [[2.45, 3.45, "Pendry Herons"], [4.45, 4.95, "Okafor"]]
    expected = np.array(raw)
    for start, end, _ in spans:
        expected[round(start * 16_000) : round(end * 16_000)] = 0
    assert np.array_equal(silenced, expected)
    assert np.count_nonzero(silenced == 0) > 1.4 * 16_000
    assert notices(stage) == []


def test_what_is_damaged_is_silenced_again(stage: Stage) -> None:
    made, silenced = make(stage)
    spoil(Path(made["audio"]), "flipped")
    assert np.array_equal(read_audio(made), silenced)


def test_other_times_of_words_are_other_audio(stage: Stage) -> None:
    first, _ = make(stage)
    second, silenced = make(stage, said="well and now the Pendry Herons lead while Okafor")
    assert second["audio"] != first["audio"]
    assert not silenced[round(3.0 * 16_000) : round(3.9 * 16_000)].any()


def test_terms_that_are_said_and_not_timed_are_counted(stage: Stage) -> None:
    made, _ = make(stage, said=SAID.replace("Okafor", "Oak afar"))
    assert [span[2] for span in made["chain"][0]["silence_terms"]["spans"]] == ["Pendry Herons"]
    assert notices(stage) == [
        "terms that were said are not silenced, as no word there is it: Okafor"
    ]


@pytest.mark.parametrize("lack", ["file", "times"])
def test_without_times_nothing_is_silenced_and_that_is_told(stage: Stage, lack: str) -> None:
    words = str(stage.folder / "nowhere/{recording}.ctm") if lack == "file" else "reference"
    made, silenced = make(stage, words=words)
    assert made["chain"][0]["silence_terms"]["spans"] == []
    assert silenced.all() or np.count_nonzero(silenced == 0) < 100
    (text,) = notices(stage)
    assert text.startswith("terms that were said are not silenced, as there are no times of words")


def test_a_reference_that_times_its_words_is_enough(stage: Stage) -> None:
    path = stage.folder / "talk.ctm"
    path.write_text(ctm(), encoding="utf-8")
    made, _ = make(stage, words="reference", reference=None, reference_file=str(path))
    terms = [span[2] for span in made["chain"][0]["silence_terms"]["spans"]]
    assert terms == ["Pendry Herons", "Okafor"]
    assert notices(stage) == []


def test_channels_that_are_kept_apart_are_left_audible(stage: Stage) -> None:
    context = {"names": "Okafor", "channel": "each"}
    made, _ = make(stage, context=context)
    assert made["chain"] == [
        {"silence_terms": {"words": str(stage.folder / "words/{recording}.ctm"), "pad_ms": 50,
                           "spans": []}}
    ]  # fmt: skip
    (text,) = notices(stage)
    assert text.startswith("its channels are kept apart")


def test_terms_are_found_by_letters_and_digits_alone() -> None:
    heard = ["The", "-", "Pendry", "HERONS’", "nine,", "Okafor's", "2nd.", "Herons!"]
    words = [TimedWord(float(place), place + 0.5, word) for place, word in enumerate(heard)]
    assert find_spans(words, ["Pendry Herons", "herons", "okafor", "2nd", "Kites", "-"], 0.1) == [
        (1.9, 3.6, "Pendry Herons"),
        (2.9, 3.6, "herons"),
        (4.9, 5.6, "okafor"),
        (5.9, 6.6, "2nd"),
        (6.9, 7.6, "herons"),
    ]
    assert find_spans(words[:1], ["the"], 0.1) == [(0.0, 0.6, "the")], "not before the beginning"
