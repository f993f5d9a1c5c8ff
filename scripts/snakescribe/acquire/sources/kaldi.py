"""A data folder of Kaldi -> recordings: `wav.scp`, and where there are any `segments`, `text`,
`utt2spk` and `utt2lang` (https://kaldi-asr.org/doc/data_prep.html)."""

import shlex
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from snakescribe.acquire.sources.listing import Found, Part, Skipped
from snakescribe.acquire.sources.rows import find_file, is_url
from snakescribe.user_tables import UserRow, read_user_text

NO_AUDIO = "a transcript without audio"
# Programs that only unpack what ffmpeg reads as well: what they are given is the file.
_UNPACKERS = frozenset({"cat", "flac", "sph2pipe"})
_HEAD_LINES = 1000
_FLAGS = frozenset({"-c", "-d", "-s", "-f", "-p", "wav", "rif", "--decode", "--stdout", "--silent"})


def read_kaldi(folder: Path) -> Iterator[Found | Skipped]:
    """A data folder -> its utterances, which are whole recordings where there are no `segments`.

    Ids are those of the utterances. Texts of utterances without audio are skipped.

    Raises:
        UserError: a malformed line, a command in `wav.scp` that is more than a file unpacked, a
            segment of an unknown recording.
    """
    files = {row.first("id"): _audio(row) for row in _pairs(folder / "wav.scp")}
    texts, speakers, languages = (
        {row.first("id"): row.first("rest") for row in _pairs(folder / name)}
        for name in ("text", "utt2spk", "utt2lang")
    )
    listed = set()
    for name, file, part in _utterances(folder, files):
        listed.add(name)
        yield Found(
            identity=f"id:{name}",
            id=name,
            kind="url" if is_url(file) else "file",
            locator=file,
            part=part,
            language=languages.get(name, ""),
            speaker=speakers.get(name, ""),
            reference=texts.get(name, ""),
        )
    yield from (Skipped(name, NO_AUDIO) for name in texts if name not in listed)


def check_kaldi(folder: Path) -> None:
    """Raise UserError where the first lines of `wav.scp` have none of the files that are read."""
    for row in islice(_pairs(folder / "wav.scp"), _HEAD_LINES):
        _audio(row)


def _utterances(folder: Path, files: dict[str, str]) -> Iterator[tuple[str, str, Part | None]]:
    """Utterances with their files and where they lie in them."""
    if not (folder / "segments").is_file():
        yield from ((name, file, None) for name, file in files.items())
        return
    for row in _pairs(folder / "segments"):
        recording, *times = row.first("rest").split()
        if recording not in files:
            raise row.fail(f"the recording '{recording}' is not in wav.scp")
        try:
            start, end = map(float, times[:2])
        except ValueError:
            start = end = -1
        if start < 0 or not start < end:
            raise row.fail(
                "a segment is an utterance, its recording, and the seconds where it begins and "
                f"ends, not '{row.first('rest')}'"
            )
        yield row.first("id"), files[recording], Part(start, end)


def _pairs(path: Path) -> Iterator[UserRow]:
    """A file of Kaldi -> its lines as an `id` and the `rest`; none where there is no such file."""
    if not path.is_file():
        return
    seen: dict[str, int] = {}
    for number, line in enumerate(read_user_text(path).split("\n"), start=1):
        name, _, rest = line.strip().replace("\t", " ").partition(" ")
        row = UserRow(path, number, {"id": name, "rest": rest.strip()})
        if name in seen:
            raise row.fail(f"'{name}' stands in line {seen[name]} already")
        if name:
            seen[name] = number
            yield row


def _audio(row: UserRow) -> str:
    """A line of `wav.scp` -> the file, or the address, that it names."""
    written = row.first("rest")
    if written.endswith("|"):
        written = _unpacked(row, written)
    elif written.rpartition(":")[2].isdigit() and ".ark:" in written:
        raise row.fail("an archive of Kaldi is not read; write the path of a sound file")
    if not written:
        raise row.fail("no path behind the recording's id")
    return written if is_url(written) else str(find_file(written, row.path))


def _unpacked(row: UserRow, command: str) -> str:
    """``flac -c -d -s a.flac |`` and its like -> the file: ffmpeg unpacks it, nothing is run."""
    try:
        program, *arguments = shlex.split(command.rstrip("| "))
    except ValueError:
        program, arguments = "", []
    files = [argument for argument in arguments if argument not in _FLAGS]
    if Path(program).name not in _UNPACKERS or len(files) != 1 or files[0].startswith("-"):
        raise row.fail(
            f"commands are not run, and this one is more than a file unpacked: {command[:80]}; "
            "run it, and write the path of what it makes"
        )
    return files[0]
