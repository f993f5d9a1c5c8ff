"""A shard is transcribed: what is missing is decoded, once, and the rest comes from the journal."""

import gc
import json
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from tone_engine import SelfDetecting, ToneEngine
from tone_shard import SHARD, TONES, ToneShard, no_mending, pass_params

from results_folder import ResultsFolder, item_row, plan_row, recording_row
from snakescribe.config.conditions import Condition, Experiment
from snakescribe.config.groups import assign_groups
from snakescribe.config.transcribe import Decoding
from snakescribe.errors import UserError
from snakescribe.notices import Job, Kind, collected, collecting
from snakescribe.store import digest, file_sha256
from snakescribe.tables import CHUNKS, ITEMS, NOTICES, PLANS, RECORDINGS, Row, read_table
from snakescribe.transcribe.engines import InterruptedDecodingError
from snakescribe.transcribe.engines.faster_whisper import FasterWhisper
from snakescribe.transcribe.inputs import ShardInputs
from snakescribe.transcribe.reader import THREAD
from sounds import encode_otherwise, spoil

ALL = ("none", "names", "previous")
ALL_TONES = [tone for heard in TONES.values() for tone in heard]


def texts(rows: list[Row]) -> dict[tuple[str, str], str]:
    return {(row["chunk"], row["prompt"]): row["text"] for row in rows}


def without_job(rows: list[Row]) -> list[Row]:
    return [{**row, "run": None} for row in rows]


def test_every_chunk_has_a_row_for_every_prompt(tones: ToneShard) -> None:
    rows = tones.run(pass_params(ALL))
    assert texts(rows) == {
        (f"{name}-{number:04d}", prompt): f"tone {tone}"
        for name, heard in TONES.items()
        for number, tone in enumerate(heard)
        for prompt in ALL
    }
    assert [row["chunk"] for row in rows[:3]] == ["low-0000"] * 3  # in the chunks' order


def test_times_are_on_the_recordings_clock(tones: ToneShard) -> None:
    row = tones.run(pass_params())[2]
    assert row["chunk"] == "low-0002"
    assert (row["segments"][0]["start"], row["segments"][0]["end"]) == (4.0, 5.0)
    assert (row["words"][0]["start"], row["words"][0]["end"]) == (4.25, 4.5)
    assert row["audio_seconds"] == 1.0


def test_the_batchs_time_is_shared_out_by_length(tones: ToneShard) -> None:
    rows = tones.run(pass_params())
    assert sum(row["feature_seconds"] for row in rows) == pytest.approx(1.0)
    assert sum(row["encode_seconds"] for row in rows) == pytest.approx(2.0)
    assert {row["decode_seconds"] for row in rows} == {0.5}


def test_each_prompt_is_rendered_for_its_recording(tones: ToneShard) -> None:
    rows = tones.run(pass_params(("names",)))
    assert {(row["recording"], row["prompt_text"]) for row in rows} == {
        ("low", "The lows."), ("high", "The highs.")
    }  # fmt: skip
    assert sorted(ToneEngine.decoded) == sorted(
        (tone, f"The {name}s.") for name, heard in TONES.items() for tone in heard
    )


def test_a_second_call_decodes_nothing_and_loads_nothing(
    tones: ToneShard, caplog: pytest.LogCaptureFixture
) -> None:
    first = tones.run(pass_params(ALL))
    journal = tones.journal.read_bytes()
    ToneEngine.forget()
    with caplog.at_level("INFO"):
        second = tones.run(pass_params(ALL))
    assert second == first
    assert tones.journal.read_bytes() == journal
    assert ToneEngine.loads == 0
    assert "all of them from the store; the model was not loaded" in caplog.text


def test_other_files_with_the_same_samples_are_not_decoded_again(
    tones: ToneShard, tmp_path: Path
) -> None:
    before = tones.run(pass_params())
    tones.chunks = [
        {**chunk, "audio": shutil.copy(chunk["audio"], tmp_path)} for chunk in tones.chunks
    ]
    for chunk in tones.chunks:
        encode_otherwise(Path(chunk["audio"]))
    ToneEngine.forget()
    assert tones.run(pass_params()) == before
    assert ToneEngine.loads == 0


def test_what_was_kept_under_the_bytes_of_files_is_taken_over(tones: ToneShard) -> None:
    """As earlier versions kept it: nothing is decoded again, and it is looked for only once."""
    before = tones.run(pass_params())
    options = Decoding(language="en").model_dump()
    former = {
        plain_key(chunk["pcm_md5"], options): plain_key(file_sha256(Path(chunk["audio"])), options)
        for chunk in tones.chunks
    }
    assert former.keys() == set(tones.keys())
    kept = [json.loads(line) for line in tones.journal.read_text(encoding="utf-8").splitlines()]
    lines = [json.dumps({"key": former[line["key"]], "row": line["row"]}) + "\n" for line in kept]
    tones.journal.write_text("".join(lines), encoding="utf-8")
    ToneEngine.forget()
    assert tones.run(pass_params()) == tones.run(pass_params()) == before
    assert ToneEngine.loads == 0
    assert sorted(tones.keys()) == sorted([*former.keys(), *former.values()])


def plain_key(sound: str, options: dict[str, Any]) -> str:
    """The key of a chunk without a prompt."""
    return digest(2, sound, "77" * 32, "tone", "default", options, "en", [])


@pytest.mark.parametrize("kept", [0, 1, 6, 7, 8, 14, 18])
def test_a_short_journal_is_filled_up_in_the_same_batches(tones: ToneShard, kept: int) -> None:
    first = tones.run(pass_params(ALL))
    batches = ToneEngine.encoded[:]
    lines = tones.journal.read_bytes().splitlines(keepends=True)
    tones.journal.write_bytes(b"".join(lines[:kept]) + lines[kept][:20])
    ToneEngine.forget()
    assert without_job(tones.run(pass_params(ALL))) == without_job(first)
    assert 0 < len(ToneEngine.encoded) <= len(batches)
    assert ToneEngine.encoded == batches[-len(ToneEngine.encoded) :]  # no batch is cut to size
    assert set(tones.keys()) == {json.loads(line)["key"] for line in lines}


def test_a_batch_that_lacks_one_row_is_decoded_whole_for_that_pair(tones: ToneShard) -> None:
    tones.run(pass_params(("none", "names")))
    lines = tones.journal.read_bytes().splitlines(keepends=True)
    tones.journal.write_bytes(b"".join(lines[1:]))  # a row of the prompt `none`
    ToneEngine.forget()
    tones.run(pass_params(("none", "names")))
    assert sorted(ToneEngine.decoded) == sorted((tone, "") for tone in ALL_TONES)


def test_a_new_prompt_is_all_that_is_decoded(tones: ToneShard) -> None:
    tones.run(pass_params(("none",)))
    ToneEngine.forget()
    tones.run(pass_params(("none", "names")))
    assert all(prompt.startswith("The ") for _, prompt in ToneEngine.decoded)
    assert len(ToneEngine.decoded) == 7


@pytest.mark.parametrize(
    "change",
    [
        {"decoding": {"greedy": Decoding(language="en", beam_size=2)}},
        {"decoding": {"greedy": Decoding(language="nl")}},
        {"batch_size": 1},
    ],
)
def test_what_a_text_depends_on_makes_a_new_key(tones: ToneShard, change: dict[str, Any]) -> None:
    tones.run(pass_params())
    before = tones.keys()
    tones.run(pass_params(**change))
    added = len(tones.keys()) - len(before)
    assert added == (0 if "batch_size" in change else 7)


def test_other_weights_make_new_keys(tones: ToneShard) -> None:
    tones.run(pass_params())
    tones.receipt["sha256"] = "88" * 32
    tones.run(pass_params())
    assert len(tones.keys()) == 14


def test_the_previous_transcription_is_decoded_in_waves(tones: ToneShard) -> None:
    rows = tones.run(pass_params(("none", "previous")))
    prompts = {row["chunk"]: row["prompt_text"] for row in rows if row["prompt"] == "previous"}
    for name, heard in TONES.items():
        assert prompts[f"{name}-0000"] == ""
        for number in range(1, len(heard)):
            said = " ".join(f"tone {tone}" for tone in heard[:number])
            assert prompts[f"{name}-{number:04d}"] == said
    plain, *waves = ToneEngine.encoded
    assert sorted(plain) == sorted(ALL_TONES)
    assert [sorted(wave) for wave in waves] == [[250, 450], [290, 500], [550]]
    # The first chunks have an empty prompt, and so has `none`: that text is taken.


def test_later_prompts_know_how_long_the_texts_of_the_first_one_were(tones: ToneShard) -> None:
    tones.run(pass_params(("none", "names")))
    (_, first), (_, later) = ToneEngine.likely
    assert first == [None] * 7
    assert later == [2] * 7
    tones.journal.write_text("".join(tones.journal.read_text().splitlines(True)[:7]))
    ToneEngine.forget()
    tones.run(pass_params(("none", "names")))  # the first one is in the store now
    assert [lengths for _, lengths in ToneEngine.likely] == [[2] * 7]


def test_what_looks_like_a_hallucination_is_not_handed_on(tones: ToneShard) -> None:
    ToneEngine.says = {400: "tone " * 9, 250: "... .. ."}
    path = tones.folder / "notices.tsv"
    with collecting(Job("transcribe", "transcribe_chunks", "x"), path):
        rows = tones.run(pass_params(("previous",)))
    prompts = {row["chunk"]: row["prompt_text"] for row in rows}
    assert prompts["high-0001"] == ""
    assert prompts["high-0003"] == "tone 450 tone 500"
    assert prompts["low-0002"] == "tone 200"
    (notice,) = read_table(NOTICES, path)
    told = notice["kind"], notice["recording"], notice["count"]
    assert told == ("previous_left_out", "high", 1)


def test_pairs_that_trim_windows_have_batches_of_their_own(tones: ToneShard) -> None:
    decoding = {
        "full": Decoding(language="en"),
        "short": Decoding(language="en", trim_windows=True),
    }
    rows = tones.run(pass_params(pairs=[("none", name) for name in decoding], decoding=decoding))
    assert len(rows) == 14
    assert ToneEngine.windows == [15.0, 30.0]


def test_in_random_groups_a_chunk_has_only_its_own_condition(tones: ToneShard) -> None:
    conditions = tuple(
        Condition(prompt, "tones", audio, prompt, "greedy")
        for prompt, audio in (("none", "raw"), ("names", "raw"), ("previous", "other"))
    )
    experiment = Experiment("groups", "", "random_groups", 5, {}, conditions, "none")
    rows = tones.run(pass_params(pairs=[], grouped=[experiment]))
    assigned = assign_groups(experiment, SHARD, [chunk["chunk"] for chunk in tones.chunks])
    here = {chunk: name for chunk, name in assigned.items() if name != "previous"}
    assert {row["chunk"]: row["prompt"] for row in rows} == here
    assert len(rows) == len(here) < 7
    assert len(ToneEngine.decoded) == len(rows)
    assert [len(batch) for batch in ToneEngine.encoded] == [7]  # as if all were wanted


def test_a_job_tells_what_made_its_rows(tones: ToneShard) -> None:
    rows = tones.run(pass_params())
    run = rows[0]["run"]
    assert run["engine"] == "tone"
    assert (run["weights"], run["model_sha256"]) == ("tones", "77" * 32)
    assert (run["threads"], run["batch_size"], run["device"]) == (2, 8, "cpu")
    assert run["device_name"]
    assert run["load_seconds"] >= 0
    assert run["peak_memory_mb"] > 10
    assert run["gpu_memory_mb"] is None
    assert all(row["run"] == run for row in rows)


def test_a_part_that_does_not_fit_is_halved_and_rows_tell_it(tones: ToneShard) -> None:
    ToneEngine.fits = 2
    rows = tones.run(pass_params())
    assert len(rows) == 7
    assert {row["run"]["batch_size"] for row in rows} == {1}
    assert sorted(tone for tone, _ in ToneEngine.decoded) == sorted(ALL_TONES)


def test_what_was_decoded_before_a_failure_is_kept(tones: ToneShard) -> None:
    whole = pass_params(("none", "names"))
    tones.run(pass_params(("none",)))
    ToneEngine.forget()
    ToneEngine.fits = 0
    with pytest.raises(RuntimeError, match="out of memory"):
        tones.run(whole)
    assert len(tones.keys()) == 7
    ToneEngine.forget()
    assert len(tones.run(whole)) == 14
    assert len(ToneEngine.decoded) == 7


def test_a_field_that_no_recording_has_is_an_error_before_anything_is_decoded(
    tones: ToneShard,
) -> None:
    prompts = pass_params().prompts
    wrong = prompts["none"].model_copy(update={"template": "{guests}"})
    with pytest.raises(UserError, match="did you mean 'guest'"):
        tones.run(pass_params(prompts={**prompts, "none": wrong}))
    assert ToneEngine.loads == 0


@pytest.mark.parametrize("damage", ["flipped", "cut short", "no audio", "gone"])
def test_a_damaged_chunk_is_made_again_and_that_is_said(
    tones: ToneShard, tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = tones.run(pass_params())
    whole = Path(tones.chunks[3]["audio"])
    damaged = shutil.copy(whole, tmp_path / "damaged.flac")
    tones.chunks = [
        *tones.chunks[:3],
        {**tones.chunks[3], "audio": str(damaged)},
        *tones.chunks[4:],
    ]
    spoil(damaged, damage)
    tones.journal.unlink()
    with pytest.raises(UserError, match="high-0000 cannot be made again"):
        tones.run(pass_params())
    assert not damaged.exists()
    spoil(shutil.copy(whole, damaged), damage)
    tones.mend = lambda chunk: shutil.copy(whole, chunk["audio"])
    assert [row["text"] for row in tones.run(pass_params())] == [row["text"] for row in before]
    assert damaged.read_bytes() == whole.read_bytes()
    # What is gone may have been removed by `snakescribe clean`: no notice.
    assert ("a chunk is damaged" in caplog.text) == (damage != "gone")


AUTO = {"decoding": {"greedy": Decoding()}}


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ("__init__", [RuntimeError, "lost"]),
        ("encode", [RuntimeError, "lost"]),
        ("decode", [RuntimeError, "lost"]),
        ("decode", [InterruptedDecodingError, "lost", [None] * len(ALL_TONES)]),
        ("detect_languages", [RuntimeError, "lost"]),
    ],
)
def test_no_thread_outlives_a_job_that_failed(
    tones: ToneShard, monkeypatch: pytest.MonkeyPatch, where: str, error: list[Any]
) -> None:
    """Nor is it ended only when Python looks for garbage, which can happen where none can end."""

    def fail(*_: object) -> None:
        kind, *told = error
        raise kind(*told)

    monkeypatch.setattr(ToneEngine, where, fail)
    gc.disable()
    try:
        with pytest.raises(error[0], match="lost"):
            tones.run(pass_params(**(AUTO if where == "detect_languages" else {})))
        assert not [one.name for one in threading.enumerate() if one.name.startswith(THREAD)]
    finally:
        gc.enable()


def languages(rows: list[Row]) -> dict[str, str]:
    return {row["recording"]: row["language"] for row in rows}


def test_a_recordings_own_language_is_taken(tones: ToneShard) -> None:
    tones.languages = {"low": "fr", "high": "de"}
    assert languages(tones.run(pass_params(**AUTO))) == {"low": "fr", "high": "de"}
    assert ToneEngine.detected == 0


def test_languages_are_understood_however_they_are_written(tones: ToneShard) -> None:
    tones.languages = {"low": "fr_FR", "high": "deu"}
    assert languages(tones.run(pass_params(**AUTO))) == {"low": "fr", "high": "de"}
    told = pass_params(decoding={"greedy": Decoding(language="Japanese")})
    assert languages(tones.run(told)) == {"low": "ja", "high": "ja"}


def test_one_recordings_language_costs_no_other(
    tones: ToneShard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ToneEngine, "check_language", FasterWhisper.check_language)
    tones.languages = {"low": "tlh", "high": "Denglish"}
    with collected() as notices:
        rows = tones.run(pass_params(**AUTO))
    assert languages(rows) == {"high": "en"}
    assert {(notice.kind, notice.recording): notice.text for notice in notices.counts()} == {
        (Kind.LANGUAGE_UNSUPPORTED, "low"): (
            "not transcribed by tones: Whisper knows no language 'tlh'"
        ),
        (Kind.LANGUAGE_UNREADABLE, "high"): "'Denglish' is no language; the model finds out",
    }
    english = pass_params(decoding={"greedy": Decoding(language="en")})
    assert languages(tones.run(english)) == {"low": "en", "high": "en"}


def test_chunks_vote_where_the_language_is_unknown_and_votes_are_kept(tones: ToneShard) -> None:
    tones.languages = {"high": "de"}
    assert languages(tones.run(pass_params(**AUTO))) == {"low": "nl", "high": "de"}
    assert ToneEngine.detected == 1
    ToneEngine.forget()
    assert languages(tones.run(pass_params(**AUTO))) == {"low": "nl", "high": "de"}
    assert (ToneEngine.loads, ToneEngine.detected) == (0, 0)


def test_weights_that_do_not_say_their_languages_are_asked(tones: ToneShard) -> None:
    del tones.receipt["languages"]
    assert languages(tones.run(pass_params(**AUTO))) == {"low": "nl", "high": "en"}
    assert ToneEngine.loads == 1


def test_an_engine_that_finds_out_by_itself_is_left_to_do_so(tones: ToneShard) -> None:
    tones.languages = {"high": "de"}
    rows = tones.run(pass_params(engine="self-detecting", **AUTO))
    assert languages(rows) == {"low": "tonal", "high": "de"}
    assert SelfDetecting.detected == 0


def test_an_english_model_hears_english_and_refuses_other_languages(tones: ToneShard) -> None:
    tones.languages = {"low": "nl"}
    tones.receipt["languages"] = "en"
    assert languages(tones.run(pass_params(**AUTO))) == {"low": "en", "high": "en"}
    with pytest.raises(UserError, match=r"models\.tones.*'nl'; take a multilingual model"):
        tones.run(pass_params(decoding={"greedy": Decoding(language="nl")}))
    assert ToneEngine.detected == 0


def test_other_shards_are_read_only_for_a_field_that_its_own_recordings_lack(
    tones: ToneShard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(_: ShardInputs) -> list[Row]:
        raise LookupError("the whole lock file is read")

    monkeypatch.setattr(ShardInputs, "corpus", property(read))
    assert tones.run(pass_params(("none", "names")))
    prompts = pass_params().prompts
    foreign = prompts["none"].model_copy(update={"template": "{guest}"})
    with pytest.raises(LookupError):
        tones.run(pass_params(prompts={**prompts, "none": foreign}))


def test_a_job_takes_the_rows_of_its_shard_and_the_corpus_when_asked(tmp_path: Path) -> None:
    folder = ResultsFolder(tmp_path, items=[item_row("here"), item_row("there", "s00001")])
    folder.recordings = [recording_row("here"), recording_row("there")]
    folder.plans = [plan_row("here"), plan_row("there")]
    folder.chunks = {"raw": []}
    folder.write()
    place = {"shard": "s00001"}
    inputs = ShardInputs.read(
        "s00001",
        items=folder.results.path(ITEMS),
        recordings=folder.results.path(RECORDINGS, **place),
        plans=folder.results.path(PLANS, **place),
        chunks=folder.results.path(CHUNKS, variant="raw", **place),
        mend=no_mending,
    )
    assert [item["recording"] for item in inputs.items] == ["there"]
    assert [item["recording"] for item in inputs.corpus] == ["here", "there"]
