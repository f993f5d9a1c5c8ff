"""A recogniser that needs no GPU but tells which one it was given: `recognise.py {audio}`.

It writes words that depend on the samples alone. Each call leaves a line in `calls.tsv`: Slurm's
job, its device, when it began and ended, the audio's digest. Where a file `slow*` holds a number of
seconds, the first call that sees it makes `taken*` of its name and takes that much longer.
"""

import hashlib
import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

WORDS = [
    "the",
    "herons",
    "win",
    "again",
    "tonight",
    "museum",
    "opens",
    "its",
    "clock",
    "at",
    "nine",
]

audio = hashlib.sha256(Path(sys.argv[1]).read_bytes()).hexdigest()
begin = time.time()
for slow in sorted(Path().glob("slow*")):
    with suppress(FileNotFoundError):
        seconds = float(slow.read_text(encoding="ascii"))
        slow.rename(slow.name.replace("slow", "taken"))  # one of two fails here
        time.sleep(seconds)
        break
time.sleep(0.5)
job, device = os.environ.get("SLURM_JOB_ID", ""), os.environ.get("CUDA_VISIBLE_DEVICES", "")
line = f"{job}\t{device}\t{begin:.3f}\t{time.time():.3f}\t{audio}\n"
with Path("calls.tsv").open("a", encoding="ascii") as stream:
    stream.write(line)
picks = [int(audio[place : place + 2], 16) % len(WORDS) for place in range(0, 24, 2)]
print(json.dumps({"text": " ".join(WORDS[pick] for pick in picks)}))
