"""Filters: checked by name and option, and the same in blocks as over the whole recording."""

import re
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyloudnorm import Meter
from scipy.signal import butter, sosfilt, sosfilt_zi
from scipy.signal import wiener as scipy_wiener
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from snakescribe.errors import UserError
from snakescribe.ffmpeg.command import ffmpeg_command
from snakescribe.paths import REPOSITORY
from snakescribe.process import wiener
from snakescribe.process.ffmpeg_chain import ALLOWED, chain_problems, parse_chain
from snakescribe.process.filters import check_chain, filter_version, load_filter
from snakescribe.process.filters import parse_chain as parse_filters
from snakescribe.process.loudness import measure_loudness
from snakescribe.process.loudnorm import measure_true_peak
from snakescribe.process.pipeline import apply_chain, make_pipeline, try_chain
from snakescribe.process.transformer import FilterError
from sounds import noise, tone, write_wav

pytestmark = pytest.mark.slow


def run(name: str, samples: np.ndarray, **options: Any) -> np.ndarray:
    return np.array(apply_chain(samples, parse_filters([{name: options}])).samples)


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

    from snakescribe.process import spectral_gate

    monkeypatch.setattr(spectral_gate, "_BLOCK", spectral_gate._PIECE)
    samples = noise(90.0, 0.02) + tone(90.0) * (np.arange(90 * 16_000) % 32_000 > 20_000)
    wanted = reduce_noise(y=samples, sr=16_000, stationary=stationary, prop_decrease=0.8)
    got = run("spectral_gate", samples, stationary=stationary, prop_decrease=0.8)
    np.testing.assert_allclose(got, wanted, atol=1e-6)
    assert np.sqrt(np.mean(got[:16_000] ** 2)) < 0.5 * np.sqrt(np.mean(samples[:16_000] ** 2))


@pytest.mark.parametrize(
    "name",
    ["wiener", pytest.param("spectral_gate", marks=pytest.mark.slow)],  # with torch
)
def test_digital_silence_stays_silence(name: str) -> None:
    samples = np.concatenate([np.zeros(50 * 16_000, np.float32), noise(1.0), np.zeros(500, "f4")])
    filtered = run(name, samples)
    assert np.isfinite(filtered).all()
    assert np.abs(filtered[:16_000]).max() < 1e-6
    assert not run(name, np.zeros(16_000, np.float32)).any()


FILTERS_OF_A_USER = """
import numpy as np
from sklearn.preprocessing import FunctionTransformer

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


class Scaler:
    def __init__(self, to=0.5, sample_rate=0):
        self.to, self.sample_rate = to, sample_rate

    def fit(self, samples):
        self.peak_ = float(np.abs(samples).max())
        return self

    def transform(self, samples):
        assert self.sample_rate == 16_000
        return samples * (self.to / self.peak_)


doubler = FunctionTransformer(lambda samples: samples * 2)
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


@pytest.mark.usefixtures("own_filters")
def test_transformers_of_a_users_own() -> None:
    samples = tone(1.0)
    [step] = parse_filters([{"own_audio_filters:Scaler": {"to": 0.25}}])
    scaled, [learned] = apply_chain(samples, [step])
    np.testing.assert_allclose(scaled, samples / 2, rtol=1e-6)
    assert learned == {"peak": pytest.approx(0.5)}
    np.testing.assert_array_equal(run("own_audio_filters:doubler", samples), samples * 2)
    assert check_chain(["own_audio_filters:np"]) == [
        "audio: the filter 'own_audio_filters:np' is an object of the class module, not a function "
        "from samples, sample_rate and options to samples, nor a transformer with fit and "
        "transform; docs/plugins.md shows how one is made"
    ]


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


@pytest.mark.slow
def test_a_chain_is_a_pipeline_of_scikit_learn() -> None:
    chain = parse_filters(
        ["wiener", {"spectral_gate": {"stationary": True}}, "highpass", "loudnorm"]
    )
    pipeline = make_pipeline(chain)
    assert isinstance(pipeline, Pipeline)
    assert list(pipeline.named_steps) == ["1 wiener", "2 spectral_gate", "3 highpass", "4 loudnorm"]
    assert pipeline.get_params()["1 wiener__size"] == 3
    assert clone(pipeline).get_params()["2 spectral_gate__stationary"] is True
    samples = noise(5.0)
    whole = pipeline.fit_transform(samples)
    np.testing.assert_array_equal(pipeline.transform(samples), whole)
    one_by_one = samples
    for entry in chain:
        one_by_one = make_pipeline([entry]).fit_transform(one_by_one)
    np.testing.assert_array_equal(one_by_one, whole)
    np.testing.assert_array_equal(make_pipeline([]).fit_transform(samples), samples)


@pytest.mark.slow
def test_the_example_of_the_page_runs() -> None:
    page = (REPOSITORY / "docs" / "process.md").read_text(encoding="utf-8")
    [example] = re.findall(
        r"^```python\n(from [^`]*make_pipeline[^`]*)^```$", page, re.DOTALL | re.MULTILINE
    )
    samples = tone(2)
    names: dict[str, Any] = {"samples": samples}
    exec(example, names)
    assert len(names["filtered"]) == len(samples)
    assert measure_loudness(names["filtered"], 16_000) == pytest.approx(-20, abs=0.1)


def test_what_filters_learn_of_a_recording_is_told() -> None:
    chain = parse_filters(["wiener", "highpass", {"loudnorm": {"lufs": -30}}])
    noise_of, nothing, loudness = apply_chain(noise(5.0, 0.1), chain).fitted
    assert noise_of["noise"] == pytest.approx(0.01 * 2 / 3, rel=0.05)  # biased: 2 of 3 are free
    assert nothing == {}
    assert loudness.keys() == {"loudness_lufs", "true_peak_dbtp", "gain_db"}


@pytest.mark.parametrize("hertz", [40.0, 80.0, 300.0])
def test_highpass_halves_power_at_its_frequency_and_leaves_what_is_above(hertz: float) -> None:
    def left(frequency: float) -> float:
        samples = tone(4.0, hertz=frequency)
        filtered = run("highpass", samples, hertz=hertz)
        return float(np.sum(filtered[32_000:] ** 2) / np.sum(samples[32_000:] ** 2))

    assert left(hertz) == pytest.approx(0.5, abs=0.01)
    assert left(hertz / 4) < 0.0001
    assert left(5 * hertz) == pytest.approx(1, abs=0.01)


def test_highpass_in_blocks_is_scipys_and_takes_an_offset_without_a_click() -> None:
    samples = noise(130.0) + np.float32(0.3)
    sections = butter(4, 80, "highpass", fs=16_000, output="sos")
    state = sosfilt_zi(sections) * samples[0]
    wanted, _ = sosfilt(sections, samples.astype(np.float64), zi=state)
    np.testing.assert_allclose(run("highpass", samples), wanted, atol=1e-6)
    constant = np.full(16_000, 0.3, np.float32)
    assert np.abs(run("highpass", constant)).max() < 1e-5


@pytest.mark.parametrize("level", [0.002, 0.05, 0.3])
def test_loudnorm_reaches_the_loudness_by_one_gain(level: float) -> None:
    samples = np.concatenate(
        [noise(40.0, level, seed=1), np.zeros(400_000, "f4"), noise(30.0, level / 3)]
    )
    normalised = run("loudnorm", samples, lufs=-31)
    meter = Meter(16_000, filter_class="DeMan")
    assert measure_loudness(samples, 16_000) == pytest.approx(
        meter.integrated_loudness(samples.astype(np.float64)), abs=0.01
    )
    assert meter.integrated_loudness(normalised.astype(np.float64)) == pytest.approx(-31, abs=0.02)
    gains = normalised[samples != 0] / samples[samples != 0]
    np.testing.assert_allclose(gains, gains[0], rtol=1e-5)


def test_loudnorm_is_ebu_r128_as_ffmpeg_measures_it(tmp_path: Path) -> None:
    samples = noise(20.0, 0.05) + tone(20.0, hertz=1000, level=0.1)
    path = write_wav(tmp_path / "sound.wav", samples)
    command = [
        ffmpeg_command(),
        "-hide_banner",
        "-i",
        path,
        "-af",
        "ebur128=peak=true",
        "-f",
        "null",
    ]
    said = subprocess.run(
        [*map(str, command), "-"], capture_output=True, text=True, check=True
    ).stderr
    summary = said[said.rindex("Summary:") :]
    [loudness] = re.findall(r"I: +(-?[\d.]+) LUFS", summary)
    [peak] = re.findall(r"Peak: +(-?[\d.]+) dBFS", summary)
    assert measure_loudness(samples, 16_000) == pytest.approx(float(loudness), abs=0.1)
    assert 20 * np.log10(measure_true_peak(samples)) == pytest.approx(float(peak), abs=0.2)


def test_loudnorm_clips_nothing() -> None:
    samples = noise(10.0, 0.01)
    samples[80_000] = 0.9
    normalised = run("loudnorm", samples, lufs=-10, true_peak_dbtp=-2)
    assert 20 * np.log10(measure_true_peak(normalised)) == pytest.approx(-2, abs=0.01)
    for silent in (np.zeros(16_000, np.float32), noise(3.0, 0.00001), noise(0.2)):
        kept = run("loudnorm", silent)
        np.testing.assert_array_equal(kept, silent)
