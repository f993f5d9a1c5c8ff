"""`channel: each`: two people on the telephone are two streams, from the audio to the scores."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from process_stage import Stage

from snakescribe.captions.read import read_reference
from snakescribe.errors import UserError
from snakescribe.ffmpeg.samples import decode
from snakescribe.streams import is_stream, split_stream_id, stream_id, with_streams
from snakescribe.tables import Row
from sounds import noise, tone

Wav = Callable[..., Row]
PAIR = np.stack([tone(2.0, level=0.3), noise(2.0, 0.1)], axis=1)


def heard(row: Row) -> np.ndarray:
    return np.array(decode(Path(row["audio"]))[0])


@pytest.mark.parametrize("by", ["variant", "column"])
def test_channels_are_streams_with_ids_of_their_own(stage: Stage, wav: Wav, by: str) -> None:
    row = wav("call", PAIR)
    items = [stage.item(row, context={"channel": "each"})] if by == "column" else []
    options = {"channel": "each"} if by == "variant" else {}
    made = stage.prepare([row, wav("mono", tone(1.0))], items=items, **options)
    assert [row["recording"] for row in made] == ["call.1", "call.2", "mono"]
    assert [row["channel"] for row in made] == ["left", "right", "mix"]
    for number in (0, 1):
        np.testing.assert_allclose(heard(made[number]), PAIR[:, number], atol=1e-3)
    assert stage.prepare([row, wav("mono", tone(1.0))], items=items, **options) == made
    plans = stage.plan(method="fixed", max_seconds=1)
    assert [plan["recording"] for plan in plans] == ["call.1", "call.2", "mono"]
    chunks = [(chunk["chunk"], chunk["recording"]) for chunk in stage.cut()]
    assert chunks[:4] == [
        ("call.1-0000", "call.1"), ("call.1-0001", "call.1"),
        ("call.2-0000", "call.2"), ("call.2-0001", "call.2"),
    ]  # fmt: skip


def test_what_is_damaged_is_made_again_channel_by_channel(stage: Stage, wav: Wav) -> None:
    row = wav("call", PAIR)
    made = stage.prepare([row], channel="each")
    Path(made[1]["audio"]).write_bytes(b"fLaC")
    stage.plan(method="fixed", max_seconds=1)  # the step that meets it mends it
    assert {chunk["recording"] for chunk in stage.cut()} == {"call.1", "call.2"}
    np.testing.assert_allclose(heard(made[1]), PAIR[:, 1], atol=1e-3)


def test_a_variant_that_mixes_has_the_same_streams(stage: Stage, wav: Wav) -> None:
    """So that all variants are cut alike, and compared on the same words."""
    row = wav("call", PAIR)
    items = [stage.item(row, context={"channel": "each"})]
    made = stage.prepare([row], items=items, channel="mix")
    assert [row["recording"] for row in made] == ["call.1", "call.2"]
    for stream in made:
        np.testing.assert_allclose(heard(stream), PAIR.mean(axis=1), atol=1e-3)


def test_channels_that_are_no_streams(stage: Stage, wav: Wav) -> None:
    once, alone = tone(1.0), np.zeros(16_000, np.float32)
    rows = [
        wav("twice", np.stack([once, once], axis=1)),
        wav("alone", np.stack([alone, once], axis=1)),
    ]
    made = stage.prepare(rows, channel="each")
    assert [row["recording"] for row in made] == ["twice", "alone.2"]
    assert [row["channel"] for row in made] == ["mix", "right"]
    np.testing.assert_allclose(heard(made[1]), once, atol=1e-3)


def test_rows_of_streams_follow_those_of_their_recordings() -> None:
    rows = [{"recording": name, "speaker": "anna; ben"} for name in ("talk", "call")]
    made = list(with_streams(rows, ["call.1", "talk", "call.2", "call.3"]))
    assert [(row["recording"], row["speaker"]) for row in made] == [
        ("talk", "anna; ben"), ("call", "anna; ben"),
        ("call.1", "anna"), ("call.2", "ben"), ("call.3", "call.3"),
    ]  # fmt: skip
    [_, own] = with_streams([{"recording": "call", "speaker": "anna"}], ["call.1"])
    assert own["speaker"] == "call.1"  # one name for two people is nobody's
    assert split_stream_id(stream_id("call", "2")) == ("call", "2")
    assert not is_stream(stream_id("call", ""))


STM = """\
;; two people, by channel
call {0} anna 0.0 1.0 hello there
call {1} ben 0.8 2.0 who is it
other {1} eve 0.0 1.0 not on this call
call {0} anna 2.0 3.0 it is me
"""


@pytest.mark.parametrize("labels", [("A", "B"), ("1", "2"), ("caller", "zed")])
@pytest.mark.parametrize("suffix", ["stm", "ctm"])
def test_references_are_told_apart_by_channel(
    tmp_path: Path, labels: tuple[str, str], suffix: str
) -> None:
    path = tmp_path / f"call.{suffix}"
    if suffix == "stm":
        path.write_text(STM.format(*labels), encoding="utf-8")
    else:
        lines = [(0, 0.0, "hello"), (0, 0.4, "there"), (1, 0.8, "who"), (1, 1.1, "is"),
                 (1, 1.4, "it"), (0, 2.0, "it"), (0, 2.3, "is"), (0, 2.6, "me")]  # fmt: skip
        text = [f"call {labels[channel]} {start} 0.2 {word}" for channel, start, word in lines]
        path.write_text("\n".join(text), encoding="utf-8")

    def words(recording: str) -> list[str]:
        said = read_reference(path, recording).utterances
        return " ".join(utterance.text for utterance in said).split()

    assert words("call.1") == ["hello", "there", "it", "is", "me"]
    assert words("call.2") == ["who", "is", "it"]
    assert len(words("call")) == 8


def test_references_that_tell_no_channels_apart(tmp_path: Path) -> None:
    (tmp_path / "a.stm").write_text(STM.format("1", "1"), encoding="utf-8")
    (tmp_path / "a.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n", "utf-8")
    for name in ("a.stm", "a.vtt"):
        with pytest.raises(UserError, match="does not say what was said on which channel"):
            read_reference(tmp_path / name, "call.1")
        assert read_reference(tmp_path / name, "call").utterances
