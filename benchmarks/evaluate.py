"""What scoring and comparing cost: made-up transcripts of English-like text.

    .venv/bin/python benchmarks/evaluate.py [REFERENCE WORDS] [CONDITIONS] [text] [utterances]

With `text`, transcripts have no words with times and probabilities. With `utterances`, recordings
are one chunk of 15 words each, instead of half an hour.

All default metrics under both default normalisers, 10,000 replicates. Wanted, for 1,000,000 words
and 50 conditions on 2 cores: less than 90 s and 4 GB.
"""

import os
import random
import sys
import tempfile
import time
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from snakescribe.config.block import as_json
from snakescribe.config.experiments import expand_experiments
from snakescribe.tables import CHUNKS, ITEMS, PLANS, RECORDINGS, TRANSCRIPTS, Row, write_table
from snakescribe.workflow.check import check_config
from snakescribe.workflow.params import compare_params, score_params

WORDS_PER_CHUNK = 75
CHUNK_SECONDS = 28.0
ERROR_RATE = 0.12
COMMON = """
    the of and to a in that it is was i you for on he be with as not this but they have at had his
    are from or we she an there her one were all their which so if out up what when been who can
    more no him into time only some could my than first other then do it's don't i'm that's we're
    didn't gonna um uh two three twenty five hundred mr. second half 1990 $20 50% colour
"""
TABLES = (
    "conditions", "comparisons", "metrics", "factors", "strata", "calibration", "terms", "errors",
    "suspects", "combinations", "repeats",
)  # fmt: skip


class Shape(NamedTuple):
    """How the words of a corpus are divided."""

    words_per_chunk: int
    chunks_per_recording: int
    recordings_per_shard: int


TALKS, UTTERANCES = Shape(WORDS_PER_CHUNK, 66, 10), Shape(15, 1, 2000)


class Speaker:
    """Says words with the frequencies of a language, and hears them with errors."""

    def __init__(self) -> None:
        self._random = random.Random(1)
        syllables = [one + two for one in "bdfgklmnprstvz" for two in "aeiou"]
        rare = ("".join(self._random.choices(syllables, k=3)) for _ in range(30_000))
        self._words = [*COMMON.split(), *dict.fromkeys(rare)]
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(self._words))))

    def say(self, count: int) -> list[str]:
        """A number -> that many words, with some commas, full stops and capitals."""
        words = self._random.choices(self._words, cum_weights=self._weights, k=count)
        for place in range(0, count - 1, self._random.randint(7, 15)):
            words[place] += self._random.choice(",.?")
            words[place + 1] = words[place + 1].capitalize()
        return words

    def hear(self, said: list[str]) -> list[str]:
        """Words -> the same with substitutions, deletions and insertions."""
        heard: list[str] = []
        for word in said:
            chance = self._random.random() / ERROR_RATE
            if chance > 1:
                heard.append(word)
            elif chance > 0.3:
                heard += self.say(1 if chance > 0.45 else 2)
        return heard


def write_results(
    folder: Path, words: int, prompts: list[str], timed: bool, shape: Shape = TALKS
) -> None:
    """Write the tables that scoring reads."""
    speaker = Speaker()
    chunks = -(-words // shape.words_per_chunk)
    recordings = [f"r{number:05d}" for number in range(-(-chunks // shape.chunks_per_recording))]
    shards = [
        recordings[start : start + shape.recordings_per_shard]
        for start in range(0, len(recordings), shape.recordings_per_shard)
    ]
    items = []
    for number, members in enumerate(shards):
        shard = f"s{number:05d}"
        plans, cut, transcripts = [], [], []
        for recording in members:
            count = min(chunks, shape.chunks_per_recording)
            chunks -= count
            said = [speaker.say(shape.words_per_chunk) for _ in range(count)]
            text = " ".join(word for part in said for word in part)
            items.append(_item(recording, shard, text))
            spans = [[30.0 * place, 30.0 * place + CHUNK_SECONDS] for place in range(count)]
            plans.append(
                _ok(
                    recording, seconds=30.0 * count, speech=spans, chunks=spans, cuts=count - 1,
                    loud_cuts=[],
                )
            )  # fmt: skip
            for place, (start, end) in enumerate(spans):
                chunk = f"{recording}-{place:04d}"
                cut.append(_chunk(chunk, recording, place, start, end))
                for prompt in prompts:
                    heard = speaker.hear(said[place])
                    row = _transcript(chunk, recording, prompt, start, heard)
                    transcripts.append(row if timed else {**row, "words": []})
        for table, path, rows in (
            (RECORDINGS, f"recordings/{shard}.tsv", [_acquired(one) for one in members]),
            (PLANS, f"plans/{shard}.tsv", plans),
            (CHUNKS, f"chunks/raw/{shard}.tsv", cut),
            (TRANSCRIPTS, f"transcripts/m.raw/{shard}.parquet", transcripts),
        ):
            write_table(table, folder / path, rows)
    write_table(ITEMS, folder / "items.tsv", items)


def _ok(recording: str, **fields: Any) -> Row:
    return {"recording": recording, "status": "ok", "reason": None, **fields}


def _item(recording: str, shard: str, reference: str) -> Row:
    return {
        "recording": recording, "shard": shard, "source": "table", "kind": "file",
        "locator": f"{recording}.wav", "start": None, "end": None, "title": None,
        "language": "en", "speaker": None, "reference": reference, "reference_file": None,
        "context": {},
    }  # fmt: skip


def _acquired(recording: str) -> Row:
    nothing = dict.fromkeys(RECORDINGS.names)
    return nothing | _ok(recording, audio="x.wav", sha256="0", bytes=1, seconds=1.0, captions=[])


def _chunk(chunk: str, recording: str, number: int, start: float, end: float) -> Row:
    return {
        "chunk": chunk, "recording": recording, "number": number, "start": start, "end": end,
        "speech_seconds": 25.0, "speech_share": 0.9, "snr_db": 5.0 * (number % 6),
        "wada_snr_db": None, "peak_dbfs": -3.0, "clipped_share": 0.0, "bandwidth_hz": 8000.0,
        "loudness_lufs": -23.0, "processed_to_raw_db": 0.0, "audio": "x.flac", "pcm_md5": "0",
    }  # fmt: skip


def _transcript(chunk: str, recording: str, prompt: str, start: float, heard: list[str]) -> Row:
    step = CHUNK_SECONDS / max(len(heard), 1)
    text = " ".join(heard)
    return {
        "chunk": chunk, "recording": recording, "prompt": prompt, "decoding": "d",
        "repeat": 1, "text": text, "language": "en",
        "segments": [
            {
                "start": start, "end": start + CHUNK_SECONDS, "text": text, "tokens": len(heard),
                "avg_logprob": -0.3, "no_speech_prob": 0.0, "compression_ratio": 1.5,
                "temperature": 0.0, "speaker": None,
            }
        ],
        "words": [
            {
                "start": round(start + step * place, 2), "end": round(start + step * place, 2),
                "text": word, "spaced": place > 0,
                "probability": 0.5 + crc32(word.encode()) % 500 / 1000,
            }
            for place, word in enumerate(heard)
        ],
        "flags": [], "tries": 1, "prompt_text": "", "prompt_tokens": 0, "prompt_kept": [],
        "prompt_dropped": [], "prompt_truncated": False, "audio_seconds": CHUNK_SECONDS,
        "feature_seconds": 0.1, "encode_seconds": 0.2, "decode_seconds": 0.7,
        "run": {"load_seconds": 2.5, "peak_memory_mb": 300},
    }  # fmt: skip


def make_settings(prompts: list[str]) -> tuple[str, str]:
    """The settings that the workflow would pass to both steps, as JSON."""
    config = check_config(
        {
            "results": "x",
            "recordings": [{"source": "folder", "path": "talks/*"}],
            "models": {"m": {"weights": "tiny.en"}},
            "audio": {"raw": []},
            "prompts": dict.fromkeys(prompts, ""),
            "decoding": {"d": {}},
            "experiments": {"e": {"factors": {"prompt": prompts}}},
        },
        "benchmark",
    )
    experiment = expand_experiments(config)["e"]
    return as_json(score_params(config, experiment)), as_json(compare_params(config, experiment))


def measure(name: str, words: int, *arguments: str) -> float:
    """Run `snakescribe evaluate`; print time, processor time and memory -> processor time."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "snakescribe", "evaluate", *arguments]
    process = os.spawnv(os.P_NOWAIT, sys.executable, command)
    _, status, usage = os.wait4(process, 0)
    if status:
        sys.exit(f"{name} failed")
    wall, cpu = time.perf_counter() - began, usage.ru_utime + usage.ru_stime
    print(
        f"{name}: {wall:.1f} s, {cpu:.1f} s of processor time, {words / wall:,.0f} words/s, "
        f"{1e6 * cpu / words:.2f} us a word, {usage.ru_maxrss / 1e6:.2f} GB"
    )
    return cpu


def measure_plainly(sample: int = 1000) -> float:
    """The same with the packages alone, text by text -> processor seconds a word.

    Both normalisers as their package has them, and jiwer's counts of words and of characters.
    """
    import jiwer
    from whisper_normalizer.basic import BasicTextNormalizer
    from whisper_normalizer.english import EnglishTextNormalizer

    speaker = Speaker()
    spoken = [speaker.say(WORDS_PER_CHUNK) for _ in range(sample)]
    pairs = [(" ".join(said), " ".join(speaker.hear(said))) for said in spoken]
    began = time.process_time()
    for normalise in (EnglishTextNormalizer(), BasicTextNormalizer()):
        for reference, hypothesis in pairs:
            texts = normalise(reference), normalise(hypothesis)
            jiwer.process_words(*texts)
            jiwer.process_characters(*texts)
    return (time.process_time() - began) / (sample * WORDS_PER_CHUNK)


def main() -> None:
    """Measure and print."""
    words = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    conditions = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    timed = "text" not in sys.argv
    shape = UTTERANCES if "utterances" in sys.argv else TALKS
    prompts = [f"p{number:02d}" for number in range(conditions)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_results(folder, words, prompts, timed, shape)
        to_score, to_compare = make_settings(prompts)
        scores = str(folder / "chunks.parquet")
        kind = "words timed" if timed else "text alone"
        print(f"evaluate {words:,} words x {conditions} conditions, two normalisers, {kind}")
        ours = measure(
            "score", words * conditions, "score", "--results", name, "--settings", to_score,
            "--threads", "2", "--output", scores,
        )  # fmt: skip
        measure(
            "compare", words * conditions, "compare", "--scores", scores, "--settings", to_compare,
            "--threads", "2",
            *(part for one in TABLES for part in (f"--{one}", str(folder / f"{one}.csv"))),
        )  # fmt: skip
        plainly = measure_plainly() * words * conditions
        print(
            "the packages alone, text by text (both normalisers, jiwer's words and characters; a "
            f"sample): {plainly:,.0f} s of processor time, {plainly / ours:.1f} times as much"
        )


if __name__ == "__main__":
    main()
