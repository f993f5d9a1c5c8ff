"""Tracks of a recording -> a PNG: waveform, spectrogram, speech regions, cuts and SNR of each."""

from collections.abc import Sequence
from io import BytesIO

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray
from PIL import Image, ImageColor

from snakescribe.ffmpeg.stored import StoredSounds
from snakescribe.pictures.sound import RANGE_DB, Overview, look_over
from snakescribe.pictures.tracks import Track
from snakescribe.tables import Row

# Pixels.
WIDTH = 1200
_LEFT, _RIGHT, _TOP, _FOOT = 62, 12, 30, 26
_HEAD, _WAVE, _SPECTRUM, _RATIO, _GAP = 30, 84, 128, 56, 26
_TRACK = _HEAD + _WAVE + _SPECTRUM + _RATIO + _GAP
_INK, _MUTED, _SPEECH, _CUT = "#1b1f24", "#6a737d", "#bfe3c5", "#c2331b"
_MAP = colormaps["magma"]
# The picture's colours: few, for a quarter of the bytes of all, and the same in every picture.
_GREYS = [(tone, tone, tone) for tone in range(75, 256, 30)]
_PALETTE = [
    *_GREYS,
    *(ImageColor.getrgb(colour) for colour in (_INK, _MUTED, _SPEECH, _CUT)),
    *(tuple(int(255 * part) for part in _MAP(place)[:3]) for place in np.linspace(0, 1, 16)),
]
_KEY = (
    "green: speech; red lines and numbers: chunks, and where they are cut; "
    "SNR of each chunk in dB; minutes and seconds"
)


class _Page:
    """A figure laid out in pixels from its upper left corner."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        size = width / 100, height / 100
        self.canvas = FigureCanvasAgg(Figure(figsize=size, dpi=100, facecolor="white"))

    def write(
        self, baseline: float, text: str, size: float, color: str = _INK, weight: str = "normal"
    ) -> None:
        """Write a line, never as mathematics, where the panels begin."""
        self.canvas.figure.text(
            _LEFT / self.width, 1 - baseline / self.height, text, size=size, color=color,
            weight=weight, parse_math=False,
        )  # fmt: skip

    def panel(self, top: float, height: float, seconds: float) -> Axes:
        """Make a panel as wide as the page whose x axis is time."""
        width = self.width - _LEFT - _RIGHT
        corner = _LEFT / self.width, 1 - (top + height) / self.height
        axes = self.canvas.figure.add_axes((*corner, width / self.width, height / self.height))
        axes.set_xlim(0, seconds)
        axes.set_xticks([])
        axes.tick_params(labelsize=8, colors=_MUTED, length=2)
        axes.spines[:].set(color=_MUTED, linewidth=0.5)
        return axes

    def to_png(self) -> bytes:
        """Draw it, with few colours."""
        drawn, target = BytesIO(), BytesIO()
        self.canvas.figure.savefig(drawn, format="rgba", dpi=100)
        whole = Image.frombytes("RGBA", (self.width, self.height), drawn.getvalue()).convert("RGB")
        palette = Image.new("P", (1, 1))
        palette.putpalette([part for colour in _PALETTE for part in colour[:3]])
        few = whole.quantize(palette=palette, dither=Image.Dither.NONE)
        few.save(target, format="PNG", optimize=True)
        return target.getvalue()


def draw_recording(
    tracks: Sequence[Track], title: str, sounds: StoredSounds, width: int = WIDTH
) -> bytes:
    """Tracks of one recording -> a PNG, one block of panels under the other.

    Args:
        tracks: at least one.
        title: what it is; plain letters, as of an id.
        sounds: of the run.
        width: of the picture, in pixels.

    Raises:
        UserError: a track's file cannot be read.
    """
    page = _Page(width, _TOP + len(tracks) * _TRACK + _FOOT)
    page.write(20, title, 11, weight="bold")
    for number, track in enumerate(tracks):
        sound = _look(track, sounds, width - _LEFT - _RIGHT)
        _draw_track(page, track, sound, _TOP + number * _TRACK)
    page.write(page.height - 8, _KEY, 8, color=_MUTED)
    return page.to_png()


def _look(track: Track, sounds: StoredSounds, columns: int) -> Overview:
    return look_over(sounds.read_audio(track.audio), columns)


def _draw_track(page: _Page, track: Track, sound: Overview, top: float) -> None:
    """A track, its sound and the upper edge of its block -> its panels."""
    page.write(top + 20, f"{track.variant}   {_describe(track.chunks)}", 9)
    wave = page.panel(top + _HEAD, _WAVE, sound.seconds)
    spectrum = page.panel(top + _HEAD + _WAVE, _SPECTRUM, sound.seconds)
    ratio = page.panel(top + _HEAD + _WAVE + _SPECTRUM + 6, _RATIO - 6, sound.seconds)
    _draw_wave(wave, sound, track)
    _draw_spectrum(spectrum, sound)
    _draw_ratios(ratio, track.chunks)
    for time in np.unique(_spans(track.chunks)):
        for axes in (wave, spectrum):
            axes.axvline(time, color=_CUT, linewidth=0.8)
    ratio.xaxis.set_major_locator(MaxNLocator(page.width // 100, steps=[1, 1.5, 2, 3, 5, 6, 10]))
    ratio.xaxis.set_major_formatter(lambda value, _: _clock(value))


def _draw_wave(axes: Axes, sound: Overview, track: Track) -> None:
    edges = np.linspace(0, sound.seconds, len(sound.low) + 1)[:-1]
    for start, end in track.speech:
        axes.axvspan(start, end, color=_SPEECH, linewidth=0)
    axes.fill_between(edges, sound.low, sound.high, color=_INK, linewidth=0, step="post")
    most = max(0.05, float(np.abs([sound.low.min(), sound.high.max()]).max()))
    axes.set_ylim(-1.05 * most, 1.3 * most)
    axes.set_yticks([-most, 0, most], [f"{-most:.2f}", "0", f"{most:.2f}"])
    for number, (start, end) in enumerate(_spans(track.chunks)):
        if (end - start) / sound.seconds > 0.02:  # else there is no room for it
            axes.text((start + end) / 2, 1.08 * most, str(number), size=7, color=_CUT, ha="center")


def _draw_spectrum(axes: Axes, sound: Overview) -> None:
    axes.imshow(
        sound.levels, origin="lower", aspect="auto", extent=(0, sound.seconds, 0, 8),
        cmap=_MAP, vmin=-RANGE_DB, vmax=0, interpolation="nearest",
    )  # fmt: skip
    axes.set_yticks([0, 2, 4, 6], ["0", "2", "4", "6 kHz"])


def _draw_ratios(axes: Axes, chunks: Sequence[Row]) -> None:
    known = [chunk for chunk in chunks if chunk["snr_db"] is not None]
    ratios = [chunk["snr_db"] for chunk in known]
    low, high = min([0.0, *ratios]), max([30.0, *ratios])
    axes.set_ylim(low - 5, high + (high - low) * 0.4)
    axes.set_yticks([0, 30], ["0", "30 dB"])
    axes.hlines(ratios, [chunk["start"] for chunk in known], [chunk["end"] for chunk in known],
                color=_CUT, linewidth=2)  # fmt: skip
    room = axes.get_xlim()[1] * 0.02
    for chunk, value in zip(known, ratios, strict=True):
        if chunk["end"] - chunk["start"] > room:
            middle = (chunk["start"] + chunk["end"]) / 2
            axes.text(middle, value + (high - low) * 0.06, f"{value:.0f}", size=7, color=_INK,
                      ha="center")  # fmt: skip


def _describe(chunks: Sequence[Row]) -> str:
    """The rows of chunks -> a line of figures: the median of each where it is known."""
    if not chunks:
        return "no chunks"
    parts = [f"{len(chunks)} chunk{'' if len(chunks) == 1 else 's'}"]
    for name, label, unit in (
        ("snr_db", "SNR", "dB"),
        ("loudness_lufs", "loudness", "LUFS"),
        ("peak_dbfs", "peak", "dBFS"),
        ("bandwidth_hz", "bandwidth", "Hz"),
    ):
        if values := [chunk[name] for chunk in chunks if chunk[name] is not None]:
            parts.append(f"{label} {float(np.median(values)):.0f} {unit}")
    clipped = max(chunk["clipped_share"] for chunk in chunks)
    if clipped:
        parts.append(f"clipped {100 * clipped:.2g} % at most")
    return ", ".join(parts)


def _spans(chunks: Sequence[Row]) -> NDArray[np.float64]:
    """The rows of chunks -> their starts and ends, (chunks, 2) in s."""
    return np.array([(chunk["start"], chunk["end"]) for chunk in chunks]).reshape(-1, 2)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes:.0f}:{rest:02.0f}" if rest % 1 == 0 else f"{minutes:.0f}:{rest:04.1f}"
