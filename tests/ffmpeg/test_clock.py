"""The clock of a container: what begins late is late, and what was never sent is silence."""

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from containers import CODECS, Span, drop_packets, ffmpeg, find, hiss, write_delayed
from snakescribe.ffmpeg.clock import Clock, Packets, place_packets, read_clock
from snakescribe.ffmpeg.samples import Take, decode
from sounds import noise, write_wav

RIGHT_SECONDS = 0.02
SOUND = hiss(9.0)


def worst_error(path: Path, offset: float, holes: list[Span]) -> float:
    """How far off what is heard before, between and after the holes is on the file's clock (s)."""
    clock = read_clock(path, 0)
    heard, _ = decode(path, Take(clock=None if clock.plain else clock))
    errors = []
    for start in np.arange(0.1, 8.5, 0.6):
        if not any(begin - offset - 0.5 < start < end - offset + 0.1 for begin, end in holes):
            part = SOUND[round(start * 16_000) : round((start + 0.4) * 16_000)]
            errors.append(abs(find(part, heard) - start - offset))
    assert len(errors) > 4
    return max(errors)


@pytest.mark.parametrize(
    ("suffix", "rate"), [("ts", 16_000), pytest.param("mkv", 44_100, marks=pytest.mark.slow)]
)
def test_sound_that_begins_later_than_the_picture(tmp_path: Path, suffix: str, rate: int) -> None:
    path = write_delayed(tmp_path / f"late.{suffix}", SOUND, 1.7, rate)
    assert worst_error(path, 1.7, []) < RIGHT_SECONDS


@pytest.mark.slow
def test_packets_that_were_never_sent(tmp_path: Path) -> None:
    ffmpeg("-i", write_wav(tmp_path / "a.wav", SOUND), "-c:a", "libopus", tmp_path / "a.webm")
    holes = [(2.0, 3.5), (6.0, 6.06)]
    path = drop_packets(tmp_path / "a.webm", tmp_path / "b.webm", holes)
    assert worst_error(path, 0.0, holes) < RIGHT_SECONDS
    assert read_clock(path, 0).silent_seconds == pytest.approx(1.56, abs=0.05)


@pytest.mark.slow
def test_stamps_that_come_early_and_late_cut_nothing_away(tmp_path: Path) -> None:
    """As of live sources: the sound between two holes is whole, and where it was."""
    ffmpeg("-i", write_wav(tmp_path / "a.wav", SOUND), "-c:a", "libopus", tmp_path / "a.webm")
    path = drop_packets(
        tmp_path / "a.webm", tmp_path / "b.webm", [(3.0, 4.5)], late=[0.0, 0.013, 0.002, 0.016]
    )
    clock = read_clock(path, 0)
    assert clock.uneven
    assert worst_error(path, 0.0, [(3.0, 4.5)]) < RIGHT_SECONDS
    heard, _ = decode(path, Take(clock=clock))
    assert len(heard) / 16_000 == pytest.approx(9.0, abs=RIGHT_SECONDS)
    assert find(SOUND[80_000:136_000], heard) == pytest.approx(5.0, abs=RIGHT_SECONDS)


@pytest.mark.slow
@settings(max_examples=14, deadline=None)
@pytest.mark.parametrize("suffix", CODECS)
@given(
    offset=st.one_of(st.just(0.0), st.floats(0.0, 0.1), st.floats(0.1, 20.0)),
    holes=st.lists(st.tuples(st.floats(0.5, 7.0), st.floats(0.03, 12.0)), max_size=3),
    rate=st.sampled_from([16_000, 44_100, 48_000]),
)
def test_times_are_right_whatever_was_not_sent(
    suffix: str, offset: float, holes: list[Span], rate: int
) -> None:
    """Silence stands where nothing is sent, so that no sound is lost with it."""
    offset = round(offset, 3)
    starts = sorted(round(start, 3) for start, _ in holes)
    starts = [start for before, start in pairwise([-9.0, *starts]) if start - before > 1.2]
    spans: list[Span] = []
    gone = 0.0
    for start, (_, seconds) in zip(starts, holes, strict=False):
        begin = offset + start + gone
        spans.append((begin, begin + round(seconds, 3)))
        gone += round(seconds, 3)
    silence = [np.zeros(round((end - begin) * 16_000), np.float32) for begin, end in spans]
    pieces = np.split(SOUND, [round(start * 16_000) for start in starts[: len(spans)]])
    pairs = zip(pieces, [*silence, SOUND[:0]], strict=True)
    stretched = [part for pair in pairs for part in pair]
    with TemporaryDirectory() as name:
        folder = Path(name)
        full = write_delayed(
            folder / f"full.{suffix}", np.concatenate(stretched), offset,
            48_000 if suffix == "webm" else rate,
        )  # fmt: skip
        edge = 0.13  # packets of 64 ms hold sound of both sides
        inner = [(begin + edge, end - edge) for begin, end in spans]
        path = drop_packets(full, folder / f"holes.{suffix}", inner)
        clock = read_clock(path, 0)
        heard, _ = decode(path, Take(clock=None if clock.plain else clock))
        begin = 0.0
        for piece, before in zip(pieces, np.cumsum([0.0, *map(len, silence)]), strict=True):
            middle = piece[800 : 800 + 8_000]
            if len(middle) == 8_000:
                wanted = offset + begin + 0.05 + before / 16_000
                assert find(middle, heard) == pytest.approx(wanted, abs=RIGHT_SECONDS)
            begin += len(piece) / 16_000


@pytest.mark.slow
@pytest.mark.parametrize(
    ("suffix", "codec"),
    [("mp3", "libmp3lame"), ("m4a", "aac"), ("opus", "libopus"), ("ogg", "libvorbis"),
     ("flac", "flac"), ("webm", "libopus"), ("mka", "aac"), ("wma", "wmav2")],
)  # fmt: skip
def test_ordinary_files_have_an_ordinary_clock(tmp_path: Path, suffix: str, codec: str) -> None:
    """What encoders put before the first sample is no sound that begins late."""
    path = tmp_path / f"a.{suffix}"
    ffmpeg("-i", write_wav(tmp_path / "a.wav", noise(2.0)), "-c:a", codec, "-ar", 48_000, path)
    clock = read_clock(path, 0)
    assert clock.plain
    assert not clock.uneven
    assert not clock.broken


@pytest.mark.slow
def test_a_picture_beside_the_sound_has_no_time(tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "color=s=32x32", "-frames:v", 1, tmp_path / "cover.png")
    ffmpeg(
        *("-i", write_wav(tmp_path / "a.wav", noise(2.0)), "-i", tmp_path / "cover.png"),
        *("-map", "0:a", "-map", "1:v", "-c:a", "libmp3lame", "-c:v", "copy"),
        *("-disposition:v", "attached_pic", tmp_path / "a.mp3"),
    )
    assert read_clock(tmp_path / "a.mp3", 0).plain


@pytest.mark.slow
def test_two_streams_one_after_the_other(tmp_path: Path) -> None:
    """A clock that begins anew half-way: nothing is lost, and it is said."""
    for number in (0, 1):
        wav = write_wav(tmp_path / f"{number}.wav", SOUND[number * 48_000 :][:48_000])
        ffmpeg("-i", wav, "-c:a", "aac", "-ar", 48_000, tmp_path / f"{number}.ts")
    path = tmp_path / "both.ts"
    path.write_bytes((tmp_path / "0.ts").read_bytes() + (tmp_path / "1.ts").read_bytes())
    clock = read_clock(path, 0)
    assert clock.broken == "it goes back"
    heard, _ = decode(path, Take(clock=clock))
    assert len(heard) / 16_000 == pytest.approx(6.0, abs=0.1)


def clock_of(
    durations: list[float], late: list[float], tick: float, stated: list[float] | None = None
) -> Clock:
    """Packets (s), and how late each is for one that follows back to back -> the clock."""
    ends = np.cumsum(durations)
    times = ends - durations + late
    stamps = np.round(times / tick)
    return place_packets(Packets(stamps, np.round(np.array(stated or durations) / tick), tick))


@st.composite
def holes_at(draw: st.DrawFn) -> list[tuple[int, float]]:
    places = draw(st.lists(st.integers(1, 399), max_size=5, unique=True))
    return [(place, draw(st.floats(0.02, 100.0))) for place in sorted(places)]


@settings(max_examples=40)
@given(
    holes=holes_at(),
    start=st.one_of(st.just(0.0), st.floats(0.02, 50.0)),
    duration=st.sampled_from([0.02, 0.06, 1024 / 44_100, 1024 / 22_050, 1152 / 44_100, 0.0213]),
    tick=st.sampled_from([0.001, 1 / 90_000, 1 / 48_000]),
    early=st.lists(st.tuples(st.integers(1, 399), st.floats(0.02, 0.4)), max_size=3),
)
def test_a_hole_is_what_all_later_packets_are_late_by(
    holes: list[tuple[int, float]],
    start: float,
    duration: float,
    tick: float,
    early: list[tuple[int, float]],
) -> None:
    late = np.full(400, start)
    for place, seconds in holes:
        late[place:] += seconds
    shaken = late.copy()
    for place, seconds in early:
        if place < 399:
            shaken[place] += seconds  # one stamp that is wrong, and the next one is right
    clock = clock_of([duration] * 400, shaken.tolist(), tick)
    assert not clock.broken
    assert clock.start == pytest.approx(start, abs=0.002)
    assert sum(seconds for _, seconds in clock.holes) == pytest.approx(late[-1] - start, abs=0.01)
    assert clock.sound_seconds == pytest.approx(400 * duration, abs=0.01)


def test_speech_that_is_sent_only_while_it_lasts() -> None:
    """Opus with DTX: in pauses a packet of 20 ms every 400 ms."""
    late = np.cumsum([0.38 if number % 3 == 0 else 0.0 for number in range(600)])
    clock = clock_of([0.02] * 600, late.tolist(), 0.001)
    assert len(clock.holes) == 199
    assert clock.seconds == pytest.approx(12 + late[-1], abs=0.4)


def test_durations_that_are_wrong_are_no_holes() -> None:
    assert clock_of([0.04] * 300, [0.0] * 300, 0.001, stated=[0.02] * 300).plain


def test_a_packet_that_is_said_to_last_through_the_hole() -> None:
    """MP4 has the time to the next packet for a packet's duration."""
    late = [0.0] * 100 + [2.5] * 100
    stated = [0.02] * 99 + [2.52] + [0.02] * 100
    [(when, seconds)] = clock_of([0.02] * 200, late, 1 / 48_000, stated=stated).holes
    assert (when, seconds) == (pytest.approx(2.0, abs=0.01), pytest.approx(2.5, abs=0.01))


@pytest.mark.parametrize("late", [[0.0] * 50 + [-9.0] * 50, [0.0] * 50 + [9_000.0] * 50])
def test_a_clock_that_cannot_be_is_not_believed(late: list[float]) -> None:
    clock = clock_of([0.02] * 100, late, 0.001)
    assert clock.broken
    assert clock.plain
    assert clock.seconds == pytest.approx(2.0)


def test_no_packets_and_no_stamps() -> None:
    assert place_packets(Packets(np.array([]), np.array([]), 0.001)).plain
    unknown = place_packets(Packets(np.full(9, np.nan), np.full(9, 20.0), 0.001))
    assert unknown.plain
    assert unknown.sound_seconds == pytest.approx(0.18)
