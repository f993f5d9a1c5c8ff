"""How fast a sweep is transcribed, beside the peers, on the bundled recordings and tiny.en.

    .venv/bin/python benchmarks/transcribe.py [--copies 1] [--threads 2]

Every figure is a whole process, from start to written transcripts, unless it says otherwise; all
run on the same recordings, weights, number format and threads, one after the other. Peers:

- `whisper-ctranslate2 --batched True`, all recordings in one call, once for each condition;
- the way of one-off scripts: faster-whisper loads the model anew for each stretch of speech.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from snakescribe.tables import AUDIO, CHUNKS, PLANS, TRANSCRIPTS, read_table

REPOSITORY = Path(__file__).resolve().parents[1]
DEMO = REPOSITORY / "resources" / "demo"
PROMPTS = {  # whisper-ctranslate2 takes one prompt for all recordings of a call
    "none": "",
    "teams": "Kessock Kites, Pendry Herons, Tobias Okafor, Kenta Tsukamoto.",
    "short": "Baseball.",
    "style": "Good evening, and welcome back to the ballpark.",
    "unrelated": "The committee will now hear the second reading of the harbour drainage bill.",
}
OWN_PROMPTS = {  # of each recording its own
    "names": "{names}.",
    "title": "{title}.",
    "players": "A talk about {players}.",
}
DECODING = {  # whisper-ctranslate2 finds word times only where they are asked for
    "greedy": {"word_timestamps": False},
    "beam5": {"beam_size": 5, "word_timestamps": False},
    "beam5_words": {"beam_size": 5},
    "words": {},
}
SAMPLE = 10  # stretches of speech that the slow way is measured on; they cost about the same


class Bench:
    """A folder with recordings that are ready to be transcribed."""

    def __init__(self, folder: Path, copies: int, threads: int) -> None:
        from snakescribe.models.fetch import fetch_model

        self.folder, self.threads = folder, threads
        self.weights = fetch_model("tiny.en")["path"]
        self.audio = sorted(self._copy(copies))
        self.references = {path.stem: self._reference(path) for path in self.audio}
        self.config = {
            "results": str(folder / "results"),
            "recordings": [
                {"source": "folder", "path": str(folder / "audio" / "*.opus"), "language": "en"}
            ],
            "context": [{"table": str(self._context())}],
            "audio": {"raw": []},
            "models": {"tiny-en": {"weights": "tiny.en", "compute_type": "int8"}},
            "prompts": PROMPTS | OWN_PROMPTS,
            "decoding": DECODING,
            "sharding": {"recordings_per_shard": 1000},
            "experiments": {},
        }

    def _copy(self, copies: int) -> list[Path]:
        """The bundled recordings, and copies of them at other levels, so that none is cached."""
        from snakescribe.ffmpeg import ffmpeg_command

        (self.folder / "audio").mkdir()
        paths = []
        for number in range(copies):
            for source in sorted((DEMO / "audio").glob("*.opus")):
                path = self.folder / "audio" / f"{source.stem}-copy{number}.opus"
                level = f"volume={-number / 10}dB"
                command = [ffmpeg_command(), "-v", "error", "-i", source, "-af", level, path]
                subprocess.run(list(map(str, command)), check=True)
                paths.append(path)
        return paths

    def _reference(self, path: Path) -> str:
        from snakescribe.acquire.captions import read_reference

        (found,) = (DEMO / "references").glob(f"{original(path)}.*")
        return " ".join(one.text for one in read_reference(found).utterances)

    def _context(self) -> Path:
        header, *lines = (DEMO / "context.tsv").read_text().splitlines()
        rows = {line.split("\t")[0]: line for line in lines}
        target = self.folder / "context.tsv"
        ours = [
            "\t".join([path.stem, *rows[original(path)].split("\t")[1:]]) for path in self.audio
        ]
        target.write_text("\n".join([header, *ours]) + "\n")
        return target

    def snakemake(self, target: str, prompts: list[str], decodings: list[str]) -> float:
        """Run a target of the workflow on a sweep; return its seconds."""
        factors = {"prompt": prompts, "decoding": decodings}
        config = {**self.config, "experiments": {"sweep": {"factors": factors}}}
        path = self.folder / "config.yaml"
        path.write_text(yaml.safe_dump(config, sort_keys=False))
        command = [tool("snakemake"), target, "--configfile", path, "--cores", self.threads]
        return timed([*command, "--quiet"])

    def sweep(self, prompts: list[str], decodings: list[str]) -> tuple[float, dict[str, float]]:
        """Transcribe a sweep anew in one job; seconds, and WER by condition."""
        from snakescribe.config import expand_experiments, plan_passes, read_config
        from snakescribe.config.slices import as_json, pass_settings

        self.snakemake("process", prompts, decodings)
        results = self.folder / "results"
        config = read_config(self.folder / "config.yaml")
        experiments = expand_experiments(config)
        (planned,) = plan_passes(experiments.values()).values()
        receipt = self.folder / "model.json"
        fetch = [tool("snakescribe"), "models", "fetch", "tiny.en", "--receipt", receipt]
        subprocess.run(list(map(str, fetch)), check=True, capture_output=True)
        output = self.folder / "transcripts.parquet"
        with tempfile.TemporaryDirectory() as store:
            seconds = timed(
                [
                    *(tool("snakescribe"), "transcribe", "run"),
                    *("--items", results / "items.tsv"),
                    *("--recordings", results / "recordings" / "s00000.tsv"),
                    *("--plans", results / "plans" / "s00000.tsv"),
                    *("--chunks", results / "chunks" / "raw" / "s00000.tsv"),
                    *("--model", receipt, "--shard", "s00000", "--threads", self.threads),
                    *("--settings", as_json(pass_settings(config, planned, experiments))),
                    *("--store", store, "--output", output),
                ]
            )
        return seconds, self._word_errors(list(read_table(TRANSCRIPTS, output)))

    def _word_errors(self, rows: list[dict[str, Any]]) -> dict[str, float]:
        heard: dict[str, dict[str, list[str]]] = {}
        for row in sorted(rows, key=lambda row: row["chunk"]):
            texts = heard.setdefault(f"{row['prompt']}.{row['decoding']}", {})
            texts.setdefault(row["recording"], []).append(row["text"])
        return {
            name: self.word_error({one: " ".join(parts) for one, parts in texts.items()})
            for name, texts in heard.items()
        }

    def word_error(self, heard: dict[str, str]) -> float:
        """WER of whole recordings under Whisper's English normaliser."""
        import jiwer
        from whisper_normalizer.english import EnglishTextNormalizer

        normalize = EnglishTextNormalizer()
        return jiwer.wer(
            [normalize(self.references[name]) for name in heard],
            [normalize(text) for text in heard.values()],
        )

    def peer(self, prompt: str, options: dict[str, Any]) -> tuple[float, float]:
        """`whisper-ctranslate2 --batched True` on all recordings: seconds and WER."""
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
            heard = {name: " ".join(path.read_text().split()) for name, path in texts.items()}
        return seconds, self.word_error(heard)

    def chunks(self) -> list[dict[str, Any]]:
        """The rows of the chunks table."""
        path = self.folder / "results" / "chunks" / "raw" / "s00000.tsv"
        return list(read_table(CHUNKS, path))

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
        from snakescribe.transcribe.reader import read_samples

        results = self.folder / "results"
        plans = {row["recording"]: row for row in read_table(PLANS, results / "plans/s00000.tsv")}
        segments = [
            (row["audio"], start, end)
            for row in read_table(AUDIO, results / "audio/raw/s00000.tsv")
            for start, end in plans[row["recording"]]["speech"]
        ]
        begin = time.perf_counter()
        for path, start, end in segments[:: max(1, len(segments) // SAMPLE)][:SAMPLE]:
            recognise(read_samples(Path(path))[round(start * 16000) : round(end * 16000)])
        return (time.perf_counter() - begin) * len(segments) / SAMPLE

    def floor(self, beams: int) -> dict[str, float]:
        """Seconds of the bare library's encoder and decoder, on features that are in memory."""
        script = Path(__file__).with_name("floor.py")
        command = [sys.executable, script, self.weights, self.threads, beams]
        plan = json.dumps([[one["audio"], one["end"] - one["start"]] for one in self.chunks()])
        done = subprocess.run(
            list(map(str, command)), input=plan, capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    def engine_seconds(self) -> float:
        """What the engine itself spent, by the transcripts that the workflow wrote."""
        path = self.folder / "results" / "transcripts" / "tiny-en.raw" / "s00000.parquet"
        rows = list(read_table(TRANSCRIPTS, path))
        shared = {row["chunk"]: row["feature_seconds"] + row["encode_seconds"] for row in rows}
        return sum(shared.values()) + sum(row["decode_seconds"] for row in rows)


def original(path: Path) -> str:
    """The name of the bundled recording that a copy was made of."""
    return path.stem.rpartition("-copy")[0]


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


def show(text: str) -> None:
    """Print at once, since the whole takes minutes."""
    print(text, flush=True)


def compare(bench: Bench, name: str, prompts: list[str], decodings: list[str]) -> None:
    """One line: our sweep beside the peer, run once for each condition."""
    ours, errors = bench.sweep(prompts, decodings)
    times, theirs = [], []
    for prompt in prompts:
        for decoding in decodings:
            seconds, error = bench.peer(PROMPTS[prompt], DECODING[decoding])
            times.append(seconds)
            theirs.append(error)
    wer = f"{100 * errors[f'none.{decodings[0]}']:.1f} % and {100 * theirs[0]:.1f} %"
    show(f"| {name} | {ours:.1f} s | {sum(times):.1f} s | {sum(times) / ours:.1f} x | {wer} |")


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--copies", type=int, default=1, help="of the 9 minutes of recordings")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name), arguments.copies, arguments.threads)
        bench.snakemake("process", ["none"], ["greedy"])
        audio = sum(one["end"] - one["start"] for one in bench.chunks())
        packages = ("faster-whisper", "ctranslate2", "whisper-ctranslate2")
        said = ", ".join(f"{one} {version(one)}" for one in packages)
        show(f"tiny.en int8, {arguments.threads} threads, {audio:.0f} s of speech; {said}\n")
        show("| what | snakescribe | peer | ratio | WER without prompt, ours and theirs |")
        show("| --- | --- | --- | --- | --- |")
        everything = list(PROMPTS)
        compare(bench, "1 condition, greedy", ["none"], ["greedy"])
        compare(bench, "5 prompts, greedy", everything, ["greedy"])
        compare(bench, "5 prompts x (greedy, beam 5)", everything, ["greedy", "beam5"])
        ours, _ = bench.sweep(["none", "unrelated", *OWN_PROMPTS], ["greedy"])
        show(f"| 5 prompts, 3 of them by recording, greedy | {ours:.1f} s | | | |")
        compare(bench, "1 condition, beam 5, word times", ["none"], ["beam5_words"])
        ours, _ = bench.sweep(["none"], ["beam5_words"])
        theirs = bench.model_per_segment()
        show(
            f"| the same, faster-whisper loaded for each stretch of speech ({SAMPLE} measured) "
            f"| {ours:.1f} s | {theirs:.1f} s | {theirs / ours:.1f} x | |"
        )
        theirs = bench.checkpoint_per_segment()
        show(
            f"| the same, openai-whisper loaded for each stretch of speech ({SAMPLE} measured) "
            f"| {ours:.1f} s | {theirs:.1f} s | {theirs / ours:.1f} x | |"
        )
        for beams in (1, 5):
            parts = bench.floor(beams)
            said = ", ".join(f"{part} {seconds:.1f} s" for part, seconds in parts.items())
            show(f"\nFloor, beam {beams}: {said}")
    show("\n| `snakemake transcribe` with word times | whole | engine's own seconds | more |")
    show("| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name), 4 * arguments.copies, arguments.threads)
        for prompts in (["none"], everything):
            workflow_overhead(bench, prompts)


def workflow_overhead(bench: Bench, prompts: list[str]) -> None:
    """One line: the whole target `transcribe` beside the engine's own seconds."""
    bench.snakemake("process", prompts, ["words"])
    for done in ("transcripts", "store/transcripts"):
        shutil.rmtree(bench.folder / "results" / done, ignore_errors=True)
    whole, engine = bench.snakemake("transcribe", prompts, ["words"]), bench.engine_seconds()
    audio = sum(one["end"] - one["start"] for one in bench.chunks()) / 60
    more = f"{100 * (whole / engine - 1):.0f} %"
    show(f"| {audio:.0f} min, {len(prompts)} prompts | {whole:.1f} s | {engine:.1f} s | {more} |")


if __name__ == "__main__":
    main()
