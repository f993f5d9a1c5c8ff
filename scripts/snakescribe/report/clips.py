"""Chunk files -> small audio clips that a page carries inside itself."""

import base64
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile

import ffmpeg
from snakescribe.errors import UserError
from snakescribe.ffmpeg.command import FFmpegError, run_graph
from snakescribe.ffmpeg.stored import StoredSounds, read_chunk
from snakescribe.notices import Kind, notify
from snakescribe.tables import Row

# MP3, as every browser plays it; 32 kbit/s is 4 kB a second, plenty for 16 kHz mono speech.
BITRATE = "32k"


def encode_clip(path: Path) -> bytes:
    """An audio file -> the bytes of a 16 kHz mono MP3; empty where it cannot be read."""
    graph = ffmpeg.input(f"file:{path}", protocol_whitelist="file")["a:0"].output(
        "pipe:1", format="mp3", ac=1, ar=16000, audio_bitrate=BITRATE,
        map_metadata=-1, fflags="+bitexact", write_xing=0, id3v2_version=0,
    )  # fmt: skip
    with TemporaryFile() as target:
        try:
            run_graph(graph, stdout=target)
        except FFmpegError as error:
            notify(Kind.CLIP_MISSING, f"no clip: {error}", source=str(path))
            return b""
        target.seek(0)
        return target.read()


@dataclass
class ClipBox:
    """Makes clips until `budget` bytes of page are used up; `left_out` counts the rest."""

    budget: int
    sounds: StoredSounds
    left_out: int = 0
    _made: dict[str, str] = field(default_factory=dict)

    def data_uri(self, variant: str, chunk: Row) -> str:
        """A chunk in a variant -> its data URI; empty where it is unreadable or too much."""
        pcm_md5 = chunk["pcm_md5"]
        if pcm_md5 not in self._made:
            data = base64.b64encode(self._encode(variant, chunk)).decode()
            if len(data) > self.budget:
                self.left_out += 1
                return ""
            self.budget -= len(data)
            self._made[pcm_md5] = f"data:audio/mpeg;base64,{data}" if data else ""
        return self._made[pcm_md5]

    def _encode(self, variant: str, chunk: Row) -> bytes:
        try:
            read_chunk(chunk, partial(self.sounds.mend_chunk, variant))
        except UserError as error:
            notify(Kind.CLIP_MISSING, f"no clip: {error}", source=chunk["audio"])
            return b""
        return encode_clip(Path(chunk["audio"]))
