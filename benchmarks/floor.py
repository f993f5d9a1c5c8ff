"""The bare library on features that are in memory: what a pass could cost at the least.

    floor.py WEIGHTS THREADS BEAMS [PROMPT...]

Called by transcribe.py; reads chunks ([path, MD5, seconds]) as JSON, prints seconds as JSON. All
chunks are encoded once and decoded under each prompt (an empty one if none is given), 8 together as
libraries have it, and 16 together as the engine has it with weights as small as these. Workers and
allocator are those of the engine; nothing is read, aligned, judged or written.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path

from snakescribe.allocator import keep_freed_memory

keep_freed_memory()

import numpy as np  # noqa: E402
from ctranslate2 import StorageView  # noqa: E402
from faster_whisper import WhisperModel  # noqa: E402

from snakescribe.ffmpeg.flac import read_flac  # noqa: E402
from snakescribe.transcribe.batches import plan_batches  # noqa: E402
from snakescribe.transcribe.engines.workers import divide_threads  # noqa: E402


def main() -> None:
    """Encode all chunks once and decode them under each prompt."""
    weights, threads, beams = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    prompts = sys.argv[4:] or [""]
    workers, each = divide_threads(threads)
    whisper = WhisperModel(
        weights, device="cpu", compute_type="int8", cpu_threads=each, num_workers=workers
    )
    chunks = [
        {
            "audio": path,
            "pcm_md5": md5,
            "start": 0.0,
            "end": seconds,
            "recording": "",
            "number": number,
        }
        for number, (path, md5, seconds) in enumerate(json.load(sys.stdin))
    ]
    features = []
    for batch in plan_batches(chunks, batch_size=1, trim_windows=False):  # 8 chunks in each
        samples = round(batch.window_seconds * 16000)
        audio = [
            read_flac(Path(chunk["audio"]), chunk["pcm_md5"])[:samples] for chunk in batch.chunks
        ]
        padded = [np.pad(one, (0, samples - len(one))) for one in audio]
        features.append(np.stack([whisper.feature_extractor(one, padding=0) for one in padded]))

    def begin_with(prompt: str) -> list[int]:
        # startofprev, startoftranscript, notimestamps of an English-only model
        before = [50360, *whisper.hf_tokenizer.encode(f" {prompt}").ids] if prompt else []
        return [*before, 50257, 50362]

    def encode(part: np.ndarray) -> np.ndarray:
        return np.array(whisper.model.encode(StorageView.from_array(part), to_cpu=True))

    def decode(states: np.ndarray, start: list[int]) -> None:
        view = StorageView.from_array(states)
        whisper.model.generate(view, [start] * len(states), beam_size=beams)

    seconds = {}
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(encode, features[:1]))
        begin = time.perf_counter()
        encoded = list(pool.map(encode, features))
        seconds["encode"] = time.perf_counter() - begin
        states = np.concatenate(encoded)
        for together in (8, 16):
            parts = [states[start : start + together] for start in range(0, len(states), together)]
            begin = time.perf_counter()
            for prompt in prompts:
                list(pool.map(decode, parts, repeat(begin_with(prompt))))
            seconds[f"decode {together}"] = time.perf_counter() - begin
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()
