"""Manifests as people have them are sources as they are; recordings may be parts of files."""

import gzip
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from acquire_steps import run_cli
from imageio_ffmpeg import get_ffmpeg_exe

from snakescribe.acquire.fields import has_references, listed_fields
from snakescribe.acquire.inputs import (
    describe_tables,
    find_input_problems,
    find_input_warnings,
)
from snakescribe.config.acquire import Acquire
from snakescribe.config.sources import TableSource
from snakescribe.errors import UserError
from snakescribe.ffmpeg.samples import decode
from snakescribe.tables import SOURCES, Row, read_table
from snakescribe.workflow.fingerprints import listing_fingerprint
from snakescribe.workflow.read import read_run

Resolve = Callable[..., list[Row]]
Rows = list[tuple[Any, ...]]
COLUMNS = ("recording", "locator", "start", "end", "speaker", "language", "reference")


def taken(rows: list[Row]) -> Rows:
    return [tuple(row[column] for column in COLUMNS) for row in rows]


def lines(*rows: object) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def write(files: dict[str, str]) -> None:
    for name, text in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        raw = text.encode()
        path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)


def recording(name: str, seconds: float = 20.0, **more: Any) -> dict[str, Any]:
    """A recording of Lhotse: what `Recording.to_dict` gives."""
    source = {"type": "file", "channels": [0], "source": f"wav/{name}.wav"}
    return {
        "id": name, "sources": [source], "sampling_rate": 16000, "channel_ids": [0],
        "num_samples": round(seconds * 16000), "duration": seconds, **more,
    }  # fmt: skip


def supervision(name: str, start: float, seconds: float, text: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "recording_id": "r1", "start": start, "duration": seconds, "channel": 0,
            "text": text, "language": "en", "speaker": "ann", **more}  # fmt: skip


CUTS = lines(
    {"id": "c1", "start": 0, "duration": 20.0, "channel": 0, "type": "MonoCut",
     "recording": recording("r1"), "supervisions": [
         supervision("s2", 5, 2, "there", speaker="bo"), supervision("s1", 1, 2, "hello")]},
    {"id": "c2", "start": 4.5, "duration": 2.25, "channel": 0, "type": "MonoCut",
     "recording": recording("r1"), "supervisions": [supervision("s3", 0, 2, "again")]},
)  # fmt: skip
CUT_ROWS: Rows = [
    ("c1", "d/wav/r1.wav", None, None, "ann, bo", "en", "hello there"),
    ("c2", "d/wav/r1.wav", 4.5, 6.75, "ann", "en", "again"),
]
NEMO: Rows = [
    ("r1", "d/wav/r1.wav", None, None, None, None, "hello there"),
    ("r1-0000150-0000325", "d/wav/r1.wav", 1.5, 3.25, "ann", "en", "there"),
]
NEMO_ROWS = (
    {"audio_filepath": "wav/r1.wav", "text": "hello there", "duration": 20.0},
    {"audio_filepath": "wav/r1.wav", "text": "there", "offset": 1.5, "duration": 1.75,
     "speaker": "ann", "lang": "en", "noise": "low"},
)  # fmt: skip
SPEECH = {
    "d/wav.scp": "r1 wav/r1.wav\nr2 flac -c -d -s d/wav/r2.flac |\n",
    "d/text": "u1 hello there\nu2 again\nu9 nobody said it\n",
    "d/utt2spk": "u1 ann\nu2\tbo\n",
    "d/utt2lang": "u2 de\n",
}
# What a user has, the path in the config, what is taken of it, and what the check says.
MANIFESTS: dict[str, tuple[dict[str, str], str, Rows, str]] = {
    "NeMo": (
        {"d/train.json": lines(*NEMO_ROWS)}, "d/train.json", NEMO,
        "a NeMo manifest, 2 rows: audio = audio_filepath; reference = text; fields: duration",
    ),
    "NeMo, packed": (
        {"d/train.jsonl.gz": lines(*reversed(NEMO_ROWS))}, "d/train.jsonl.gz", NEMO[::-1],
        "a NeMo manifest, 2 rows: audio = audio_filepath; language = lang; speaker; reference = "
        "text; where it begins and how long it is = offset and duration; fields: noise",
    ),
    "AudioFolder": (
        {"d/metadata.csv": "file_name,transcription,speaker_id\nwav/r1.wav,hello,ann\n"}, "d",
        [("r1", "d/wav/r1.wav", None, None, "ann", None, "hello")],
        "a table of Hugging Face's AudioFolder, 1 row: audio = file_name; speaker = speaker_id; "
        "reference = transcription",
    ),
    "AudioFolder, its table": (
        {"d/metadata.jsonl": lines({"file_name": "wav/r1.wav", "text": "hello", "x": 1})},
        "d/metadata.jsonl", [("r1", "d/wav/r1.wav", None, None, None, None, "hello")],
        "a table of Hugging Face's AudioFolder, 1 row: audio = file_name; reference = text; "
        "fields: x",
    ),
    "a table with transcripts under their usual name": (
        {"d/t.csv": "Path,Transcription,Notes\nwav/r1.wav,hello there,loud\n"}, "d/t.csv",
        [("r1", "d/wav/r1.wav", None, None, None, None, "hello there")],
        "table, 1 row: audio = path; reference = transcription; fields: Notes",
    ),
    "a table whose text is context": (
        {"d/t.csv": "audio,reference,text\nwav/r1.wav,hello there,x\n"}, "d/t.csv",
        [("r1", "d/wav/r1.wav", None, None, None, None, "hello there")],
        "table, 1 row: audio; reference; fields: text",
    ),
    "Common Voice": (
        {"d/train.tsv": "client_id\tpath\tsentence\tage\tlocale\n"
                        "ann\tr1.mp3\tHe said \"no\" twice.\ttwenties\ten\n",
         "d/clips/r1.mp3": ""}, "d/train.tsv",
        [("r1", "d/clips/r1.mp3", None, None, "ann", "en", 'He said "no" twice.')],
        "a Common Voice table, 1 row: audio = path; language = locale; speaker = client_id; "
        "reference = sentence; fields: age",
    ),
    "Kaldi": (
        {**SPEECH, "d/text": "r1 hello there\nr2 again\nu9 x\n", "d/utt2spk": "r1 ann\nr2\tbo\n",
         "d/utt2lang": "r2 de\n"}, "d",
        [("r1", "d/wav/r1.wav", None, None, "ann", None, "hello there"),
         ("r2", "d/wav/r2.flac", None, None, "bo", "de", "again")],
        "a data folder of Kaldi: wav.scp, text, utt2spk, utt2lang",
    ),
    "Kaldi with segments": (
        {**SPEECH, "d/segments": "u1 r1 0.50 2.75\nu2 r2 3 4.5\nu3 r1 5 6 \n"}, "d/wav.scp",
        [("u1", "d/wav/r1.wav", 0.5, 2.75, "ann", None, "hello there"),
         ("u2", "d/wav/r2.flac", 3.0, 4.5, "bo", "de", "again"),
         ("u3", "d/wav/r1.wav", 5.0, 6.0, None, None, None)],
        "a data folder of Kaldi: wav.scp, segments, text, utt2spk, utt2lang",
    ),
    "Lhotse, cuts": ({"d/x.jsonl": CUTS}, "d/x.jsonl", CUT_ROWS, "cuts of Lhotse: x.jsonl"),
    "Lhotse, packed cuts": (
        {"d/cuts.jsonl.gz": CUTS}, "d", CUT_ROWS, "cuts of Lhotse: cuts.jsonl.gz"),
    "Lhotse, supervisions": (
        {"d/libri_recordings_dev.jsonl.gz": lines(recording("r1"), recording("r2")),
         "d/libri_supervisions_dev.jsonl.gz": lines(
             supervision("s1", 0, 20.0, "hello"), supervision("s2", 2, 1, "there", speaker="bo"),
             supervision("s3", 2, 1, "x", recording_id="gone"))}, "d",
        [("s1", "d/wav/r1.wav", None, None, "ann", "en", "hello"),
         ("s2", "d/wav/r1.wav", 2.0, 3.0, "bo", "en", "there"),
         ("r2", "d/wav/r2.wav", None, None, None, None, None)],
        "recordings and supervisions of Lhotse: libri_recordings_dev.jsonl.gz, "
        "libri_supervisions_dev.jsonl.gz",
    ),
    "LibriSpeech": (
        {"d/16/12/16-12.trans.txt": "16-12-0000 HELLO THERE\n16-12-0001 AGAIN\n16-12-0009 X\n",
         "d/16/12/16-12-0000.flac": "", "d/16/12/16-12-0001.flac": "",
         "d/16/12/16-12-0002.flac": "", "d/READERS.TXT": ""}, "d",
        [("16-12-0000", "d/16/12/16-12-0000.flac", None, None, "16", None, "HELLO THERE"),
         ("16-12-0001", "d/16/12/16-12-0001.flac", None, None, "16", None, "AGAIN"),
         ("16-12-0002", "d/16/12/16-12-0002.flac", None, None, "16", None, None)],
        "transcripts of LibriSpeech: *.trans.txt",
    ),
    "a table": (
        {"d/t.csv": "sep=;\nID;Audio;Text;Team\n1;wav/r1.wav;x;Reds\n"}, "d/t.csv",
        [("1", "d/wav/r1.wav", None, None, None, None, None)],
        "table, 1 row: audio; id; fields: Text, Team",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_is_a_source_as_it_is(place: Path, resolve: Resolve, name: str) -> None:
    files, path, rows, described = MANIFESTS[name]
    write({"d/wav/r1.wav": "", "d/wav/r2.wav": "", "d/wav/r2.flac": "", **files})
    source = TableSource(source="table", path=path)
    assert list(find_input_problems({0: source}, {})) == []
    assert list(describe_tables([source])) == [f"recordings.0.path: {path}: {described}"]
    assert has_references(source, Acquire(caption_languages=[])) == (name != "a table")
    items = resolve({"source": "table", "path": path})
    assert taken(items) == rows
    known = listed_fields([source], [])
    if known.complete:
        used = {field for item in items for field in item["context"]}
        assert used <= known.names
    [row] = read_table(SOURCES, place / "results" / "sources.tsv")
    assert row["taken"] == len(rows)
    assert row["listed"] == len(rows) + sum(row["skipped"].values())
    assert taken(resolve({"source": "table", "path": path})) == rows


def test_what_lacks_audio_is_counted(place: Path, resolve: Resolve) -> None:
    for name in ("Kaldi", "LibriSpeech", "Lhotse, supervisions"):
        files, path, _, _ = MANIFESTS[name]
        write({f"{name}/{file}": text for file, text in files.items()})
        (place / name / "d/wav").mkdir(exist_ok=True)
        resolve({"source": "table", "path": f"{name}/{path}"})
        [row] = read_table(SOURCES, place / "results" / "sources.tsv")
        assert row["skipped"] == {"a transcript without audio": 1}, name


def test_a_reference_named_by_the_file_is_of_none_of_its_parts(
    place: Path, resolve: Resolve
) -> None:
    (place / "texts").mkdir()
    for name in ("r1", "u2"):
        (place / "texts" / f"{name}.txt").write_text(name, encoding="utf-8")
    write({**SPEECH, "d/text": "", "d/segments": "u1 r1 0 1\nu2 r1 1 2\n"})
    rows = resolve({"source": "table", "path": "d", "references": "texts"})
    assert [row["reference_file"] for row in rows] == [None, "texts/u2.txt"]


def test_durations_of_manifests_are_those_that_filters_know(place: Path, resolve: Resolve) -> None:
    write({"d/m.jsonl": lines(*NEMO_ROWS)})
    source = {"source": "table", "path": "d/m.jsonl", "match_filters": {"min_seconds": 10}}
    assert [row["recording"] for row in resolve(source)] == ["r1"]
    [row] = read_table(SOURCES, place / "results" / "sources.tsv")
    assert row["skipped"] == {"left out by match_filters: min_seconds": 1}


MISTAKES: dict[str, tuple[dict[str, str], str, str]] = {
    "a command": (
        {"d/wav.scp": "a sox x.wav -t wav - speed 2 |\n"}, "d", "line 1: commands are not run"),
    "two files": ({"d/wav.scp": "a cat x.wav y.wav |\n"}, "d", "line 1: commands are not run"),
    "an archive": ({"d/wav.scp": "a raw.ark:17\n"}, "d", "line 1: an archive of Kaldi is not read"),
    "a line without a path": ({"d/wav.scp": "a\n"}, "d", "line 1: no path"),
    "an id twice": ({"d/wav.scp": "a x\na y\n"}, "d", "line 2: 'a' stands in line 1 already"),
    "an unknown recording": (
        {"d/wav.scp": "a x\n", "d/segments": "u b 0 1\n"}, "d",
        "the recording 'b' is not in wav.scp"),
    "a segment backwards": (
        {"d/wav.scp": "a x\n", "d/segments": "u a 2 1\n"}, "d",
        "line 1: a segment is an utterance"),
    "an offset that is none": (
        {"d/m.json": lines({"audio_filepath": "x.wav", "offset": "soon", "duration": 1})},
        "d/m.json", "line 1: offset and duration are the seconds .* not 'soon' and '1'"),
    "a mixed cut": (
        {"d/c.jsonl": lines({"id": "x", "tracks": [], "type": "MixedCut"})}, "d/c.jsonl",
        "line 1: a cut of the type MixedCut is made by Lhotse"),
    "two channels": (
        {"d/c.jsonl": lines({"id": "x", "start": 0, "duration": 1, "recording": recording(
            "r", sources=[{"type": "file", "channels": [0, 1], "source": "x.wav"}])})},
        "d/c.jsonl", "1 files with 2 channels"),
    "a source that runs": (
        {"d/c.jsonl": lines({"id": "x", "start": 0, "duration": 1, "recording": recording(
            "r", sources=[{"type": "command", "channels": [0], "source": "rm -rf ~"}])})},
        "d/c.jsonl", "a source of the type command is not read"),
    "changes": (
        {"d/c.jsonl": lines({"id": "x", "start": 0, "duration": 1,
                             "recording": recording("r", transforms=[{"name": "Speed"}])})},
        "d/c.jsonl", "`transforms`"),
    "half of a pair": ({"d/recordings.jsonl": lines(recording("r"))}, "d/recordings.jsonl",
                       "recordings.jsonl together with supervisions.jsonl"),
    "no words": ({"d/a.trans.txt": "a-1\n"}, "d", "line 1: 'a-1' has no words"),
    "Common Voice as a whole": ({"d/train.tsv": "x\n"}, "d", "name one of its tables: train.tsv"),
    "just a folder": ({"d/x.wav": ""}, "d", "a folder that is no manifest"),
    "several files of one recording": (
        {"d/m.json": lines({"audio_filepath": ["x.wav", "y.wav"]}), "d/x.wav": ""}, "nowhere.json",
        "no such file|cannot read it"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_what_cannot_be_taken_is_told_with_its_place(resolve: Resolve, name: str) -> None:
    files, path, message = MISTAKES[name]
    write(files)
    with pytest.raises(UserError, match=message):
        resolve({"source": "table", "path": path})


# Read whole by the run alone; and a file that is gone is told by another check.
LATER = {"an unknown recording", "a segment backwards", "several files of one recording"}


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("name", sorted(MISTAKES.keys() - LATER))
def test_the_check_tells_it_before_the_run(name: str) -> None:
    files, path, message = MISTAKES[name]
    write(files)
    source = TableSource(source="table", path=path)
    [problem] = find_input_problems({0: source}, {})
    assert problem.startswith("recordings.0.path: ")
    assert re.search(message, problem)


def test_a_transcript_that_is_a_file_is_no_word(place: Path, resolve: Resolve) -> None:
    write({
        "d/t.csv": "audio,transcript\nr1.wav,refs/r1.srt\nr2.wav,I saw r2.txt\n",
        "d/r1.wav": "", "d/r2.wav": "", "d/refs/r1.srt": "1\n00:00:01,000 --> 00:00:02,000\nhi\n",
    })  # fmt: skip
    source = TableSource(source="table", path="d/t.csv")
    first, second = resolve({"source": "table", "path": "d/t.csv"})
    assert (first["reference"], first["reference_file"]) == (None, "d/refs/r1.srt")
    assert (second["reference"], second["reference_file"]) == ("I saw r2.txt", None)
    [said] = describe_tables([source])
    assert said.endswith("table, 2 rows: audio; reference_file = transcript")
    (place / "d" / "refs" / "r1.srt").unlink()
    [problem] = find_input_problems({0: source}, {})
    assert "line 2: the reference is the name of a file that is not there: refs/r1.srt" in problem


@pytest.mark.usefixtures("place")
def test_words_that_may_be_a_reference_are_told() -> None:
    write({"t.csv": "audio,Text\nr1.wav,hello\n", "r1.wav": "", "d/r1.txt": "hi"})
    [told] = find_input_warnings([TableSource(source="table", path="t.csv")])
    assert "the column `Text` is context, and there is no reference" in told
    source = TableSource(source="table", path="t.csv", references="d")
    assert list(find_input_warnings([source])) == []


def test_config_check_says_what_each_table_is_taken_for(place: Path) -> None:
    write({**MANIFESTS["NeMo"][0], "d/wav/r1.wav": ""})
    config = {
        "results": "results", "recordings": [{"source": "table", "path": "d/train.json"}],
        "models": {"tiny": {"weights": "tiny.en"}}, "experiments": {"one": {}},
    }  # fmt: skip
    (place / "mine.yaml").write_text(json.dumps(config), encoding="utf-8")
    said = run_cli("config", "check", "mine.yaml")
    assert f"note: recordings.0.path: d/train.json: {MANIFESTS['NeMo'][3]}" in said.stderr


def test_an_edit_of_any_file_of_a_corpus_is_seen(place: Path) -> None:
    write(
        {**MANIFESTS["Kaldi"][0], **{f"l/{k}": v for k, v in MANIFESTS["LibriSpeech"][0].items()}}
    )
    for path, file in (
        ("d", "d/text"),
        ("d/wav.scp", "d/utt2spk"),
        ("l", "l/d/16/12/16-12.trans.txt"),
    ):
        (place / "mine.yaml").write_text(
            f"results: r\nrecordings: [{{source: table, path: {path}}}]\n"
            "models: {t: {weights: tiny.en}}\nexperiments: {one: {}}\n",
            encoding="utf-8",
        )
        before = listing_fingerprint(read_run(Path("mine.yaml")))
        Path(file).write_text(Path(file).read_text(encoding="utf-8") + "\n\n", encoding="utf-8")
        assert listing_fingerprint(read_run(Path("mine.yaml"))) != before, file


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten tones of a second each, 300 Hz apart, in several containers; stereo where it can be."""
    folder = tmp_path_factory.mktemp("steps")
    clock = np.arange(10 * 44100) / 44100
    tones = 0.3 * np.sin(2 * np.pi * (300 + 300 * np.floor(clock)) * clock)
    raw = (np.stack([tones, tones], axis=1) * 32767).astype("<i2").tobytes()
    kinds = {"wav": "", "flac": "", "mp3": "-q:a 4", "ogg": "", "m4a": "", "webm": "-c:a libopus",
             "aac": "", "ts": "-f mpegts"}  # fmt: skip
    for kind, options in kinds.items():
        command = [get_ffmpeg_exe(), "-v", "error", "-f", "s16le", "-ar", "44100", "-ac", "2", "-i",
                   "-", *options.split(), str(folder / f"x.{kind}")]  # fmt: skip
        subprocess.run(command, input=raw, check=True, timeout=60)
    return folder


def pitch(path: str) -> list[int]:
    """The loudest frequency of each half second, in steps of 300 Hz."""
    samples, _ = decode(Path(path))
    halves = [samples[at : at + 8000] for at in range(0, len(samples) - 7000, 8000)]
    peaks = [np.argmax(np.abs(np.fft.rfft(half, 8000))) * 16000 / 8000 for half in halves]
    return [round(peak / 300) for peak in peaks]


@pytest.mark.slow
def test_parts_are_cut_at_their_places_in_every_container(
    place: Path, resolve: Resolve, fetch: Callable[..., dict[str, Row]], steps: Path
) -> None:
    names = sorted(path.name for path in steps.iterdir())
    (place / "segments").write_text("", encoding="utf-8")
    (place / "wav.scp").write_text(
        "".join(f"{name} {steps / name}\n" for name in names), encoding="utf-8"
    )
    spans = {"early": (0, 2), "late": (7, 9.5)}
    (place / "segments").write_text(
        "".join(f"{name}-{which} {name} {start} {end}\n" for name in names
                for which, (start, end) in spans.items()), encoding="utf-8",
    )  # fmt: skip
    items = resolve({"source": "table", "path": "wav.scp"})
    assert len(items) == 2 * len(names) == 16
    rows = fetch()
    for item in items:
        row, late = rows[item["recording"]], item["start"] == 7
        assert (row["status"], row["reason"]) == ("ok", None), item
        assert row["seconds"] == pytest.approx(2.5 if late else 2, abs=0.03)
        assert pitch(row["audio"]) == ([8, 8, 9, 9, 10] if late else [1, 1, 2, 2]), item
    before = {row["audio"]: Path(row["audio"]).stat().st_mtime_ns for row in rows.values()}
    assert len(before) == 16
    assert fetch() == rows
    assert {name: Path(name).stat().st_mtime_ns for name in before} == before, "made once"


def test_parts_that_are_not_there_are_told(
    place: Path, resolve: Resolve, fetch: Callable[..., dict[str, Row]], media: Path
) -> None:
    (place / "tone.wav").write_bytes((media / "tone.wav").read_bytes())
    rows = [
        {"audio_filepath": "tone.wav", "offset": start, "duration": seconds}
        for start, seconds in ((0, 5), (0, 20), (18, 5), (20, 1), (30, 1))
    ]
    rows.append({"audio_filepath": "gone.wav", "offset": 1, "duration": 1})
    (place / "m.jsonl").write_text(lines(*rows), encoding="utf-8")
    assert len(resolve({"source": "table", "path": "m.jsonl"})) == 6
    found = list(fetch().values())
    assert sorted(row["status"] for row in found) == ["corrupt"] * 2 + ["missing"] + ["ok"] * 3
    assert [row["audio"] for row in found if row["seconds"] == 20] == ["tone.wav"], "all of it"
    reasons = [row["reason"] for row in found]
    assert "the part from 18 to 23 s of tone.wav is only 2 s long" in reasons
    assert "the part from 30 to 31 s of tone.wav lies behind its end, at 20 s" in reasons


@pytest.mark.slow
def test_a_part_of_a_download(
    place: Path, resolve: Resolve, fetch: Callable[..., dict[str, Row]], media: Path, server: Any
) -> None:
    url = server.serve("/long.mp3", (media / "tone.mp3").read_bytes())
    parts = [
        {"audio_filepath": url, "offset": n, "duration": 2.0, "text": str(n)} for n in (0, 5, 9)
    ]
    (place / "m.jsonl").write_text(lines(*parts), encoding="utf-8")
    items = resolve({"source": "table", "path": "m.jsonl"})
    assert [item["kind"] for item in items] == ["url"] * 3
    rows = fetch()
    assert [row["status"] for row in rows.values()] == ["ok"] * 3
    assert [row["seconds"] for row in rows.values()] == pytest.approx([2.0] * 3, abs=0.05)
    assert len(list((place / "results/store/downloads").glob("*/*/receipt.json"))) == 1
    asked = len(server.log)
    assert fetch() == rows
    assert len(server.log) == asked
