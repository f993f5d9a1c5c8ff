"""Folders with transcripts as LibriSpeech has them: ``1688-142285.trans.txt`` beside the audio.

Source: https://www.openslr.org/12, README; a line is the id of an utterance and its words.
"""

from collections.abc import Iterator
from pathlib import Path

from snakescribe.acquire.sources.files import find_audio
from snakescribe.acquire.sources.kaldi import NO_AUDIO
from snakescribe.acquire.sources.listing import Found, Skipped
from snakescribe.user_tables import UserRow, read_user_text

ENDING = ".trans.txt"


def read_librispeech(path: Path) -> Iterator[Found | Skipped]:
    """A folder with such transcripts anywhere below it, or one of them -> the utterances.

    The speaker is the first part of an id. Audio beside a transcript that has no line of it is a
    recording without a reference.

    Raises:
        UserError: a line without words, or an id that stands there twice.
    """
    files = [path] if path.is_file() else sorted(path.rglob(f"*{ENDING}"))
    for file in files:
        audio = {sound.stem: sound for sound in find_audio(str(file.parent))}
        seen: dict[str, int] = {}
        for number, line in enumerate(read_user_text(file).split("\n"), start=1):
            name, _, words = line.strip().partition(" ")
            if not name:
                continue
            row = UserRow(file, number, {})
            if not words.strip():
                raise row.fail(f"'{name}' has no words; a line is an id and what was said")
            if name in seen:
                raise row.fail(f"'{name}' stands in line {seen[name]} already")
            seen[name] = number
            if name in audio:
                yield _found(name, audio[name], words.strip())
            else:
                yield Skipped(name, NO_AUDIO)
        rest = (sound for name, sound in audio.items() if name not in seen)
        yield from (_found(sound.stem, sound, "") for sound in rest if sound.parent == file.parent)


def _found(name: str, sound: Path, words: str) -> Found:
    speaker = name.partition("-")[0] if "-" in name else ""
    return Found(
        identity=f"id:{name}",
        id=name,
        kind="file",
        locator=str(sound),
        speaker=speaker,
        reference=words,
    )
