"""How fast a sweep is transcribed, beside the peers, on the bundled recordings and tiny.en.

    .venv/bin/python benchmarks/transcribe.py [--copies 1] [--threads 2]

Every figure is a whole process, from start to written transcripts, unless it says otherwise; all
run on the same recordings, weights, number format and threads, one after the other. Peers:

- `whisper-ctranslate2 --batched True`, all recordings in one call, once for each condition;
- the way of one-off scripts: faster-whisper loads the model anew for each stretch of speech.
"""

import argparse
import shutil
import subprocess
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml
from peers import REPOSITORY, SAMPLE, Peers, list_chunks, timed, tool

from snakescribe.tables import TRANSCRIPTS, read_table

DEMO = REPOSITORY / "resources" / "demo"
RECORDINGS = "*.opus"
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
MODELS = {
    "tiny-en": {"engine": "faster-whisper", "weights": "tiny.en", "compute_type": "int8"},
    "moonshine": {"engine": "moonshine", "weights": "moonshine-tiny.en"},
}
DECODING = {  # whisper-ctranslate2 finds word times only where they are asked for
    "greedy": {"word_timestamps": False},
    "beam5": {"beam_size": 5, "word_timestamps": False},
    "beam5_words": {"beam_size": 5},
    "words": {},
}


class Bench:
    """A folder with recordings that are ready to be transcribed."""

    def __init__(self, folder: Path, copies: int, threads: int) -> None:
        from snakescribe.transcribe.engines.faster_whisper import FasterWhisper

        self.folder, self.threads = folder, threads
        weights = FasterWhisper.fetch_weights("tiny.en")["path"]
        self.audio = sorted(self._copy(copies))
        self.peers = Peers(folder, self.audio, weights, threads)
        self.references = {path.stem: self._reference(path) for path in self.audio}
        self.config = {
            "results": str(folder / "results"),
            "recordings": [
                {"source": "folder", "path": str(folder / "audio" / "*.opus"), "language": "en"}
            ],
            "context": [{"table": str(self._context())}],
            "audio": {"raw": []},
            "models": MODELS,
            "prompts": PROMPTS | OWN_PROMPTS,
            "decoding": DECODING,
            "sharding": {"recordings_per_shard": 1000},
            "experiments": {},
        }

    def _copy(self, copies: int) -> list[Path]:
        """The bundled recordings, and copies of them at other levels, so that none is cached."""
        from snakescribe.ffmpeg.command import ffmpeg_command

        (self.folder / "audio").mkdir()
        paths = []
        for number in range(copies):
            for source in sorted((DEMO / "audio").glob(RECORDINGS)):
                path = self.folder / "audio" / f"{source.stem}-copy{number}.opus"
                level = f"volume={-number / 10}dB"
                command = [ffmpeg_command(), "-v", "error", "-i", source, "-af", level, path]
                subprocess.run(list(map(str, command)), check=True)
                paths.append(path)
        return paths

    def _reference(self, path: Path) -> str:
        from snakescribe.captions.read import read_reference

        (found,) = (DEMO / "references").glob(f"{original(path)}.*")
        return " ".join(one.text for one in read_reference(found).utterances)

    def _context(self) -> Path:
        header, *lines = (DEMO / "context.tsv").read_text(encoding="utf-8").splitlines()
        rows = {line.split("\t")[0]: line for line in lines}
        target = self.folder / "context.tsv"
        ours = [
            "\t".join([path.stem, *rows[original(path)].split("\t")[1:]]) for path in self.audio
        ]
        target.write_text("\n".join([header, *ours]) + "\n", encoding="utf-8")
        return target

    def snakemake(
        self, target: str, prompts: list[str], decodings: list[str], model: str = "tiny-en"
    ) -> float:
        """Run a target of the workflow on a sweep; return its seconds."""
        factors = {"model": [model], "prompt": prompts, "decoding": decodings}
        config = {**self.config, "experiments": {"sweep": {"factors": factors}}}
        path = self.folder / "config.yaml"
        path.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
        command = [tool("snakemake"), target, "--configfile", path, "--cores", self.threads]
        return timed([*command, "--quiet"])

    def sweep(
        self, prompts: list[str], decodings: list[str], model: str = "tiny-en"
    ) -> tuple[float, dict[str, float]]:
        """Transcribe a sweep anew in one job; seconds, and WER by condition."""
        from snakescribe.config.block import as_json
        from snakescribe.config.experiments import expand_experiments, plan_passes
        from snakescribe.workflow.params import pass_params
        from snakescribe.workflow.read import read_config

        self.snakemake("process", prompts, decodings, model)
        results = self.folder / "results"
        config = read_config(self.folder / "config.yaml")
        experiments = expand_experiments(config)
        (planned,) = plan_passes(experiments.values()).values()
        receipt = self.folder / "model.json"
        weights, engine = MODELS[model]["weights"], MODELS[model]["engine"]
        fetch = [tool("snakescribe"), "models", "fetch", weights, "--engine", engine]
        subprocess.run(
            list(map(str, [*fetch, "--receipt", receipt])), check=True, capture_output=True
        )
        output = self.folder / "transcripts.parquet"
        with tempfile.TemporaryDirectory() as store:
            seconds = timed(
                [
                    *(tool("snakescribe"), "transcribe", "run"),
                    *("--items", results / "items.tsv"),
                    *("--recordings", results / "recordings" / "s00000.tsv"),
                    *("--plans", results / "plans" / "s00000.tsv"),
                    *("--chunks", results / "chunks" / "raw" / "s00000.tsv"),
                    *("--audio", results / "audio" / "raw" / "s00000.tsv"),
                    *("--model", receipt, "--shard", "s00000", "--threads", self.threads),
                    *("--settings", as_json(pass_params(config, planned, experiments))),
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

    def engine_seconds(self) -> float:
        """What the engine itself spent, by the transcripts that the workflow wrote."""
        path = self.folder / "results" / "transcripts" / "tiny-en.raw" / "s00000.parquet"
        rows = list(read_table(TRANSCRIPTS, path))
        shared = {row["chunk"]: row["feature_seconds"] + row["encode_seconds"] for row in rows}
        return sum(shared.values()) + sum(row["decode_seconds"] for row in rows)


def original(path: Path) -> str:
    """The name of the bundled recording that a copy was made of."""
    return path.stem.rpartition("-copy")[0]


def show(text: str) -> None:
    """Print at once, since the whole takes minutes."""
    print(text, flush=True)


def compare(bench: Bench, name: str, prompts: list[str], decodings: list[str]) -> None:
    """One line: our sweep beside the peer, run once for each condition."""
    ours, errors = bench.sweep(prompts, decodings)
    times, theirs = [], []
    for prompt in prompts:
        for decoding in decodings:
            seconds, heard = bench.peers.whisper_ctranslate2(PROMPTS[prompt], DECODING[decoding])
            times.append(seconds)
            theirs.append(bench.word_error(heard))
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
        audio = 60 * minutes(bench)
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
        theirs = bench.peers.model_per_segment()
        show(
            f"| the same, faster-whisper loaded for each stretch of speech ({SAMPLE} measured) "
            f"| {ours:.1f} s | {theirs:.1f} s | {theirs / ours:.1f} x | |"
        )
        theirs = bench.peers.checkpoint_per_segment()
        show(
            f"| the same, openai-whisper loaded for each stretch of speech ({SAMPLE} measured) "
            f"| {ours:.1f} s | {theirs:.1f} s | {theirs / ours:.1f} x | |"
        )
        show("\n| model | for an hour of speech | WER |")
        show("| --- | --- | --- |")
        for model in MODELS:
            seconds, errors = bench.sweep(["none"], ["greedy"], model)
            (wer,) = errors.values()
            show(f"| {model} | {seconds * 3600 / audio:.0f} s | {100 * wer:.1f} % |")
        for beams in (1, 5):
            parts = bench.peers.floor(beams)
            said = ", ".join(f"{part} {seconds:.1f} s" for part, seconds in parts.items())
            show(f"\nFloor, beam {beams}: {said}")
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name), 4 * arguments.copies, arguments.threads)
        show("\n| one job, greedy | job | floor | share of the limit | with 16 decoded together |")
        show("| --- | --- | --- | --- | --- |")
        for prompts in (["none"], everything):
            share_of_limit(bench, prompts)
        show("\n| `snakemake transcribe` with word times | whole | engine's own seconds | more |")
        show("| --- | --- | --- | --- |")
        for prompts in (["none"], everything):
            workflow_overhead(bench, prompts)


def share_of_limit(bench: Bench, prompts: list[str]) -> None:
    """One line: a job from start to end beside its floor, by turns; the median of three rounds."""
    bench.snakemake("process", prompts, ["greedy"])
    rounds = []
    for _ in range(3):
        job, _ = bench.sweep(prompts, ["greedy"])
        floor = bench.peers.floor(1, *(PROMPTS[prompt] for prompt in prompts))
        limit, wider = (floor["encode"] + floor[f"decode {together}"] for together in (8, 16))
        rounds.append((limit / job, job, limit, wider / job))
    (low, *_), (share, job, limit, wide), (high, *_) = sorted(rounds)
    show(
        f"| {minutes(bench):.0f} min, {len(prompts)} prompts | {job:.1f} s | {limit:.1f} s "
        f"| {100 * share:.0f} % ({100 * low:.0f} to {100 * high:.0f}) | {100 * wide:.0f} % |"
    )


def minutes(bench: Bench) -> float:
    """How much speech there is."""
    return sum(one["end"] - one["start"] for one in list_chunks(bench.folder)) / 60


def workflow_overhead(bench: Bench, prompts: list[str]) -> None:
    """One line: the whole target `transcribe` beside the engine's own seconds."""
    bench.snakemake("process", prompts, ["words"])
    for done in ("transcripts", "store/transcripts"):
        shutil.rmtree(bench.folder / "results" / done, ignore_errors=True)
    whole, engine = bench.snakemake("transcribe", prompts, ["words"]), bench.engine_seconds()
    name, more = f"{minutes(bench):.0f} min, {len(prompts)} prompts", 100 * (whole / engine - 1)
    show(f"| {name} | {whole:.1f} s | {engine:.1f} s | {more:.0f} % |")


if __name__ == "__main__":
    main()
