"""The floor that `process.py` compares with: ffmpeg decodes recordings and Silero hears them, once.

.venv/bin/python benchmarks/process_floor.py FILE...
"""

import subprocess
import sys

import numpy as np
from faster_whisper.vad import get_vad_model

from snakescribe.ffmpeg.command import ffmpeg_command


def main() -> None:
    """Do what nobody who cuts recordings at speech can do without, one file after the other."""
    model = get_vad_model()
    for name in sys.argv[1:]:
        plain = ("-ac", "1", "-ar", "16000", "-f", "f32le", "pipe:1")
        command = [ffmpeg_command(), "-v", "error", "-nostdin", "-i", name, *plain]
        decoded = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        samples = np.frombuffer(decoded, np.float32)
        model(np.pad(samples, (0, -len(samples) % 512)))


if __name__ == "__main__":
    main()
