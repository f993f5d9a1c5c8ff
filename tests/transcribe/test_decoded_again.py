"""Each chunk decoded several times: what is kept, what is asked of engines, and what differs."""

import sys
from typing import Any

import ctranslate2
import numpy as np
import pytest
from tone_engine import ToneEngine
from tone_shard import ToneShard, pass_params

from snakescribe.config.transcribe import Decoding, Weights
from snakescribe.tables import EXPORTS, Row, read_table
from snakescribe.transcribe.engines import Decoded, Engine, Request
from snakescribe.transcribe.engines.command import Command
from snakescribe.transcribe.engines.faster_whisper import FasterWhisper
from snakescribe.transcribe.export.run import export_shard

pytestmark = pytest.mark.slow

REPEATS = 3


class Drawing(ToneEngine):
    """Says the tone, and a number that it draws with the seed that it is given."""

    def _say(self, encoded: Any, request: Request) -> Decoded:
        said = super()._say(encoded, request)
        return Decoded(f"{said.text} {np.random.default_rng(request.seed).integers(1000)}", "en")


def repeated(number: int, **changes: Any) -> Any:
    decoding = Decoding(language="en", repeats=number)
    return pass_params(decoding={"greedy": decoding}, **changes)


def without_job(rows: list[Row]) -> list[Row]:
    return [{**row, "run": None} for row in rows]


@pytest.fixture
def drawing(tones: ToneShard, monkeypatch: pytest.MonkeyPatch) -> ToneShard:
    from snakescribe.transcribe import run, session

    for module in (run, session):
        monkeypatch.setattr(module, "engine_class", lambda _: Drawing)
    Drawing.forget()
    return tones


def test_one_repeat_is_what_it_was_and_more_are_added_to_it(drawing: ToneShard) -> None:
    once = drawing.run(pass_params())
    keys = drawing.keys()
    assert without_job(drawing.run(repeated(1))) == without_job(once)
    assert drawing.keys() == keys
    rows = drawing.run(repeated(REPEATS))
    assert drawing.keys()[: len(keys)] == keys, "what was decoded counts as the first repeat"
    assert without_job([row for row in rows if row["repeat"] == 1]) == without_job(once)
    assert [row["repeat"] for row in rows] == [1, 2, 3] * len(once), "a chunk's stand together"
    assert len(set(drawing.keys())) == REPEATS * len(once)
    assert len(Drawing.decoded) == REPEATS * len(once), "and nothing is decoded twice"


def test_each_repeat_of_each_chunk_has_a_seed_of_its_own_the_same_in_all_runs(
    drawing: ToneShard,
) -> None:
    rows = drawing.run(repeated(REPEATS))
    assert len({(row["chunk"], row["text"]) for row in rows}) == len(rows)
    drawing.journal.unlink()
    assert [row["text"] for row in drawing.run(repeated(REPEATS))] == [row["text"] for row in rows]


def test_each_repeat_takes_up_what_it_said_itself(drawing: ToneShard) -> None:
    rows = drawing.run(repeated(2, names=("previous",)))
    said = {(row["chunk"], row["repeat"]): row for row in rows}
    for repeat in (1, 2):
        first, second = said["low-0000", repeat], said["low-0001", repeat]
        assert second["prompt_text"].strip() == first["text"]


def test_files_of_further_repeats_lie_in_folders_of_their_own(drawing: ToneShard) -> None:
    drawing.run(repeated(2))
    folder = drawing.folder
    listed = folder / "exports.tsv"
    export_shard(folder / "transcripts.parquet", "tones.raw", ["txt"], folder, listed)
    paths = {row["repeat"]: row["path"] for row in read_table(EXPORTS, listed)}
    assert paths[1] == str(folder / "tones.raw.none.greedy" / "high.txt")
    assert paths[2] == str(folder / "tones.raw.none.greedy.repeat2" / "high.txt")


def test_a_command_is_told_the_seed(speech: list[np.ndarray]) -> None:
    program = "import json, sys; print(json.dumps(dict(text='seed ' + sys.argv[2])))"
    weights = f'"{sys.executable}" -c "{program}" {{audio}} {{seed}}'
    Command.check_weights(weights)
    engine = Command(Weights(engine="command", weights=weights), weights, 1, "cpu")
    requests = [Request(0, (), "", "en", seed=seed) for seed in (7, 11)]
    heard = engine.decode(engine.encode(speech[:1], 0.0), requests, Decoding())
    assert [decoded.text for decoded in heard] == ["seed 7", "seed 11"]


def sample(engine: Engine, speech: list[np.ndarray], seeds: tuple[int, ...]) -> list[str]:
    """Real speech at temperature 1, once for each seed -> the texts."""
    options = Decoding(language="en", temperatures=[1.0], word_timestamps=False)
    encoded = engine.encode(speech[:1], 30.0)
    return [
        engine.decode(encoded, [Request(0, (), "", "en", seed=seed)], options)[0].text
        for seed in seeds
    ]


def load_whisper(receipt: dict[str, Any], threads: int) -> Engine:
    model = Weights(weights="tiny.en", compute_type="int8", batch_size=2)
    return FasterWhisper(model, receipt["path"], threads=threads, device="cpu")


def test_whisper_draws_otherwise_each_time_and_with_one_worker_by_its_seed(
    tiny_en: dict[str, Any], speech: list[np.ndarray]
) -> None:
    """CTranslate2 takes a seed for a thread that has not drawn yet: once for a loaded model."""
    first = sample(load_whisper(tiny_en, 1), speech, (1, 2, 3))
    assert len(set(first)) == 3, "repeats differ"
    assert sample(load_whisper(tiny_en, 1), speech, (1, 2, 3)) == first
    others = [sample(load_whisper(tiny_en, 1), speech, (seed,))[0] for seed in (4, 5, 6, 7)]
    assert set(others) != {first[0]}, "two seeds may say the same, five do not"


def test_whispers_workers_seed_themselves(
    tiny_en: dict[str, Any], speech: list[np.ndarray]
) -> None:
    """Two threads with one seed would give two repeats the same text."""
    ctranslate2.set_random_seed(5)  # as another model of this process may have left it
    seeds = (1, 2, 3)
    first, second = (sample(load_whisper(tiny_en, 2), speech, seeds) for _ in range(2))
    assert len({*first, *second}) > len(seeds)
