"""Filters: checked by name and option, and the same in blocks as over the whole recording."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import wiener as scipy_wiener

from snakescribe.errors import UserError
from snakescribe.process import spectral_gate, wiener
from snakescribe.process.ffmpeg_chain import ALLOWED, chain_problems, parse_chain
from snakescribe.process.filters import check_chain, filter_version, load_filter
from snakescribe.process.filters import parse_chain as parse_filters
from snakescribe.process.prepare import FilterError, apply_filter, try_chain
from sounds import noise, tone


def run(name: str, samples: np.ndarray, **options: Any) -> np.ndarray:
    [step] = parse_filters([{name: options}])
    return np.array(apply_filter(samples, step))


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("weiner", "audio: the filter 'weiner' is unknown; did you mean 'wiener'?"),
        ({"wiener": {"sise": 3}}, "wiener.sise: unknown key; did you mean 'size'?"),
        ({"wiener": {"size": 4}}, "wiener.size: 4 is even"),
        ({"wiener": {"size": "big"}}, "wiener.size: 'big' is not a whole number"),
        ({"spectral_gate": {"prop_decrease": 2}}, "spectral_gate.prop_decrease: 2 is greater than"),
        ("ffmpeg", "ffmpeg: the key 'filter' is missing; A chain as ffmpeg writes it"),
        ({"ffmpeg": {"filter": "highpas=f=80"}}, "did you mean 'highpass'?"),
        ({"ffmpeg": {"filter": "amovie=/etc/passwd"}}, "'amovie' is not among the filters"),
        ({"ffmpeg": {"filter": "volume=1;amovie=a"}}, "may not stand here"),
        ({"ffmpeg": {"filter": "loudnorm=stats_file=a"}}, "the option 'stats_file'"),
        ({"ffmpeg": {"filter": "highpass=/f=/etc/passwd"}}, "the option '/f'"),
        ({"ffmpeg": {"filter": "volume='1'"}}, "may not stand here"),
        ({"wiener": {}, "ffmpeg": {}}, "is neither a name nor"),
        ("no_such_module:clean", "there is no module 'no_such_module'"),
    ],
)
def test_each_mistake_has_its_line(entry: Any, message: str) -> None:
    problems = check_chain(["wiener", entry])
    assert len(problems) >= 1
    assert message in problems[0]
    with pytest.raises(UserError):
        parse_filters([entry])


def test_a_chain_is_a_list() -> None:
    assert "is no list" in check_chain("wiener")[0]  # type: ignore[arg-type]


def test_good_chains_have_no_problems() -> None:
    chain = ["wiener", {"spectral_gate": {"stationary": True}}, "json:loads"]
    assert check_chain([*chain, {"ffmpeg": {"filter": "highpass=f=80, afftdn=nr=12"}}]) == []


def test_options_written_out_or_not_are_the_same_step() -> None:
    assert parse_filters(["wiener"]) == parse_filters([{"wiener": {"size": 3, "noise": None}}])


@given(st.text() | st.from_regex(r"[a-z]+(=[ -~]*)?", fullmatch=True))
def test_a_chain_without_problems_is_only_what_is_allowed(text: str) -> None:
    if not list(chain_problems(text)):
        assert {name for name, _, _ in parse_chain(text)} <= ALLOWED
        assert not set("'\"\\;[]\n@$") & set(text)


@pytest.mark.parametrize("size", [3, 31])
@pytest.mark.parametrize("power", [None, 0.002])
def test_wiener_in_blocks_is_scipys(
    monkeypatch: pytest.MonkeyPatch, size: int, power: float | None
) -> None:
    monkeypatch.setattr(wiener, "_BLOCK", 5_000)
    samples = tone(1.3) * np.linspace(0, 1, 20_800, dtype=np.float32) + noise(1.3, 0.02)
    wanted = scipy_wiener(samples.astype(np.float64), size, power)
    np.testing.assert_allclose(run("wiener", samples, size=size, noise=power), wanted, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("stationary", [True, False])
def test_spectral_gate_in_blocks_is_noisereduces(
    monkeypatch: pytest.MonkeyPatch, stationary: bool
) -> None:
    from noisereduce import reduce_noise  # with torch

    monkeypatch.setattr(spectral_gate, "_BLOCK", spectral_gate._PIECE)
    samples = noise(90.0, 0.02) + tone(90.0) * (np.arange(90 * 16_000) % 32_000 > 20_000)
    wanted = reduce_noise(y=samples, sr=16_000, stationary=stationary, prop_decrease=0.8)
    got = run("spectral_gate", samples, stationary=stationary, prop_decrease=0.8)
    np.testing.assert_allclose(got, wanted, atol=1e-6)
    assert np.sqrt(np.mean(got[:16_000] ** 2)) < 0.5 * np.sqrt(np.mean(samples[:16_000] ** 2))


@pytest.mark.parametrize("name", ["wiener", "spectral_gate"])
def test_digital_silence_stays_silence(name: str) -> None:
    samples = np.concatenate([np.zeros(50 * 16_000, np.float32), noise(1.0), np.zeros(500, "f4")])
    filtered = run(name, samples)
    assert np.isfinite(filtered).all()
    assert np.abs(filtered[:16_000]).max() < 1e-6
    assert not run(name, np.zeros(16_000, np.float32)).any()


FILTERS_OF_A_USER = """
import numpy as np

def halve(samples, sample_rate, *, by=2):
    return samples / by

def stream(samples, sample_rate):
    for start in range(0, len(samples), 1000):
        yield samples[start : start + 1000] * 0.5

def shorten(samples, sample_rate):
    return samples[: len(samples) // 2]

def spoil(samples, sample_rate):
    return np.full_like(samples, np.nan)

def widen(samples, sample_rate):
    return np.stack([samples, samples])
"""


@pytest.fixture
def own_filters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module in the working directory."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "own_audio_filters.py"
    path.write_text(FILTERS_OF_A_USER, encoding="utf-8")
    return path


def test_filters_of_a_users_own(own_filters: Path) -> None:
    samples = tone(1.0)
    for name in ("halve", "stream"):
        np.testing.assert_array_equal(run(f"own_audio_filters:{name}", samples), samples / 2)
    before = filter_version("own_audio_filters:halve")
    own_filters.write_text(FILTERS_OF_A_USER.replace("by=2", "by=4"), encoding="utf-8")
    assert filter_version("own_audio_filters:halve") != before


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("shorten", "changed the duration from 1.00 s to 0.50 s"),
        ("spoil", "gave NaN or infinity"),
        ("widen", "no array of one dimension"),
    ],
)
@pytest.mark.usefixtures("own_filters")
def test_what_a_filter_may_not_do(name: str, message: str) -> None:
    with pytest.raises(FilterError, match=message):
        run(f"own_audio_filters:{name}", tone(1.0))
    with pytest.raises(UserError, match=message):
        try_chain(parse_filters([f"own_audio_filters:{name}"]))


@pytest.mark.usefixtures("own_filters")
def test_a_function_that_is_not_there() -> None:
    with pytest.raises(UserError, match="has no 'tidy'"):
        load_filter("own_audio_filters:tidy")


def test_an_option_that_ffmpeg_refuses_is_the_users_mistake() -> None:
    with pytest.raises(UserError, match="the filter 'ffmpeg' does not work with"):
        try_chain(parse_filters([{"ffmpeg": {"filter": "highpass=frequenzy=80"}}]))
