"""The channels of a track -> which of them is listened to, and why not all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snakescribe.ffmpeg.samples import SAMPLE_RATE
from snakescribe.process.detector_loading import load_detector
from snakescribe.process.detectors import DEFAULT_DETECTOR

Channels = NDArray[np.int16]  # samples x channels, 16 kHz

# A pair whose channels are each other's inverse leaves next to nothing when it is averaged.
CANCELLING = -0.5
# Channels that are less alike than that were not recorded by the same microphones.
_ALIKE = 0.5
# Channels that are more alike than that are one, written twice.
_THE_SAME = 0.98
# Of the time looked at: more is somebody who speaks, less is what a detector takes for it.
_SPEECH_SHARE, _NO_SPEECH_SHARE = 0.1, 0.02
# A channel that is quieter than the other by more than that, in power, does not drown it.
_HARMLESS = 1e-3
_SILENT = 10 ** (-80 / 20) * 32768  # peak
# How much of a recording is looked at: windows spread over it.
_WINDOWS, _WINDOW = 12, 5 * SAMPLE_RATE
_BLOCK = 60 * SAMPLE_RATE

_NAMES = {"FL": "left", "FR": "right", "FC": "centre"}
_POSITIONS = {"left": ("FL", 0), "right": ("FR", 1), "centre": ("FC", None)}


@dataclass(frozen=True)
class Pick:
    """What is listened to: a channel by its number, from 0, or all, averaged (None).

    `note` says why it is not all of them, or not what was asked for; empty where there is nothing
    to say.
    """

    channel: int | None
    note: str = ""


MIX = Pick(None)


def channel_name(channel: int | None, names: Sequence[str]) -> str:
    """A channel's number, from 0, and the names of all -> what people call it; None is `mix`."""
    if channel is None:
        return "mix"
    if len(names) == 2:
        return ("left", "right")[channel]
    return _NAMES.get(names[channel], names[channel] if names[channel] != "NONE" else str(channel))


def find_channel(wish: str, names: Sequence[str]) -> Pick:
    """`left`, `right` or `centre` and the names of a track's channels -> that one, else all."""
    name, usual = _POSITIONS[wish]
    if name in names:
        return Pick(names.index(name))
    if usual is not None and usual < len(names) == 2:
        return Pick(usual)
    if len(names) == 1:
        return Pick(None, f"it has one channel, which is taken for the {wish} one")
    return Pick(None, f"it has no {wish} channel ({', '.join(names)}): all are averaged")


def choose_channel(channels: Channels, names: Sequence[str]) -> Pick:
    """The channels of a track -> what to listen to where nothing was asked for.

    All of them, averaged; but of two that cancel each other the louder one, the only one that has
    speech where others have other sound, and the centre of surround sound where somebody speaks in
    it.
    """
    if "FC" in names and len(names) > 2:
        return _choose_centre(channels, names.index("FC"), names)
    if len(names) < 2 or not len(channels):
        return MIX
    if len(names) > 2:
        return _choose_spoken(channels, names)
    powers, alike = _compare(channels)
    louder = int(np.argmax(powers))
    taken, left_out = channel_name(louder, names), channel_name(1 - louder, names)
    if alike < CANCELLING:
        return Pick(
            louder,
            f"its two channels cancel each other (correlation {alike:.2f}): the {taken} one is "
            f"taken, and the {left_out} one left out",
        )
    if alike > _ALIKE or powers.min() < _HARMLESS * powers.max():
        return MIX
    return _choose_spoken(channels, names)


def list_streams(channels: Channels, names: Sequence[str]) -> tuple[list[int], str]:
    """The channels of a track -> those to be kept apart, and a note on what is not.

    There are none where the track has one channel, the same one twice, or none with sound.
    """
    if len(names) < 2:
        return [], ""
    sounding = [number for number in range(len(names)) if _peak(channels[:, number]) >= _SILENT]
    silent = [str(number + 1) for number in range(len(names)) if number not in sounding]
    note = f"nothing is heard in channel {' and '.join(silent)}, left out" if silent else ""
    if len(names) == 2 and len(sounding) == 2 and _compare(channels)[1] > _THE_SAME:
        return [], "its two channels hold the same sound and are not kept apart"
    return sounding, note


def _choose_centre(channels: Channels, centre: int, names: Sequence[str]) -> Pick:
    speech = _speech_shares(channels)
    others = [number for number in range(len(names)) if number != centre]
    if speech[centre] < _NO_SPEECH_SHARE or 2 * speech[centre] < speech[others].max():
        return MIX
    return Pick(
        centre,
        f"the dialogue is in its centre channel: the {len(others)} others "
        f"({', '.join(names[number] for number in others)}) are left out",
    )


def _choose_spoken(channels: Channels, names: Sequence[str]) -> Pick:
    """The only channel with speech, where what is in the others would drown it; else all."""
    powers = sum(np.sum(block**2, axis=0) for block in _blocks(channels))
    speech = _speech_shares(channels)
    spoken = int(np.argmax(speech))
    others = [number for number in range(len(names)) if number != spoken]
    drowning = np.max(powers[others]) >= _HARMLESS * np.max(powers)
    if not drowning or speech[spoken] < _SPEECH_SHARE or speech[others].max() >= _NO_SPEECH_SHARE:
        return MIX
    left_out = ", ".join(channel_name(number, names) for number in others)
    if len(others) == 1:
        text = f"there is sound but no speech in its {left_out} channel, which is left out"
    else:
        text = f"of its {len(names)} channels only one has speech, {channel_name(spoken, names)}: "
        text += f"{left_out} are left out"
    return Pick(spoken, text)


def _compare(channels: Channels) -> tuple[NDArray[np.float64], float]:
    """Two channels -> the mean power of each, and their correlation (0 where one is silent)."""
    products = np.zeros((2, 2))
    for block in _blocks(channels):
        products += block.T @ block
    scale = float(np.sqrt(products[0, 0] * products[1, 1]))
    return np.diag(products) / len(channels), float(products[0, 1]) / scale if scale else 0.0


def _speech_shares(channels: Channels) -> NDArray[np.float64]:
    """Channels -> the share of the time in which somebody speaks in each, in windows of them."""
    detect = load_detector(DEFAULT_DETECTOR)
    room = max(0, len(channels) - _WINDOW)
    starts = sorted({room * number // (_WINDOWS - 1) for number in range(_WINDOWS)})
    if len(channels) <= _WINDOWS * _WINDOW:
        windows = channels
    else:
        windows = np.concatenate([channels[start : start + _WINDOW] for start in starts])
    shares = []
    for number in range(channels.shape[1]):
        samples = windows[:, number].astype(np.float32)
        samples /= max(1.0, float(np.abs(samples).max(initial=0.0)))  # quiet channels speak too
        heard = detect(samples, SAMPLE_RATE)
        shares.append(float(np.mean(heard >= 0.5)) if len(heard) else 0.0)
    return np.array(shares)


def _peak(channel: NDArray[np.int16]) -> float:
    blocks = (channel[start : start + _BLOCK] for start in range(0, len(channel), _BLOCK))
    return max((float(np.abs(block.astype(np.int32)).max()) for block in blocks), default=0.0)


def _blocks(channels: Channels) -> Iterator[NDArray[np.float64]]:
    for start in range(0, len(channels), _BLOCK):
        yield channels[start : start + _BLOCK].astype(np.float64)
