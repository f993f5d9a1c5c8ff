"""What is planned: the keys of the journal, which must never change by accident, and its rows."""

from typing import Any

from tone_shard import pass_params

from results_folder import chunk_row, segment
from snakescribe.config.transcribe import Decoding
from snakescribe.store import digest
from snakescribe.transcribe.batches import Batch
from snakescribe.transcribe.engines.external import ExternalTokenizer
from snakescribe.transcribe.journal import DecodedRow
from snakescribe.transcribe.prompts import PromptRenderer, PromptTemplate
from snakescribe.transcribe.rows import to_rows
from snakescribe.transcribe.wanted import Pair
from snakescribe.transcribe.work import Place, Task, Work

PLAIN, CHAINED = Pair("names", "greedy"), Pair("previous", "greedy")
CHUNKS = [chunk_row("talk", number, [2.0 * number, 2.0 * number + 1]) for number in range(3)]


def make_work(**changes: Any) -> Work:
    templates = {"names": "Ada.", "previous": "{previous_transcription}"}
    values: dict[str, Any] = {
        "version": 2,
        "params": pass_params(decoding={"greedy": Decoding()}),
        "model_sha256": "77" * 32,
        "prompts": PromptRenderer(
            {name: PromptTemplate(name, text, (), 223) for name, text in templates.items()},
            {"talk": {}},
            ExternalTokenizer(),
        ),
        "languages": {("talk", "auto"): "en"},
        "wanted": {chunk["chunk"]: (PLAIN, CHAINED) for chunk in CHUNKS},
    }
    return Work(**{**values, **changes})


def plan(work: Work, pair: Pair, texts: dict[Place, str] | None = None) -> list[Task]:
    return list(work.plan_batch(Batch(tuple(CHUNKS), 30.0), [pair], texts or {}).tasks[pair])


def test_a_key_is_the_digest_of_all_that_a_row_depends_on() -> None:
    """Written out once: with another key, everybody's store would be decoded anew."""
    options = {
        "language": "auto", "task": "transcribe", "beam_size": 1, "patience": 1,
        "length_penalty": 1, "temperatures": [0.0], "compression_ratio_threshold": 2.4,
        "logprob_threshold": -1.0, "no_speech_threshold": 0.6, "repetition_penalty": 1,
        "no_repeat_ngram_size": 0, "hotwords": "", "suppress_blank": True,
        "suppress_tokens": [-1], "trim_windows": False, "timestamps": False,
        "word_timestamps": True,
    }  # fmt: skip
    task = plan(make_work(), PLAIN)[0]
    tokens = ExternalTokenizer().tokenize("Ada.")
    assert task.key == digest(
        2, "ef" * 16, "77" * 32, "tone", "default", options, "en", tuple(tokens)
    )
    assert task.key == "e6b5ee9c48b598a815c406982e51c069e3de1a19a6812d20ac15793fe67df88f"


def test_a_task_asks_the_engine_for_its_chunk_and_prompt() -> None:
    task = plan(make_work(), PLAIN)[1]
    assert task.place == Place("talk-0001", PLAIN)
    request = task.request(17)
    assert request.member == 1
    assert request.prompt_text == "Ada."
    assert list(request.prompt) == ExternalTokenizer().tokenize("Ada.")
    assert request.language == "en"
    assert request.likely_tokens == 17


def test_only_prompts_that_ask_for_it_take_up_what_was_said_before() -> None:
    texts = {Place("talk-0000", PLAIN): "no", Place("talk-0000", CHAINED): "well then"}
    work = make_work()
    assert [task.prompt.text for task in plan(work, PLAIN, texts)] == ["Ada."] * 3
    assert [task.prompt.text for task in plan(work, CHAINED, texts)] == [
        "",
        "well then",
        "well then",
    ]


def test_all_that_was_said_before_is_taken_up_to_the_budget_the_latest_last() -> None:
    chunks = [chunk_row("talk", number, [2.0 * number, 2.0 * number + 1]) for number in range(300)]
    texts = {
        Place(chunk["chunk"], CHAINED): f"word {number}" for number, chunk in enumerate(chunks)
    }
    texts[Place("talk-0298", CHAINED)] = "... ..."
    work = make_work(wanted={chunk["chunk"]: (CHAINED,) for chunk in chunks})
    tasks = work.plan_batch(Batch(tuple(chunks), 30.0), [CHAINED], texts).tasks[CHAINED]
    assert tasks[3].prompt.text == "word 0 word 1 word 2"
    assert tasks[299].prompt.text.endswith("word 295 word 296 word 297")
    assert len(tasks[299].prompt.tokens) in range(220, 224)


def test_hotwords_stand_before_the_prompt() -> None:
    work = make_work(params=pass_params(decoding={"greedy": Decoding(hotwords="{Grace}")}))
    assert plan(work, PLAIN)[0].prompt.text == "{Grace} Ada."


def test_rounds_come_in_the_order_in_which_texts_are_needed() -> None:
    rounds = list(make_work().rounds(CHUNKS))
    assert [planned.pairs for planned in rounds] == [[PLAIN], [CHAINED], [CHAINED], [CHAINED]]
    numbers = [[c["number"] for b in planned.batches for c in b.chunks] for planned in rounds]
    assert numbers == [[0, 1, 2], [0], [1], [2]]


def test_a_plan_says_what_a_journal_lacks_and_changes_nothing() -> None:
    work = make_work()
    planned = work.plan_batch(Batch(tuple(CHUNKS), 30.0), [PLAIN, CHAINED], {})
    plain = {task.key for task in planned.tasks[PLAIN]}
    assert planned.lacking(plain).tasks == {CHAINED: planned.tasks[CHAINED]}
    every = {task.key for tasks in planned.tasks.values() for task in tasks}
    assert planned.lacking(every).tasks == {}
    assert planned.lacking(set()) == planned


def kept_row(batch_size: int, memory: dict[str, int | None]) -> DecodedRow:
    return {
        "text": "well", "language": "en", "segments": [segment("well", [0.0, 1.0])], "words": [],
        "flags": [], "tries": 1, "feature_seconds": 0.1, "encode_seconds": 0.2,
        "decode_seconds": 0.3, "run": {"engine": "tone", "batch_size": batch_size},
        "memory": memory,
    }  # type: ignore[typeddict-item]  # fmt: skip


def test_rows_of_a_job_have_the_most_memory_that_it_ever_used() -> None:
    tasks = [
        Task(0, chunk, PLAIN, "en", plan(make_work(), PLAIN)[0].prompt, f"key{number}")
        for number, chunk in enumerate(CHUNKS)
    ]
    kept = {
        "key0": kept_row(8, {"peak_memory_mb": 100, "gpu_memory_mb": None}),
        "key1": kept_row(8, {"peak_memory_mb": 300, "gpu_memory_mb": None}),
        "key2": kept_row(4, {"peak_memory_mb": 200, "gpu_memory_mb": 50}),  # another job
    }
    runs = [row["run"] for row in to_rows(tasks, kept)]
    assert [run["peak_memory_mb"] for run in runs] == [300, 300, 200]
    assert [run["gpu_memory_mb"] for run in runs] == [None, None, 50]
    assert kept["key0"]["run"] == {"engine": "tone", "batch_size": 8}  # the journal's stays
