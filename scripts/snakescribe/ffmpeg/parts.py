"""A part of a sound file -> a file of its own, with the same channels and sample rate."""

from pathlib import Path

import ffmpeg
from snakescribe.ffmpeg.command import run_graph
from snakescribe.ffmpeg.probe import open_audio
from snakescribe.store import replacing

# Containers with an index, or samples of one size: others are searched by a guess of the bit rate,
# and therefore decoded from their beginning.
_EXACT = frozenset(
    {"wav", "flac", "aiff", "w64", "caf", "au", "nistspheres", "ogg", "mov", "mp4", "matroska"}
)


def cut_part(source: Path, start: float, end: float, target: Path) -> None:
    """A media file and a span of it (s) -> its first audio stream there, as FLAC, all or nothing.

    A span that goes beyond the end gives what there is. The same bytes each time.

    Raises:
        FFmpegError: it cannot be read, or there is no sound in this span.
        OSError: it cannot be written.
    """
    with open_audio(source) as (container, _):
        exact = not _EXACT.isdisjoint(container.format.name.split(","))
    sought = {"ss": f"{start:.6f}"} if exact else {}
    stream = ffmpeg.input(f"file:{source}", threads=1, protocol_whitelist="file", **sought)["a:0"]
    if not exact:
        stream = stream.filter("atrim", start=f"{start:.6f}").filter("asetpts", "PTS-STARTPTS")
    with replacing(target) as part:
        graph = stream.output(
            str(part),
            acodec="flac",
            format="flac",
            t=f"{end - start:.6f}",
            bitexact=None,
            threads=1,
        )
        run_graph(graph.global_args("-map_metadata", "-1"))
