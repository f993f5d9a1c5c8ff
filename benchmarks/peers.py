"""What transcription is compared with: other programs, one-off scripts and the bare library."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from snakescribe.tables import AUDIO, CHUNKS, PLANS, read_table

REPOSITORY = Path(__file__).resolve().parents[1]
SAMPLE = 10  # stretches of speech that the slow way is measured on; they cost about the same


class Peers:
    """Run on the same recordings, weights, number format and threads as snakescribe."""

    def __init__(self, folder: Path, audio: Sequence[Path], weights: str, threads: int) -> None:
        self.folder, self.audio, self.weights, self.threads = folder, audio, weights, threads

    def whisper_ctranslate2(
        self, prompt: str, options: dict[str, Any]
    ) -> tuple[float, dict[str, str]]:
        """`whisper-ctranslate2 --batched True` on all recordings: seconds and texts."""
        with tempfile.TemporaryDirectory() as output:
            seconds = timed(
                [
                    *(tool("whisper-ctranslate2"), *self.audio, "--batched", "True"),
                    *("--model_directory", self.weights, "--compute_type", "int8"),
                    *("--threads", self.threads, "--batch_size", 8, "--language", "en"),
                    *("--temperature", 0, "--beam_size", options.get("beam_size", 1)),
                    *("--word_timestamps", options.get("word_timestamps", True)),
                    *(["--initial_prompt", prompt] if prompt else []),
                    *("--output_format", "txt", "--output_dir", output, "--verbose", "False"),
                ]
            )
            texts = {path.stem: (Path(output) / f"{path.stem}.txt") for path in self.audio}
            heard = {
                name: " ".join(path.read_text(encoding="utf-8").split())
                for name, path in texts.items()
            }
        return seconds, heard

    def model_per_segment(self) -> float:
        """Seconds when each stretch of speech loads faster-whisper's model anew, from a sample."""
        from faster_whisper import WhisperModel

        def recognise(audio: Any) -> None:
            model = WhisperModel(
                self.weights, device="cpu", compute_type="int8", cpu_threads=self.threads
            )
            found, _ = model.transcribe(audio, language="en", beam_size=5, word_timestamps=True)
            list(found)

        return self._per_segment(recognise)

    def checkpoint_per_segment(self) -> float:
        """The same with openai-whisper, on the same weights."""
        import torch
        import whisper

        sys.path.insert(0, str(REPOSITORY / "tests" / "transcribe"))
        from checkpoint import write_checkpoint

        torch.set_num_threads(self.threads)
        path = write_checkpoint(Path(self.weights), self.folder / "tiny.en.pt")

        def recognise(audio: Any) -> None:
            model = whisper.load_model(str(path))
            options = {"language": "en", "beam_size": 5, "word_timestamps": True, "fp16": False}
            whisper.transcribe(model, audio, **options)

        return self._per_segment(recognise)

    def _per_segment(self, recognise: Callable[[Any], None]) -> float:
        from snakescribe.ffmpeg.flac import read_flac

        results = self.folder / "results"
        plans = {row["recording"]: row for row in read_table(PLANS, results / "plans/s00000.tsv")}
        segments = [
            (row, start, end)
            for row in read_table(AUDIO, results / "audio/raw/s00000.tsv")
            for start, end in plans[row["recording"]]["speech"]
        ]
        begin = time.perf_counter()
        for row, start, end in segments[:: max(1, len(segments) // SAMPLE)][:SAMPLE]:
            samples = read_flac(Path(row["audio"]), row["pcm_md5"])
            recognise(samples[round(start * 16000) : round(end * 16000)])
        return (time.perf_counter() - begin) * len(segments) / SAMPLE

    def floor(self, beams: int, *prompts: str) -> dict[str, float]:
        """Seconds of the bare library on features that are in memory.

        `encode`, and `decode 8` and `decode 16` for so many chunks decoded together.
        """
        script = Path(__file__).with_name("floor.py")
        command = [sys.executable, script, self.weights, self.threads, beams, *prompts]
        plan = json.dumps(
            [
                [one["audio"], one["pcm_md5"], one["end"] - one["start"]]
                for one in list_chunks(self.folder)
            ]
        )
        done = subprocess.run(
            list(map(str, command)), input=plan, capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)


def list_chunks(folder: Path) -> list[dict[str, Any]]:
    """A folder with results -> the rows of the chunks table."""
    return list(read_table(CHUNKS, folder / "results" / "chunks" / "raw" / "s00000.tsv"))


def tool(name: str) -> Path:
    """A program that lies beside this Python."""
    return Path(sys.executable).with_name(name)


def timed(command: list[Any]) -> float:
    """Run a command; return its seconds. What it printed is shown if it fails."""
    begin = time.perf_counter()
    done = subprocess.run(
        list(map(str, command)), cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{command[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return time.perf_counter() - begin
