"""A store that trusts nothing: what is damaged is removed, said, and made again by any step."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from process_stage import Stage, recording_row

from results_folder import ResultsFolder, item_row
from snakescribe.errors import UserError
from snakescribe.ffmpeg.flac import is_whole
from snakescribe.notices.kinds import Kind
from snakescribe.process.filters import load_filter
from snakescribe.process.stored import CheckedSounds, ChunkMender, read_audio
from snakescribe.results import Results
from snakescribe.tables import AUDIO, NOTICES, Row, read_table, write_table
from sounds import noise, spoil, tone, write_wav

DAMAGES = (
    "flipped",
    *(pytest.param(damage, marks=pytest.mark.slow) for damage in ("cut short", "no audio", "gone")),
)


class Made:
    """A stage that has been run, and what it gave."""

    def __init__(self, stage: Stage, rows: list[Row]) -> None:
        self.stage = stage
        self.rows = rows
        self.audio = stage.prepare(rows, ["wiener"])
        self.plans = stage.plan(method="fixed", max_seconds=2)
        self.chunks = stage.cut()

    def is_as_it_was(self) -> bool:
        """Whether every file holds what it did, by the tables of then."""
        files = [*self.audio, *self.chunks]
        return all(is_whole(Path(row["audio"]), row["pcm_md5"]) for row in files)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """One for all tests: each leaves it as it was."""
    folder = tmp_path_factory.mktemp("made")
    sounds = {"hiss": noise(7.0, 0.01), "tone": tone(3.0)}
    files = [write_wav(folder / f"{name}.wav", samples) for name, samples in sounds.items()]
    return Made(Stage(folder), [recording_row(path) for path in files])


@pytest.mark.parametrize("damage", DAMAGES)
def test_prepared_audio_is_made_again_by_every_step(made: Made, damage: str) -> None:
    steps: dict[str, Callable[[], object]] = {
        "prepare": lambda: made.stage.prepare(made.rows, ["wiener"]) == made.audio,
        "cut": lambda: made.stage.cut() == made.chunks,
        "read": lambda: len(read_audio(made.audio[0])) == 7 * 16_000,
    }
    for step in steps.values():
        spoil(Path(made.audio[0]["audio"]), damage)
        assert step()
        assert made.is_as_it_was()


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_was_heard_is_heard_again(made: Made, damage: str) -> None:
    for path in made.stage.store.glob("speech/*/*"):
        spoil(path, damage)
    spoil(Path(made.audio[1]["audio"]), damage)
    assert made.stage.plan(method="fixed", max_seconds=2) == made.plans
    assert made.is_as_it_was()


@pytest.mark.parametrize("damage", DAMAGES)
def test_facts_are_made_again_with_their_audio(made: Made, damage: str) -> None:
    for path in made.stage.store.glob("audio/*/*.json"):
        spoil(path, damage)
    assert made.stage.prepare(made.rows, ["wiener"]) == made.audio


@pytest.mark.parametrize("damage", DAMAGES)
def test_chunks_are_cut_again_and_by_later_steps_too(made: Made, damage: str) -> None:
    paths = [Path(chunk["audio"]) for chunk in made.chunks]
    spoil(paths[1], damage)
    spoil(paths[4], damage)
    assert made.stage.cut() == made.chunks
    assert made.is_as_it_was()
    spoil(paths[1], damage)
    spoil(Path(made.audio[0]["audio"]), damage)
    ChunkMender([made.stage.folder / "raw.tsv"])(made.chunks[1])
    assert made.is_as_it_was()


def test_what_is_damaged_is_said(made: Made, tmp_path: Path) -> None:
    spoil(Path(made.chunks[0]["audio"]), "flipped")
    spoil(Path(made.audio[1]["audio"]), "cut short")
    folder, notices = made.stage.folder, tmp_path / "notices.tsv"
    made.stage.run(
        *("cut", "--audio", folder / "raw.tsv", "--plans", folder / "plans.tsv"),
        *("--store", made.stage.store, "--output", tmp_path / "chunks.tsv"),
        *("--notices", notices, "--variant", "raw"),
    )
    told = {row["recording"]: row for row in read_table(NOTICES, notices)}
    assert told.keys() == {"hiss", "tone"}
    assert {row["kind"] for row in told.values()} == {Kind.STORE_DAMAGED}
    assert told["hiss"]["text"] == "a chunk is damaged; it is made again"
    assert told["tone"]["text"].startswith("the prepared audio is damaged: ")
    assert told["tone"]["source"] == made.audio[1]["audio"]
    assert told["tone"]["place"] == "raw/raw"


def test_without_its_source_it_cannot_be_made_again(made: Made) -> None:
    source = Path(made.rows[0]["audio"])
    away = source.rename(source.with_name("away.wav"))
    spoil(Path(made.audio[0]["audio"]), "flipped")
    with pytest.raises(UserError, match=r"the audio of hiss is damaged and cannot be made again: "):
        made.stage.cut()
    away.rename(source)
    assert made.stage.cut() == made.chunks


def test_what_is_made_again_otherwise_is_not_passed_off_as_the_same(
    stage: Stage, wav: Callable[..., Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A filter that has changed since; a forced run takes it as it is now."""
    monkeypatch.chdir(stage.folder)
    own = stage.folder / "own_changing_filter.py"
    text = "def scale(samples, sample_rate):\n    return samples * {}\n"
    own.write_text(text.format(0.5), encoding="utf-8")
    chain = ["own_changing_filter:scale"]
    rows = [wav("hiss", noise(7.0))]
    [row] = stage.prepare(rows, chain)
    spoil(Path(row["audio"]), "flipped")
    own.write_text(text.format(0.25), encoding="utf-8")
    monkeypatch.delitem(sys.modules, "own_changing_filter")
    load_filter.cache_clear()
    with pytest.raises(UserError, match=r"not what it was .*--forcerun prepare_audio"):
        read_audio(row)
    [again] = stage.prepare(rows, chain)
    assert again["pcm_md5"] != row["pcm_md5"]
    assert len(read_audio(again)) == 7 * 16_000
    # As in an environment of a later step, which lacks the package of a user's filter.
    spoil(Path(again["audio"]), "flipped")
    own.unlink()
    monkeypatch.delitem(sys.modules, "own_changing_filter")
    load_filter.cache_clear()
    with pytest.raises(UserError, match=r"cannot be made again by this step: .*own_changing_filt"):
        read_audio(again)


def test_a_chunk_of_any_variant_is_made_again(made: Made, tmp_path: Path) -> None:
    results = Results(tmp_path)
    ResultsFolder(results.folder, items=[item_row("hiss"), item_row("tone")]).write()
    write_table(AUDIO, results.path(AUDIO, variant="soft", shard="s00000"), made.audio)
    spoil(Path(made.chunks[2]["audio"]), "gone")
    mend = CheckedSounds(results).mend_chunk
    mend("soft", made.chunks[2])
    assert made.is_as_it_was()
    with pytest.raises(UserError, match="tone-0000 is damaged, and the audio is not that"):
        mend("other", made.chunks[-2])
