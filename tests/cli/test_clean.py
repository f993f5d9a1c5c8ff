"""`snakescribe clean`: what can be made again goes, what people own stays, a plain run goes on."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from results_folder import ResultsFolder, audio_row, chunk_row, item_row, recording_row
from snakescribe.cli import cli
from snakescribe.errors import UserError
from snakescribe.ffmpeg.command import ffmpeg_program
from snakescribe.results import Results
from snakescribe.workflow.clean.kinds import KINDS, SAFE
from snakescribe.workflow.sole_run import Owner, hold, without_runs


def name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Place:
    """A folder with a config, its recordings, and results such as a run leaves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.results = Results(folder / "results")
        self.config = folder / "study.yaml"
        talk = self.write(folder / "talks" / "talk.wav", 10)
        config = {
            "results": str(self.results.folder),
            "recordings": [{"source": "folder", "path": str(talk.parent)}],
        }
        self.config.write_text(yaml.safe_dump(config), encoding="utf-8")
        store = self.results.store
        self.audio = self.stored("audio/talk.flac", 1000)
        self.facts = self.stored("audio/talk.json", 5)
        self.lost = self.stored("audio/lost.flac", 2000)
        self.chunk = self.stored("chunks/chunk.flac", 300)
        self.old = [self.stored("audio/old.flac", 70), self.stored("audio/old.json", 7)]
        self.old.append(self.stored("chunks/old.flac", 700))
        self.speech = self.stored("speech/talk.frames", 40)
        self.download = self.write(store / "downloads" / "ab" / "abc" / "sound.m4a", 5000)
        self.mine = [
            self.write(store / "audio" / "notes.txt", 1),
            self.write(store / "chunks" / "mine.flac", 1),
            self.write(store / "items.lock.jsonl", 1),
            self.write(store / "listings" / "ab" / f"{name('x')}.json", 1),
            self.write(self.results.folder / "logs" / "plan.md", 1),
            self.write(self.results.folder / "report" / "notes.docx", 1),
            self.write(self.results.folder / "corrections.tsv", 1),
            talk,
        ]
        versions = {"ffmpeg": ffmpeg_program().version}
        ResultsFolder(
            self.results.folder,
            items=[item_row("talk"), item_row("lost")],
            recordings=[
                recording_row("talk", audio=str(talk)),
                recording_row("lost", audio=str(self.download)),
            ],
            audio={
                "raw": [
                    audio_row("talk", audio=str(self.audio), source=str(talk), versions=versions),
                    audio_row("lost", audio=str(self.lost), source="gone.wav", versions=versions),
                ]
            },
            chunks={"raw": [chunk_row("talk", 0, [0.0, 1.0], audio=str(self.chunk))]},
        ).write()
        self.log = self.write(self.results.folder / "logs" / "plan_chunks" / "s00000.log", 20)

    def stored(self, path: str, size: int) -> Path:
        place = Path(path)
        file = f"{name(place.stem)}{place.suffix}"
        return self.write(self.results.store / place.parent / file[:2] / file, size)

    def write(self, path: Path, size: int) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(size))
        return path

    def clean(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli, ["clean", str(self.config), *arguments])

    def data(self, *arguments: str) -> dict[str, Any]:
        done = self.clean("--json", *arguments)
        assert done.exit_code == 0, (done.output, done.exception)
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    def files(self) -> set[Path]:
        return {path for path in self.folder.rglob("*") if path.is_file()}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_it_shows_and_removes_nothing(place: Place) -> None:
    before = place.files()
    told = place.data()
    assert place.files() == before
    assert told["removed"] is False
    sizes = {kind["kind"]: (kind["files"], kind["bytes"]) for kind in told["kinds"]}
    assert sizes == {
        "leftovers": (0, 0), "unused": (3, 777), "logs": (1, 20), "chunks": (1, 300),
        "audio": (1, 1000), "speech": (1, 40),
    }  # fmt: skip
    assert told["bytes"] == 777 + 20 + 300 + 1000 + 40
    (kept,) = (kind["kept"] for kind in told["kinds"] if kind["kept"])
    assert kept == {"the recording that it was made from is not there": 1}
    shown = place.clean().output
    assert f"{place.results.folder}: 0.0 MB can be removed" in shown
    assert "1 more stay: the recording that it was made from is not there" in shown
    assert f"Nothing is removed yet: snakescribe clean {place.config} --yes" in shown


def test_it_removes_what_can_be_made_again_and_nothing_else(place: Place) -> None:
    before = place.files()
    assert place.data("--yes")["removed"] is True
    gone = before - place.files()
    assert gone == {place.audio, place.chunk, place.speech, place.log, *place.old}
    assert all(path.exists() for path in [*place.mine, place.lost, place.facts, place.download])
    assert not place.audio.parent.exists() or any(place.audio.parent.iterdir())
    assert place.data("--yes")["bytes"] == 0


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_is_named(
    place: Place, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SNAKESCRIBE_CACHE", str(tmp_path / "cache"))
    results = place.results
    own = {
        "leftovers": [results.folder / "audio" / ".ab12_xyz.part.tsv"],
        "unused": place.old,
        "logs": [place.log],
        "chunks": [place.chunk],
        "audio": [place.audio],
        "speech": [place.speech],
        "downloads": [place.download],
        "transcripts": [
            results.folder / "transcripts" / "tiny.raw" / "s00000.parquet",
            results.store / "transcripts" / "tiny.raw.s00000.jsonl",
        ],
        "scores": [results.folder / "scores" / "study" / "conditions.csv"],
        "report": [results.folder / "report" / "study.html"],
        "exports": [results.folder / "exports" / "tiny.raw" / "talk.srt"],
        "database": [
            results.folder / "postgres" / "data" / "base" / "1",
            results.folder / "load" / "study.json",
        ],
        "weights": [tmp_path / "cache" / "models" / "tiny.en" / "model.bin"],
    }
    for paths in own.values():
        for path in paths:
            place.write(path, 9)
            os.utime(path, (0, 0))
    young = place.write(results.folder / "audio" / ".ab12_abc.part.tsv", 9)
    before = place.files()
    told = place.data("--only", kind, "--yes")
    assert before - place.files() == set(own[kind])
    assert [entry["kind"] for entry in told["kinds"]] == [kind]
    assert young.exists()


def test_also_adds(place: Place) -> None:
    kinds = [entry["kind"] for entry in place.data("--also", "downloads")["kinds"]]
    assert kinds == [*SAFE, "downloads"]
    shown = place.clean("--also", "downloads", "--only", "logs").output
    assert "--only=logs --also=downloads --yes" in shown


def test_audio_of_another_ffmpeg_stays(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = type("Program", (), {"version": "99"})
    monkeypatch.setattr("snakescribe.workflow.clean.sounds.ffmpeg_program", fake)
    assert "and another one is here (99)" in place.clean("--only", "audio", "--yes").output
    assert place.audio.exists()


def test_links_are_not_followed(place: Place) -> None:
    outside = place.write(place.folder / "elsewhere" / "take.log", 8)
    link = place.results.folder / "logs" / "far.log"
    link.symlink_to(outside.parent)
    near = place.results.folder / "logs" / "near.log"
    near.hardlink_to(outside)
    told = place.data("--only", "logs", "--yes")
    assert outside.read_bytes() == bytes(8)
    assert not link.is_symlink()
    assert (told["kinds"][0]["files"], told["kinds"][0]["bytes"]) == (
        3, 20 + len(str(outside.parent)),
    )  # fmt: skip


def test_a_store_on_another_disk(place: Place, tmp_path: Path) -> None:
    """The folder itself may be a link: people put it where there is room."""
    far = tmp_path / "far"
    shutil.move(place.results.store / "chunks", far)
    (place.results.store / "chunks").symlink_to(far)
    place.data("--only", "chunks", "--yes")
    assert not list(far.glob(f"*/{place.chunk.name}"))
    assert (far / "mine.flac").exists()


def test_a_damaged_table_is_told_and_nothing_removed(place: Place) -> None:
    table = place.results.folder / "audio" / "raw" / "s00000.tsv"
    table.write_text("nonsense\n", encoding="utf-8")
    before = place.files()
    done = place.clean("--yes")
    assert done.exit_code == 1
    assert str(table) in str(done.exception)
    assert place.files() == before


def test_a_copy_is_cleaned_and_not_what_it_was_copied_from(place: Place, tmp_path: Path) -> None:
    before = place.files()
    copy = shutil.copytree(place.results.folder, tmp_path / "copy")
    done = CliRunner().invoke(cli, ["clean", str(copy), "--only", "logs", "--yes"])
    assert done.exit_code == 0, done.exception
    assert all(path.exists() for path in before)
    assert not list(copy.rglob("*.log"))


def test_no_run_has_begun(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["clean", str(tmp_path)])
    assert done.exit_code == 1
    assert "no run has begun in this folder" in str(done.exception)


def test_a_run_at_work_is_refused(place: Place) -> None:
    """It is another open file, so that the lock counts within this process too."""
    hold(place.results, place.folder)
    done = place.clean("--yes")
    assert done.exit_code == 1
    assert "a run works there (process " in str(done.exception)
    assert place.chunk.exists()
    assert place.clean().exit_code == 0


@pytest.fixture
def owner(place: Place) -> Iterator[dict[str, str]]:
    kept = Owner.this_process().__dict__
    yield kept
    (place.results.store / "owner.json").unlink()


def test_what_a_dead_run_left_at_work_is_refused(
    place: Place, owner: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = place.results.store / "owner.json"
    path.write_text(json.dumps(owner), encoding="utf-8")
    assert place.clean("--yes", "--only", "logs").exit_code == 0
    monkeypatch.setattr("snakescribe.workflow.sole_run._run_of", lambda _: owner["run"])
    assert "still work there" in str(place.clean("--yes").exception)
    path.write_text(json.dumps({**owner, "host": "far", "boot": "x"}), encoding="utf-8")
    assert "a run on another machine has not said" in str(place.clean("--yes").exception)
    assert place.chunk.exists()


def test_no_run_may_begin_meanwhile(place: Place) -> None:
    (place.results.store / "owner.json").touch()
    with (
        without_runs(place.results),
        pytest.raises(UserError, match="another run works there"),
    ):
        hold(place.results, place.folder)
    hold(place.results, place.folder)


def test_a_database_that_runs_is_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    data = place.write(place.results.folder / "postgres" / "data" / "PG_VERSION", 2)
    monkeypatch.setattr("snakescribe.database.embedded.EmbeddedServer.is_running", lambda _: True)
    done = place.clean("--only", "database", "--yes")
    assert done.exit_code == 1
    assert "snakescribe db stop" in str(done.exception)
    assert data.exists()
